import type { Actor } from '../../commands/actor.ts'
import { formatCursor } from '../../events/cursor.ts'
import { DamagedLog } from '../../events/damaged-log.ts'
import type { LogHead, Position, RecordedEvent, StreamChoice } from '../../events/log.ts'
import type { ByeReason, ControlFrame, Frame } from '../../protocol/frames.ts'
import { hiddenPositionsMax, lightPageChars, nearHeadPositions, pageEvents, socketBytesMax } from '../limits.ts'
import type { Delivery, DemotionCause } from './delivery.ts'
import { type Encoding, FrameBatch } from './encoding.ts'
import type { Filter } from './filter.ts'
import { frameOf } from './frame.ts'
import { isOwnRemoval, type Scope, streamsOf } from './scope.ts'

/** How a subscription is read. */
export type Transport = Encoding['name'] | 'wait' | 'webhook'

/** Where a subscription's bytes go. The transport behind it knows sockets, and no positions. */
export interface Sink {
	readonly encoding: Encoding
	readonly transport: Transport
	/** What has been written and waits in this process's memory. */
	readonly pendingBytes: number
	write(bytes: Buffer): void
	control(frame: ControlFrame): void
	/** A mark: after silence, or because many positions passed unseen. */
	mark(frame: Extract<ControlFrame, { type: 'mark' }>, cause: 'silence' | 'hidden'): void
	/**
	 * Before a page is read: undefined, or a promise where another subscription of the same socket is
	 * at it. Followed by `release`.
	 */
	acquire(): Promise<void> | undefined
	release(): void
	/** Resolves when nothing is pending any more; false if that took longer than `ms`, or it closed. */
	drained(ms: number): Promise<boolean>
	/** The subscription is over: complete, or because of `bye`. */
	end(bye?: ByeReason): void
	/** Its reader is too slow even to be caught up. */
	cut(): void
}

export interface SubscriptionOptions {
	actor: Actor
	scope: Scope
	sink: Sink
	/** Everything after this position is delivered. */
	after: Position
	/** Where to end instead of following. */
	until?: LogHead
	/** Only the frames that it wants are delivered; absent: all. */
	filter?: Filter | undefined
}

/**
 * One reader's way through the log: first it reads by position up to the head, then it is pushed
 * what is appended; a reader that falls behind goes back to reading. All that it costs meanwhile
 * is a number. Both ways deliver in position order and nothing twice, and they join in one
 * synchronous turn, so there is no seam.
 */
export class Subscription {
	/** As of now: a guest may give a name after having begun without one, a user may get another role. */
	actor: Actor
	readonly scope: Scope
	/** All that it can hear lies in these; undefined: in any. */
	readonly streams: StreamChoice | undefined
	readonly sink: Sink
	readonly filter: Filter | undefined
	/** The last position that the client was given a cursor for, and when. */
	cursorPosition: Position
	cursorAt: number
	readonly #delivery: Delivery
	readonly #until: LogHead | undefined
	/** Up to here everything was delivered. Counts while reading; a live one is at the head. */
	#position: Position
	#closed = false

	constructor(delivery: Delivery, { actor, scope, sink, after, until, filter }: SubscriptionOptions) {
		this.#delivery = delivery
		this.actor = actor
		this.scope = scope
		// A connection's guest may get another name, but nobody becomes another account.
		this.streams = streamsOf(scope, actor)
		this.sink = sink
		this.filter = filter
		this.#until = until
		this.#position = after
		this.cursorPosition = after
		this.cursorAt = performance.now()
	}

	/** Whether it is pushed to; else it reads, or is closed. */
	get isLive(): boolean {
		return this.#delivery.isLive(this)
	}

	/** Whether everything up to there was delivered to it. */
	hasHeard(position: Position): boolean {
		return this.isLive || this.#position >= position
	}

	get closed(): boolean {
		return this.#closed
	}

	/** Stops delivering. Says nothing to the client. */
	close(): void {
		this.#closed = true
		this.#delivery.leave(this)
	}

	/** Reads on from the log until it reaches the head, then joins the live ones. */
	async catchUp(): Promise<void> {
		while (!this.#closed) {
			const otherReads = this.sink.acquire()
			try {
				if (otherReads !== undefined) await otherReads
				if (await this.#readPage()) return
			} finally {
				this.sink.release()
			}
		}
	}

	/** Delivers a page. True: it was the last one, and the subscription is live, complete or closed. */
	async #readPage(): Promise<boolean> {
		while (!this.#closed && this.sink.pendingBytes > socketBytesMax) {
			if (!(await this.sink.drained(this.#delivery.drainMs))) this.cut()
		}
		if (this.#closed) return true
		const { head, log, deepReader } = this.#delivery
		const through = this.#until ?? head
		const isNear = through.position - this.#position <= nearHeadPositions
		const { streams } = this
		const range = { after: this.#position, through: through.position, limit: pageEvents, ...(streams && { streams }) }
		const page = isNear ? log.read(range) : await deepReader.read(range)
		if (this.#closed) return true
		this.#deliverPage(page)
		this.#position = page.at(-1)?.position ?? through.position
		// A page that was waited for may have been overtaken: only a near one may be the last.
		if (page.length === 0 && isNear) {
			this.#arrive(through)
			return true
		}
		// After a light page nothing is left, and in the same turn nothing can have been appended.
		const isLight = page.length < pageEvents && textIn(page) < lightPageChars
		if (!isLight) await this.#delivery.nextTurn()
		return false
	}

	/** Ends it, saying why. */
	end(bye: ByeReason): void {
		if (this.#closed) return
		this.close()
		this.sink.end(bye)
	}

	/** Ends it for a reader who resumes by the cursor. */
	cut(): void {
		if (this.#closed) return
		this.close()
		this.sink.cut()
	}

	/** Ends it because of a failure of ours; where it is the log that is damaged, it says so. */
	fail(error: unknown): void {
		if (!(error instanceof DamagedLog) || this.#closed) return this.cut()
		this.close()
		this.sink.end('log_damaged')
	}

	/** What is appended, to a live one. `through` is the last position of the turn. */
	push(batch: FrameBatch, through: Position): void {
		this.write(batch)
		if (this.sink.pendingBytes > socketBytesMax) this.fallBehind(through, 'slow_reader')
	}

	/** Too slow, or its filter too dear, to be pushed to: from here on a live one reads at its own pace, beginning in a later turn. */
	fallBehind(position: Position, cause: DemotionCause): void {
		this.#delivery.counts.demotions[cause] += 1
		this.#delivery.leave(this)
		this.#position = position
		this.#delivery.followLater(this)
	}

	mark(at: LogHead, cause: 'silence' | 'hidden'): void {
		this.gaveCursor(at.position)
		this.sink.mark({ type: 'mark', cursor: formatCursor(at), head: this.#delivery.head.position }, cause)
	}

	/** Marks the end of the catch-up, and from here on, in the same turn, is live. */
	#arrive(at: LogHead): void {
		this.gaveCursor(at.position)
		this.sink.control({ type: 'live', cursor: formatCursor(at), head: at.position })
		if (this.#until === undefined) this.#delivery.join(this)
		else this.sink.end()
	}

	#deliverPage(page: readonly RecordedEvent[]): void {
		const frames = page.filter((event) => this.#mayHear(event)).flatMap((event) => this.#wantedFrame(event))
		if (frames.length > 0) this.write(new FrameBatch(frames))
		const last = page.at(-1)
		if (last !== undefined && last.position - this.cursorPosition > hiddenPositionsMax - pageEvents) {
			this.mark(last, 'hidden')
		}
	}

	/** Frames for its reader, in whatever state it is. */
	write(batch: FrameBatch): void {
		const bytes = batch.bytes(this.sink.encoding)
		if (bytes.length > 0) {
			this.sink.write(bytes)
			this.#delivery.counts.deliveries += batch.frames.length
		}
		if (batch.cursorPosition !== undefined) this.gaveCursor(batch.cursorPosition)
	}

	#mayHear(event: RecordedEvent): boolean {
		const { actor, scope } = this
		return this.#delivery.rights.mayHear(actor, scope, event.streamId) || isOwnRemoval(event, actor, scope)
	}

	/** What has no cursor is news, not history. */
	#wantedFrame(event: RecordedEvent): Frame[] {
		const frame = frameOf(event, this.#delivery.frames, this.actor.userId)
		if (frame === undefined || !('cursor' in frame)) return []
		const isWanted = this.filter === undefined || this.filter.matches(frame)
		return isWanted || isOwnRemoval(event, this.actor, this.scope) ? [frame] : []
	}

	/** The client can resume from there. */
	gaveCursor(position: Position): void {
		this.cursorPosition = position
		this.cursorAt = performance.now()
	}
}

function textIn(page: readonly RecordedEvent[]): number {
	return page.reduce((sum, { body }) => sum + (body !== null && 'content' in body ? body.content.length : 0), 0)
}
