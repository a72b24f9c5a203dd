import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import t from 'tap'
import { connect, type StreamFrame } from '../../src/client/node.ts'

const event = (frame: { type: string; [field: string]: unknown }) =>
	`event: ${frame.type}\ndata: ${JSON.stringify(frame)}\n\n`
const stream = [
	event({ type: 'hello', protocol: 1, mode: 'resumed', cursor: '7-0', heartbeatMs: 15_000 }),
	event({ type: 'live', cursor: '7-0', head: 7 }),
	event({ type: 'bye', reason: 'rights_lost' }),
].join('')

t.test('who closes a client on hearing of something has closed it', async (t) => {
	const asked: string[] = []
	const server = createServer(({ url = '' }, response) => {
		asked.push(url)
		const isStream = url.startsWith('/events')
		response.setHeader('Content-Type', isStream ? 'text/event-stream' : 'application/json')
		if (isStream) response.write(stream)
		else response.end('{"protocol":1,"user":{"name":"ada","role":"member"},"rooms":[],"cursor":"7-0","position":7}')
	})
	server.listen(0, '127.0.0.1')
	await once(server, 'listening')
	t.teardown(() => {
		server.close()
		server.closeAllConnections()
	})
	const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`

	for (const type of ['hello', 'live', 'bye'] satisfies StreamFrame['type'][]) {
		asked.length = 0
		const chat = connect({ url })
		t.teardown(() => chat.close())
		await new Promise<void>((resolve) => {
			chat.listen({
				frame(frame) {
					if (frame.type !== type) return
					chat.close()
					resolve()
				},
			})
		})
		// Had it gone on, it would have asked for something before this.
		await (await fetch(`${url}/sync`)).text()
		t.same(asked, ['/sync', '/events?after=7-0', '/sync'], `on ${type}: nothing more is asked for`)
		t.same(chat.status, { state: 'stopped', problem: undefined }, 'and it says so')
	}
})
