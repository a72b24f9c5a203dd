import type { Room } from '../../projections/rooms.ts'
import type { ControlFrame } from '../../protocol/frames.ts'
import type { OwnConsumer } from '../consumers.ts'
import type { Delivery } from '../delivery/delivery.ts'
import type { Scope } from '../delivery/scope.ts'
import { Subscription, type SubscriptionOptions } from '../delivery/subscription.ts'
import { RequestError } from '../errors.ts'
import { subscriptionsMax } from '../limits.ts'
import type { WebSocketConnection } from './connection.ts'
import { WebSocketSink } from './sink.ts'

/** The key of the subscription to all rooms, which has no name of a room. */
const allRooms = ''

/** What one WebSocket follows: at most one subscription a room, and one to all. */
export class Subscriptions {
	readonly #delivery: Delivery
	readonly #connection: WebSocketConnection
	readonly #byRoom = new Map<string, { subscription: Subscription; consumer: OwnConsumer | undefined }>()
	#isReading = false
	readonly #waiting: (() => void)[] = []

	constructor(delivery: Delivery, connection: WebSocketConnection) {
		this.#delivery = delivery
		this.#connection = connection
	}

	get all(): Subscription[] {
		return [...this.#byRoom.values()].map(({ subscription }) => subscription)
	}

	/**
	 * A new one in the place of what there was, which does not deliver yet. Without a room: to all of them. A
	 * `consumer` is what acknowledging in it moves.
	 */
	open(
		room: Room | undefined,
		consumer: OwnConsumer | undefined,
		asked: Pick<SubscriptionOptions, 'actor' | 'after' | 'filter'>,
	): Subscription {
		const key = room?.slug ?? allRooms
		if (!this.#byRoom.has(key) && this.#byRoom.size >= subscriptionsMax) {
			const detail = `One WebSocket has at most ${subscriptionsMax} subscriptions; without a room, one has all rooms.`
			throw new RequestError('subscriptions_too_many', detail)
		}
		this.close(room?.slug)
		const scope: Scope = room === undefined ? { kind: 'all' } : { kind: 'room', streamId: room.roomId }
		const sink = new WebSocketSink(this.#connection, this, room?.slug)
		const subscription = new Subscription(this.#delivery, { ...asked, scope, sink })
		this.#byRoom.set(key, { subscription, consumer })
		return subscription
	}

	/** Ends the one to that room, or to all, and gives it; undefined: there is none. */
	close(room: string | undefined): Subscription | undefined {
		const key = room ?? allRooms
		const subscription = this.#byRoom.get(key)?.subscription
		subscription?.close()
		this.#byRoom.delete(key)
		return subscription
	}

	/** What acknowledging in the one to that room, or to all, moves; undefined: nothing. */
	consumerOf(room: string | undefined): OwnConsumer | undefined {
		return this.#byRoom.get(room ?? allRooms)?.consumer
	}

	closeAll(): void {
		for (const subscription of this.all) subscription.close()
		this.#byRoom.clear()
		for (const wake of this.#waiting.splice(0)) wake()
	}

	/**
	 * A mark of the subscription to that room, or to all rooms. One without a room speaks for all
	 * subscriptions, so it is only sent where that is true: after silence, and when all are live.
	 */
	mark(frame: Extract<ControlFrame, { type: 'mark' }>, room: string | undefined, cause: 'silence' | 'hidden'): void {
		const { all } = this
		const isForAll = (cause === 'silence' || room === undefined) && all.every((subscription) => subscription.isLive)
		if (isForAll) {
			this.#connection.send(frame)
			for (const subscription of all) subscription.gaveCursor(this.#delivery.head.position)
		} else if (room !== undefined) {
			this.#connection.send({ ...frame, room })
		} else if (all.length === 1) {
			this.#connection.send(frame)
		}
	}

	/**
	 * Lets one subscription after the other read a page, so that together they hold no more than one
	 * would. A promise if another is at it; each `acquire` is followed by a `release`.
	 */
	acquire(): Promise<void> | undefined {
		if (!this.#isReading) {
			this.#isReading = true
			return undefined
		}
		return new Promise((resolve) => this.#waiting.push(resolve))
	}

	release(): void {
		const next = this.#waiting.shift()
		if (next === undefined) this.#isReading = false
		else next()
	}
}
