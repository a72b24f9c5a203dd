const graphemes = new Intl.Segmenter(undefined, { granularity: 'grapheme' })

/** The two letters by which somebody is known who is called so: of the first and the last word, or of the only one. */
export function lettersOf(called: string): string {
	const words = called.match(/[\p{L}\p{N}][\p{L}\p{N}\p{M}'’]*/gu) ?? [called.trim()]
	const [first = '', last] = [words[0], words.slice(1).at(-1)]
	const letters = last === undefined ? startOf(first, 2) : startOf(first, 1) + startOf(last, 1)
	return letters.toUpperCase()
}

/** What one sees as letters may be written as several characters. */
function startOf(word: string, count: number): string {
	return Array.from(graphemes.segment(word), ({ segment }) => segment)
		.slice(0, count)
		.join('')
}
