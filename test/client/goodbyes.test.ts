import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import t, { type Test } from 'tap'
import { type WebSocket, WebSocketServer } from 'ws'
import { backoffMs } from '../../src/client/backoff.ts'
import { connect, follow } from '../../src/client/node.ts'
import { startBadServer } from '../helpers/bad-servers.ts'
import { until } from '../helpers/until.ts'

/** A server that says what it is told to, and counts the lines that it was asked for. */
class Script {
	url = ''
	/** The paths of the streams that were asked for, and `/ws` for each WebSocket. */
	readonly opened: string[] = []
	stream: (response: ServerResponse) => void = () => {}
	socket: (socket: WebSocket) => void = () => {}
	subscribed = '{"type":"subscribed","mode":"resumed","position":7,"cursor":"7-0"}'
	/** Whether who asks is somebody. */
	isSignedIn = true
	/** Whether everybody is to come back in an hour. */
	isBusy = false
	/** How often anything was asked for. */
	asked = 0

	answer({ url = '' }: IncomingMessage, response: ServerResponse): void {
		this.asked += 1
		if (this.isBusy) {
			response.writeHead(503, { 'Content-Type': 'application/problem+json', 'Retry-After': '3600' })
			response.end('{"status":503,"code":"overloaded","detail":"Later."}')
		} else if (!this.isSignedIn) {
			response.writeHead(401, { 'Content-Type': 'application/problem+json' })
			response.end('{"status":401,"code":"not_authenticated","detail":"Sign in again."}')
		} else if (url.startsWith('/sync')) {
			response.setHeader('Content-Type', 'application/json')
			response.end('{"protocol":1,"user":{"name":"ada","role":"member"},"rooms":[],"cursor":"7-0","position":7}')
		} else {
			response.setHeader('Content-Type', 'text/event-stream')
			if (url.includes('until=head')) return void response.end(event({ type: 'live', cursor: '7-0', head: 7 }))
			this.opened.push(url)
			response.write(event({ type: 'hello', protocol: 1, mode: 'resumed', cursor: '7-0', heartbeatMs: 15_000 }))
			this.stream(response)
		}
	}
}

const event = (frame: { type: string; [field: string]: unknown }) =>
	`event: ${frame.type}\ndata: ${JSON.stringify(frame)}\n\n`
const live = event({ type: 'live', cursor: '7-0', head: 7 })

async function script(t: Test): Promise<Script> {
	const script = new Script()
	const server = createServer((request, response) => script.answer(request, response))
	new WebSocketServer({ server }).on('connection', (socket) => {
		script.opened.push('/ws')
		socket.on('message', (data) => {
			const { type } = JSON.parse(String(data))
			if (type === 'hello') socket.send('{"type":"hello","protocol":1,"heartbeatMs":15000,"head":7}')
			if (type !== 'subscribe') return
			socket.send(script.subscribed)
			script.socket(socket)
		})
	})
	server.listen(0, '127.0.0.1')
	await once(server, 'listening')
	t.teardown(() => {
		server.close()
		server.closeAllConnections()
	})
	script.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
	return script
}

function chatAt(t: Test, { url }: Script, transport: 'sse' | 'websocket') {
	const chat = connect({ url, token: 'trt_x', transport })
	t.teardown(() => chat.close())
	return chat
}

t.test('a server that is stopping, or has too much to do, is asked again', async (t) => {
	for (const reason of ['stopping', 'overloaded'] as const) {
		const server = await script(t)
		server.stream = (response) => void response.end(`retry: 20\n${event({ type: 'bye', reason })}`)
		const chat = chatAt(t, server, 'sse')
		await until(() => server.opened.length === 2)
		server.stream = (response) => void response.write(live)
		await until(() => chat.status.state === 'live')
		t.match(server.opened[1], /^\/events\?after=7-0$/)
	}
})

t.test('so is one that comes back on a WebSocket', async (t) => {
	for (const code of [4001, 4008, 1001, 1011]) {
		const server = await script(t)
		server.socket = (socket) => socket.close(code, 'a reason')
		const chat = chatAt(t, server, 'websocket')
		await until(() => chat.status.state === 'offline')
		server.socket = (socket) => socket.send('{"type":"live","cursor":"7-0"}')
		await until(() => chat.status.state === 'live')
		t.equal(server.opened.length, 2, `${code}`)
	}
})

t.test('one that does not want it again is not asked again', async (t) => {
	for (const code of [4400, 4429]) {
		const server = await script(t)
		server.socket = (socket) => socket.close(code, 'a reason')
		const chat = chatAt(t, server, 'websocket')
		await until(() => chat.status.state === 'stopped')
		t.match(chat.status.problem, { code: 'connection_refused', message: new RegExp(`a reason \\(${code}\\)`) })
		t.equal(server.opened.length, 1)
		const { asked } = server
		server.socket = (socket) => socket.send('{"type":"live","cursor":"7-0"}')
		chat.reconnect()
		await chat.untilLive()
		t.ok(server.asked > asked, 'if it is told to, it begins again')
	}
})

t.test('who is nobody any more is told so, and stops', async (t) => {
	for (const code of [4009, 4401, 4403]) {
		const server = await script(t)
		server.socket = (socket) => {
			server.isSignedIn = false
			socket.close(code, 'sign in again')
		}
		const chat = chatAt(t, server, 'websocket')
		await until(() => chat.status.state === 'stopped')
		t.match(chat.status.problem, { code: 'not_authenticated', message: 'Sign in again.' }, `${code}`)
	}
	for (const reason of ['expired', 'rights_lost'] as const) {
		const server = await script(t)
		server.stream = (response) => {
			server.isSignedIn = false
			response.end(event({ type: 'bye', reason }))
		}
		const chat = chatAt(t, server, 'sse')
		await until(() => chat.status.state === 'stopped')
		t.match(chat.status.problem, { code: 'not_authenticated' }, reason)
		const frames = follow({ url: server.url, token: 'trt_x' })
		t.teardown(() => frames.close())
		await t.rejects(frames.next(), { code: 'not_authenticated' })
	}
})

t.test('who may still hear something begins again with what that is', async (t) => {
	const server = await script(t)
	server.stream = (response) => void response.end(event({ type: 'bye', reason: 'rights_lost' }))
	server.socket = (socket) => socket.send('{"type":"unsubscribed","reason":"rights_lost"}')
	for (const transport of ['sse', 'websocket'] as const) {
		const chat = chatAt(t, server, transport)
		const before = server.opened.length
		await until(() => chat.status.state === 'offline')
		await until(() => server.opened.length >= before + 2)
	}
	t.pass()
})

t.test('a server that knows no cursor, or wants to be left alone, is not asked without a pause', async (t) => {
	for (const transport of ['sse', 'websocket'] as const) {
		const server = await script(t)
		const reset = { type: 'hello', protocol: 1, mode: 'reset', reason: 'diverged', cursor: '7-0', heartbeatMs: 15_000 }
		server.stream = (response) => void response.write(event(reset))
		server.subscribed = '{"type":"subscribed","mode":"reset","reason":"diverged","position":7,"cursor":"7-0"}'
		const chat = chatAt(t, server, transport)
		await until(() => chat.status.state === 'offline')
		t.equal(server.opened.length, 1)
		await until(() => server.opened.length === 2)
		chat.close()
	}
	for (const [told, meant] of [
		['31536000', 3_600],
		['-5', undefined],
		['Fri, 27 Nov 2026 22:00:00 GMT', undefined],
	] as const) {
		const url = await startBadServer(t, (_request, response) => {
			response.writeHead(503, { 'Content-Type': 'application/problem+json', 'Retry-After': told })
			response.end('{"status":503,"code":"overloaded","detail":"Later."}')
		})
		const chat = connect({ url, token: 'trt_x' })
		t.teardown(() => chat.close())
		await until(() => chat.status.state === 'offline')
		t.match(chat.status.problem, { code: 'overloaded', retryAfterS: meant })
	}
})

t.test('a browser that has a network again does not wait any longer', async (t) => {
	const windows = new EventTarget()
	const page = globalThis as { addEventListener?: EventTarget['addEventListener'] | undefined }
	page.addEventListener = windows.addEventListener.bind(windows)
	t.teardown(() => {
		page.addEventListener = undefined
	})
	const server = await script(t)
	server.stream = (response) => void response.write(live)
	server.isBusy = true
	const chat = chatAt(t, server, 'sse')
	await until(() => chat.status.state === 'offline')
	t.match(chat.status.problem, { code: 'overloaded', retryAfterS: 3_600 })
	server.isBusy = false
	windows.dispatchEvent(new Event('online'))
	await chat.untilLive()
	chat.close()
	const asked = server.asked
	windows.dispatchEvent(new Event('online'))
	t.equal(chat.status.state, 'stopped', 'but one that was closed stays so')
	t.equal(server.asked, asked)
})

t.test('from try to try it waits twice as long, half a minute at most, and not all as long', (t) => {
	for (const [attempt, most] of [
		[1, 1_000],
		[2, 2_000],
		[5, 16_000],
		[6, 30_000],
		[60, 30_000],
	] as const) {
		const waits = Array.from({ length: 100 }, () => backoffMs(attempt))
		t.ok(
			waits.every((ms) => ms >= most / 2 && ms <= most),
			`try ${attempt}`,
		)
		t.ok(new Set(waits).size > 90)
	}
	t.end()
})
