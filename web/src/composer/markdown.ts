/** What is put in place of a part of a text, and what is selected afterwards. */
export interface Change {
	start: number
	end: number
	text: string
	selection: readonly [start: number, end: number]
}

/** Puts marks around what is selected, or takes them away. */
export function marked(text: string, start: number, end: number, mark: string): Change {
	const inside = text.slice(start, end)
	const size = mark.length
	if (text.slice(0, start).endsWith(mark) && text.startsWith(mark, end)) {
		return { start: start - size, end: end + size, text: inside, selection: [start - size, end - size] }
	}
	return { start, end, text: mark + inside + mark, selection: [start + size, end + size] }
}

/** Makes a link of what is selected. Without an address that is what is written next. */
export function linked(text: string, start: number, end: number, address?: string): Change {
	const inside = text.slice(start, end)
	const link = `[${inside}](${address ?? 'https://'})`
	const afterLabel = start + inside.length + 3
	if (address !== undefined) return { start, end, text: link, selection: [start + link.length, start + link.length] }
	return { start, end, text: link, selection: inside === '' ? [start + 1, start + 1] : [afterLabel, afterLabel + 8] }
}
