import type { Actor } from '../../commands/actor.ts'
import type { DeepReader } from '../../events/deep-reader.ts'
import type { LogHead, LogReader, Position, RecordedEvent } from '../../events/log.ts'
import type { Views } from '../../projections/views.ts'
import type { ByeReason, ControlFrame } from '../../protocol/frames.ts'
import { catchUpMsMax, drainMsMax, heartbeatMs, hiddenPositionsMax, pageEvents } from '../limits.ts'
import { Crowds, type CrowdsOptions } from './crowds.ts'
import { type Encoding, encodeControl } from './encoding.ts'
import type { FrameSources } from './frame.ts'
import { LiveSubscriptions } from './live-subscriptions.ts'
import { RightsChange } from './rights-change.ts'
import { Rights } from './scope.ts'
import { SharedTurns } from './shared-turns.ts'
import type { Subscription, Transport } from './subscription.ts'
import { Turn } from './turn.ts'

export interface DeliveryOptions extends Pick<CrowdsOptions, 'toldOneByOneMax' | 'presenceCountMs'> {
	log: LogReader
	deepReader: DeepReader
	views: Views
	frames: FrameSources
	/** Told of every event, before anybody is shown it. */
	happened?(event: RecordedEvent): void
	/** The actor as of now; or why its credentials do not hold any longer. */
	renew(actor: Actor): Actor | 'rights_lost' | 'expired'
	/** The rights of these users may be others than before: `renew` has to look again. */
	forget(userIds: readonly string[]): void
	/** Those who are connected and follow nothing are to ask for their rights again too. */
	renewConnections(isConcerned: (actor: Actor) => boolean): void
	/** Who has ceased to be a member of a room follows it still. */
	visits?(userId: string, roomId: string): void
	/** A subscription failed by our own fault. It is cut, and resumes by its cursor. */
	failed(error: unknown): void
	/** Silence after which a stream gets a mark; the contract's 15 s unless a test says otherwise. */
	heartbeatMs?: number
	/** A reader that does not drain for so long is closed; a minute unless a test says otherwise. */
	drainMs?: number
}

/** Why a live subscription falls back to reading at its own pace. */
export type DemotionCause = 'slow_reader' | 'dear_filter'

const transports: readonly Transport[] = ['sse', 'ndjson', 'text', 'websocket', 'wait', 'webhook']

/**
 * Pushes what is appended to those who follow live. All the events of one turn go to a subscriber
 * in one write, and those who see the same get the same bytes.
 */
export class Delivery {
	readonly log: LogReader
	readonly deepReader: DeepReader
	readonly heartbeatMs: number
	readonly drainMs: number
	/** For what is replayed. */
	readonly frames: FrameSources
	/** For what has just happened: it is shown as it was said, however little of it is kept. */
	readonly #liveFrames: FrameSources
	readonly rights: Rights
	/** Since the start. */
	readonly counts = {
		deliveries: 0,
		demotions: { slow_reader: 0, dear_filter: 0 } satisfies Record<DemotionCause, number>,
	}
	readonly #options: DeliveryOptions
	readonly #views: Views
	readonly #crowds: Crowds
	readonly #failed: (error: unknown) => void
	readonly #all = new Set<Subscription>()
	readonly #live = new LiveSubscriptions()
	readonly #catchingUp = new SharedTurns(catchUpMsMax)
	#head: LogHead
	#sweptAt: Position
	#scheduled: NodeJS.Immediate | undefined
	readonly #sweeping: NodeJS.Timeout

	constructor(options: DeliveryOptions) {
		this.log = options.log
		this.deepReader = options.deepReader
		this.heartbeatMs = options.heartbeatMs ?? heartbeatMs
		this.drainMs = options.drainMs ?? drainMsMax
		this.frames = options.frames
		const { erasureOf } = options.frames
		this.#liveFrames = {
			...options.frames,
			erasureOf: (event) => (event.body === null ? erasureOf(event) : undefined),
		}
		this.rights = new Rights(options.views)
		this.#options = options
		this.#views = options.views
		this.#crowds = new Crowds({ ...options, tell: (roomId, frame) => this.#tell(roomId, frame) })
		this.#failed = options.failed
		this.#head = options.views.checkpoint()
		this.#sweptAt = this.#head.position
		this.#sweeping = setInterval(() => this.#sweep(), this.heartbeatMs / 30)
		this.#sweeping.unref()
	}

	/** Up to here everything was delivered to the live ones. */
	get head(): LogHead {
		return this.#head
	}

	/** Something was appended. What arrives in one turn of the loop is delivered together. */
	headMoved(): void {
		this.#scheduled ??= setImmediate(() => {
			this.#scheduled = undefined
			this.#advanceOrEnd()
		})
	}

	/** Who would wait for an event that cannot be read is told so. */
	#advanceOrEnd(): void {
		try {
			this.advance()
		} catch (error) {
			this.#failed(error)
			for (const subscription of [...this.#live.all]) subscription.fail(error)
		}
	}

	/** Delivers up to the views' checkpoint, and returns the head that is reached. */
	advance(): LogHead {
		const through = this.#views.checkpoint().position
		while (this.#head.position < through) {
			const events = this.log.read({ after: this.#head.position, through, limit: pageEvents })
			const last = events.at(-1)
			if (last === undefined) throw new Error(`nothing in the log between ${this.#head.position} and ${through}`)
			this.#head = { position: last.position, fingerprint: last.fingerprint }
			const change = new RightsChange(events)
			for (const event of events) {
				this.rights.changedBy(event)
				this.#options.happened?.(event)
			}
			if (!change.isNone) {
				// Whoever reads on may be quicker than the word that rights have changed.
				this.#options.forget(change.userIds)
				this.#renew((actor) => change.concerns(actor))
			}
			this.#pushOrCut(events, last.position)
			if (!change.isNone) this.#endWhatIsLost(change, events)
			if (this.#head.position - this.#sweptAt >= pageEvents) this.#markHidden()
		}
		return this.#head
	}

	/** Resolves in a later turn of the loop, when it is the turn of who asks among all who catch up. */
	nextTurn(): Promise<void> {
		return this.#catchingUp.next()
	}

	/** Begins to deliver to a subscription: reading first, then live. */
	follow(subscription: Subscription): void {
		this.#all.add(subscription)
		subscription.catchUp().catch((error: unknown) => {
			this.#failed(error)
			subscription.fail(error)
		})
	}

	/** The same for one that others are not to wait for. */
	followLater(subscription: Subscription): void {
		void this.nextTurn().then(() => subscription.closed || this.follow(subscription))
	}

	/** For a subscription that has read everything up to the head, in that very turn. */
	join(subscription: Subscription): void {
		this.#live.add(subscription)
	}

	/** How many there are of each transport, pushed to (`live`) or reading. Looks at all of them. */
	countSubscribers(): { transport: Transport; state: 'live' | 'reading'; count: number }[] {
		const counts = transports.flatMap((transport) => [
			{ transport, state: 'live' as const, count: 0 },
			{ transport, state: 'reading' as const, count: 0 },
		])
		for (const { sink, isLive } of this.#all) {
			const count = counts[2 * transports.indexOf(sink.transport) + (isLive ? 0 : 1)]
			if (count !== undefined) count.count += 1
		}
		return counts
	}

	isLive(subscription: Subscription): boolean {
		return this.#live.has(subscription)
	}

	/** Takes a subscription out of the live ones; a closed one altogether. */
	leave(subscription: Subscription): void {
		if (subscription.closed) this.#all.delete(subscription)
		this.#live.delete(subscription)
	}

	/** Tells the live ones in a room something that is not in the log. Dropped where bytes wait. */
	notify(streamId: string, frame: ControlFrame, exceptUserId: string): void {
		const isTold = ({ actor, sink }: Subscription) => actor.userId !== exceptUserId && sink.pendingBytes === 0
		this.#tell(streamId, frame, isTold)
	}

	#tell(streamId: string, frame: ControlFrame, isTold: (subscription: Subscription) => boolean = () => true): void {
		const bytes = new Map<Encoding, Buffer>()
		for (const subscription of [...this.#live.of(streamId), ...this.#live.wide]) {
			const { actor, scope, sink, filter } = subscription
			if (!isTold(subscription) || !this.rights.mayHear(actor, scope, streamId)) continue
			if (filter?.matches(frame) === false) continue
			if (!bytes.has(sink.encoding)) bytes.set(sink.encoding, encodeControl(sink.encoding, frame))
			sink.write(bytes.get(sink.encoding) as Buffer)
		}
	}

	/** Ends every subscription with a reason; their readers resume by their cursors. */
	stop(reason: ByeReason): void {
		clearInterval(this.#sweeping)
		clearImmediate(this.#scheduled)
		this.#crowds.stop()
		for (const subscription of this.#all) subscription.end(reason)
	}

	/** What was known of rights may have been wrong: everybody's are asked for again. */
	viewsReplaced(): void {
		this.rights.forget()
		this.#renew(() => true)
		for (const subscription of this.#all) {
			if (!this.rights.mayHearSome(subscription.actor, subscription.scope)) subscription.end('rights_lost')
		}
		this.headMoved()
	}

	/** Whose credentials do not hold any longer is told nothing more. */
	#renew(isConcerned: (actor: Actor) => boolean): void {
		for (const subscription of this.#all) {
			if (!isConcerned(subscription.actor)) continue
			const renewed = this.#options.renew(subscription.actor)
			if (typeof renewed === 'string') subscription.end(renewed)
			else subscription.actor = renewed
		}
		this.#options.renewConnections(isConcerned)
	}

	/** Who may hear nothing more of what they asked for, also who is still catching up; others may only visit it now. */
	#endWhatIsLost(change: RightsChange, events: readonly RecordedEvent[]): void {
		let turn: Turn | undefined
		for (const subscription of this.#all) {
			const { actor, scope } = subscription
			const isLost = change.narrows(actor, scope) && !this.rights.mayHearSome(actor, scope)
			if (!isLost && !change.unnames(actor, scope) && !change.silences(actor, scope)) {
				if (change.removes(actor, scope)) this.#options.visits?.(actor.userId, scope.streamId)
				continue
			}
			if (!subscription.hasHeard(this.#head.position)) {
				turn ??= new Turn(events, this.#liveFrames)
				subscription.write(turn.removals(subscription))
			}
			subscription.end('rights_lost')
		}
	}

	/** Who would miss a frame by a failure of ours is cut, and resumes by a cursor from before it. */
	#pushOrCut(events: readonly RecordedEvent[], through: Position): void {
		try {
			this.#push(events, through)
		} catch (error) {
			this.#failed(error)
			for (const subscription of [...this.#live.all]) subscription.cut()
		}
	}

	#push(events: readonly RecordedEvent[], through: Position): void {
		const { rights } = this
		const before = (events[0] as RecordedEvent).position - 1
		const turn = new Turn(this.#crowds.toldOneByOne(events), this.#liveFrames)
		const push = (subscription: Subscription, streamIds: readonly string[]) => {
			const { actor, scope } = subscription
			const heard = streamIds.filter((streamId) => rights.mayHear(actor, scope, streamId))
			if (heard.length === 0 && !turn.removes(actor)) return
			const batch = turn.batch(heard, subscription)
			if (batch === undefined) subscription.fallBehind(before, 'dear_filter')
			else subscription.push(batch, through)
		}
		for (const streamId of turn.streamIds) {
			const alone = [streamId]
			for (const subscription of this.#live.of(streamId)) {
				// A subscription has several streams only where one of them is its reader's own.
				const happened = turn.hasOwn
					? (subscription.streams?.filter((streamId) => turn.happenedIn(streamId)) ?? [])
					: alone
				// Once, by the first of its streams that something happened in.
				if (happened[0] === streamId) push(subscription, happened)
			}
		}
		for (const subscription of this.#live.wide) push(subscription, turn.streamIdsFor(subscription.actor))
	}

	/** A reader of a quiet room must not keep a cursor that grows old while others talk. */
	#markHidden(): void {
		this.#sweptAt = this.#head.position
		// Until the next time that this is looked at, less than two pages more can pass.
		const old = this.#head.position - (hiddenPositionsMax - 2 * pageEvents)
		for (const subscription of this.#live.all) {
			if (subscription.cursorPosition <= old) subscription.mark(this.#head, 'hidden')
		}
	}

	/** Twice a second: credentials that have come to their end, and streams that have long been silent. */
	#sweep(): void {
		// A batch that found the disk full is shown later, and nobody says so.
		this.headMoved()
		this.#renew(() => true)
		const old = performance.now() - this.heartbeatMs
		for (const subscription of this.#live.all) {
			if (subscription.cursorAt <= old) subscription.mark(this.#head, 'silence')
		}
	}
}
