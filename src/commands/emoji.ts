import { quoted } from './actor.ts'
import { emojiBytesMax } from './limits.ts'
import { Refusal } from './refusal.ts'

/** The emoji in the one form in which it is kept, however it was typed. */
export function parseEmoji(text: string): string {
	const emoji = Buffer.byteLength(text) > emojiBytesMax ? '' : qualified(text)
	if (oneEmoji.test(emoji)) return emoji
	throw new Refusal(
		'emoji_invalid',
		`A reaction is one emoji, such as 👍, of at most ${emojiBytesMax} bytes of UTF-8; ${quoted(text)} is not.`,
		'emoji',
	)
}

/** What people see as one: also a flag, a family, a hand of that colour. */
const oneEmoji = /^\p{RGI_Emoji}$/v

/**
 * With the variation selector U+FE0F where Unicode's list of emoji has it, and nowhere else: after each
 * character that would be text without it, unless a colour of skin follows. Keyboards differ in that.
 */
function qualified(text: string): string {
	return text
		.replaceAll('\ufe0f', '')
		.replace(/(?=\p{Emoji})\P{Emoji_Presentation}(?!\p{Emoji_Modifier})/gu, '$&\ufe0f')
}
