import fc from 'fast-check'
import t from 'tap'
import type { Frame, History, HistoryMessage, MessageFrame } from '../../src/client/node.ts'
import { Timeline } from '../../src/client/timeline.ts'

/** The message of that sequence, at that position. */
function message(sequence: number, position = sequence * 10): MessageFrame {
	return {
		type: 'message',
		position,
		cursor: `${position}-00000000`,
		room: 'general',
		sequence,
		id: `id-${sequence}`,
		sender: 'ada',
		content: `text ${sequence}`,
		timestamp: 1_790_000_000_000 + sequence,
	}
}

/** A room with so many messages, that answers like a server. */
class Room {
	readonly messages: HistoryMessage[]
	position: number
	reads = 0

	constructor(count: number) {
		this.messages = Array.from({ length: count }, (_, index) => message(index + 1))
		this.position = count * 10
	}

	say(): MessageFrame {
		this.position += 10
		const said = message(this.messages.length + 1, this.position)
		this.messages.push(said)
		return said
	}

	async read(query: string): Promise<History> {
		this.reads += 1
		const { limit, before, after, around } = Object.fromEntries(new URLSearchParams(query)) as Record<string, string>
		const count = Number(limit)
		const page = this.messages.filter(({ sequence }) => {
			if (before !== undefined) return sequence < Number(before)
			if (after !== undefined) return sequence > Number(after)
			if (around !== undefined) return Math.abs(sequence - Number(around)) < count / 2
			return true
		})
		const messages = after === undefined ? page.slice(-count) : page.slice(0, count)
		return { messages, position: this.position, cursor: `${this.position}-00000000` }
	}
}

function timelineOf(room: Room, messagesMax = 200): Timeline {
	return new Timeline({
		room: 'general',
		messagesMax,
		read: async (query, take) => take(await room.read(query), []),
		newest: () => room.messages.length,
		shows() {},
		changed() {},
		closed() {},
	})
}

const sequences = ({ messages }: Timeline) => messages.map(({ sequence }) => sequence)
const numbers = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, index) => from + index)

t.test('shows the newest, older ones, those around one, and newer ones', async (t) => {
	const timeline = timelineOf(new Room(300), 120)
	await timeline.latest()
	t.same(sequences(timeline), numbers(251, 300))
	t.match(timeline, { atEnd: true, atStart: false, state: 'shown' })
	await timeline.older()
	t.same(sequences(timeline), numbers(201, 300))
	await timeline.older()
	t.same(sequences(timeline), numbers(151, 270), 'it keeps so many')
	t.equal(timeline.atEnd, false)
	timeline.hear(message(301))
	t.equal(sequences(timeline).at(-1), 270, 'away from its end it stays where it is')
	await timeline.newer()
	t.equal(timeline.atEnd, true)
	t.same(sequences(timeline), numbers(151, 300))
	await timeline.around(20)
	t.match(timeline, { atStart: true, atEnd: false })
	t.same(sequences(timeline), numbers(1, 44))
	await timeline.older()
	t.same(sequences(timeline), numbers(1, 44), 'there is nothing older')
	for (let i = 0; i < 6; i++) await timeline.newer()
	t.match(timeline, { atStart: false, atEnd: true })
	t.equal(sequences(timeline).at(-1), 300)
	await timeline.latest()
	t.same(sequences(timeline), numbers(251, 300))
})

t.test('an empty room begins with its first message', async (t) => {
	const room = new Room(0)
	const timeline = timelineOf(room)
	await timeline.latest()
	t.match(timeline, { atStart: true, atEnd: true, state: 'shown' })
	timeline.hear(room.say())
	t.same(sequences(timeline), [1])
})

t.test('what was seen already asks for nothing', async (t) => {
	const room = new Room(60)
	const timeline = timelineOf(room)
	await timeline.latest()
	for (const back of [1, 2, 30, 55]) timeline.hear(room.messages.at(-back) as MessageFrame)
	await new Promise(setImmediate)
	t.equal(room.reads, 1)
	t.same(sequences(timeline), numbers(11, 60))
})

t.test('a room that was lost stays so, whatever was on its way', async (t) => {
	const timeline = timelineOf(new Room(60))
	const shown = timeline.latest()
	timeline.lose()
	await shown
	t.match(timeline, { state: 'lost', messages: [] })
	await timeline.reload()
	t.match(timeline, { state: 'shown', atEnd: true }, 'until it is read again')
})

t.test('where somebody wants to be, they come to, whatever has to be read again meanwhile', async (t) => {
	const room = new Room(300)
	const timeline = timelineOf(room, 1_000)
	await timeline.latest()
	t.equal(await timeline.around(20), true)
	t.same(sequences(timeline), numbers(1, 44))

	await timeline.latest()
	const isThere = timeline.around(20)
	void timeline.reload()
	t.equal(await isThere, true, 'it is read again there')
	t.same(sequences(timeline), numbers(1, 44))

	await timeline.latest()
	const isThereWithGap = timeline.around(20)
	for (let i = 0; i < 600; i++) room.say()
	timeline.hear(room.say())
	for (let i = 0; i < 600; i++) timeline.hear(room.say())
	t.equal(await isThereWithGap, true, 'or follows what is said behind a gap')
	t.same(sequences(timeline), numbers(1, 44))

	const first = timeline.around(100)
	const second = timeline.around(200)
	t.equal(await first, false, 'who goes on is not taken back')
	t.equal(await second, true)
	const third = timeline.around(20)
	const fourth = timeline.latest()
	t.equal(await third, false)
	await fourth
	t.equal(sequences(timeline).at(-1), room.messages.length)

	const closed = timeline.around(20)
	timeline.close()
	t.equal(await closed, false)
	const lost = timeline.around(20)
	timeline.lose()
	t.equal(await lost, false)
})

t.test('a page that is of no use any more is waited for no longer', async (t) => {
	const room = new Room(300)
	let isOfUse = true
	const timeline = new Timeline({
		room: 'general',
		messagesMax: 200,
		read: async (query, take) => {
			const page = await room.read(query)
			if (isOfUse) take(page, [])
		},
		newest: () => 300,
		shows() {},
		changed() {},
		closed() {},
	})
	await timeline.latest()
	isOfUse = false
	t.equal(await timeline.around(20), false)
	t.equal(timeline.isPending, false)
	isOfUse = true
	await timeline.reload()
	t.same(sequences(timeline), numbers(251, 300), 'it is where it was')
})

t.test('however long it follows, it keeps only so many', async (t) => {
	const room = new Room(10)
	const timeline = timelineOf(room, 100)
	await timeline.latest()
	let most = 0
	for (let i = 0; i < 5_000; i++) {
		timeline.hear(room.say())
		most = Math.max(most, timeline.messages.length)
	}
	t.ok(most <= 125, `${most}`)
	t.same(sequences(timeline).at(-1), 5_010)
	t.equal(timeline.atStart, false)
	t.equal(room.reads, 1)
})

t.test('an older page that comes after its place was let go leaves no hole', async (t) => {
	const room = new Room(400)
	const timeline = timelineOf(room, 100)
	await timeline.latest()
	await timeline.older()
	const shown = timeline.older()
	// Until it has asked.
	await Promise.resolve()
	for (let i = 0; i < 60; i++) timeline.hear(room.say())
	await shown
	const now = sequences(timeline)
	t.same(now, numbers(now[0] as number, 460))
	await timeline.older()
	t.same(
		sequences(timeline).slice(0, 51),
		numbers((now[0] as number) - 50, now[0] as number),
		'it can be asked for again',
	)
})

t.test('what was said while a page was on its way is applied to it', async (t) => {
	const room = new Room(60)
	let answer: (() => void) | undefined
	const heard: Frame[] = []
	const timeline = new Timeline({
		room: 'general',
		messagesMax: 200,
		async read(query, take) {
			const page = await room.read(query)
			await new Promise<void>((resolve) => {
				answer = resolve
			})
			take(page, heard)
		},
		newest: () => room.messages.length,
		shows() {},
		changed() {},
		closed() {},
	})
	const shown = timeline.latest()
	await new Promise(setImmediate)
	const { id, sequence, sender } = message(60)
	const edit = { ...message(60), type: 'edit', id, sequence, sender, content: 'changed' } as const
	heard.push({ ...edit, position: 590 }, { ...edit, position: 605, content: 'changed later' }, message(61))
	heard.push({ ...message(62), room: 'elsewhere' })
	for (const frame of heard) if (frame.room === 'general') timeline.hear(frame)
	answer?.()
	await shown
	t.match(
		timeline.messages.slice(-2),
		[{ content: 'changed later' }, { sequence: 61 }],
		'older frames are in it already',
	)
})

t.test('whatever comes in whatever order, it shows a room without a hole and without going back', async (t) => {
	const step = fc.oneof(
		{ weight: 6, arbitrary: fc.record({ kind: fc.constant('say' as const), heard: fc.boolean() }) },
		{ weight: 2, arbitrary: fc.record({ kind: fc.constant('again' as const), back: fc.integer({ min: 1, max: 8 }) }) },
		{ weight: 1, arbitrary: fc.record({ kind: fc.constantFrom('older', 'newer', 'latest', 'settle') }) },
	)
	const property = fc.asyncProperty(
		fc.integer({ min: 0, max: 120 }),
		fc.array(step, { maxLength: 60 }),
		async (count, steps) => {
			const room = new Room(count)
			const timeline = timelineOf(room, 80)
			void timeline.latest()
			for (const step of steps) {
				if (step.kind === 'say') {
					const said = room.say()
					if ('heard' in step && step.heard) timeline.hear(said)
				} else if (step.kind === 'again') {
					const said = room.messages.at(-('back' in step ? step.back : 1))
					if (said !== undefined) timeline.hear(said)
				} else if (step.kind === 'settle') await new Promise(setImmediate)
				else void timeline[step.kind as 'older' | 'newer' | 'latest']()
				const shown = sequences(timeline)
				if (shown.some((sequence, index) => index > 0 && sequence !== (shown[index - 1] as number) + 1)) {
					throw new Error(`it shows ${shown}`)
				}
			}
			// What was not heard is met as a gap.
			await timeline.latest()
			const last = room.say()
			room.say()
			timeline.hear(room.say())
			await new Promise(setImmediate)
			await timeline.older()
			const shown = sequences(timeline)
			if (timeline.atEnd && shown.at(-1) !== last.sequence + 2) throw new Error(`after a gap it shows ${shown}`)
		},
	)
	await fc.assert(property, { numRuns: 300 })
	t.pass()
})
