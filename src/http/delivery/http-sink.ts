import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import type { Writable } from 'node:stream'
import { type ByeReason, type ControlFrame, type Encoding, encodeControl, inChunks } from './encoding.ts'
import { drained } from './sockets.ts'
import type { Sink } from './subscription.ts'

/**
 * The body of a streaming response: Server-Sent Events, NDJSON or text.
 *
 * Where it can, it writes chunks that were framed once for all readers to the socket itself, behind
 * the head that Node has sent: that halves what a delivery costs. It cannot for HTTP/1.0, which has
 * no chunks, nor while an earlier answer on the same connection is still being sent.
 */
export class HttpSink implements Sink {
	readonly encoding: Encoding
	readonly #response: ServerResponse
	readonly #socket: Socket
	readonly #target: Writable
	readonly #closed: () => void

	/** For a response whose head was given. `closed` is called when the sink itself ends it. */
	constructor(
		{ socket, httpVersion }: IncomingMessage,
		response: ServerResponse,
		encoding: Encoding,
		closed: () => void,
	) {
		const isDirect = response.socket === socket && httpVersion === '1.1'
		this.encoding = isDirect ? inChunks[encoding.name] : encoding
		this.#response = response
		this.#socket = socket
		this.#target = isDirect ? socket : response
		this.#closed = closed
		response.flushHeaders()
	}

	get pendingBytes(): number {
		return this.#target.writableLength
	}

	write(bytes: Buffer): void {
		if (bytes.length > 0 && !this.#response.writableEnded) this.#target.write(bytes)
	}

	control(frame: ControlFrame): void {
		this.write(encodeControl(this.encoding, frame))
	}

	mark(frame: Extract<ControlFrame, { type: 'mark' }>): void {
		this.control(frame)
	}

	drained(ms: number): Promise<boolean> {
		return drained(this.#socket, ms)
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
