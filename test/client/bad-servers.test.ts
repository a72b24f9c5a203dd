import { once } from 'node:events'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo, Server } from 'node:net'
import t, { type Test } from 'tap'
import { connect, follow, type RoomAnswer, type Status, TailroomError } from '../../src/client/node.ts'
import { isWholeFrame, isWholeRoom } from '../../src/client/shapes.ts'
import { startBadServer, startSelfSigned } from '../helpers/bad-servers.ts'
import { until } from '../helpers/until.ts'

/** Where something else answers than a Tailroom server. */
async function listening(t: Test, server: Server): Promise<number> {
	server.listen(0, '127.0.0.1')
	await once(server, 'listening')
	t.teardown(() => server.close())
	return (server.address() as AddressInfo).port
}

const json = (value: unknown): RequestListener => {
	return (_request, response) => response.setHeader('Content-Type', 'application/json').end(JSON.stringify(value))
}
const page: RequestListener = (_request, response) => {
	response.setHeader('Content-Type', 'text/html').end('<title>Welcome on board</title>')
}
const events = (text: string): RequestListener => {
	return (_request, response) => response.setHeader('Content-Type', 'text/event-stream').end(text)
}

/** What a client makes of it. */
async function statusOf(t: Test, url: string, transport: 'sse' | 'websocket'): Promise<Status> {
	const chat = connect({ url, token: 'trt_x', transport })
	t.teardown(() => chat.close())
	await until(() => chat.status.state === 'stopped' || chat.status.state === 'offline')
	return chat.status
}

const cases: [name: string, answer: RequestListener, state: Status['state'], code: string, words: RegExp][] = [
	['the page of a proxy', page, 'stopped', 'not_tailroom', /answered 200 with text\/html: that is no Tailroom server/],
	[
		'JSON of something else',
		json({ hello: 'world' }),
		'stopped',
		'not_tailroom',
		/sends what no Tailroom server sends/,
	],
	['a snapshot of nobody', json({ protocol: 1, rooms: [], cursor: '7-0' }), 'stopped', 'not_tailroom', /sends what no/],
	['a snapshot of nothing', json(null), 'stopped', 'not_tailroom', /sends what no/],
	['no JSON', json(undefined), 'stopped', 'not_tailroom', /that is no Tailroom server/],
	['a later protocol', json({ protocol: 2, rooms: {}, cursor: 7 }), 'stopped', 'protocol_unknown', /speaks protocol 2/],
	[
		'a proxy without its server',
		(_request, response) => void response.writeHead(502, { 'Content-Type': 'text/html' }).end('<h1>502</h1>'),
		'offline',
		'unreachable',
		/answered 502 with text\/html: the server is not there/,
	],
	[
		'a token that is over',
		(_request, response) =>
			void response
				.writeHead(401, { 'Content-Type': 'application/problem+json' })
				.end('{"status":401,"code":"not_authenticated","detail":"Sign in again."}'),
		'stopped',
		'not_authenticated',
		/^Sign in again\.$/,
	],
	[
		'a server that is busy',
		(_request, response) =>
			void response
				.writeHead(503, { 'Content-Type': 'application/problem+json', 'Retry-After': '2' })
				.end('{"status":503,"code":"overloaded","detail":"Try again."}'),
		'offline',
		'overloaded',
		/Try again/,
	],
]

for (const [name, answer, state, code, words] of cases) {
	t.test(name, async (t) => {
		const url = await startBadServer(t, answer)
		for (const transport of ['sse', 'websocket'] as const) {
			const status = await statusOf(t, url, transport)
			t.match(status, { state, problem: { code } })
			t.match(status.problem?.message, words)
			t.ok(status.problem instanceof TailroomError)
		}
	})
}

t.test('nobody', async (t) => {
	const status = await statusOf(t, 'http://127.0.0.1:1', 'sse')
	t.match(status, { state: 'offline', problem: { code: 'unreachable' } })
	t.match(status.problem?.message, /^http:\/\/127\.0\.0\.1:1 cannot be reached: .+\.$/)
})

t.test('a certificate that proves nothing', async (t) => {
	const status = await statusOf(t, await startSelfSigned(t), 'sse')
	t.match(status, { state: 'stopped', problem: { code: 'certificate_invalid' } })
	t.match(status.problem?.message, /^https:.* cannot be reached: self-signed certificate\b/)
})

t.test('a stream of nonsense', async (t) => {
	const streams: [text: string, code: string][] = [
		['data: {"type":\n\n', 'not_tailroom'],
		['data: 17\n\n', 'not_tailroom'],
		['data: null\n\n', 'not_tailroom'],
		['data: {"type":"message","position":1,"cursor":"1-0","room":"general"}\n\n', 'not_tailroom'],
		['event: hello\ndata: {"type":"hello","protocol":2,"cursor":"","mode":"live"}\n\n', 'protocol_unknown'],
	]
	for (const [text, code] of streams) {
		const frames = follow({ url: await startBadServer(t, events(text)), after: '0' })
		t.teardown(() => frames.close())
		await t.rejects(frames.next(), { code })
	}
})

t.test('a frame or a room without what it promises', (t) => {
	const whole = { position: 1, cursor: '1-0', room: 'general', timestamp: 1 }
	const message = { type: 'message', ...whole, id: 'id', sequence: 1, sender: 'ada', content: 'hi' }
	t.ok(isWholeFrame(message))
	t.ok(isWholeFrame(Object.assign({ mentions: ['bob'], reactions: [{ emoji: '👍', users: ['bob'] }] }, message)))
	t.ok(isWholeFrame({ type: 'of a later protocol' }))
	const wrong: object[] = [
		{ content: 7 },
		{ sender: null },
		{ room: 7 },
		{ sequence: '1' },
		{ mentions: 5 },
		{ mentions: [null] },
		{ reactions: [{ emoji: '👍', users: 5 }] },
		{ reactions: [null] },
		{ type: 'edit', content: undefined },
		{ type: 'delete' },
		{ type: 'constructor', mentions: 5 },
	]
	for (const fields of wrong) t.notOk(isWholeFrame({ ...message, ...fields }), JSON.stringify(fields))
	const room = {
		room: 'general',
		title: '',
		topic: '',
		visibility: 'open',
		sequence: 0,
		unread: 0,
		mentions: 0,
	} as RoomAnswer
	t.ok(isWholeRoom(room))
	t.notOk(isWholeRoom({ ...room, unread: '\u001b[2J' } as unknown as RoomAnswer))
	t.end()
})

t.test('an event without an end is not kept', async (t) => {
	const url = await startBadServer(t, events(`data: ${'x'.repeat(2_000_000)}`))
	const states: Status[] = []
	const frames = follow({ url, after: '0', onStatus: (status) => states.push(status) })
	t.teardown(() => frames.close())
	await until(() => states.some(({ state }) => state === 'offline'))
	t.match(states, [{ state: 'offline', problem: { code: 'unreachable' } }])
})

t.test('who was connected once waits behind the page of a train until the server is back', async (t) => {
	let answer: RequestListener = (request, response) => {
		if (request.url?.startsWith('/sync') === true) {
			json({ protocol: 1, user: { name: 'ada', role: 'member' }, rooms: [], cursor: '7-0', position: 7 })(
				request,
				response,
			)
			return
		}
		response.setHeader('Content-Type', 'text/event-stream')
		response.write(
			'event: hello\ndata: {"type":"hello","protocol":1,"mode":"resumed","cursor":"7-0","heartbeatMs":300}\n\n',
		)
		response.write('event: live\ndata: {"type":"live","cursor":"7-0","head":7}\n\n')
	}
	const good = answer
	const server = createServer((request, response) => void answer(request, response))
	t.teardown(() => server.closeAllConnections())
	const chat = connect({ url: `http://127.0.0.1:${await listening(t, server)}`, token: 'trt_x' })
	t.teardown(() => chat.close())
	await until(() => chat.status.state === 'live')
	answer = page
	server.closeAllConnections()
	await until(() => chat.status.problem?.code === 'not_tailroom')
	t.equal(chat.status.state, 'offline')
	answer = good
	chat.reconnect()
	await until(() => chat.status.state === 'live')
	t.pass()
})

t.test('a line on which nothing comes any more is noticed', async (t) => {
	let opened = 0
	const server = createServer((request, response) => {
		if (request.url?.startsWith('/sync') === true) {
			json({ protocol: 1, user: { name: 'ada', role: 'member' }, rooms: [], cursor: '7-0', position: 7 })(
				request,
				response,
			)
			return
		}
		opened += 1
		response.setHeader('Content-Type', 'text/event-stream')
		response.write(
			'event: hello\ndata: {"type":"hello","protocol":1,"mode":"resumed","cursor":"7-0","heartbeatMs":100}\n\n',
		)
	})
	t.teardown(() => server.closeAllConnections())
	const chat = connect({ url: `http://127.0.0.1:${await listening(t, server)}`, token: 'trt_x' })
	t.teardown(() => chat.close())
	await until(() => chat.status.state === 'catching-up')
	await until(() => chat.status.state === 'offline')
	await until(() => opened === 2)
	t.pass()
})

t.test('what was heard already is not heard again, whoever sends it again', async (t) => {
	const about = { room: 'general', id: '', sender: '', content: '', timestamp: 0 }
	const said = (position: number) => {
		const frame = { type: 'message', position, cursor: `${position}-0`, sequence: position, ...about }
		return `data: ${JSON.stringify(frame)}\n\n`
	}
	const hello =
		'event: hello\ndata: {"type":"hello","protocol":1,"mode":"resumed","cursor":"3-0","heartbeatMs":15000}\n\n'
	const live = 'event: live\ndata: {"type":"live","cursor":"6-0","head":6}\n\n'
	const url = await startBadServer(t, events(hello + [4, 4, 2, 5, 4, 6].map(said).join('') + live))
	const frames = follow({ url, after: '3-0' })
	t.teardown(() => frames.close())
	const positions: number[] = []
	for await (const frame of frames) {
		if (frame.type === 'message') positions.push(frame.position)
		if (frame.type === 'live') break
	}
	t.same(positions, [4, 5, 6])
})
