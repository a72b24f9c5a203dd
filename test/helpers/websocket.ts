import { once } from 'node:events'
import type { Test } from 'tap'
import { WebSocket } from 'ws'

// biome-ignore lint/suspicious/noExplicitAny: a test looks at what it expects
export type Received = any

/** A WebSocket that keeps what it gets, in order. */
export class WebSocketReader {
	readonly socket: WebSocket
	readonly received: Received[] = []
	/** The code and reason with which it was closed. */
	readonly closed: Promise<{ code: number; reason: string }>
	#read = 0
	#wake: () => void = () => {}
	#isClosed = false

	constructor(socket: WebSocket) {
		this.socket = socket
		socket.on('message', (data) => {
			this.received.push(JSON.parse(String(data)))
			this.#wake()
		})
		socket.on('error', () => {})
		// Not by once(), which rejects where an error comes before the close.
		this.closed = new Promise((resolve) => {
			socket.on('close', (code, reason) => {
				this.#isClosed = true
				this.#wake()
				resolve({ code, reason: String(reason) })
			})
		})
	}

	send(message: unknown): void {
		this.socket.send(JSON.stringify(message))
	}

	/** The next message that was not read yet. */
	async next(): Promise<Received> {
		while (this.#read === this.received.length) {
			if (this.#isClosed) throw new Error(`closed after ${JSON.stringify(this.received.at(-1))}`)
			await new Promise<void>((resolve) => {
				this.#wake = resolve
			})
		}
		this.#read += 1
		return this.received[this.#read - 1]
	}

	async until(isWanted: (message: Received) => boolean): Promise<Received> {
		for (;;) {
			const message = await this.next()
			if (isWanted(message)) return message
		}
	}

	untilType(type: string): Promise<Received> {
		return this.until((message) => message.type === type)
	}

	/** Sends a message and returns the next answer of that type. */
	ask(message: unknown, type: string): Promise<Received> {
		this.send(message)
		return this.untilType(type)
	}
}

/** Opens a WebSocket; closed with the test. */
export async function openWebSocket(
	t: Test,
	url: string,
	headers: Record<string, string> = {},
): Promise<WebSocketReader> {
	const socket = new WebSocket(url, { headers })
	t.teardown(() => socket.terminate())
	const reader = new WebSocketReader(socket)
	await once(socket, 'open')
	return reader
}
