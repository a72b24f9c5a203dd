import { codeIn, isWithin } from './code-spans.ts'

/** What is to be completed: somebody, a room, or an emoji. */
export interface Asked {
	kind: '@' | '#' | ':'
	/** What is typed of it. */
	query: string
	/** Where it begins in the text, with its sign. */
	start: number
}

const asked = /(?<=^|[\s([{"'*_~>/|-])(?:(?<sign>[@#])(?<name>[\p{L}\p{N}._-]*)|:(?<emoji>[\p{L}\p{N}_+-]{2,}))$/u

/** What is being typed where the caret is; undefined: nothing that could be completed. */
export function askedAt(text: string, caret: number): Asked | undefined {
	const before = text.slice(0, caret)
	const line = before.slice(before.lastIndexOf('\n') + 1)
	const found = asked.exec(line)
	if (found === null) return undefined
	const start = before.length - line.length + found.index
	if (isWithin(codeIn(before, true), start)) return undefined
	const { sign, name, emoji } = found.groups ?? {}
	return { kind: (sign ?? ':') as Asked['kind'], query: name ?? emoji ?? '', start }
}
