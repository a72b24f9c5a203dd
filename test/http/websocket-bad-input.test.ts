import { once } from 'node:events'
import type { Socket } from 'node:net'
import t, { type Test } from 'tap'
import { ask } from '../helpers/http.ts'
import { startServer } from '../helpers/server.ts'
import { openWebSocket, type WebSocketReader } from '../helpers/websocket.ts'

const server = await startServer(t)
const witness = await openWebSocket(t, server.webSocketUrl)
await witness.ask({ type: 'subscribe', room: 'general', userId: 'witness' }, 'live')

function open(t: Test): Promise<WebSocketReader> {
	return openWebSocket(t, server.webSocketUrl)
}

const publish = { type: 'publish', room: 'general', content: 'hi' }
const mistakes: [string, unknown, string, RegExp][] = [
	['a list', [], 'malformed', /"type"/],
	['null', null, 'malformed', /"type"/],
	['a number', 7, 'malformed', /"type"/],
	['no type', {}, 'malformed', /"type"/],
	['a type that is a number', { type: 7 }, 'malformed', /"type"/],
	['an unknown type', { type: 'shout' }, 'message_type_unknown', /publish/],
	['the type __proto__', { type: '__proto__' }, 'message_type_unknown', /publish/],
	['the type constructor', { type: 'constructor' }, 'message_type_unknown', /publish/],
	['an unknown field', { ...publish, colour: 'red' }, 'malformed', /colour is not known/],
	['no content', { type: 'publish', room: 'general' }, 'malformed', /content is missing/],
	['no room', { type: 'publish', content: 'hi' }, 'malformed', /room is missing/],
	['a room that is a number', { ...publish, room: 7 }, 'malformed', /room/],
	['content that is an object', { ...publish, content: {} }, 'malformed', /content/],
	['a name that is null', { ...publish, sender: null }, 'malformed', /sender/],
	['a room out of the alphabet', { ...publish, room: 'a b' }, 'name_invalid', /begins with/],
	['a room called __proto__', { ...publish, room: '__proto__' }, 'name_invalid', /begins with/],
	['a sender out of the alphabet', { ...publish, sender: 'a b' }, 'name_invalid', /begins with/],
	['an empty sender', { ...publish, sender: '' }, 'name_invalid', /begins with/],
	['a userId that is too long', { type: 'subscribe', room: 'general', userId: 'a'.repeat(33) }, 'name_invalid', /32/],
	['a direct conversation', { ...publish, room: '@ada' }, 'forbidden', /account/],
	['an empty message', { ...publish, content: ' \n' }, 'content_empty', /some text/],
	['U+0000', { ...publish, content: 'a\0b' }, 'content_not_text', /U\+0000/],
	['half of a surrogate pair', { ...publish, content: '\ud83d' }, 'content_not_text', /surrogate/],
	['a reply to nothing', { ...publish, replyTo: 'nothing' }, 'reply_target_unknown', /general/],
	['a key that is too long', { ...publish, key: 'x'.repeat(256) }, 'idempotency_key_invalid', /255/],
	['a place before the beginning', { type: 'subscribe', room: 'general', after: -1 }, 'malformed', /after/],
	['a place between two', { type: 'subscribe', room: 'general', after: 1.5 }, 'malformed', /after/],
	['an edit of a guest', { type: 'edit', room: 'general', id: 'nothing', content: 'hi' }, 'not_found', /message/],
	['an edit without words', { type: 'edit', room: 'general', id: 'nothing' }, 'malformed', /content is missing/],
	['an edit of no text', { type: 'edit', room: 'general', id: 'nothing', content: ' ' }, 'content_empty', /some text/],
	['a deletion of nothing', { type: 'delete', room: 'general', id: 'nothing' }, 'not_found', /message/],
	['a deletion of a number', { type: 'delete', room: 'general', id: 7 }, 'malformed', /id/],
	['a thread of nothing', { type: 'get_history', room: 'general', replyTo: 'nothing' }, 'not_found', /message/],
	['a time to come', { type: 'get_history', room: 'general', at: 1e9 }, 'position_unknown', /has not come/],
	['the history of nowhere', { type: 'get_history', room: 'nowhere' }, 'not_found', /nowhere/],
	['a history of nothing', { type: 'get_history', room: 'general', limit: 0 }, 'malformed', /limit/],
	['a presence that does not exist', { type: 'presence', state: 'asleep' }, 'malformed', /state/],
]

t.test('a mistake is answered, repeats its ref, and leaves the connection open', async (t) => {
	const socket = await open(t)
	for (const [name, message, code, error] of mistakes) {
		const isObject = typeof message === 'object' && message !== null && !Array.isArray(message)
		const answer = await socket.ask(isObject ? { ...message, ref: name } : message, 'error')
		t.match(answer, { type: 'error', code, error }, name)
		t.equal(answer.ref, isObject ? name : undefined)
	}
	t.match(await socket.ask({ type: 'shout', ref: 7 }, 'error'), { ref: 7 })
	t.notOk('ref' in (await socket.ask({ type: 'shout', ref: {} }, 'error')), 'what is no ref is not repeated')
	for (const text of ['', 'hello', '{"type":"hello"', '{type:"hello"}', '{"__proto__":{"type":"hello"}}']) {
		socket.socket.send(text)
		t.match(await socket.untilType('error'), { code: 'malformed' }, text)
	}
	socket.socket.send('{"type":"hello","__proto__":{"token":"x"}}')
	t.match(await socket.untilType('error'), { code: 'malformed', error: /__proto__ is not known/ })
	t.match(await socket.ask({ ...publish, content: 'after all that' }, 'published'), { sequence: 1 })
	t.same((await witness.untilType('message')).content, 'after all that')
})

t.test('a mistake among good messages stops none of them', async (t) => {
	const socket = await open(t)
	socket.send({ ...publish, room: 'mixed', content: '1' })
	socket.send({ ...publish, room: 'a b', ref: 'bad' })
	socket.socket.send('nonsense')
	socket.send({ ...publish, room: 'mixed', content: '2' })
	await socket.until(({ type, sequence }) => type === 'published' && sequence === 2)
	const answers = socket.received.map(({ type }) => type).sort()
	t.same(answers, ['error', 'error', 'published', 'published'])
})

t.test('a binary frame closes with 4400, and says why before it', async (t) => {
	const socket = await open(t)
	socket.socket.send(Buffer.from('{"type":"hello"}'), { binary: true })
	socket.send(publish)
	t.match(await socket.closed, { code: 4400 })
	t.match(socket.received, [{ type: 'error', code: 'frame_not_text' }])
})

t.test('a frame of 64 KiB is read, a larger one closes with 1009', async (t) => {
	const socket = await open(t)
	const frame = (bytes: number) => {
		const empty = JSON.stringify({ ...publish, room: 'large', content: '' })
		return JSON.stringify({ ...publish, room: 'large', content: 'x'.repeat(bytes - empty.length) })
	}
	socket.socket.send(frame(65_536))
	t.match(await socket.untilType('published'), { sequence: 1 })
	socket.socket.send(frame(65_537))
	t.match(await socket.closed, { code: 1009 })

	const inParts = await open(t)
	const large = frame(65_537)
	inParts.socket.send(large.slice(0, 40_000), { fin: false })
	inParts.socket.send(large.slice(40_000), { fin: true })
	t.match(await inParts.closed, { code: 1009 })

	const parts = await open(t)
	parts.socket.send('{"type":', { fin: false })
	parts.socket.send('"hello"}', { fin: true })
	t.match(await parts.untilType('hello'), { protocol: 1 }, 'a message in parts is one message')
})

/** Bytes just as they are, past the client library. */
function write(reader: WebSocketReader, bytes: number[]): void {
	const { _socket: tcp } = reader.socket as unknown as { _socket: Socket }
	tcp.write(Buffer.from(bytes))
}

t.test('what is no WebSocket frame closes the connection that it came on', async (t) => {
	const broken: [string, number[], number][] = [
		['a frame without a mask', [0x81, 0x02, 0x68, 0x69], 1002],
		['an opcode that does not exist', [0x83, 0x80, 0, 0, 0, 0], 1002],
		['reserved bits', [0xf1, 0x80, 0, 0, 0, 0], 1002],
		['a continuation of nothing', [0x80, 0x80, 0, 0, 0, 0], 1002],
		['a ping in parts', [0x09, 0x80, 0, 0, 0, 0], 1002],
		['a ping that is too long', [0x89, 0xfe, 0x01, 0x00, 0, 0, 0, 0], 1002],
		['text that is not UTF-8', [0x81, 0x82, 0, 0, 0, 0, 0xc3, 0x28], 1007],
		['a length beyond all numbers', [0x81, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0], 1009],
		['a length that is too large, before its bytes', [0x81, 0xff, 0, 0, 0, 0, 0x40, 0, 0, 0, 0, 0, 0, 0], 1009],
	]
	for (const [name, bytes, code] of broken) {
		await t.test(name, async (t) => {
			const socket = await open(t)
			write(socket, bytes)
			t.match(await socket.closed, { code })
		})
	}
})

t.test('half a frame holds nobody up, and is nothing when the connection breaks', async (t) => {
	const socket = await open(t)
	write(socket, [0x81, 0xfe, 0x10])
	const posted = await server.post('general', 'meanwhile')
	t.same(await witness.untilType('message'), posted)
	socket.socket.terminate()
	await once(socket.socket, 'close')
})

t.test('a connection has so many subscriptions and no more', async (t) => {
	const socket = await open(t)
	for (let i = 0; i <= 256; i += 1) socket.send({ type: 'subscribe', room: `many-${i}`, ref: i })
	t.match(await socket.untilType('error'), { code: 'subscriptions_too_many', ref: 256 })
	t.match(
		await socket.ask({ type: 'subscribe', room: 'many-7' }, 'subscribed'),
		{ room: 'many-7' },
		'one it has, it may replace',
	)
})

t.test('the name at the upgrade must be one', async (t) => {
	const socket = await openWebSocket(t, server.webSocketUrl, { 'Tailroom-User': 'a b' })
	t.match(await socket.closed, { code: 4400 })
	t.match(socket.received, [{ type: 'error', code: 'name_invalid' }])
})

t.test('a handshake that is none is answered as HTTP', async (t) => {
	const upgrade = { Upgrade: 'websocket', Connection: 'Upgrade' }
	for (const headers of [upgrade, { ...upgrade, 'Sec-WebSocket-Version': '13', 'Sec-WebSocket-Key': 'short' }]) {
		t.equal((await ask(server.url, '/ws', { headers })).status, 400)
	}
	await t.rejects(openWebSocket(t, `${server.url.replace('http', 'ws')}/healthz`), /200/)
	await t.rejects(openWebSocket(t, `${server.url.replace('http', 'ws')}/nope`), /404/)
})

t.test('an upgrade to something else is served as the request without it', async (t) => {
	const headers = {
		Upgrade: 'h2c',
		Connection: 'Upgrade, HTTP2-Settings',
		'HTTP2-Settings': 'AAMAAABkAAQCAAAAAAIAAAAA',
	}
	t.match(await ask(server.url, '/healthz', { headers }), { status: 200, json: { status: 'ok' } })
})

t.test('those who were connected all along have missed nothing', async (t) => {
	const last = await server.post('general', 'the end')
	t.same(await witness.untilType('message'), last)
	t.equal(last.sequence, 3, 'only what was acknowledged has taken a number')
	t.equal(server.process.exitCode, null)
	t.equal(server.errors(), '')
})
