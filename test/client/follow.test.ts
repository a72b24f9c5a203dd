import t from 'tap'
import { type Following, type FollowOptions, follow, type StreamFrame } from '../../src/client/node.ts'
import { openBadLine } from '../helpers/bad-line.ts'
import { startBadServer } from '../helpers/bad-servers.ts'
import { startHouse } from '../helpers/house.ts'
import { askJson } from '../helpers/http.ts'
import { addPerson, putRoom } from '../helpers/people.ts'

t.test('the frames of a stream', async (t) => {
	const { url, owner } = await startHouse(t, { heartbeatMs: 300 })
	const line = await openBadLine(t, Number(new URL(url).port))
	await putRoom(url, owner, 'alerts')
	await putRoom(url, owner, 'builds')
	const say = async (room: string, content: string) =>
		(await askJson(url, `/rooms/${room}/messages`, { content }, owner)).json
	const following = (t: { teardown(fn: () => void): void }, options: Partial<FollowOptions>) => {
		const frames = follow({ url: line.url, token: owner.token, ...options })
		t.teardown(() => frames.close())
		return frames
	}

	for (const transport of ['sse', 'websocket'] as const) {
		t.test(`over ${transport}: what was missed, then what happens, across an interruption`, async (t) => {
			const { cursor } = await say('alerts', 'before')
			await say('alerts', 'missed')
			const frames = following(t, { rooms: ['alerts'], after: cursor, transport })
			t.equal(await nextText(frames), 'missed')
			await untilType(frames, 'live')
			await say('alerts', 'live')
			t.equal(await nextText(frames), 'live')
			line.cutAll()
			await say('alerts', 'while it was cut')
			await say('builds', 'elsewhere')
			t.equal(await nextText(frames), 'while it was cut')
			frames.close()
			t.same(await frames.next(), { done: true, value: undefined })
		})

		t.test(`over ${transport}: only what a filter wants`, async (t) => {
			const frames = following(t, { filter: 'type == "message" && content.contains("red")', transport, after: '0' })
			await untilType(frames, 'live')
			await say('builds', 'green')
			await say('builds', 'red')
			t.equal(await nextText(frames), 'red')
		})

		t.test(`over ${transport}: what was not acknowledged comes again`, async (t) => {
			const consumer = `job-${transport}`
			const first = following(t, { rooms: ['builds'], consumer, transport })
			await untilType(first, 'live')
			const one = await say('builds', 'one')
			await say('builds', 'two')
			t.equal(await nextText(first), 'one')
			await first.ack(one.cursor)
			t.equal(await nextText(first), 'two')
			first.close()
			const second = following(t, { rooms: ['builds'], consumer, transport })
			t.equal(await nextText(second), 'two')
		})

		t.test(`over ${transport}: a cursor that cannot be used is said to be one, and it goes on from now`, async (t) => {
			const frames = following(t, { after: '99999999', transport })
			t.match(await untilType(frames, 'hello'), { mode: 'reset', reason: 'ahead' })
			await untilType(frames, 'live')
			await say('builds', 'now')
			t.equal(await nextText(frames), 'now')
		})

		t.test(`over ${transport}: what may not be heard is an error`, async (t) => {
			const bob = await addPerson(url, owner, `bob-${transport}`)
			await putRoom(url, owner, `den-${transport}`, { visibility: 'private' })
			const room = `den-${transport}`
			await t.rejects(following(t, { token: bob.token, rooms: [room], transport }).next(), { code: 'not_found' })
			await t.rejects(following(t, { token: 'trt_nonsense', transport }).next(), {
				code: 'not_authenticated',
				status: 401,
			})
			const wrong = following(t, { filter: 'content.contains(', transport })
			await t.rejects(wrong.next(), { code: 'malformed' })
		})
	}

	t.test('some rooms, and what was said last', async (t) => {
		await say('alerts', 'an alert')
		await say('builds', 'a build')
		const frames = following(t, { rooms: ['alerts', 'builds'], tail: 2 })
		t.same([await nextText(frames), await nextText(frames)], ['an alert', 'a build'])
		t.throws(() => follow({ url, rooms: ['alerts', 'builds'], transport: 'websocket' }), { code: 'malformed' })
		t.throws(() => follow({ url, tail: 2, transport: 'websocket' }), { code: 'malformed' })
		await t.rejects(frames.ack('0'), { code: 'consumer_unnamed' })
	})

	t.test('a reader that is slow costs no memory, and misses nothing', async (t) => {
		const connections = () => Object.values(line.counts).reduce((sum, count) => sum + count, 0)
		const frames = following(t, { rooms: ['builds'] })
		await untilType(frames, 'live')
		const before = connections()
		const count = 2_500
		for (let i = 0; i < count; i += 50) {
			await Promise.all(Array.from({ length: 50 }, () => say('builds', 'many')))
		}
		let previous = 0
		for (let read = 0; read < count; ) {
			const { value } = await frames.next()
			if (value?.type !== 'message') continue
			read += 1
			t.equal(value.sequence === previous + 1 || previous === 0, true)
			previous = value.sequence
		}
		t.ok(connections() > before, 'it was full, and read on later')
		t.same(await frames.return(), { done: true, value: undefined })
	})

	t.test('one that is full ends where it is closed', async (t) => {
		const full = Promise.withResolvers<void>()
		const url = await startBadServer(t, (_request, response) => {
			response.setHeader('Content-Type', 'text/event-stream')
			response.on('close', full.resolve)
			for (let position = 1; position <= 1_200; position++) {
				const about = { room: 'general', sequence: position, id: '', sender: '', content: '', timestamp: 0 }
				const frame = { type: 'message', position, cursor: `${position}-0`, ...about }
				response.write(`data: ${JSON.stringify(frame)}\n\n`)
			}
		})
		const frames = follow({ url, after: '0' })
		await frames.next()
		await full.promise
		frames.close()
		t.same(await Promise.all([frames.next(), frames.next()]), [
			{ done: true, value: undefined },
			{ done: true, value: undefined },
		])
	})

	t.test('a loop that is left closes it', async (t) => {
		const frames = following(t, { after: '0' })
		for await (const frame of frames) if (frame.type === 'live') break
		t.same(await frames.next(), { done: true, value: undefined })
	})
})

async function untilType<Type extends StreamFrame['type']>(frames: Following, type: Type) {
	for await (const frame of { [Symbol.asyncIterator]: () => ({ next: () => frames.next() }) }) {
		if (frame.type === type) return frame as Extract<StreamFrame, { type: Type }>
	}
	throw new Error(`it ended before any ${type}`)
}

async function nextText(frames: Following): Promise<string> {
	return (await untilType(frames, 'message')).content
}
