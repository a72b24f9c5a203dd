import { once } from 'node:events'
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Test } from 'tap'

export interface Delivered {
	headers: IncomingHttpHeaders
	body: string
	// biome-ignore lint/suspicious/noExplicitAny: a test looks at what it expects
	frame: any
}

type Answering = (delivered: Delivered, response: ServerResponse, request: IncomingMessage) => void

/** Somebody's server, which webhooks post to; it keeps what it gets, in order. Closed with the test. */
export class Receiver {
	readonly url: string
	readonly all: Delivered[] = []
	/** What it answers from now on. */
	answers: Answering = (_delivered, response) => response.writeHead(204).end()
	#read = 0
	#wake: () => void = () => {}

	private constructor(url: string) {
		this.url = url
	}

	static async start(t: Test): Promise<Receiver> {
		const server = createServer(async (request, response) => {
			const body = Buffer.concat(await request.toArray()).toString()
			const delivered = { headers: request.headers, body, frame: JSON.parse(body) }
			receiver.all.push(delivered)
			receiver.#wake()
			receiver.answers(delivered, response, request)
		})
		server.listen(0, '127.0.0.1')
		await once(server, 'listening')
		t.teardown(() => {
			server.closeAllConnections()
			server.close()
		})
		const receiver = new Receiver(`http://127.0.0.1:${(server.address() as AddressInfo).port}/hear`)
		return receiver
	}

	/** The next that was not read yet. */
	async next(): Promise<Delivered> {
		while (this.#read === this.all.length) {
			await new Promise<void>((resolve) => {
				this.#wake = resolve
			})
		}
		this.#read += 1
		return this.all[this.#read - 1] as Delivered
	}

	async untilContent(content: string): Promise<Delivered> {
		for (;;) {
			const delivered = await this.next()
			if (delivered.frame.content === content) return delivered
		}
	}
}

/** Answers with a status, and a body if there is one. */
export function status(code: number, body = '', contentType = 'text/plain'): Answering {
	return (_delivered, response) => void response.writeHead(code, { 'Content-Type': contentType }).end(body)
}
