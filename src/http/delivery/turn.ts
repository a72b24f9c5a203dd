import type { Actor } from '../../commands/actor.ts'
import { isDirect } from '../../events/direct.ts'
import type { RecordedEvent } from '../../events/log.ts'
import type { Frame } from '../../protocol/frames.ts'
import { filterMsMax } from '../limits.ts'
import { FrameBatch } from './encoding.ts'
import type { Filter } from './filter.ts'
import { type FrameSources, frameOf } from './frame.ts'
import { isOwnRemoval, ownersOf } from './scope.ts'
import type { Subscription } from './subscription.ts'

/**
 * The events of one turn, and a batch of frames for every choice of streams that somebody hears. What happens
 * in a conversation is made into frames for each who hears it, all else once.
 */
export class Turn {
	/** Those that something happened in. */
	readonly streamIds: ReadonlySet<string>
	/** Of them those that are nobody's alone, and by their owners those that are: to others they cost nothing. */
	readonly #shared: readonly string[]
	readonly #own = new Map<string, string[]>()
	readonly #sources: FrameSources
	readonly #frames: { event: RecordedEvent; frame: Frame }[]
	readonly #batches = new Map<string, FrameBatch>()
	/** What filters have taken of it. */
	#filterMs = 0
	/** Who was removed from a room. */
	readonly #removed: ReadonlySet<string>

	constructor(events: readonly RecordedEvent[], sources: FrameSources) {
		this.#sources = sources
		this.#frames = events.flatMap((event) => {
			const frame = frameOf(event, sources, ownersOf(event.streamId)[0] ?? '')
			return frame === undefined ? [] : [{ event, frame }]
		})
		this.streamIds = new Set(this.#frames.map(({ event }) => event.streamId))
		this.#shared = [...this.streamIds].filter((streamId) => ownersOf(streamId).length === 0)
		for (const streamId of this.streamIds) {
			for (const userId of ownersOf(streamId)) this.#own.set(userId, [...(this.#own.get(userId) ?? []), streamId])
		}
		this.#removed = new Set(events.flatMap((event) => (event.type === 'MemberRemoved' ? [event.data.userId] : [])))
	}

	/** Whether something happened that is somebody's alone. */
	get hasOwn(): boolean {
		return this.#own.size > 0
	}

	happenedIn(streamId: string): boolean {
		return this.streamIds.has(streamId)
	}

	/** Those that something happened in, but for what is another's alone. */
	streamIdsFor({ userId }: Actor): readonly string[] {
		const own = this.#own.get(userId)
		return own === undefined ? this.#shared : [...this.#shared, ...own]
	}

	/** Whether the actor is removed from a room in this turn. */
	removes({ userId }: Actor): boolean {
		return this.#removed.has(userId)
	}

	/**
	 * What happened in the streams that a subscription hears and its filter wants, and its reader's own removals.
	 * Undefined: filters have had their time.
	 */
	batch(heard: readonly string[], { actor, scope, filter }: Subscription): FrameBatch | undefined {
		if (this.removes(actor)) {
			if (filter?.isDear === true && this.#filterMs > filterMsMax) return undefined
			const isOwn = (event: RecordedEvent) => isOwnRemoval(event, actor, scope)
			const startedAt = performance.now()
			const batch = this.#select(
				(event) => heard.includes(event.streamId) || isOwn(event),
				actor.userId,
				(frame, event) => isOwn(event) || filter?.matches(frame) !== false,
			)
			this.#filterMs += performance.now() - startedAt
			return batch
		}
		const batch = this.#heard(heard, actor)
		return filter === undefined ? batch : (batch.matching.get(filter) ?? this.#matching(batch, filter))
	}

	#heard(heard: readonly string[], { userId }: Actor): FrameBatch {
		const key = heard.some(isDirect) ? `${userId} ${heard.join()}` : heard.join()
		let batch = this.#batches.get(key)
		if (batch === undefined) {
			batch = this.#select(({ streamId }) => heard.includes(streamId), userId)
			this.#batches.set(key, batch)
		}
		return batch
	}

	/** Its reader's own removals alone, for one who hears nothing else any more. */
	removals({ actor, scope }: Subscription): FrameBatch {
		return this.#select((event) => isOwnRemoval(event, actor, scope), actor.userId)
	}

	#select(
		isHeard: (event: RecordedEvent) => boolean,
		viewerId: string,
		isWanted: (frame: Frame, event: RecordedEvent) => boolean = () => true,
	): FrameBatch {
		const heard = this.#frames.filter(({ event }) => isHeard(event))
		const seen = heard.map(({ event, frame }) => ({
			event,
			frame: isDirect(event.streamId) ? (frameOf(event, this.#sources, viewerId) as Frame) : frame,
		}))
		return new FrameBatch(seen.filter(({ event, frame }) => isWanted(frame, event)).map(({ frame }) => frame))
	}

	/** Undefined where it takes longer than there is time for: no filter keeps others waiting. */
	#matching(batch: FrameBatch, filter: Filter): FrameBatch | undefined {
		const wanted: Frame[] = []
		for (const frame of batch.frames) {
			if (filter.isDear && this.#filterMs > filterMsMax) return undefined
			const startedAt = performance.now()
			if (filter.matches(frame)) wanted.push(frame)
			const ms = performance.now() - startedAt
			filter.took(ms, 1)
			this.#filterMs += ms
		}
		const matching = wanted.length === batch.frames.length ? batch : new FrameBatch(wanted)
		batch.matching.set(filter, matching)
		return matching
	}
}
