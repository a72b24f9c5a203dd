import type { Inline } from './tree.ts'

/** Those who a text calls upon, and the rooms that there are. */
export interface Names {
	mentions: ReadonlySet<string>
	rooms: ReadonlySet<string>
}

/** A name at the beginning of a word, as the server sees it; a `#` inside an address is none. */
const pattern = /(?<!\w)@([A-Za-z0-9][\w.-]*)|(?<![\p{L}\p{N}_/&#@.-])#([A-Za-z0-9][\w.-]*)/gu

/** As long as a name of a room can be, which are the longest. */
const nameCharsMax = 64

/** A text with its names made out. */
export function named(text: string, { mentions, rooms }: Names): Inline[] {
	const inlines: Inline[] = []
	let end = 0
	for (const { index, 1: person, 2: place } of text.matchAll(pattern)) {
		const name = person === undefined ? meant(place ?? '', rooms) : meant(person, mentions)
		if (name === undefined) continue
		if (index > end) inlines.push({ kind: 'text', text: text.slice(end, index) })
		end = index + 1 + name.length
		inlines.push({ kind: person === undefined ? 'room' : 'mention', name, text: text.slice(index, end) })
	}
	if (end < text.length) inlines.push({ kind: 'text', text: text.slice(end) })
	return inlines
}

/** The longest of the names that may be meant: what ends a sentence can end a name too. */
function meant(word: string, names: ReadonlySet<string>): string | undefined {
	let name = word.slice(0, nameCharsMax).toLowerCase()
	while (!names.has(name)) {
		if (!/[._-]$/.test(name)) return undefined
		name = name.slice(0, -1)
	}
	return name
}
