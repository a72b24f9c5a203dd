import t from 'tap'
import { parseEmoji } from '../../src/commands/emoji.ts'
import { emojiBytesMax } from '../../src/commands/limits.ts'
import { Refusal } from '../../src/commands/refusal.ts'

/** By what people see, all that is typed for it; the first is what is kept. */
const written: Record<string, readonly string[]> = {
	'a thumb': ['👍', '👍\ufe0f'],
	'a thumb of a colour': ['👍🏽', '👍\ufe0f🏽'],
	'a heart, which is text by itself': ['❤\ufe0f', '❤', '❤\ufe0f\ufe0f'],
	'a sign, which is text by itself': ['©\ufe0f', '©'],
	'a hand, which is text by itself but for its colour': ['☝🏽', '☝\ufe0f🏽'],
	'a key': ['1\ufe0f\u20e3', '1\u20e3'],
	'a flag': ['🇩🇪', '🇩🇪\ufe0f'],
	'a flag of tags': ['🏴󠁧󠁢󠁥󠁮󠁧󠁿'],
	'a rainbow flag': ['🏳\ufe0f\u200d🌈', '🏳\u200d🌈', '🏳\ufe0f\u200d🌈\ufe0f'],
	'a flag of two signs': ['🏳\ufe0f\u200d⚧\ufe0f', '🏳\u200d⚧', '🏳\ufe0f\u200d⚧', '🏳\u200d⚧\ufe0f'],
	'a heart that mends': ['❤\ufe0f\u200d🩹', '❤\u200d🩹'],
	'an eye that speaks': ['👁\ufe0f\u200d🗨\ufe0f', '👁\u200d🗨'],
	'a man who spies': ['🕵🏽\u200d♂\ufe0f', '🕵🏽\u200d♂', '🕵\ufe0f🏽\u200d♂'],
	'a family': ['👨\u200d👩\u200d👧\u200d👦'],
	'the longest': ['🧑🏻\u200d❤\ufe0f\u200d💋\u200d🧑🏼', '🧑🏻\u200d❤\u200d💋\u200d🧑🏼'],
}

t.test('an emoji is one, however it is typed', (t) => {
	for (const [name, [kept, ...others]] of Object.entries(written)) {
		for (const text of [kept as string, ...others]) t.equal(parseEmoji(text), kept, `${name}: ${escaped(text)}`)
	}
	t.equal(new Set(Object.values(written).map(([kept]) => kept)).size, Object.keys(written).length)
	t.end()
})

t.test('every character that is an emoji is taken, as itself or with the selector', (t) => {
	for (let code = 0; code <= 0x10ffff; code += 1) {
		const character = String.fromCodePoint(code)
		for (const emoji of [character, `${character}\ufe0f`, `${character}🏿`]) {
			if (/^\p{RGI_Emoji}$/v.test(emoji) && parseEmoji(emoji) !== emoji) t.fail(escaped(emoji))
		}
	}
	t.end()
})

const none: Record<string, string> = {
	nothing: '',
	'a space': ' ',
	'a word': 'ok',
	'a letter': 'a',
	'a digit': '1',
	'a digit with a selector': '1\ufe0f',
	'a name for one': ':thumbsup:',
	two: '👍👍',
	'two different ones': '👍❤\ufe0f',
	'one with a space': '👍 ',
	'one and a letter': '👍a',
	'half of a flag': '🇩',
	'two flags': '🇩🇪🇫🇷',
	'a flag of no country': '🇦🇦',
	'one in the form of text': '❤\ufe0e',
	'a selector alone': '\ufe0f',
	'a joiner at the end': '👨\u200d',
	'two joined that nobody draws as one': '🐙\u200d🌈',
	'half of a surrogate pair': '\ud83d',
	'U+0000': '\0',
	'a direction': '\u202e👍',
	'more bytes than there can be': '👍'.repeat(emojiBytesMax / 4 + 1),
	'one with needless selectors without end': `👍${'\ufe0f'.repeat(21)}`,
	'very much': '👍'.repeat(16_000),
}

t.test('what people do not see as one emoji is refused', (t) => {
	for (const [name, text] of Object.entries(none)) {
		t.throws(() => parseEmoji(text), { code: 'emoji_invalid', field: 'emoji' }, name)
	}
	t.end()
})

t.test('the refusal says what was sent, in short and as text', (t) => {
	try {
		parseEmoji(`${'👍'.repeat(500)}\u202e\0`)
		t.fail('it was taken')
	} catch (error) {
		const { detail } = error as Refusal
		t.type(error, Refusal)
		t.match(detail, /^A reaction is one emoji, such as 👍, of at most 64 bytes of UTF-8; "👍.*" is not\.$/)
		t.ok(detail.length < 200)
	}
	t.end()
})

function escaped(text: string): string {
	return [...text].map((character) => `U+${character.codePointAt(0)?.toString(16)}`).join(' ')
}
