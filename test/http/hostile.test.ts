import { once } from 'node:events'
import { connect } from 'node:net'
import t from 'tap'
import { ask } from '../helpers/http.ts'
import { recordedEvents } from '../helpers/record.ts'
import { startServer } from '../helpers/server.ts'
import { openSse } from '../helpers/sse.ts'
import { openWebSocket } from '../helpers/websocket.ts'

const shared = await startServer(t)

t.test('who asks for much at once does not take the turn of others', async (t) => {
	const room = 'crowded'
	const socket = await openWebSocket(t, shared.webSocketUrl)
	for (let i = 0; i < 400; i++) socket.send({ type: 'publish', room, sender: 'ada', content: `${i}` })
	for (let i = 0; i < 400; i++) await socket.untilType('published')

	const asked = 300
	for (let i = 0; i < asked; i++) socket.send({ type: 'get_history', room, limit: 400 })
	await socket.untilType('history')
	const { status } = await ask(shared.url, '/healthz')
	const answered = socket.received.filter(({ type }) => type === 'history').length

	t.equal(status, 200)
	t.ok(answered < asked / 2, `a stranger was answered after ${answered} of ${asked} pages`)
})

t.test('who is gone before the answer leaves nobody behind as present', async (t) => {
	const server = await startServer(t, { flags: ['--presence-grace', '0'] })
	const watcher = await openSse(t, `${server.url}/events`, { 'Tailroom-User': 'watcher' })
	await watcher.untilType('live')
	for (let i = 0; i < 10; i++) {
		const socket = await openWebSocket(t, server.webSocketUrl)
		socket.send({ type: 'publish', room: 'general', content: 'boo' })
		const subscribe = JSON.stringify({ type: 'subscribe', room: 'general', userId: `ghost${i}` })
		await new Promise((sent) => socket.socket.send(subscribe, sent))
		socket.socket.terminate()
		await socket.closed
	}
	// Whatever the ten have left behind is settled when one who came after them has come and gone.
	const last = await openWebSocket(t, server.webSocketUrl)
	await last.ask({ type: 'subscribe', room: 'general', userId: 'last' }, 'live')
	last.socket.close()
	await watcher.until(({ data }) => data.userId === 'last' && data.state === 'offline')

	const { json } = await ask(server.url, '/presence')
	t.same(
		json.users.map(({ userId }: { userId: string }) => userId),
		['watcher'],
	)
})

t.test('coming and going does not renew the allowance of transitions', async (t) => {
	const server = await startServer(t, { flags: ['--presence-grace', '0'] })
	for (let i = 0; i < 30; i++) {
		const socket = await openWebSocket(t, server.webSocketUrl)
		await socket.ask({ type: 'subscribe', room: 'general', userId: 'ada' }, 'live')
		socket.socket.close()
		await socket.closed
		// Until the leaving has been seen, so that coming again is a new transition.
		await server.post('general', `${i}`)
	}
	t.equal(await server.stop(), 0)
	const events = recordedEvents(server.directory)
	const transitions = events.filter(({ type }) => type === 'PresenceChanged').length
	t.ok(transitions > 2 && transitions <= 20, `${transitions} transitions`)
})

t.test('a stream behind another on one connection is sent away, and not piled up', async (t) => {
	await shared.post('streams', 'hello')
	const socket = connect(shared.port, '127.0.0.1')
	t.teardown(() => socket.destroy())
	let received = ''
	socket.on('data', (chunk) => {
		received += chunk
	})
	const head = 'HTTP/1.1\r\nHost: localhost\r\n\r\n'
	socket.write(
		`GET /rooms/streams/messages ${head}GET /rooms/streams/events?after=0&until=head ${head}GET /healthz ${head}`,
	)
	while (!received.includes('{"status":"ok"}')) await once(socket, 'data')
	t.match(received, /"sequence":1.*(event: live|"reason":"overloaded").*"status":"ok"/s)
	socket.write(`GET /events ${head}GET /events?after=0 ${head}`)
	const live = () => received.split('event: live').length
	const before = live()
	while (live() === before) await once(socket, 'data')
	t.equal((await ask(shared.url, '/healthz')).status, 200)
})

t.test('who sends many requests before an answer gets the first few of them answered', async (t) => {
	await shared.post('long', 'x'.repeat(60_000))
	const socket = connect(shared.port, '127.0.0.1')
	t.teardown(() => socket.destroy())
	let received = ''
	socket.on('data', (chunk) => {
		received += chunk
	})
	const asked = 400
	socket.write('GET /rooms/long/messages HTTP/1.1\r\nHost: localhost\r\n\r\n'.repeat(asked))
	const answers = (status: string) => received.split(`HTTP/1.1 ${status}`).length - 1
	while (answers('200') + answers('503') < asked) await once(socket, 'data')
	t.ok(answers('200') >= 16, `${answers('200')} were answered`)
	t.ok(answers('503') > asked / 2, `${answers('503')} were refused`)
})

t.test('nonsense behind a stream is not answered in the middle of it', async (t) => {
	const socket = connect(shared.port, '127.0.0.1')
	t.teardown(() => socket.destroy())
	let received = ''
	socket.on('data', (chunk) => {
		received += chunk
	})
	socket.write('GET /rooms/general/events HTTP/1.1\r\nHost: localhost\r\n\r\n')
	while (!received.includes('event: live')) await once(socket, 'data')
	const closed = once(socket, 'close')
	socket.write('garbage\r\n\r\n')
	await closed
	t.equal(received.split('HTTP/1.1').length, 2, 'one answer has begun')
})
