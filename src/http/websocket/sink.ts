import type { ByeReason, ControlFrame } from '../../protocol/frames.ts'
import { encodeControl, websocket } from '../delivery/encoding.ts'
import { drained } from '../delivery/sockets.ts'
import type { Sink } from '../delivery/subscription.ts'
import type { WebSocketConnection } from './connection.ts'
import type { Subscriptions } from './subscriptions.ts'

/** One subscription's share of a WebSocket. */
export class WebSocketSink implements Sink {
	readonly encoding = websocket
	readonly transport = 'websocket'
	readonly #connection: WebSocketConnection
	readonly #subscriptions: Subscriptions
	/** In what a subscription says of itself; absent for all rooms. */
	readonly #label: { room?: string }

	constructor(connection: WebSocketConnection, subscriptions: Subscriptions, room: string | undefined) {
		this.#connection = connection
		this.#subscriptions = subscriptions
		this.#label = room === undefined ? {} : { room }
	}

	get pendingBytes(): number {
		return this.#connection.pendingBytes
	}

	write(bytes: Buffer): void {
		this.#connection.write(bytes)
	}

	control(frame: ControlFrame): void {
		this.write(encodeControl(websocket, { ...frame, ...this.#label }))
	}

	mark(frame: Extract<ControlFrame, { type: 'mark' }>, cause: 'silence' | 'hidden'): void {
		this.#subscriptions.mark(frame, this.#label.room, cause)
	}

	acquire(): Promise<void> | undefined {
		return this.#subscriptions.acquire()
	}

	release(): void {
		this.#subscriptions.release()
	}

	drained(ms: number): Promise<boolean> {
		return drained(this.#connection.tcp, ms)
	}

	/** For all its subscriptions the connection says goodbye, by its close code. */
	end(bye?: ByeReason): void {
		if (bye === 'rights_lost') this.#connection.lost(this.#label.room)
		if (bye === 'log_damaged') this.control({ type: 'bye', reason: bye })
	}

	cut(): void {
		this.#connection.close(4008, 'too slow')
	}
}
