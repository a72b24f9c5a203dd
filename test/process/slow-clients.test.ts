import { existsSync } from 'node:fs'
import t from 'tap'
import { startInProcess } from '../helpers/app.ts'
import { Follower, stuckSocket } from '../helpers/follower.ts'
import { residentMib } from '../helpers/memory.ts'
import { sameFrames, visibleFrames } from '../helpers/record.ts'
import { startServer } from '../helpers/server.ts'
import { until } from '../helpers/until.ts'
import { openWebSocket } from '../helpers/websocket.ts'
import { ask, inTime, post } from '../helpers/writer.ts'

const messages = 1_600
const content = 'x'.repeat(30_000)
const slowOnes = 4

/** What is posted is 48 MB, and as much again for each transport if its frames were kept. */
const stuckMibMax = 80

t.test('readers that stop reading cost the server no memory, nobody any time, and themselves no message', async (t) => {
	const server = await startServer(t)
	const transports = ['sse', 'websocket'] as const
	const reading = Promise.withResolvers<void>()
	const slow = Array.from(
		{ length: slowOnes },
		(_, i) => new Follower({ name: `slow-${i}`, transport: transports[i % 2] as 'sse', rooms: ['general'] }),
	)
	const quick = transports.map((transport) => new Follower({ name: `quick-${transport}`, transport }))
	const last = { positions: undefined as Map<string, number> | undefined }
	const follow = (follower: Follower, hold: Promise<void>) => {
		const began = Promise.withResolvers<void>()
		const enough = () => last.positions !== undefined && follower.hasReached(last.positions)
		const over = follower.follow(server.url, { enough, hold: { began: began.resolve, over: hold } })
		return { live: began.promise, over }
	}
	const slowOver = slow.map((follower) => follow(follower, reading.promise))
	const quickOver = quick.map((follower) => follow(follower, Promise.resolve()))
	await Promise.all([...slowOver, ...quickOver].map(({ live }) => live))

	const flood = async (count: number) => {
		for (let n = 0; n < count; n += 1)
			await post(server.url, { room: 'general', content: `${n} ${content}`, sender: 'ada' })
	}
	// First what every process takes when it begins to work.
	await Promise.all(Array.from({ length: 8 }, () => flood(messages / 80)))
	const canMeasure = existsSync('/proc/self/status')
	const before = canMeasure ? residentMib(server.pid) : 0
	let most = before
	const measuring = canMeasure ? setInterval(() => (most = Math.max(most, residentMib(server.pid))), 50) : undefined
	await Promise.all(Array.from({ length: 8 }, () => flood((messages / 80) * 9)))
	last.positions = new Map([['general', (await server.post('general', 'the last one')).position]])

	await inTime(Promise.all(quickOver.map(({ over }) => over)), 'a quick reader')
	t.ok(
		slow.every((follower) => !follower.hasReached(last.positions as never)),
		'the quick ones have it all before the slow ones',
	)
	clearInterval(measuring)
	reading.resolve()
	await inTime(Promise.all(slowOver.map(({ over }) => over)), 'a slow reader', 60)

	t.comment(`resident: ${Math.round(before)} MiB, then at most ${Math.round(most)} MiB`)
	t.ok(most - before < stuckMibMax, 'who does not read takes no memory', { before, most })
	t.equal(await server.stop(), 0)
	const all = visibleFrames(server.directory)
	for (const { tracks } of [...quick, ...slow]) {
		for (const track of tracks) sameFrames(t, track.frames, track.expected(all), track.name)
	}
})

t.test('a reader that does not drain in time is cut', async (t) => {
	const app = await startInProcess(t, { drainMs: 300 })
	const flood = async () => {
		for (let n = 0; n < 200; n++) await post(app.url, { room: 'general', content: content + content, sender: 'ada' })
	}
	/** Whoever follows a room is present in it, for as long as the server keeps the connection. */
	const presenceOf = (name: string, isThere: boolean) =>
		until(async () => {
			const { body } = await ask(`${app.url}/rooms/general/presence`)
			return body.includes(`"${name}"`) === isThere
		})

	const socket = await openWebSocket(t, `${app.url.replace('http', 'ws')}/ws`)
	await socket.ask({ type: 'subscribe', room: 'general', userId: 'mute' }, 'live')
	socket.socket.pause()
	const first = await stuckSocket(app.url, '/rooms/general/events', 'deaf')
	t.teardown(() => first.destroy())
	await presenceOf('deaf', true)
	await flood()
	await inTime(presenceOf('deaf', false), 'who waits for the cut')
	// The WebSocket stopped reading before this one came, so when this one is cut, it was.
	const second = await stuckSocket(app.url, '/rooms/general/events', 'blind')
	t.teardown(() => second.destroy())
	await presenceOf('blind', true)
	await flood()
	await inTime(presenceOf('blind', false), 'who waits for the cut')

	socket.socket.resume()
	t.match(await socket.closed, { code: 4008 }, 'the WebSocket is told that it was too slow')
})
