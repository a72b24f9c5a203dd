import { quoted } from './actor.ts'
import { emojiBytesMax } from './limits.ts'
import { Refusal } from './refusal.ts'

/** The emoji in the one form in which it is kept, however it was typed. */
export function parseEmoji(text: string): string {
	const emoji = Buffer.byteLength(text) > emojiBytesMax ? '' : qualified(text)
	if (isOne(emoji)) return emoji
	throw new Refusal(
		'emoji_invalid',
		`A reaction is one emoji, such as 👍, of at most ${emojiBytesMax} bytes of UTF-8; ${quoted(text)} is not.`,
		'emoji',
	)
}

/** What people see as one: also a flag, a family, a hand of that colour. */
function isOne(emoji: string): boolean {
	oneEmoji ??= /^\p{RGI_Emoji}$/v
	return oneEmoji.test(emoji)
}

/** Made with the first reaction: it takes 20 ms, in each thread, and no start is to wait for that. */
let oneEmoji: RegExp | undefined

/**
 * With the variation selector U+FE0F where Unicode's list of emoji has it, and nowhere else: after each
 * character that would be text without it, unless a colour of skin follows. Keyboards differ in that.
 */
function qualified(text: string): string {
	return text
		.replaceAll('\ufe0f', '')
		.replace(/(?=\p{Emoji})\P{Emoji_Presentation}(?!\p{Emoji_Modifier})/gu, '$&\ufe0f')
}
