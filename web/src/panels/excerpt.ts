/** A piece of a text. */
export interface Piece {
	text: string
	/** Whether it is what was looked for. */
	isFound: boolean
	/** Where it begins in the whole text. */
	at: number
}

/** So many UTF-16 units are shown before the first place, and in all. */
const beforeMax = 40
const charsMax = 220

/**
 * A text around the first place where something was found, in one line, in pieces that were found and others.
 * `highlights` are from where to where, in UTF-16 units.
 */
export function excerptOf(text: string, highlights: readonly (readonly [number, number])[]): Piece[] {
	const first = highlights[0]?.[0] ?? 0
	const from = first <= beforeMax ? 0 : wholeAt(text, wordAt(text, first - beforeMax, first))
	const to = wholeAt(text, Math.min(text.length, from + charsMax))
	const pieces: Piece[] = []
	const add = (start: number, end: number, isFound: boolean) => {
		if (start < end) pieces.push({ text: text.slice(start, end).replace(/\s/g, ' '), isFound, at: start })
	}
	let at = from
	for (const [start, end] of highlights) {
		add(at, Math.min(start, to), false)
		add(Math.max(start, at), Math.min(end, to), true)
		at = Math.max(at, Math.min(end, to))
	}
	add(at, to, false)
	if (from > 0) pieces.unshift({ text: '…', isFound: false, at: -1 })
	if (to < text.length) pieces.push({ text: '…', isFound: false, at: to })
	return pieces
}

/** The beginning of a word, if there is one before the limit. */
function wordAt(text: string, from: number, limit: number): number {
	const space = text.slice(from, limit).search(/\s/)
	return space < 0 ? from : from + space + 1
}

/** Not in the middle of a character. */
function wholeAt(text: string, at: number): number {
	return /[\udc00-\udfff]/.test(text[at] ?? '') ? at - 1 : at
}
