import { foldWithPlaces } from './fold.ts'
import { kindOf, partCharsMin } from './tokens.ts'

/** What has to be found in a text: a word, a part of one, or a phrase. */
export interface Term {
	/** Folded, without spaces at its ends. */
	text: string
	/** A word that is too short to be part of another begins it, or ends it. */
	beginsWord: boolean
	endsWord: boolean
}

/** From a text that is folded and not empty. */
export function termOf(text: string): Term {
	const pieces = text.split(' ').map((piece) => [...piece])
	const [first = [], last = []] = [pieces[0], pieces.at(-1)]
	const isLetter = (char = ' ') => kindOf(char) === 'letter'
	return {
		text,
		beginsWord: first.length < partCharsMin && isLetter(first[0]),
		endsWord: last.length < partCharsMin && isLetter(last.at(-1)),
	}
}

/** Whether a folded text has all of these. */
export function matches(folded: string, terms: readonly Term[]): boolean {
	return terms.every((term) => findTerm(folded, term, 0) >= 0)
}

/** From where to where in a text, in UTF-16 units: in order, and none touches another. */
export type Highlights = [start: number, end: number][]

/** Where the terms are in a text; undefined if one of them is not. Where it is very often, the first so many. */
export function highlightsIn(content: string, terms: readonly Term[]): Highlights | undefined {
	const { folded, starts, ends } = foldWithPlaces(content)
	const found: Highlights = []
	for (const term of terms) {
		let at = findTerm(folded, term, 0)
		if (at < 0) return undefined
		for (let count = 0; at >= 0 && count < highlightsMax; count++) {
			const end = at + term.text.length
			found.push([starts[at] as number, ends[end - 1] as number])
			at = findTerm(folded, term, at + 1)
		}
	}
	return joined(found).slice(0, highlightsMax)
}

/** More than this nobody looks at in one message. */
const highlightsMax = 100

function joined(found: Highlights): Highlights {
	const all: Highlights = []
	for (const [start, end] of found.sort((a, b) => a[0] - b[0])) {
		const last = all.at(-1)
		if (last !== undefined && start <= last[1]) last[1] = Math.max(last[1], end)
		else all.push([start, end])
	}
	return all
}

/** Where a term is next in a folded text; -1: nowhere. */
function findTerm(folded: string, { text, beginsWord, endsWord }: Term, from: number): number {
	let at = folded.indexOf(text, from)
	while (at >= 0) {
		const isInWord = (beginsWord && isLetter(folded, at - 1)) || (endsWord && isLetter(folded, at + text.length))
		if (!isInWord) return at
		at = folded.indexOf(text, at + 1)
	}
	return -1
}

/** Whether the character of which that is a unit is a letter. */
function isLetter(text: string, index: number): boolean {
	const isSecondHalf = /[\udc00-\udfff]/.test(text.charAt(index))
	const point = text.codePointAt(isSecondHalf ? index - 1 : index)
	return index >= 0 && point !== undefined && kindOf(String.fromCodePoint(point)) === 'letter'
}
