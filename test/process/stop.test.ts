import { once } from 'node:events'
import { statSync } from 'node:fs'
import { Agent } from 'node:http'
import { connect } from 'node:net'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { temporaryDirectory } from '../helpers/directory.ts'
import { Follower, stuckSocket } from '../helpers/follower.ts'
import { fillLog, sameFrames, visibleFrames } from '../helpers/record.ts'
import { type PostedFrame, startServer } from '../helpers/server.ts'
import { openSse } from '../helpers/sse.ts'
import { openWebSocket } from '../helpers/websocket.ts'
import { type Answer, inTime, Progress, post } from '../helpers/writer.ts'

/** What the contract allows from the signal to the exit. */
const stopMsMax = 10_000

function checkWal(t: Test, directory: string): void {
	const bytes = statSync(join(directory, 'log.db-wal'), { throwIfNoEntry: false })?.size ?? 0
	t.equal(bytes, 0, 'the write-ahead log is empty')
}

t.test(
	'a server that is told to stop under load answers everything, says goodbye and keeps what it acknowledged',
	async (t) => {
		const server = await startServer(t)
		await server.post('general', 'the first one')
		const posted = new Progress()
		const acknowledged: PostedFrame[] = []
		let isStopping = false
		const answers: Answer[] = []
		const unanswered: unknown[] = []
		const writing = Array.from({ length: 40 }, async (_, i) => {
			const agent = new Agent({ keepAlive: true, maxSockets: 1 })
			for (let n = 0; ; n++) {
				const wasStopping = isStopping
				try {
					const message = { room: 'general', content: `writer ${i} says ${n}`, sender: `writer-${i}`, key: `${n}` }
					const answer = await post(server.url, message, agent)
					if (answer.status === 201) acknowledged.push(JSON.parse(answer.body))
					answers.push(answer)
					posted.add()
				} catch (error) {
					// Who asks after the signal may find nobody there any more.
					if (!wasStopping) unanswered.push(error)
					break
				}
			}
			agent.destroy()
		})
		const followers = (['sse', 'websocket'] as const).flatMap((transport) =>
			[undefined, ['general']].map(
				(rooms, i) => new Follower({ name: `${transport}-${i}`, transport, after: '0', ...(rooms ? { rooms } : {}) }),
			),
		)
		const following = followers.map((follower) => follower.follow(server.url))
		const publisher = await openWebSocket(t, server.webSocketUrl)
		let published = 0
		const publishing = (async () => {
			for (;;) {
				const n = published
				const answer = publisher.until(({ type }) => type === 'published' || type === 'error')
				publisher.send({ type: 'publish', room: 'general', sender: 'publisher', content: `published ${n}` })
				if ((await answer).type === 'error') return
				published += 1
			}
		})().catch(() => {})

		await posted.more(400)
		const exited = once(server.process, 'exit')
		isStopping = true
		process.kill(server.pid, 'SIGTERM')
		const [code] = await exited
		await Promise.all([...writing, ...following, publishing])

		t.equal(code, 0)
		t.same(unanswered, [], 'every request that was in flight is answered')
		const refused = answers.filter(({ status }) => status !== 201)
		const others = refused.filter(({ status, headers }) => status !== 503 || !(Number(headers['retry-after']) > 0))
		t.same(others, [], `what is not acknowledged (${refused.length}) is refused with a time to try again`)
		for (const { name, farewells } of followers) {
			t.same(farewells, [name.startsWith('sse') ? 'stopping' : '4001'], `${name} is said goodbye to`)
		}
		t.match(await publisher.closed, { code: 4001 })
		checkWal(t, server.directory)
		t.equal(server.errors(), '')

		const held = visibleFrames(server.directory)
		const texts = new Map(held.map(({ position, json }) => [position, json]))
		const lost = acknowledged.filter((frame) => texts.get(frame.position) !== JSON.stringify(frame))
		t.same(lost, [], `all ${acknowledged.length} acknowledged messages are there`)
		const kept = held.filter(({ json }) => JSON.parse(json).sender === 'publisher').length
		t.ok(kept === published || kept === published + 1, 'what was published is there')
		for (const track of followers.flatMap(({ tracks }) => tracks)) {
			sameFrames(t, track.frames, track.expected(held), `until the goodbye, ${track.name}`)
		}
		const again = await startServer(t, { directory: server.directory })
		t.match(await (await fetch(`${again.url}/rooms/general`)).json(), { sequence: acknowledged.length + kept + 1 })
		t.equal(await again.stop(), 0)
	},
)

t.test('nobody who does not read, does not finish or has much to catch up holds up the end', async (t) => {
	const directory = join(temporaryDirectory(t), 'data')
	await fillLog(directory, ['general', 'harbour'], 20_000)
	const server = await startServer(t, { directory })
	const beginning = await Promise.all(
		Array.from({ length: 4 }, async (_, i) => {
			const transport = i % 2 === 0 ? 'sse' : 'websocket'
			const follower = new Follower({ name: `reader-${i}`, transport, after: '0' })
			const started = Promise.withResolvers<void>()
			const enough = () => {
				if ((follower.tracks[0]?.frames.length ?? 0) > 300) started.resolve()
				return false
			}
			const over = follower.follow(server.url, { enough })
			await started.promise
			return { follower, over }
		}),
	)
	const stuck = await stuckSocket(server.url, '/events?after=0', 'stuck')
	t.teardown(() => stuck.destroy())
	const silent = await openWebSocket(t, server.webSocketUrl)
	silent.send({ type: 'subscribe', userId: 'silent', after: 0 })
	silent.socket.pause()
	// Half a request, and none at all.
	for (const text of [
		'POST /rooms/general/messages HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n\r\nhal',
		'GET',
		'',
	]) {
		const half = connect(server.port, '127.0.0.1')
		half.on('error', () => {})
		t.teardown(() => half.destroy())
		await once(half, 'connect')
		half.write(text)
	}

	const asked = Date.now()
	t.equal(await inTime(server.stop(), 'who waits for the exit', 20), 0)
	t.ok(Date.now() - asked < stopMsMax, `the exit took ${Date.now() - asked} ms`)
	checkWal(t, directory)
	t.equal(server.errors(), '')
	const again = await startServer(t, { directory })
	const lastPositions = new Map([['general', (await again.post('general', 'the last one')).position]])
	const held = visibleFrames(directory)
	for (const { follower, over } of beginning) {
		t.equal(await over, 'ended')
		t.same(follower.farewells, [Number(follower.name.at(-1)) % 2 === 0 ? 'stopping' : '4001'])
		await follower.follow(again.url, { enough: () => follower.hasReached(lastPositions) })
		const [track] = follower.tracks as [(typeof follower.tracks)[number]]
		sameFrames(t, track.frames, track.expected(held), `${follower.name}, over both servers,`)
	}
	t.equal(await again.stop(), 0)
})

t.test('a second server on the same directory is refused, and the first goes on', async (t) => {
	const first = await startServer(t)
	const stream = await openSse(t, `${first.url}/rooms/general/events`)
	await stream.untilType('live')
	const before = await first.post('general', 'before')
	await t.rejects(startServer(t, { directory: first.directory }), {
		message: /ended with 1: .*another Tailroom is running/s,
	})
	const after = await first.post('general', 'after')
	t.same((await stream.untilType('message')).data, before)
	t.same((await stream.untilType('message')).data, after)
	await first.stop('SIGKILL')
	// The lock is the process's own, so a kill leaves none behind.
	const next = await startServer(t, { directory: first.directory })
	t.match(await (await fetch(`${next.url}/rooms/general/messages`)).json(), { messages: [before, after] })
	t.equal(await next.stop(), 0)
})

t.test('what is asked while the server stops is refused with a time to try again', async (t) => {
	const server = await startServer(t)
	const stream = await openSse(t, `${server.url}/rooms/general/events`)
	await stream.untilType('live')
	const socket = connect(server.port, '127.0.0.1')
	t.teardown(() => socket.destroy())
	let received = ''
	socket.on('data', (chunk) => {
		received += chunk
	})
	const closed = once(socket, 'close')
	const request =
		'POST /rooms/general/messages HTTP/1.1\r\nHost: localhost\r\nContent-Type: text/plain\r\nContent-Length: 5\r\n\r\n'
	// One that is on its way when the signal comes, and more on the same connection.
	socket.write(`${request}he`)
	await server.post('general', 'the last one')
	const exited = once(server.process, 'exit')
	process.kill(server.pid, 'SIGTERM')
	await stream.untilType('bye')
	socket.write(`llo${request}hello${request}hello`)
	await closed
	const heads = received.split('HTTP/1.1 ').slice(1)
	t.ok(heads.length >= 1, `${heads.length} answers`)
	for (const head of heads) t.match(head, /^503 .*\r\nretry-after: \d/is)
	t.same(await exited, [0, null])
})
