import { once } from 'node:events'
import { connect, type Socket } from 'node:net'

/*
 * Clients as cheap as can be, over bare sockets, so that what is measured is the server and not
 * them. They look at as little of the answers as tells them when one is complete.
 */

/** A stream, of the room `general` unless told otherwise. */
export class Subscriber {
	readonly #socket: Socket
	#tail = ''
	#wake: () => void = () => {}
	#wanted = ''

	private constructor(socket: Socket) {
		this.#socket = socket
		socket.on('data', (chunk: Buffer) => {
			// What is waited for is short, so the end of what came before and this is enough to see it.
			const text = this.#tail + chunk.toString('latin1')
			if (this.#wanted !== '' && text.includes(this.#wanted)) this.#wake()
			this.#tail = text.slice(-64)
		})
	}

	/** `headers`: whole lines. Resolves when it is live. */
	static async open(port: number, path = '/rooms/general/events', headers = ''): Promise<Subscriber> {
		const socket = connect(port, '127.0.0.1')
		const subscriber = new Subscriber(socket)
		const live = subscriber.sees('event: live')
		socket.write(`GET ${path} HTTP/1.1\r\nHost: localhost\r\n${headers}\r\n`)
		await live
		return subscriber
	}

	sees(text: string): Promise<void> {
		this.#wanted = text
		return new Promise((resolve) => {
			this.#wake = resolve
		})
	}

	close(): void {
		this.#socket.destroy()
	}
}

/** One connection that asks one thing after the other, and how long each answer took. */
export class Caller {
	readonly latenciesMs: number[] = []
	readonly #socket: Socket

	constructor(socket: Socket) {
		this.#socket = socket
	}

	static async open(port: number): Promise<Caller> {
		const socket = connect(port, '127.0.0.1')
		socket.setNoDelay(true)
		await once(socket, 'connect')
		return new Caller(socket)
	}

	post(content: string): Promise<void> {
		return this.#ask(
			'POST /rooms/general/messages HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n',
			JSON.stringify({ content }),
		)
	}

	/** `headers`: whole lines. */
	get(path: string, headers = ''): Promise<void> {
		return this.#ask(`GET ${path} HTTP/1.1\r\nHost: localhost\r\n${headers}`, '')
	}

	close(): void {
		this.#socket.destroy()
	}

	#ask(head: string, body: string): Promise<void> {
		const startedAt = performance.now()
		this.#socket.write(`${head}Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`)
		return new Promise((resolve, reject) => {
			let received = ''
			const read = (chunk: Buffer) => {
				received += chunk.toString('latin1')
				const headEnd = received.indexOf('\r\n\r\n')
				if (headEnd < 0) return
				const length = Number(/content-length: (\d+)/i.exec(received)?.[1] ?? 0)
				if (received.length < headEnd + 4 + length) return
				this.#socket.off('data', read)
				this.latenciesMs.push(performance.now() - startedAt)
				if (received.startsWith('HTTP/1.1 20')) resolve()
				else reject(new Error(received.slice(0, 400)))
			}
			this.#socket.on('data', read)
		})
	}
}

/** The value below which that share of the values lies. */
export function quantile(values: readonly number[], share: number): number {
	const sorted = [...values].sort((a, b) => a - b)
	return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN
}

export function median(values: readonly number[]): number {
	return quantile(values, 0.5)
}
