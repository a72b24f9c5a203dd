import { type Emoji, loadEmoji } from '../emoji/emoji.ts'
import type { EmojiOf } from './emoji-codes.ts'

let known: ReadonlyMap<string, string> = new Map()

/** Knows none until they are loaded. */
export const emojiNamed: EmojiOf = (name) => known.get(name)

/** All emoji, known by their names from then on. */
export async function knowEmoji(): Promise<readonly Emoji[]> {
	const all = await loadEmoji()
	if (known.size === 0) known = new Map(all.flatMap(({ emoji, names }) => names.map((name) => [name, emoji] as const)))
	return all
}
