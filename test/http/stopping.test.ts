import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import t, { type Test } from 'tap'
import { ask } from '../helpers/http.ts'
import { type Server, startServer } from '../helpers/server.ts'
import { openSse } from '../helpers/sse.ts'
import { openWebSocket } from '../helpers/websocket.ts'

t.test('who follows is told goodbye, and the process ends with 0', async (t) => {
	const server = await startServer(t)
	const room = await openSse(t, `${server.url}/rooms/general/events`)
	const all = await openSse(t, `${server.url}/events`)
	const lines = await fetch(`${server.url}/events`, { headers: { Accept: 'application/x-ndjson' } })
	const text = await fetch(`${server.url}/events`, { headers: { Accept: 'text/plain' } })
	const sockets = [
		await openWebSocket(t, server.webSocketUrl),
		await openWebSocket(t, server.url.replace('http', 'ws')),
	]
	await room.untilType('live')
	await all.untilType('live')
	for (const socket of sockets) await socket.ask({ type: 'subscribe', room: 'general' }, 'live')

	const began = performance.now()
	const code = server.stop()
	for (const sse of [room, all]) {
		const bye = (await sse.rest()).at(-1)
		t.match(bye, { event: 'bye', data: { type: 'bye', reason: 'stopping' } })
		t.equal(bye?.id, undefined, 'a goodbye is no place to resume from')
	}
	t.match((await lines.text()).trimEnd().split('\n').at(-1), /^\{"type":"bye","reason":"stopping"\}$/)
	t.match(await text.text(), /# .*stopping\n$/)
	for (const socket of sockets) t.match(await socket.closed, { code: 4001, reason: /stopping/ })
	t.equal(await code, 0)
	t.ok(performance.now() - began < 5_000)
	t.equal(server.errors(), '')
})

t.test('what is on its way is acknowledged or refused, and what was acknowledged is there afterwards', async (t) => {
	const directory = `${t.testdir()}/data`
	const server = await startServer(t, { directory })
	const follower = await openSse(t, `${server.url}/rooms/general/events`)
	await follower.untilType('live')
	const socket = await openWebSocket(t, server.webSocketUrl)
	for (let i = 1; i <= 500; i += 1) socket.send({ type: 'publish', room: 'general', content: `${i}` })
	await socket.untilType('published')
	const posts = Array.from({ length: 50 }, (_, i) => server.post('general', `post ${i}`).catch(() => undefined))
	t.equal(await server.stop(), 0)
	const posted = (await Promise.all(posts)).filter((frame) => frame !== undefined)
	await socket.closed
	const acknowledged = [...posted, ...socket.received.filter(({ type }) => type === 'published')].map(({ id }) => id)
	const seen = (await follower.rest()).filter(({ data }) => data.type === 'message').map(({ data }) => data.id)

	const again = await startServer(t, { directory })
	const replay = await openSse(t, `${again.url}/rooms/general/events?after=0&until=head`)
	const kept = (await replay.rest()).filter(({ data }) => data.type === 'message').map(({ data }) => data.id)
	t.ok(acknowledged.length > 0)
	t.same(
		acknowledged.filter((id) => !kept.includes(id)),
		[],
		'everything acknowledged is in the log',
	)
	t.same(kept, seen, 'who followed has seen all that is in the log, before the goodbye')
})

const upgrade = [
	'Upgrade: websocket',
	'Connection: Upgrade',
	'Sec-WebSocket-Version: 13',
	'Sec-WebSocket-Key: MDEyMzQ1Njc4OWFiY2RlZg==\r\n',
].join('\r\n')
/** From a client, so it is masked. */
const closeFrame = Buffer.from([0x88, 0x80, 0, 0, 0, 0])

/** A connection of bare bytes. */
async function open(t: Test, server: Server): Promise<{ socket: Socket; ended: Promise<Buffer> }> {
	const socket = connect(server.port, '127.0.0.1')
	t.teardown(() => socket.destroy())
	await once(socket, 'connect')
	const chunks: Buffer[] = []
	socket.on('data', (chunk: Buffer) => chunks.push(chunk))
	socket.on('error', () => {})
	return { socket, ended: once(socket, 'close').then(() => Buffer.concat(chunks)) }
}

t.test('who asks while it stops is told to come back, in the form of what was asked for', async (t) => {
	const server = await startServer(t)
	const host = 'HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n'
	const post = `POST /rooms/general/messages ${host}Content-Type: text/plain\r\nContent-Length: 2\r\n`
	const [stream, lines, posting, socket] = [
		await open(t, server),
		await open(t, server),
		await open(t, server),
		await open(t, server),
	]
	stream.socket.write(`GET /events ${host}`)
	lines.socket.write(`GET /rooms/general/events ${host}Accept: application/x-ndjson\r\n`)
	posting.socket.write(post)
	socket.socket.write(`GET /ws HTTP/1.1\r\nHost: localhost\r\n${upgrade}`)
	// The halves have arrived when an answer on a later connection has come.
	t.equal((await ask(server.url, '/healthz')).status, 200)
	const sse = await openSse(t, `${server.url}/events`)
	const code = server.stop()
	await sse.rest()
	stream.socket.write('\r\n')
	lines.socket.write('\r\n')
	posting.socket.write('\r\nhi')
	socket.socket.write('\r\n')
	socket.socket.once('data', () => socket.socket.write(closeFrame))

	const streamText = String(await stream.ended)
	t.match(streamText, /^HTTP\/1\.1 200 OK\r\n/, 'a browser gives up for good on any other status')
	t.match(streamText, /\r\nContent-Type: text\/event-stream\r\n/i)
	t.match(streamText, /retry: [123]\d{3}\n/)
	t.match(streamText, /event: bye\ndata: \{"type":"bye","reason":"stopping"\}\n\n/)
	const linesText = String(await lines.ended)
	t.match(linesText, /^HTTP\/1\.1 200 OK\r\n/)
	t.match(linesText, /\{"type":"bye","reason":"stopping"\}\n/)
	const postText = String(await posting.ended)
	t.match(postText, /^HTTP\/1\.1 503 Service Unavailable\r\n/)
	t.match(postText, /\r\nRetry-After: \d+\r\n/i)
	t.match(postText, /\r\nContent-Type: application\/problem\+json\r\n/i)
	t.match(postText, /"code":"stopping"/)
	const socketBytes = await socket.ended
	t.match(String(socketBytes), /^HTTP\/1\.1 101 /)
	const goodbye = 'the server is stopping'
	const frame = Buffer.from([0x88, 2 + goodbye.length, 0x0f, 0xa1])
	t.ok(socketBytes.includes(Buffer.concat([frame, Buffer.from(goodbye)])), 'closed with 4001')
	t.equal(await code, 0)
})

t.test('who does not take the goodbye cannot hold the process up', async (t) => {
	const server = await startServer(t)
	await server.post('general', 'x'.repeat(60_000))
	const deaf = await open(t, server)
	deaf.socket.write(`GET /ws HTTP/1.1\r\nHost: localhost\r\n${upgrade}\r\n`)
	await once(deaf.socket, 'data')
	const half = await open(t, server)
	half.socket.write('POST /rooms/general/messages HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\nhalf')
	const stuck = await open(t, server)
	stuck.socket.write('GET /events?after=0 HTTP/1.1\r\nHost: localhost\r\n\r\n')
	await once(stuck.socket, 'data')
	stuck.socket.pause()
	const began = performance.now()
	t.equal(await server.stop(), 0)
	t.ok(performance.now() - began < 10_000)
})

t.test('a second server on the same directory is refused, and the first one does not notice', async (t) => {
	const server = await startServer(t)
	await t.rejects(startServer(t, { directory: server.directory }), /ended with 1/)
	t.equal((await server.post('general', 'still here')).sequence, 1)
})
