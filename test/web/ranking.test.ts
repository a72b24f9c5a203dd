import t from 'tap'
import { type Goal, ranked } from '../../web/src/dialogs/ranking.ts'
import { slugOf } from '../../web/src/dialogs/slug.ts'
import { excerptOf } from '../../web/src/panels/excerpt.ts'

const goals: Goal[] = [
	goal('general'),
	goal('design', { title: 'Design & Typographie' }),
	goal('team-design'),
	goal('team-2', { title: 'Team 2' }),
	goal('team-10', { title: 'Team 10' }),
	goal('old-design', { isArchived: true }),
	goal('open-design', { isOwn: false }),
	goal('@desiree', { title: 'Désirée Müller', isOwn: false }),
	goal('@bob', { title: 'Bob' }),
]

t.test('without a text: what calls, what is unread, where one was, and the rest of one’s own', async (t) => {
	const all = goals.map((one) => {
		if (one.room === 'team-10') return { ...one, unread: 3 }
		return one.room === '@bob' ? { ...one, unread: 1, calls: 1 } : one
	})
	t.same(names(ranked(all, '', ['team-2', 'design'])), [
		'@bob',
		'team-10',
		'team-2',
		'design',
		'general',
		'team-design',
		'old-design',
	])
})

t.test('the whole name goes before its beginning, that before a word in it, that before letters', async (t) => {
	t.same(names(ranked(goals, 'design', [])), ['design', 'team-design', 'open-design', 'old-design'])
	t.same(names(ranked(goals, 'team-', [])).slice(0, 3), ['team-2', 'team-10', 'team-design'])
	t.same(names(ranked(goals, 'gnrl', [])), ['general'])
	t.same(names(ranked(goals, 'xyz', [])), [])
})

t.test('neither case nor accents matter, and a sign says what is meant', async (t) => {
	t.same(names(ranked(goals, 'desiree mul', [])), ['@desiree'])
	t.same(names(ranked(goals, 'MÜLLER', [])), ['@desiree'])
	t.same(names(ranked(goals, '@de', [])), ['@desiree'])
	t.same(names(ranked(goals, '@', [])), ['@bob', '@desiree'])
	t.same(names(ranked(goals, '#general', [])), ['general'])
})

t.test('of those that fit alike, the one where one was goes first', async (t) => {
	t.equal(names(ranked(goals, 'team', ['team-10']))[0], 'team-10')
})

t.test('a room is named by its title', async (t) => {
	t.equal(slugOf('Summer party!'), 'summer-party')
	t.equal(slugOf(' --Größe & Maß '), 'grosse-mass')
	t.equal(slugOf('v2.0_beta'), 'v2.0_beta')
	t.equal(slugOf('会議'), '', 'there is nothing in it')
	t.equal(slugOf('x'.repeat(80)).length, 64)
})

t.test('an excerpt shows what was found, and is one line', async (t) => {
	t.same(text(excerptOf('say hello\nto all', [[4, 9]])), 'say [hello] to all')
	t.same(text(excerptOf('no place', [])), 'no place')
	const long = `${'word '.repeat(100)}needle${' more'.repeat(100)}`
	const shown = text(excerptOf(long, [[500, 506]]))
	t.match(shown, /^…(word )+\[needle\]( more)+( \w*)?…$/)
	t.ok(shown.length < 240)
})

t.test('an excerpt cuts no character in two, and shows what lies on its edge', async (t) => {
	const shown = excerptOf('👍'.repeat(300), [[300, 302]])
	for (const { text } of shown) t.ok(text.isWellFormed())
	t.same(
		text(
			excerptOf('abc', [
				[0, 2],
				[1, 3],
			]),
		),
		'[ab][c]',
	)
	t.match(text(excerptOf('x'.repeat(500), [[0, 400]])), /^\[x{220}\]…$/)
})

function goal(room: string, more: Partial<Goal> = {}): Goal {
	return { room, title: room.replace('@', ''), isOwn: true, unread: 0, calls: 0, ...more }
}

function names(found: readonly Goal[]): string[] {
	return found.map(({ room }) => room)
}

function text(pieces: ReturnType<typeof excerptOf>): string {
	return pieces.map(({ text, isFound }) => (isFound ? `[${text}]` : text)).join('')
}
