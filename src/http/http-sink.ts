import type { ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { type ByeReason, type ControlFrame, type Encoding, encodeControl } from './encoding.ts'
import { drainMsMax } from './limits.ts'
import { drained } from './sockets.ts'
import type { Sink } from './subscription.ts'

/** The body of a streaming response: Server-Sent Events, NDJSON or text. */
export class HttpSink implements Sink {
	readonly encoding: Encoding
	readonly #response: ServerResponse
	readonly #socket: Socket
	readonly #closed: () => void

	/** `closed` is called when the sink itself ends the response. */
	constructor(response: ServerResponse, encoding: Encoding, closed: () => void) {
		this.encoding = encoding
		this.#response = response
		this.#socket = response.socket as Socket
		this.#closed = closed
	}

	get pendingBytes(): number {
		return this.#response.writableLength
	}

	write(bytes: Buffer): void {
		this.#response.write(bytes)
	}

	control(frame: ControlFrame): void {
		const bytes = encodeControl(this.encoding, frame)
		if (bytes.length > 0) this.write(bytes)
	}

	mark(frame: Extract<ControlFrame, { type: 'mark' }>): void {
		this.control(frame)
	}

	drained(): Promise<boolean> {
		return drained(this.#socket, drainMsMax)
	}

	end(bye?: ByeReason): void {
		if (bye !== undefined) this.control({ type: 'bye', reason: bye })
		this.#response.end()
		this.#closed()
	}

	cut(): void {
		this.#socket.destroy()
		this.#closed()
	}
}
