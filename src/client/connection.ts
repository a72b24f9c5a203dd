import type { HelloFrame } from '../protocol/frames.ts'
import { waitMs } from './backoff.ts'
import { nonsense, TailroomError } from './error.ts'
import type { Followed, Line, Loss, StreamFrame } from './line.ts'
import type { Server } from './server.ts'
import { openSse, type Platform } from './sse.ts'
import { openWebSocket } from './websocket.ts'

export interface Status {
	/**
	 * `connecting`: for the first time; `catching-up`: what was missed comes; `live`; `offline`: it is tried again by
	 * itself; `stopped`: not until somebody does something about `problem`, or it was closed.
	 */
	state: 'connecting' | 'catching-up' | 'live' | 'offline' | 'stopped'
	/** Why it is offline or stopped. */
	problem?: TailroomError | undefined
}

export interface ConnectionOptions {
	server: Server
	followed: Followed
	transport: 'sse' | 'websocket' | undefined
	platform: Platform
	/** From where to begin, also again after a reset; undefined: where the stream does. */
	begin(signal: AbortSignal): Promise<string | undefined>
	/** Whether to begin again after a reset, or to go on from now. */
	beginsAgain: boolean
	/** Each frame once, in order of position. */
	hear(frame: StreamFrame): void
	changed(status: Status): void
}

/** A line on which nothing is heard for so many heartbeats is dead. */
const heartbeatsMax = 2.5
/** The same before the server has said how often it gives a sign. */
const heartbeatMsDefault = 15_000
/** On a line that is too slow for a large frame, patience grows up to so many times that. */
const patienceMax = 16

/**
 * Keeps a line to the server: opens it with its cursor, notices when it is dead, and opens it again, sooner or
 * later. What was heard already is not heard again.
 */
export class Connection {
	status: Status = { state: 'connecting' }
	/** Everything up to there was heard. Undefined: nothing yet. */
	cursor: string | undefined
	readonly #options: ConnectionOptions
	#line: Line | undefined
	#abort = new AbortController()
	/** Whether the cursor is where to begin. */
	#hasBegun = false
	#wasLive = false
	#position = 0
	#attempt = 0
	#timer: ReturnType<typeof setTimeout> | undefined
	#watch: ReturnType<typeof setInterval> | undefined
	#heardAt = 0
	#heartbeatMs = heartbeatMsDefault
	#patience = 1

	constructor(options: ConnectionOptions) {
		this.#options = options
	}

	/** Opens it now, whatever it was waiting for. Also after it has stopped. */
	reconnect(): void {
		this.#drop()
		this.#attempt = 0
		void this.#open()
	}

	/** As `reconnect`, from a new beginning. */
	beginAgain(): void {
		this.#hasBegun = false
		this.reconnect()
	}

	/** Ends it; `reconnect` opens it again where it was. */
	close(): void {
		this.#drop()
		this.#abort.abort()
		this.#become('stopped')
	}

	/** Says something that is in no log, where the transport can and the line is there. */
	say(message: object): void {
		this.#line?.say(message)
	}

	async #open(): Promise<void> {
		const { server, followed, transport, platform, begin } = this.#options
		const { signal } = this.#abort
		// Of an interruption it is said what it is, until it is over.
		if (this.status.state === 'stopped') this.#become('connecting')
		try {
			if (!this.#hasBegun) {
				const cursor = await begin(signal)
				if (signal.aborted) return
				this.cursor = cursor
				this.#position = positionOf(cursor)
				this.#hasBegun = true
			}
			const ear = {
				hear: (frame: StreamFrame) => this.#hear(frame),
				interrupted: () => this.#become('offline', lineBroken()),
				lost: (why: Loss) => void this.#lost(why),
			}
			this.#heardAt = Date.now()
			this.#watch = setInterval(() => this.#checkSilence(), Math.min(1_000, this.#heartbeatMs / 2))
			this.#line =
				transport === 'websocket'
					? openWebSocket(server, followed.subscription, this.cursor, ear)
					: openSse(platform.EventSource, server.urlOf(followed.path(this.cursor)), ear)
		} catch (error) {
			if (!signal.aborted) this.#failed(error)
		}
	}

	#hear(frame: StreamFrame): void {
		this.#heardAt = Date.now()
		this.#patience = 1
		if (this.#options.platform.isWholeFrame?.(frame) === false) {
			return void this.#lost(nonsense(this.#options.server.urlOf('')))
		}
		if (frame.type === 'hello') return this.#begun(frame)
		if ('cursor' in frame) {
			const position = 'position' in frame ? frame.position : positionOf(frame.cursor)
			// These are of the stream itself, and can repeat a position.
			const isControl = frame.type === 'live' || frame.type === 'mark'
			if (position <= this.#position && !isControl) return
			this.cursor = frame.cursor
			this.#position = Math.max(position, this.#position)
			this.#attempt = 0
		}
		if (frame.type === 'live') {
			this.#wasLive = true
			this.#become('live')
		}
		if (this.#tell(frame) && frame.type === 'bye' && frame.reason !== 'stopping' && frame.reason !== 'overloaded') {
			// Rights that were lost, or a session that is over. Who may still hear something begins again.
			void this.#lost(frame.reason === 'log_damaged' ? logDamaged() : 'outdated')
		}
	}

	#begun(hello: HelloFrame): void {
		if (hello.protocol !== 1) return void this.#lost(protocolUnknown(hello.protocol))
		if (hello.heartbeatMs > 0) this.#heartbeatMs = hello.heartbeatMs
		if (hello.mode !== 'resumed') this.#position = positionOf(hello.cursor)
		if (!this.#tell(hello)) return
		if (hello.mode === 'reset' && this.#options.beginsAgain) {
			this.#hasBegun = false
			// Not without a pause: it may be a server that knows no cursor, not even its own.
			return this.#failed(lineBroken())
		}
		this.cursor = hello.cursor
		this.#become('catching-up')
	}

	/** Whether it goes on: who hears of something may close it. */
	#tell(frame: StreamFrame): boolean {
		const { signal } = this.#abort
		this.#options.hear(frame)
		return !signal.aborted
	}

	#checkSilence(): void {
		// By the clock, which goes on while a machine sleeps. It can be set back.
		const silentMs = Date.now() - this.#heardAt
		if (silentMs < 0) this.#heardAt = Date.now()
		if (silentMs < this.#heartbeatMs * heartbeatsMax * this.#patience) return
		this.#patience = Math.min(patienceMax, this.#patience * 2)
		void this.#lost('broken')
	}

	async #lost(why: Loss): Promise<void> {
		this.#drop()
		const { signal } = this.#abort
		if (why === 'outdated' && this.#options.beginsAgain) this.#hasBegun = false
		if (why === 'broken') return this.#failed(lineBroken())
		if (why instanceof TailroomError) return this.#failed(why)
		try {
			const { server, followed } = this.#options
			await server.probe(followed.path(this.cursor), signal)
			if (!signal.aborted) this.#failed(lineBroken())
		} catch (error) {
			if (!signal.aborted) this.#failed(error)
		}
	}

	/** Tries again after a while, if that can help. */
	#failed(error: unknown): void {
		this.#drop()
		// What nobody has foreseen was said by the server.
		const problem = error instanceof TailroomError ? error : nonsense(this.#options.server.urlOf(''))
		// Who once had a line to a server and now meets something else is in a train, behind its page of welcome.
		const isElsewhere = this.#wasLive && /^(not_tailroom|certificate_invalid)$/.test(problem.code)
		if (!problem.isTemporary && !isElsewhere) {
			// Who comes back after that may be somebody else.
			if (this.#options.beginsAgain) this.#hasBegun = false
			return this.#become('stopped', problem)
		}
		this.#attempt += 1
		this.#become('offline', problem)
		this.#timer = setTimeout(() => void this.#open(), waitMs(problem, this.#attempt))
	}

	/** Ends what there is, and whatever was under way. */
	#drop(): void {
		clearTimeout(this.#timer)
		clearInterval(this.#watch)
		this.#abort.abort()
		this.#abort = new AbortController()
		// Only browsers know when they have another network, or none: the line of the old one is dead, and does not know it.
		const { addEventListener } = globalThis as Partial<EventTarget>
		for (const happening of ['online', 'offline']) {
			addEventListener?.(happening, () => this.reconnect(), { signal: this.#abort.signal })
		}
		const line = this.#line
		this.#line = undefined
		line?.close()
	}

	#become(state: Status['state'], problem?: TailroomError): void {
		const { status } = this
		if (status.state === state && status.problem?.code === problem?.code) return
		this.status = { state, problem }
		this.#options.changed(this.status)
	}
}

/** The number that a cursor begins with. */
export function positionOf(cursor: string | undefined): number {
	return Number.parseInt(cursor ?? '0', 10) || 0
}

export function protocolUnknown(protocol: unknown): TailroomError {
	return new TailroomError('protocol_unknown', `The server speaks protocol ${protocol}, this client 1: update it.`)
}

function lineBroken(): TailroomError {
	return new TailroomError('unreachable', 'The connection broke.')
}

function logDamaged(): TailroomError {
	return new TailroomError('log_damaged', 'The log of the server is damaged.', { status: 500 })
}
