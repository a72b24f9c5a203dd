import { codeIn, isWithin } from './code-spans.ts'

/** Which emoji a name stands for; undefined: none. */
export type EmojiOf = (name: string) => string | undefined

const code = /(?<![\p{L}\p{N}:/]):([a-z0-9_+-]+):(?![\p{L}\p{N}])/giu
const codeAtEnd = /(?<![\p{L}\p{N}:/]):([a-z0-9_+-]+):$/iu

export function hasEmojiCode(text: string): boolean {
	return text.search(code) >= 0
}

/** A text with the emoji themselves for `:tada:` and the like, but in code. */
export function withEmoji(text: string, emojiOf: EmojiOf): string {
	if (!text.includes(':')) return text
	const spans = codeIn(text)
	return text.replaceAll(code, (whole, name: string, at: number) =>
		isWithin(spans, at) ? whole : (emojiOf(name.toLowerCase()) ?? whole),
	)
}

/** The emoji whose closing colon stands before the caret, and where it begins. */
export function emojiEndingAt(
	text: string,
	caret: number,
	emojiOf: EmojiOf,
): { start: number; emoji: string } | undefined {
	const before = text.slice(0, caret)
	const found = codeAtEnd.exec(before.slice(before.lastIndexOf('\n') + 1))
	const emoji = emojiOf(found?.[1]?.toLowerCase() ?? '')
	if (found === null || emoji === undefined) return undefined
	const start = caret - found[0].length
	return isWithin(codeIn(before, true), start) ? undefined : { start, emoji }
}
