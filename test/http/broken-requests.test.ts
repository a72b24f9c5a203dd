import { once } from 'node:events'
import { connect } from 'node:net'
import t from 'tap'
import { ask, askRaw } from '../helpers/http.ts'
import { startServer } from '../helpers/server.ts'
import { openSse } from '../helpers/sse.ts'
import { openWebSocket } from '../helpers/websocket.ts'

const server = await startServer(t)
const { url, port } = server
const sse = await openSse(t, `${url}/events`)
await sse.untilType('live')
const socket = await openWebSocket(t, server.webSocketUrl)
await socket.ask({ type: 'subscribe', room: 'general' }, 'live')

const head = 'POST /rooms/general/messages HTTP/1.1\r\nHost: localhost\r\nContent-Type: text/plain\r\n'
const broken: [string, string | Buffer, number][] = [
	['garbage', 'garbage\r\n\r\n', 400],
	['bytes', Buffer.from([0, 255, 254, 13, 10, 13, 10]), 400],
	['the beginning of TLS', Buffer.from('160301010001000000', 'hex'), 400],
	['a method that HTTP does not know', 'FETCH / HTTP/1.1\r\nHost: localhost\r\n\r\n', 400],
	['a version that HTTP does not have', 'GET / HTTP/9.9\r\nHost: localhost\r\n\r\n', 400],
	['a header without a name', 'GET / HTTP/1.1\r\nHost: localhost\r\n: x\r\n\r\n', 400],
	['a header with U+0000', 'GET / HTTP/1.1\r\nHost: localhost\r\nTailroom-User: a\0b\r\n\r\n', 400],
	['two lengths', `${head}Content-Length: 2\r\nContent-Length: 3\r\n\r\nhi!`, 400],
	['a length and chunks', `${head}Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`, 400],
	['a length that is none', `${head}Content-Length: two\r\n\r\nhi`, 400],
	['a negative length', `${head}Content-Length: -2\r\n\r\nhi`, 400],
	['chunks that are none', `${head}Transfer-Encoding: chunked\r\n\r\nzz\r\nhi\r\n`, 400],
	['huge headers', `GET / HTTP/1.1\r\nHost: localhost\r\nX: ${'x'.repeat(20_000)}\r\n\r\n`, 431],
	['a huge address', `GET /${'x'.repeat(20_000)} HTTP/1.1\r\nHost: localhost\r\n\r\n`, 431],
	['a body that says it is huge', `${head}Content-Length: 99999999\r\n\r\nhi`, 413],
]

t.test('what is not HTTP gets one answer in the form of all errors, and the end', async (t) => {
	for (const [name, bytes, status] of broken) {
		await t.test(name, async (t) => {
			const answer = await askRaw(t, port, bytes)
			t.match(answer, new RegExp(`^HTTP/1\\.1 ${status} `))
			t.match(answer, /\r\nContent-Type: application\/problem\+json\r\n/i)
			const { code, detail } = JSON.parse(answer.slice(answer.indexOf('\r\n\r\n')))
			t.match({ code, detail }, { code: status === 413 ? 'body_too_large' : 'malformed', detail: /\w{4}/ })
		})
	}
})

t.test('what comes after a request that was refused half way is not taken for another one', async (t) => {
	const smuggled = `${head}Content-Length: 2\r\n\r\nhi`
	const answer = await askRaw(t, port, `${head}Content-Length: 70000\r\n\r\n${smuggled}`)
	t.equal(answer.match(/^HTTP\/1\.1 /gm)?.length, 1)
	t.match((await ask(url, '/rooms/general')).json, { sequence: 0 })
})

t.test('requests that are never finished keep nobody from being served', async (t) => {
	const halves = ['GE', 'GET /events HT', head, `${head}Content-Length: 10\r\n\r\nhal`, '']
	const sockets = halves.flatMap((half) =>
		Array.from({ length: 20 }, () => {
			const socket = connect(port, '127.0.0.1')
			t.teardown(() => socket.destroy())
			socket.on('error', () => {})
			socket.write(half)
			return socket
		}),
	)
	await Promise.all(sockets.map((socket) => once(socket, 'connect')))
	const posted = await server.post('general', 'between the halves')
	t.equal(posted.sequence, 1)
	for (const half of sockets) half.destroy()
	const after = await server.post('general', 'after the halves')
	t.equal(after.sequence, 2, 'half a message is none')
})

t.test('connections that are cut in the middle of an answer leave nothing behind', async (t) => {
	await server.post('general', 'x'.repeat(60_000))
	const requests = ['/rooms/general/messages', '/events?after=0', '/events?after=0&until=head', '/ws']
	for (const path of requests) {
		const cut = connect(port, '127.0.0.1')
		cut.on('error', () => {})
		const upgrade =
			'Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: MDEyMzQ1Njc4OWFiY2RlZg==\r\n'
		cut.write(`GET ${path} HTTP/1.1\r\nHost: localhost\r\n${path === '/ws' ? upgrade : ''}\r\n`)
		await once(cut, 'data')
		cut.resetAndDestroy()
		await once(cut, 'close')
	}
	t.equal((await ask(url, '/readyz')).status, 200)
})

t.test('those who were connected all along have missed nothing', async (t) => {
	const last = await server.post('general', 'the end')
	await sse.until(({ data }) => data.id === last.id)
	await socket.until((message) => message.id === last.id)
	const sequences = (all: { type: string; sequence: number }[]) =>
		all.filter(({ type }) => type === 'message').map(({ sequence }) => sequence)
	t.same(sequences(sse.events.map(({ data }) => data)), [1, 2, 3, 4])
	t.same(sequences(socket.received), [1, 2, 3, 4])
	t.equal(server.process.exitCode, null)
	t.equal(server.errors(), '')
	t.equal(await server.stop(), 0)
})
