import { mock } from 'node:test'
import t from 'tap'
import type { ShownMessage, Timeline } from '../../src/client/browser.ts'
import { findFloor, floorIn } from '../../web/src/messages/floor.ts'
import { beginsDay, erasedRun, isContinued } from '../../web/src/messages/rows.ts'
import { ViewLoader } from '../../web/src/messages/view-loader.ts'
import { wantedLoad } from '../../web/src/messages/wanted-load.ts'

const noon = new Date(2026, 10, 27, 12).getTime()
const minute = 60_000

function message(sequence: number, changes: Partial<ShownMessage> = {}): ShownMessage {
	const id = `message-${sequence}`
	const [position, cursor] = [sequence, `${sequence}-0`]
	const said = { sender: 'ada', content: 'hello', timestamp: noon }
	return { type: 'message', position, cursor, room: 'general', sequence, id, asOf: position, ...said, ...changes }
}

t.test('who speaks on goes on', async (t) => {
	const first = message(1)
	t.ok(isContinued(first, message(2, { timestamp: noon + 4 * minute })))
	t.notOk(isContinued(undefined, message(2)), 'nobody knows who spoke before')
	t.notOk(isContinued(first, message(2, { sender: 'bob' })))
	t.notOk(isContinued(first, message(2, { guest: true })), 'a guest of that name is somebody else')
	t.notOk(isContinued(first, message(2, { timestamp: noon + 5 * minute })), 'after a while')
	t.notOk(isContinued(first, message(2, { replyTo: 'message-0' })), 'an answer')
	t.notOk(isContinued(message(1, { erased: 'author' }), message(2)), 'after what is gone')
	const beforeMidnight = new Date(2026, 10, 26, 23, 59).getTime()
	const after = message(2, { timestamp: beforeMidnight + 2 * minute })
	t.notOk(isContinued(message(1, { timestamp: beforeMidnight }), after), 'on another day')
})

t.test('days begin', async (t) => {
	const nextDay = message(2, { timestamp: noon + 24 * 60 * minute })
	t.ok(beginsDay(message(1), nextDay))
	t.notOk(beginsDay(message(1), message(2)))
	t.ok(beginsDay(undefined, message(1)), 'with the first message')
	t.notOk(beginsDay(undefined, nextDay), 'not where nobody knows what was before')
})

t.test('erased messages that follow each other are one line', async (t) => {
	const gone = (sequence: number) => message(sequence, { erased: 'moderator', content: '' })
	const runs = (messages: ShownMessage[]) =>
		messages.map(({ sequence }) => erasedRun((at) => messages.find((one) => one.sequence === at), sequence))
	t.same(runs([message(1), gone(2), gone(3), gone(4), message(5)]), [undefined, 3, 0, 0, undefined])
	t.same(runs([message(1), gone(2), gone(3), message(4)]), Array(4).fill(undefined), 'two stand for themselves')
	const many = Array.from({ length: 60 }, (_, i) => gone(i + 1))
	t.same(
		runs(many).flatMap((run, i) => (run ? [[i + 1, run]] : [])),
		[
			[1, 25],
			[26, 25],
			[51, 10],
		],
		'of many so many at a time',
	)
	t.same(runs([gone(7), gone(8), gone(9)]), Array(3).fill(undefined), 'not where it may go on before what is loaded')
})

t.test('what is on the screen is loaded', async (t) => {
	const loaded = (first: number, last: number, ends = {}) => ({
		span: { first, last },
		atStart: false,
		atEnd: false,
		...ends,
	})
	t.equal(wantedLoad({ first: 300, last: 320 }, loaded(200, 400)), undefined)
	t.equal(wantedLoad({ first: 220, last: 240 }, loaded(200, 400)), 'older')
	t.equal(wantedLoad({ first: 180, last: 199 }, loaded(200, 400)), 'older')
	t.equal(wantedLoad({ first: 380, last: 400 }, loaded(200, 400)), 'newer')
	t.equal(wantedLoad({ first: 150, last: 170 }, loaded(200, 400)), 'around')
	t.equal(wantedLoad({ first: 500, last: 520 }, loaded(200, 400)), 'around')
	t.equal(wantedLoad({ first: 1, last: 20 }, loaded(1, 400, { atStart: true })), undefined)
	t.equal(wantedLoad({ first: 380, last: 400 }, loaded(200, 400, { atEnd: true })), undefined)
	t.equal(wantedLoad({ first: 1, last: 20 }, { span: undefined, atStart: false, atEnd: false }), 'around')
	t.equal(wantedLoad({ first: 1, last: 1 }, { span: undefined, atStart: true, atEnd: true }), undefined)
})

t.test('what is on the screen is not asked for where somebody has gone elsewhere', (t) => {
	mock.timers.enable({ apis: ['setTimeout'] })
	t.teardown(() => mock.timers.reset())
	const asked: string[] = []
	const timeline = {
		messages: [message(200)],
		isPending: false,
		latest: () => asked.push('latest'),
		around: (sequence: number) => asked.push(`around ${sequence}`),
	}
	const loader = new ViewLoader(() => {})
	const look = () => loader.view({ first: 40, last: 60 }, timeline as unknown as Timeline, 200)
	look()
	mock.timers.tick(1_000)
	t.same(asked, ['around 50'])
	look()
	timeline.isPending = true
	mock.timers.tick(1_000)
	t.same(asked, ['around 50'])
	loader.stop()
	t.end()
})

t.test('where what is kept begins', async (t) => {
	const at = (sequence: number) => message(sequence, sequence <= 70_123 ? { erased: 'retention' } : {})
	t.equal(floorIn([at(1), at(2)]), 2)
	t.equal(floorIn([at(90_000)]), 0)
	let questions = 0
	const read = async (query: string) => {
		questions += 1
		return { messages: [at(Number(/around=(\d+)/.exec(query)?.[1]))], cursor: '', position: 0 }
	}
	t.equal(await findFloor(read, 50, 100_000), 70_123)
	t.ok(questions < 20, `in ${questions} questions`)
})
