import type { HistoryLimits } from '../../events/catalogue.ts'
import type { RecordedEvent } from '../../events/log.ts'
import { type KeptLimits, lastBefore, limitsOf, recordedAt } from '../../projections/retention.ts'
import { findRoomById } from '../../projections/rooms.ts'
import type { Views } from '../../projections/views.ts'

/** The floors of rooms for whoever asks for each message: nothing is read for most of them. */
export class Floors {
	readonly #views: Views
	readonly #server: HistoryLimits
	readonly #now: () => number
	/** Of rooms that were asked for; null: everything is kept. */
	readonly #floors = new Map<string, Floor | null>()

	constructor(views: Views, server: HistoryLimits, now: () => number = Date.now) {
		this.#views = views
		this.#server = server
		this.#now = now
	}

	/** 0 where everything is kept, also if it was cleared. */
	of(roomId: string): number {
		const known = this.#floors.get(roomId)
		const floor = known === undefined ? this.#read(roomId) : known
		if (floor === null) return 0
		const now = this.#now()
		if (now < floor.agedAt) {
			// The clock was set back: what was too old for a moment is not.
			this.#floors.delete(roomId)
			return this.of(roomId)
		}
		if (now > floor.until) this.#age(roomId, floor, now)
		return Math.max(floor.aged, floor.sequence - floor.limit)
	}

	/** An event after which a floor may be another one. */
	changedBy({ type, streamId, data, recordedAt }: RecordedEvent): void {
		if (type === 'RoomChanged') this.#floors.delete(streamId)
		if (type !== 'MessagePosted') return
		const floor = this.#floors.get(streamId)
		if (floor === undefined || floor === null) return
		floor.sequence = Math.max(floor.sequence, data.sequence)
		floor.until = Math.min(floor.until, recordedAt + floor.ttlMs)
	}

	/** What was read may have been wrong. */
	forget(): void {
		this.#floors.clear()
	}

	#read(roomId: string): Floor | null {
		const room = findRoomById(this.#views, roomId)
		// A conversation that nobody has opened yet.
		if (room === undefined) return null
		const limits = limitsOf(room, this.#server)
		const shownAfter = Math.max(room.clearedSequence, room.floorSequence)
		const isAll =
			shownAfter === room.clearedSequence &&
			limits.limit === Number.POSITIVE_INFINITY &&
			limits.ttlMs === Number.POSITIVE_INFINITY
		const floor = isAll ? null : { ...limits, sequence: room.sequence, aged: shownAfter, agedAt: 0, until: 0 }
		this.#floors.set(roomId, floor)
		return floor
	}

	#age(roomId: string, floor: Floor, now: number): void {
		floor.agedAt = now
		floor.aged = lastBefore(this.#views, roomId, floor.aged, floor.sequence, now - floor.ttlMs)
		floor.until = (recordedAt(this.#views, roomId, floor.aged + 1) ?? Number.POSITIVE_INFINITY) + floor.ttlMs
	}
}

interface Floor extends KeptLimits {
	/** The number of the room's newest message. */
	sequence: number
	/** The floor by age, and the times in Unix milliseconds since and up to which it is that. */
	aged: number
	agedAt: number
	until: number
}
