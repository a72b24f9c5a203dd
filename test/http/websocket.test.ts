import { once } from 'node:events'
import type { Socket } from 'node:net'
import { mock } from 'node:test'
import t, { type Test } from 'tap'
import { WebSocket } from 'ws'
import { startInProcess, startServerHere } from '../helpers/app.ts'
import { ask } from '../helpers/http.ts'
import { until } from '../helpers/until.ts'
import { openWebSocket, type Received, type WebSocketReader } from '../helpers/websocket.ts'

const server = await startServerHere(t)
const { url } = server
const cursorPattern = /^\d+-[0-9a-f]{8}$/

function open(t: Test, path = '/ws', headers: Record<string, string> = {}): Promise<WebSocketReader> {
	return openWebSocket(t, `${url.replace('http', 'ws')}${path}`, headers)
}

/** The messages that came so far, up to the answer to a hello, which comes after all that was delivered before it. */
async function messagesOf(socket: WebSocketReader): Promise<string[]> {
	await socket.ask({ type: 'hello' }, 'hello')
	return socket.received.filter(({ type }) => type === 'message').map(({ content }) => content)
}

t.test('hello says whom the server talks to, how far it is and what it allows', async (t) => {
	for (const path of ['/ws', '/']) {
		const socket = await open(t, path)
		const posted = await server.post('general', 'first')
		const hello = await socket.ask({ type: 'hello' }, 'hello')
		t.match(hello, { type: 'hello', protocol: 1, user: 'guest', head: Number, limits: Object })
		t.ok(hello.head >= posted.position)
		t.equal(hello.limits.messageBytes, 65_536)
	}
	const named = await open(t, '/ws', { 'Tailroom-User': ' Ada ' })
	t.match(await named.ask({ type: 'hello' }, 'hello'), { user: 'ada' })
})

t.test('a subscription starts where it says, then is live', async (t) => {
	await server.post('start', 'one')
	const second = await server.post('start', 'two')
	const socket = await open(t)
	socket.send({ type: 'subscribe', room: ' START ', userId: 'ada' })
	const subscribed = await socket.next()
	const { position, cursor, ...rest } = subscribed
	t.same(rest, { type: 'subscribed', room: 'start', mode: 'live', sequence: 2 })
	t.ok(position >= second.position)
	t.match(cursor, cursorPattern)
	const live = await socket.next()
	t.match(live, { type: 'live', room: 'start', cursor })
	const posted = await server.post('start', 'three')
	t.same(await socket.untilType('message'), posted)
})

t.test('a subscription after a cursor catches up first', async (t) => {
	const first = await server.post('catch-up', 'one')
	const second = await server.post('catch-up', 'two')
	const socket = await open(t)
	for (const after of [first.cursor, `${first.position}`, first.position]) {
		socket.send({ type: 'subscribe', room: 'catch-up', after })
		t.match(await socket.untilType('subscribed'), {
			mode: 'resumed',
			sequence: 1,
			position: first.position,
			cursor: `${after}`,
		})
		t.same(await socket.next(), second)
		t.match(await socket.next(), { type: 'live', room: 'catch-up', cursor: cursorPattern })
	}
	socket.send({ type: 'subscribe', room: 'catch-up', after: 0 })
	t.match(await socket.untilType('subscribed'), { mode: 'resumed', sequence: 0, position: 0, cursor: '0' })
	t.match(await socket.next(), { type: 'room', room: 'catch-up' })
	t.same(await socket.next(), first)
})

t.test('a cursor that cannot be used resets the subscription', async (t) => {
	const posted = await server.post('reset', 'one')
	const tag = posted.cursor.split('-')[1] as string
	const other = `${tag.startsWith('0') ? '1' : '0'}${tag.slice(1)}`
	const socket = await open(t)
	const unusable: [string | number, string][] = [
		[`${posted.position}-${other}`, 'diverged'],
		[999_999_999, 'ahead'],
		[`999999999-${tag}`, 'ahead'],
		['', 'unknown'],
		['nonsense', 'unknown'],
		['x'.repeat(5_000), 'unknown'],
	]
	for (const [after, reason] of unusable) {
		socket.send({ type: 'subscribe', room: 'reset', after })
		const subscribed = await socket.untilType('subscribed')
		t.match(subscribed, { mode: 'reset', reason, sequence: 1, cursor: cursorPattern })
		t.match(await socket.untilType('live'), { room: 'reset', cursor: subscribed.cursor })
		t.same(await messagesOf(socket), [], 'nothing is guessed')
	}
	const next = await server.post('reset', 'two')
	t.same(await socket.untilType('message'), next)
})

t.test('subscribing again replaces, so that nothing comes twice', async (t) => {
	const socket = await open(t)
	await socket.ask({ type: 'subscribe', room: 'again' }, 'live')
	await socket.ask({ type: 'subscribe', room: 'again' }, 'live')
	await socket.ask({ type: 'subscribe', room: 'again' }, 'live')
	const posted = await server.post('again', 'once')
	t.same(await socket.untilType('message'), posted)
	t.same(await messagesOf(socket), ['once'])
})

t.test('unsubscribing ends it, and does no harm where there is nothing to end', async (t) => {
	const socket = await open(t)
	await socket.ask({ type: 'subscribe', room: 'left' }, 'live')
	t.same(await socket.ask({ type: 'unsubscribe', room: 'LEFT' }, 'unsubscribed'), {
		type: 'unsubscribed',
		room: 'left',
	})
	await server.post('left', 'unheard')
	t.same(await messagesOf(socket), [])
	t.same(await socket.ask({ type: 'unsubscribe', room: 'never' }, 'unsubscribed'), {
		type: 'unsubscribed',
		room: 'never',
	})
	t.same(await socket.ask({ type: 'unsubscribe' }, 'unsubscribed'), { type: 'unsubscribed' })
})

t.test('a subscription without a room follows all of them, also those of later', async (t) => {
	const socket = await open(t)
	const subscribed = await socket.ask({ type: 'subscribe' }, 'subscribed')
	t.match(subscribed, { mode: 'live', position: Number, cursor: cursorPattern, sequence: Number })
	t.notOk('room' in subscribed)
	t.notOk('room' in (await socket.untilType('live')))
	const posted = [await server.post('all-one', '1'), await server.post('all-two', '2')]
	t.same([await socket.untilType('message'), await socket.untilType('message')], posted)

	const again = await open(t)
	again.send({ type: 'subscribe', after: subscribed.cursor })
	t.same([await again.untilType('message'), await again.untilType('message')], posted)

	await socket.ask({ type: 'unsubscribe' }, 'unsubscribed')
	await server.post('all-one', '3')
	t.same(await messagesOf(socket), ['1', '2'])
})

t.test('two rooms on one connection are kept apart, each with its own place', async (t) => {
	await server.post('left-room', 'l1')
	const socket = await open(t)
	const left = await socket.ask({ type: 'subscribe', room: 'left-room' }, 'subscribed')
	const right = await socket.ask({ type: 'subscribe', room: 'right-room' }, 'subscribed')
	t.same([left.sequence, right.sequence], [1, 0])
	await server.post('right-room', 'r1')
	await server.post('left-room', 'l2')
	await server.post('elsewhere', 'unheard')
	const [one, two] = [await socket.untilType('message'), await socket.untilType('message')]
	t.match(
		[one, two],
		[
			{ room: 'right-room', sequence: 1, content: 'r1' },
			{ room: 'left-room', sequence: 2, content: 'l2' },
		],
	)
	await socket.ask({ type: 'unsubscribe', room: 'left-room' }, 'unsubscribed')
	await server.post('left-room', 'unheard')
	const last = await server.post('right-room', 'r2')
	t.same(await socket.untilType('message'), last)
})

t.test('publishing is acknowledged to its sender, and comes to every subscriber, the sender too', async (t) => {
	const [writer, reader] = [await open(t), await open(t)]
	await writer.ask({ type: 'subscribe', room: 'talk', userId: 'ada' }, 'live')
	await reader.ask({ type: 'subscribe', room: 'talk', userId: 'bob' }, 'live')
	writer.send({ type: 'publish', room: 'talk', sender: 'ada', content: 'hi 👋\nthere', key: 'k1' })
	const published = await writer.untilType('published')
	const { id, position, ...rest } = published
	t.same(rest, { type: 'published', room: 'talk', sequence: 1, key: 'k1' })
	const frame = await reader.untilType('message')
	t.match(frame, { id, position, room: 'talk', sequence: 1, sender: 'ada', content: 'hi 👋\nthere', guest: true })
	t.same(
		writer.received.find(({ type }) => type === 'message'),
		frame,
	)
	t.same((await ask(url, `/rooms/talk/messages/${id}`)).json, frame, 'it is readable once it is acknowledged')

	writer.send({ type: 'publish', room: 'talk', content: 'a reply', replyTo: id })
	t.match(await reader.untilType('message'), { sender: 'ada', replyTo: id, sequence: 2 })
})

t.test('a key makes publishing safe to repeat', async (t) => {
	const socket = await open(t)
	const message = { type: 'publish', room: 'keys', sender: 'ada', content: 'once', key: 'safe' }
	const first = await socket.ask(message, 'published')
	socket.send(message)
	socket.send(message)
	t.same([await socket.untilType('published'), await socket.untilType('published')], [first, first])
	t.match(await socket.ask({ ...message, content: 'twice' }, 'error'), { code: 'idempotency_key_reused' })
	t.match(await socket.ask({ ...message, key: '' }, 'error'), { code: 'idempotency_key_invalid' })
	const other = await open(t)
	t.match(await other.ask({ ...message, sender: 'bob' }, 'published'), { sequence: 2 })
})

t.test('500 messages sent in one go are numbered in their order', async (t) => {
	const [socket, reader] = [await open(t), await open(t)]
	await reader.ask({ type: 'subscribe', room: 'burst' }, 'live')
	for (let i = 1; i <= 500; i += 1) {
		socket.send({ type: 'publish', room: 'burst', sender: 'ada', content: `${i}`, key: `burst-${i}` })
	}
	for (let i = 1; i <= 500; i += 1) {
		const { sequence, key } = await socket.untilType('published')
		if (sequence !== i || key !== `burst-${i}`) t.fail(`answer ${i} is number ${sequence} for ${key}`)
		const frame = await reader.untilType('message')
		if (frame.sequence !== i || frame.content !== `${i}`) t.fail(`frame ${i} is number ${frame.sequence}`)
	}
	t.notOk(socket.received.some(({ type }) => type === 'error'))
	t.equal((await ask(url, '/rooms/burst')).json.sequence, 500)
})

t.test('what was said before one hangs up is said, however much it is', async (t) => {
	const { url } = await startInProcess(t)
	const said = Array.from({ length: 300 }, (_, index) => `line ${index + 1}`)
	const publish = (content: string) => JSON.stringify({ type: 'publish', room: 'bye', sender: 'bob', content })

	const socket = new WebSocket(`${url.replace('http', 'ws')}/ws`)
	await once(socket, 'open')
	// In one write, so that the end is there with the first of them.
	const { _socket: tcp } = socket as unknown as { _socket: Socket }
	tcp.cork()
	for (const content of said) {
		socket.send(publish(content))
		// Whatever is asked waits for what was said before, so that the end is heard long before the last of them is.
		socket.send('{"type":"get_history","room":"bye","limit":1}')
	}
	socket.close()
	tcp.uncork()
	await once(socket, 'close')
	const history = async () => (await ask(url, '/rooms/bye/messages?limit=500')).json.messages ?? []
	await until(async () => (await history()).length === said.length)
	t.same(
		(await history()).map(({ content }: { content: string }) => content),
		said,
	)
	// And who said it is not there any more.
	const present = async () => (await ask(url, '/presence', { headers: { 'Tailroom-User': 'eve' } })).json.users
	await until(async () => (await present()).every(({ userId }: { userId: string }) => userId !== 'bob'))
})

t.test('history sees what was published just before it in the same breath', async (t) => {
	const socket = await open(t)
	for (let i = 1; i <= 130; i += 1) socket.send({ type: 'publish', room: 'breath', content: `${i}` })
	const history = await socket.ask({ type: 'get_history', room: 'breath' }, 'history')
	t.match(history, { type: 'history', room: 'breath', cursor: cursorPattern })
	const numbers = (all: Received[]) => all.map(({ sequence }) => sequence)
	t.same(
		numbers(history.messages),
		Array.from({ length: 100 }, (_, i) => 31 + i),
		'the last 100, oldest first',
	)

	const get = async (where: object) => {
		const { messages } = await socket.ask({ type: 'get_history', room: 'breath', ...where }, 'history')
		return numbers(messages)
	}
	t.same(await get({ limit: 2 }), [129, 130])
	t.same(await get({ before: 3 }), [1, 2])
	t.same(await get({ after: 128 }), [129, 130])
	t.same(await get({ after: 3, limit: 2 }), [4, 5])
	t.match(await socket.ask({ type: 'get_history', room: 'breath', limit: 501 }, 'error'), { code: 'malformed' })
	t.match(await socket.ask({ type: 'get_history', room: 'breath', before: 3, after: 1 }, 'error'), {
		code: 'malformed',
	})

	const next = await server.post('breath', 'next')
	socket.send({ type: 'subscribe', room: 'breath', after: history.cursor })
	t.same(await socket.untilType('message'), next, 'a subscription goes on after its cursor')
})

t.test('subscribing and publishing open a room, asking for history does not', async (t) => {
	const socket = await open(t)
	t.match(await socket.ask({ type: 'get_history', room: 'none-1' }, 'error'), { code: 'not_found' })
	t.match(await socket.ask({ type: 'typing', room: 'none-1' }, 'error'), { code: 'not_found' })
	t.equal((await ask(url, '/rooms/none-1')).status, 404)
	t.match(await socket.ask({ type: 'subscribe', room: 'none-2' }, 'subscribed'), { sequence: 0 })
	t.equal((await ask(url, '/rooms/none-2')).json.sequence, 0)
	t.match(await socket.ask({ type: 'publish', room: 'none-3', content: 'hi' }, 'published'), { sequence: 1 })
})

t.test('the first name binds the connection', async (t) => {
	const socket = await open(t)
	const reader = await open(t)
	await reader.ask({ type: 'subscribe', room: 'names', userId: 'reader' }, 'live')
	await socket.ask({ type: 'publish', room: 'names', content: 'nameless' }, 'published')
	await socket.ask({ type: 'publish', room: 'names', sender: ' Ada', content: 'named' }, 'published')
	t.match(await socket.ask({ type: 'publish', room: 'names', sender: 'bob', content: 'as bob', ref: 1 }, 'error'), {
		code: 'sender_mismatch',
		error: /ada/,
		ref: 1,
	})
	t.match(await socket.ask({ type: 'subscribe', room: 'names', userId: 'bob' }, 'error'), { code: 'sender_mismatch' })
	await socket.ask({ type: 'publish', room: 'names', sender: 'ADA', content: 'still ada' }, 'published')
	await socket.ask({ type: 'publish', room: 'names', content: 'ada without saying so' }, 'published')
	const senders: string[] = []
	for (let i = 0; i < 4; i += 1) senders.push((await reader.untilType('message')).sender)
	t.same(senders, ['guest', 'ada', 'ada', 'ada'])

	const byHeader = await open(t, '/ws', { 'Tailroom-User': 'eve' })
	t.match(await byHeader.ask({ type: 'subscribe', room: 'names', userId: 'ada' }, 'error'), { code: 'sender_mismatch' })
})

t.test('typing goes to the others in the room, not to oneself, and not too often', async (t) => {
	const [typist, other, twin, elsewhere] = [await open(t), await open(t), await open(t), await open(t)]
	await typist.ask({ type: 'subscribe', room: 'typing', userId: 'ada' }, 'live')
	await other.ask({ type: 'subscribe', room: 'typing', userId: 'bob' }, 'live')
	await twin.ask({ type: 'subscribe', room: 'typing', userId: 'ada' }, 'live')
	await elsewhere.ask({ type: 'subscribe', room: 'not-typing', userId: 'cleo' }, 'live')
	for (let i = 0; i < 10; i += 1) typist.send({ type: 'typing', room: 'typing' })
	const typing = await other.untilType('typing')
	t.same(Object.keys(typing).sort(), ['room', 'timestamp', 'type', 'userId'])
	t.match(typing, { room: 'typing', userId: 'ada', timestamp: Number })
	for (const socket of [typist, other, twin, elsewhere]) await messagesOf(socket)
	const count = ({ received }: WebSocketReader) => received.filter(({ type }) => type === 'typing').length
	t.same([typist, other, twin, elsewhere].map(count), [0, 1, 0, 0])
	t.equal((await ask(url, '/rooms/typing')).json.sequence, 0, 'it is nothing to keep')
})

t.test('who is present says in which way', async (t) => {
	const [socket, other] = [await open(t), await open(t)]
	await other.ask({ type: 'subscribe' }, 'live')
	await socket.ask({ type: 'subscribe', room: 'general', userId: 'moody' }, 'live')
	t.match(await socket.ask({ type: 'presence', state: 'away' }, 'presence_set'), { userId: 'moody', state: 'away' })
	const away = await other.until(({ userId, state }) => userId === 'moody' && state === 'away')
	t.match(away, { type: 'presence', action: 'state', position: Number })
	t.notOk('room' in away || 'cursor' in away)
	const states = async () => {
		const { users } = (await ask(url, '/presence')).json
		return users.filter(({ userId }: Received) => userId === 'moody').map(({ state }: Received) => state)
	}
	t.same(await states(), ['away'])
	await socket.ask({ type: 'presence', state: 'online' }, 'presence_set')
	t.same(await states(), ['online'])
	t.match(await socket.ask({ type: 'presence', state: 'offline' }, 'error'), { code: 'malformed' })
})

t.test('a ping of the client is answered', async (t) => {
	const { socket } = await open(t)
	socket.ping('are you there')
	const [data] = await once(socket, 'pong')
	t.equal(String(data), 'are you there')
})

t.test('the server pings, and drops who does not answer', async (t) => {
	mock.timers.enable({ apis: ['setInterval'] })
	t.teardown(() => mock.timers.reset())
	const app = await startInProcess(t)
	const connect = async (options: { autoPong: boolean }) => {
		const socket = new WebSocket(`${app.url.replace('http', 'ws')}/ws`, options)
		t.teardown(() => socket.terminate())
		await once(socket, 'open')
		return socket
	}
	const alive = await connect({ autoPong: true })
	const dead = await connect({ autoPong: false })
	const closed = once(dead, 'close')
	for (let i = 0; i < 3; i += 1) {
		const pinged = [once(alive, 'ping'), ...(i === 0 ? [once(dead, 'ping')] : [])]
		mock.timers.tick(25_000)
		await Promise.all(pinged)
		// The pong has arrived when what was sent after it is answered.
		alive.send('{"type":"hello"}')
		await once(alive, 'message')
	}
	t.same((await closed)[0], 1006)
	t.equal(alive.readyState, WebSocket.OPEN)
})

t.test('who has answered a ping is not dropped, though the server stood still and has not read it yet', async (t) => {
	mock.timers.enable({ apis: ['setInterval'] })
	t.teardown(() => mock.timers.reset())
	const app = await startInProcess(t)
	const socket = new WebSocket(`${app.url.replace('http', 'ws')}/ws`)
	t.teardown(() => socket.terminate())
	await once(socket, 'open')
	const pinged = once(socket, 'ping')
	// The answer has arrived, and what comes first when this process goes on is the time for the next ping.
	socket.once('ping', () => {
		setTimeout(() => mock.timers.tick(25_000), 1)
		for (const end = performance.now() + 5; performance.now() < end; );
	})
	mock.timers.tick(25_000)
	await pinged
	const closed = once(socket, 'close').then(() => 'dropped')
	socket.send('{"type":"hello"}')
	t.equal(await Promise.race([closed, once(socket, 'message').then(() => 'answered')]), 'answered')
})
