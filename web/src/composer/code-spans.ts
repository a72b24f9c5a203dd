/** From where to where, the end not included. */
export type Span = readonly [start: number, end: number]

/**
 * Where code is in a text: nothing in it is completed or replaced. With `isUnfinished`, what begins as code and does not
 * end is code too, for its end is still to be written.
 */
export function codeIn(text: string, isUnfinished = false): Span[] {
	const spans: Span[] = []
	let fence: { mark: string; start: number } | undefined
	let at = 0
	for (const line of text.split('\n')) {
		const mark = /^ {0,3}(`{3,}(?=[^`]*$)|~{3,})/.exec(line)?.[1]
		if (fence === undefined) {
			if (mark === undefined) spans.push(...codeInLine(line, at, isUnfinished))
			else fence = { mark, start: at }
		} else if (mark?.startsWith(fence.mark) && line.trim() === mark) {
			spans.push([fence.start, at + line.length])
			fence = undefined
		}
		at += line.length + 1
	}
	if (fence !== undefined) spans.push([fence.start, at])
	return spans
}

export function isWithin(spans: readonly Span[], at: number): boolean {
	return spans.some(([start, end]) => start <= at && at < end)
}

function codeInLine(line: string, lineStart: number, isUnfinished: boolean): Span[] {
	const spans: Span[] = []
	const runs = [...line.matchAll(/`+/g)]
	for (let index = 0; index < runs.length; index++) {
		const [run, start] = [runs[index]?.[0] ?? '', runs[index]?.index ?? 0]
		const last = runs.findIndex((other, place) => place > index && other[0].length === run.length)
		if (last >= 0) {
			spans.push([lineStart + start, lineStart + (runs[last]?.index ?? 0) + run.length])
			index = last
		} else if (isUnfinished) spans.push([lineStart + start, lineStart + line.length + 1])
	}
	return spans
}
