import { Connection, type Status } from './connection.ts'
import { TailroomError } from './error.ts'
import type { StreamFrame } from './line.ts'
import { Server, type ServerOptions } from './server.ts'
import type { Platform } from './sse.ts'

/** Which stream: of one room, of some, or of all that one belongs to; and which of its frames. */
export interface Stream {
	rooms?: readonly string[] | undefined
	filter?: string | undefined
	/** The server keeps the cursor under that name; it counts where no cursor is given. */
	consumer?: string | undefined
	/** Begins with so many messages that were; counts where neither is given. */
	tail?: number | undefined
}

export interface FollowOptions extends ServerOptions, Stream {
	/** A cursor from which to go on; `0` is everything. Without it, `consumer` and `tail`: from now. */
	after?: string | undefined
	/** Over `websocket`, which has no `tail`, `rooms` names at most one. Absent: `sse`. */
	transport?: 'sse' | 'websocket' | undefined
	/** Told whenever the connection is another. */
	onStatus?: ((status: Status) => void) | undefined
}

/** Of frames that nobody has asked for yet so many are kept; then the line is closed until they are taken. */
const waitingMax = 1_000

/**
 * The frames of a stream, one after the other: what was missed, then what happens, across every interruption. With
 * them come `hello`, of which `mode: "reset"` says that a cursor could not be used and it goes on from now; `live`;
 * and what is not recorded. Ends by `close`, or throws a TailroomError when it cannot go on.
 */
export class Following implements AsyncIterableIterator<StreamFrame> {
	readonly #server: Server
	readonly #connection: Connection
	readonly #consumer: string | undefined
	readonly #waiting: StreamFrame[] = []
	#isFull = false
	#problem: TailroomError | undefined
	#isOver = false
	/** Those who wait for a frame. */
	#wakes: (() => void)[] = []

	constructor({ after, transport, onStatus, ...options }: FollowOptions, platform: Platform) {
		const { rooms, filter, consumer, tail } = options
		if (transport === 'websocket' && ((rooms?.length ?? 0) > 1 || tail !== undefined)) {
			throw new TailroomError('malformed', 'Over WebSocket one room is followed, or all, and without tail.')
		}
		this.#server = new Server(options)
		this.#consumer = consumer
		this.#connection = new Connection({
			server: this.#server,
			followed: {
				path: (after) => streamPath({ rooms, filter, consumer, tail }, after),
				subscription: { room: rooms?.[0], filter, consumer },
			},
			transport,
			platform,
			begin: async () => after,
			beginsAgain: false,
			hear: (frame) => this.#hear(frame),
			changed: (status) => {
				if (this.#isFull) return
				onStatus?.(status)
				if (status.state !== 'stopped') return
				this.#problem = status.problem
				this.#end()
			},
		})
		this.#connection.reconnect()
	}

	/** The next frame; done when it was closed. */
	async next(): Promise<IteratorResult<StreamFrame, undefined>> {
		for (;;) {
			const frame = this.#waiting.shift()
			if (frame !== undefined) return { value: frame, done: false }
			if (this.#problem !== undefined) throw this.#problem
			if (this.#isOver) return { value: undefined, done: true }
			if (this.#isFull) {
				this.#isFull = false
				this.#connection.reconnect()
			}
			await new Promise<void>((resolve) => {
				this.#wakes.push(resolve)
			})
		}
	}

	async return(): Promise<IteratorResult<StreamFrame, undefined>> {
		this.close()
		return { value: undefined, done: true }
	}

	[Symbol.asyncIterator](): this {
		return this
	}

	/** Tells the server that everything up to a frame's cursor is done, so that its consumer begins after it. */
	async ack(cursor: string): Promise<void> {
		if (this.#consumer === undefined) throw new TailroomError('consumer_unnamed', 'Follow with a consumer to ack.')
		await this.#server.ask('PUT', `/consumers/${encodeURIComponent(this.#consumer)}`, { body: { cursor } })
	}

	close(): void {
		this.#isFull = false
		this.#waiting.length = 0
		this.#connection.close()
		this.#end()
	}

	#end(): void {
		this.#isOver = true
		this.#wake()
	}

	#wake(): void {
		for (const wake of this.#wakes.splice(0)) wake()
	}

	#hear(frame: StreamFrame): void {
		this.#waiting.push(frame)
		this.#wake()
		if (this.#waiting.length < waitingMax || this.#isFull) return
		this.#isFull = true
		this.#connection.close()
	}
}

/** The path of a stream after a cursor, or from where it begins without one. */
export function streamPath({ rooms, filter, consumer, tail }: Stream, after: string | undefined): string {
	const query = new URLSearchParams(rooms?.map((room) => ['room', room]))
	for (const [name, value] of Object.entries({ filter, after, consumer, tail })) {
		if (value !== undefined) query.set(name, String(value))
	}
	return `/events?${query}`.replace(/\?$/, '')
}
