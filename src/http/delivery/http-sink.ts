import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import type { Writable } from 'node:stream'
import type { ByeReason, ControlFrame } from '../../protocol/frames.ts'
import { type Encoding, encodeControl, inChunks } from './encoding.ts'
import { drained } from './sockets.ts'
import type { Sink } from './subscription.ts'

/**
 * The body of a streaming response: Server-Sent Events, NDJSON or text.
 *
 * To HTTP/1.1 it writes chunks that were framed once for all readers to the socket itself, behind the
 * head that Node has sent: that saves a third of what a delivery costs.
 */
export class HttpSink implements Sink {
	readonly encoding: Encoding
	readonly transport: Encoding['name']
	readonly #response: ServerResponse
	readonly #socket: Socket
	readonly #target: Writable
	readonly #drainMs: number

	/** For a response whose head was given. Who does not take its end within `drainMs` is cut. */
	constructor({ socket, httpVersion }: IncomingMessage, response: ServerResponse, encoding: Encoding, drainMs: number) {
		this.#drainMs = drainMs
		const isDirect = httpVersion === '1.1'
		this.transport = encoding.name
		this.encoding = isDirect ? inChunks[encoding.name] : encoding
		this.#response = response
		this.#socket = socket
		this.#target = isDirect ? socket : response
		response.flushHeaders()
		streaming.add(socket)
		response.once('close', () => streaming.delete(socket))
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

	/** A response has one subscription. */
	acquire(): undefined {}

	release(): void {}

	drained(ms: number): Promise<boolean> {
		return drained(this.#socket, ms)
	}

	end(bye?: ByeReason): void {
		if (bye !== undefined) this.control({ type: 'bye', reason: bye })
		this.#response.end()
		void this.drained(this.#drainMs).then((isDrained) => isDrained || this.cut())
	}

	cut(): void {
		this.#socket.destroy()
	}
}

/** Sockets whose answer has begun and goes on: nothing else may be written to them. */
export const streaming: WeakSet<Socket> = new WeakSet()
