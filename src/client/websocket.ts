import { nonsense, parsed, TailroomError } from './error.ts'
import type { Ear, Line, Loss, StreamFrame } from './line.ts'
import type { Server } from './server.ts'

/** What the server says besides frames. */
type Said =
	| StreamFrame
	| { type: 'subscribed'; mode: 'live' | 'resumed' | 'reset'; reason?: string; position: number; cursor: string }
	| { type: 'unsubscribed' }
	| { type: 'error'; ref?: string }

/** Repeated by the server in what is wrong with our subscribing. */
const ref = 'line'

/** A line over a WebSocket, with one subscription: to one room, or to all that one belongs to. */
export function openWebSocket(server: Server, subscription: object, after: string | undefined, ear: Ear): Line {
	const url = server.urlOf('/ws').replace(/^http/, 'ws')
	const socket = new WebSocket(url)
	const { token, guest: userId } = server
	let hello: { protocol: 1; heartbeatMs: number; head: number } | undefined
	let isOver = false
	const say = (message: object) => {
		if (socket.readyState === 1) socket.send(JSON.stringify(message))
	}
	const close = () => {
		isOver = true
		socket.close()
	}
	const end = (why: Loss) => {
		if (isOver) return
		close()
		ear.lost(why)
	}
	socket.onopen = () => {
		say({ type: 'hello', ref, token })
		say({ type: 'subscribe', ref, after, userId, ...subscription })
	}
	socket.onmessage = ({ data }) => {
		if (isOver) return
		const said = parsed<Said>(String(data))
		if (typeof said?.type !== 'string') return end(nonsense(server.urlOf('')))
		if (said.type === 'hello') {
			hello = said
		} else if (said.type === 'subscribed') {
			const { type: _, position: from, ...start } = said
			ear.hear({ type: 'hello', ...(hello as NonNullable<typeof hello>), ...start, from })
		} else if (said.type === 'unsubscribed') {
			end('outdated')
		} else if (said.type === 'error') {
			// What was wrong is told over HTTP, in the same words for both transports.
			if (said.ref === ref) end('refused')
		} else {
			ear.hear(said)
		}
	}
	socket.onclose = ({ code, reason }) => {
		if (hello === undefined || code === 4009 || code === 4401) end('refused')
		else if (code === 4403) end('outdated')
		else if (code < 4400 || code > 4499) end('broken')
		else end(new TailroomError('connection_refused', `The server has ended the connection: ${reason} (${code}).`))
	}
	return { say, close }
}
