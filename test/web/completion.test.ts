import t from 'tap'
import { askedAt } from '../../web/src/composer/asked.ts'
import { codeIn } from '../../web/src/composer/code-spans.ts'
import { emojiEndingAt, withEmoji } from '../../web/src/composer/emoji-codes.ts'
import { linked, marked } from '../../web/src/composer/markdown.ts'
import { bestOf } from '../../web/src/composer/matching.ts'
import { sizeOf } from '../../web/src/composer/message-size.ts'

/** What is completed where `|` stands. */
function asked(written: string) {
	const caret = written.indexOf('|')
	const found = askedAt(written.replace('|', ''), caret)
	return found && `${found.kind}${found.query} ${found.start}`
}

t.test('what is completed', async (t) => {
	for (const [written, expected] of [
		['@|', '@ 0'],
		['hi @bo| there', '@bo 3'],
		['hi\n#des|', '#des 3'],
		['(@Bé|', '@Bé 1'],
		['> @a.b-c_|', '@a.b-c_ 2'],
		['so :ta|', ':ta 3'],
		['so :+1|', ':+1 3'],
	] as const) {
		t.equal(asked(written), expected, written)
	}
})

t.test('what is not completed', async (t) => {
	for (const written of [
		'bob@ho|',
		'# Titl|',
		':t|',
		'10:30|',
		'at :) |',
		'`@bo|',
		'`@bo|`',
		'```\n@bo|',
		'@bob |',
		'~~~js\n#a|\n~~~',
	]) {
		t.equal(asked(written), undefined, written)
	}
	t.equal(asked('`code` @bo|'), '@bo 7', 'behind code it goes on')
	t.equal(asked('```\ncode\n```\n@bo|'), '@bo 13')
})

t.test('what is found by a few letters', async (t) => {
	const people = [['zoe', 'Zoë Ba'], ['bernd'], ['bob', 'Robert Bé'], ['rob'], ['barbara-bé']] as const
	const found = (query: string, limit = 8) => bestOf(people, query, limit, (words) => words).map(([name]) => name)
	t.same(found('b'), ['bernd', 'bob', 'barbara-bé', 'zoe'], 'the name goes before other words')
	t.same(found('BE'), ['bernd', 'bob', 'barbara-bé'], 'without capitals and accents')
	t.same(found('ob'), ['bob', 'rob'], 'two letters also inside')
	t.same(found('o'), [], 'one alone is inside of too many')
	t.same(found('zoë'), ['zoe'])
	t.same(found('', 2), ['zoe', 'bernd'], 'no more than wanted, in their order')
})

t.test('where code is', async (t) => {
	t.same(codeIn('a `b` c'), [[2, 5]])
	t.same(codeIn('``a ` b`` `c'), [[0, 9]], 'it ends with as many marks as it begins')
	t.same(codeIn('```\na\n```\nb'), [[0, 9]])
	t.same(codeIn('~~~\n```\nb'), [[0, 10]], 'what does not end goes to the end')
})

t.test('emoji for their names', async (t) => {
	const named = (name: string) => ({ tada: '🎉', '+1': '👍', 100: '💯' })[name]
	t.equal(withEmoji(':tada: a :+1: :Tada: :none:', named), '🎉 a 👍 🎉 :none:')
	t.equal(withEmoji('`:tada:` :tada:\n```\n:tada:\n```', named), '`:tada:` 🎉\n```\n:tada:\n```', 'not in code')
	t.equal(withEmoji('1:100:2 http://a/:tada: a:tada:', named), '1:100:2 http://a/:tada: a:tada:', 'not inside of words')
	t.same(emojiEndingAt('so :tada:', 9, named), { start: 3, emoji: '🎉' })
	t.equal(emojiEndingAt('`:tada:', 7, named), undefined)
	t.equal(emojiEndingAt('so :none:', 9, named), undefined)
})

t.test('marks around words, and away again', async (t) => {
	t.same(marked('a b c', 2, 3, '**'), { start: 2, end: 3, text: '**b**', selection: [4, 5] })
	t.same(marked('a **b** c', 4, 5, '**'), { start: 2, end: 7, text: 'b', selection: [2, 3] })
	t.same(linked('see it', 4, 6, 'https://a.b'), { start: 4, end: 6, text: '[it](https://a.b)', selection: [21, 21] })
	t.same(linked('it', 0, 2), { start: 0, end: 2, text: '[it](https://)', selection: [5, 13] }, 'the address is next')
})

t.test('how long a message is', async (t) => {
	t.equal(sizeOf('é'.repeat(40), 100), undefined, 'room enough')
	t.same(sizeOf('é'.repeat(49), 100), { isTooLong: false, said: '2 bytes left' })
	t.same(sizeOf('é'.repeat(50), 100), { isTooLong: false, said: '0 bytes left' })
	t.same(sizeOf(`${'é'.repeat(50)}a`, 100), { isTooLong: true, said: '1 byte too long. A message holds 100 bytes.' })
	t.match(sizeOf('a'.repeat(70_000), 65_536), { isTooLong: true, said: '4.4 kB too long. A message holds 64 kB.' })
})
