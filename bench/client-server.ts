import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { WebSocket } from 'ws'
import { WebSocketServer } from 'ws'
import type { MessageFrame } from '../src/protocol/frames.ts'

// Answers one client: a snapshot from before so many messages, and then a stream of all of them. It has made its bytes
// before, so that what is measured is the client.
const count = Number(process.argv[2])
const cursor = (position: number) => `${position}-00c0ffee`
const frames = Array.from({ length: count }, (_, index): MessageFrame => {
	const position = index + 1
	return {
		type: 'message',
		position,
		cursor: cursor(position),
		room: 'general',
		sequence: position,
		id: `01M80W417J1M1SPN2Y${String(position).padStart(8, '0')}`,
		sender: index % 3 === 0 ? 'ada' : 'bob',
		content: `Message ${position}: as long as what people say to each other when they have a little time.`,
		timestamp: 1_790_000_000_000 + position,
	}
})
const live = { type: 'live', cursor: cursor(count), head: count }
const hello = {
	type: 'hello',
	protocol: 1,
	heartbeatMs: 15_000,
	head: count,
	cursor: cursor(0),
	mode: 'resumed',
	from: 0,
}
const sync = {
	protocol: 1,
	user: { name: 'ada', displayName: 'ada', role: 'member' },
	rooms: [
		{
			room: 'general',
			title: '',
			topic: '',
			visibility: 'open',
			archived: false,
			sequence: 0,
			unread: 0,
			mentions: 0,
			role: 'member',
			read: 0,
			memberCount: 1,
			members: [],
		},
	],
	cursor: cursor(0),
	position: 0,
	limits: {},
	heartbeatMs: 15_000,
}
const named = [hello, ...frames, live]
const sse = Buffer.from(
	named
		.map(
			(frame) =>
				`${frame.type === 'message' ? '' : `event: ${frame.type}\n`}id: ${frame.cursor}\ndata: ${JSON.stringify(frame)}\n\n`,
		)
		.join(''),
)
const pieces = [...frames, live].map((frame) => JSON.stringify(frame))

const server = createServer((request, response) => {
	const path = request.url ?? ''
	if (path.startsWith('/events')) {
		response.setHeader('Content-Type', 'text/event-stream')
		response.write(sse)
		return
	}
	response.setHeader('Content-Type', 'application/json')
	if (path.startsWith('/sync')) response.end(JSON.stringify(sync))
	else response.end(JSON.stringify({ messages: [], cursor: cursor(0), position: 0, ...sync.rooms[0] }))
})
new WebSocketServer({ server }).on('connection', (socket: WebSocket) => {
	socket.on('message', (data) => {
		const { type } = JSON.parse(String(data))
		if (type === 'hello') socket.send(JSON.stringify(hello))
		if (type !== 'subscribe') return
		socket.send(JSON.stringify({ type: 'subscribed', mode: 'resumed', sequence: 0, position: 0, cursor: cursor(0) }))
		for (const piece of pieces) socket.send(piece)
	})
})
server.listen(0, '127.0.0.1', () => process.stdout.write(`${(server.address() as AddressInfo).port}\n`))
