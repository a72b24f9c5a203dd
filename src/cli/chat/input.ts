/** What somebody has typed: a text that is said, or a command. */
export type Typed = { say: string } | { command: string; rest: string }

/** `/join dev` is a command; `//join` says `/join`. */
export function parseTyped(text: string): Typed | undefined {
	if (text.trim() === '') return undefined
	if (text.startsWith('//')) return { say: text.slice(1) }
	if (!text.startsWith('/')) return { say: text }
	const [, command = '', rest = ''] = /^\/(\S*)\s*(.*)$/su.exec(text) ?? []
	return { command: command.toLowerCase(), rest: rest.trim() }
}

/** `#17` at the beginning or the end of what is behind a command, and what is left without it. */
export function takeNumber(rest: string, where: 'first' | 'last'): { sequence?: number; rest: string } {
	const found = (where === 'first' ? /^#(\d{1,15})(?:\s+|$)/ : /(?:^|\s+)#?(\d{1,15})$/).exec(rest)
	if (found === null) return { rest }
	return { sequence: Number(found[1]), rest: rest.replace(found[0], '').trim() }
}

/** The word that was probably meant, if there is one. */
export function nearest(word: string, words: readonly string[]): string | undefined {
	const [best] = words
		.map((candidate) => ({ candidate, changes: distance(word, candidate) }))
		.filter(({ candidate, changes }) => changes <= Math.max(1, candidate.length >> 1))
		.sort((a, b) => a.changes - b.changes)
	return best?.candidate
}

/** How many letters have to be put in, left out, replaced or swapped with their neighbour. */
function distance(from: string, to: string): number {
	let [beforeLast, last]: [number[], number[]] = [[], Array.from({ length: to.length + 1 }, (_, column) => column)]
	for (let row = 1; row <= from.length; row++) {
		const next = [row]
		for (let column = 1; column <= to.length; column++) {
			const isSame = from[row - 1] === to[column - 1]
			const isSwapped = row > 1 && column > 1 && from[row - 1] === to[column - 2] && from[row - 2] === to[column - 1]
			next[column] = Math.min(
				(last[column] as number) + 1,
				(next[column - 1] as number) + 1,
				(last[column - 1] as number) + (isSame ? 0 : 1),
				isSwapped ? (beforeLast[column - 2] as number) + 1 : Number.POSITIVE_INFINITY,
			)
		}
		beforeLast = last
		last = next
	}
	return last[to.length] as number
}
