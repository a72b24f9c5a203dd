import type { Position, RecordedEvent } from '../../events/log.ts'
import { findMember } from '../../projections/members.ts'
import { countPresent } from '../../projections/presence.ts'
import type { Views } from '../../projections/views.ts'
import type { ControlFrame } from '../../protocol/frames.ts'
import { presenceCountMs, toldOneByOneMax } from '../limits.ts'

export interface CrowdsOptions {
	views: Views
	/** Tells all who follow a room live. */
	tell(roomId: string, frame: Extract<ControlFrame, { type: 'presence_count' }>): void
	/** A count failed by our own fault; the next who comes or goes leads to another. */
	failed(error: unknown): void
	/** With more present than this a room is a crowd; the contract's 200 if absent. */
	toldOneByOneMax?: number
	/** Between two counts that are told of a room; the contract's 5 s if absent. */
	presenceCountMs?: number
}

/** How many are in a room. */
interface Attendance {
	roomId: string
	room: string
	/** As of `position`: counted at `countedAt`, and by joins and leaves from there on. */
	present: number
	position: Position
	countedAt: number
	toldAt: number
	telling: NodeJS.Timeout | undefined
}

/**
 * In a crowd joins and leaves are not told one by one, which would cost the square of their number,
 * but as a count: not more often than every few seconds, and always after the last of them.
 */
export class Crowds {
	readonly #options: CrowdsOptions
	readonly #max: number
	readonly #everyMs: number
	/** Of rooms that somebody has come to or left as a visitor. */
	readonly #attendances = new Map<string, Attendance>()
	/** Those that are told as counts. */
	readonly #crowds = new Set<Attendance>()

	constructor(options: CrowdsOptions) {
		this.#options = options
		this.#max = options.toldOneByOneMax ?? toldOneByOneMax
		this.#everyMs = options.presenceCountMs ?? presenceCountMs
	}

	/** Of events that have just happened, those that are told as they are. */
	toldOneByOne(events: readonly RecordedEvent[]): readonly RecordedEvent[] {
		return events.filter((event) => !this.#isOneOfMany(event))
	}

	stop(): void {
		for (const { telling } of this.#crowds) clearTimeout(telling)
	}

	#isOneOfMany(event: RecordedEvent): boolean {
		switch (event.type) {
			case 'VisitorJoined':
			case 'VisitorLeft': {
				const attendance = this.#attendanceOf(event.streamId, event.data.room)
				if (!this.#crowds.has(attendance)) this.#follow(attendance, event)
				if (!this.#crowds.has(attendance)) return false
				this.#tellSoon(attendance)
				return true
			}
			case 'PresenceChanged':
			case 'MemberAdded':
			case 'MemberRemoved':
				this.#membersMoved(event.data.userId)
				return false
			default:
				return false
		}
	}

	#attendanceOf(roomId: string, room: string): Attendance {
		let attendance = this.#attendances.get(roomId)
		if (attendance === undefined) {
			const unknown = { present: 0, position: 0, countedAt: 0, toldAt: 0, telling: undefined }
			attendance = { roomId, room, ...unknown }
			this.#attendances.set(roomId, attendance)
		}
		return attendance
	}

	/** Counting is not for every event; and what was counted may be ahead of what is told. */
	#follow(attendance: Attendance, { type, position }: RecordedEvent): void {
		if (this.#waitMs(attendance.countedAt) === 0) this.#count(attendance)
		else if (position > attendance.position) attendance.present += type === 'VisitorJoined' ? 1 : -1
		if (attendance.present > this.#max) this.#crowds.add(attendance)
	}

	/** A member is present by being online. */
	#membersMoved(userId: string): void {
		for (const crowd of this.#crowds) {
			if (crowd.telling !== undefined) continue
			if (findMember(this.#options.views, crowd.roomId, userId) !== undefined) this.#tellSoon(crowd)
		}
	}

	#count(attendance: Attendance): void {
		const { views } = this.#options
		views.snapshot(({ position }) => {
			Object.assign(attendance, { present: countPresent(views, attendance.roomId), position, countedAt: Date.now() })
		})
	}

	#tellSoon(crowd: Attendance): void {
		crowd.telling ??= setTimeout(() => this.#tell(crowd), this.#waitMs(crowd.toldAt)).unref()
	}

	/** Until it is time again. A clock that was set back is not waited for. */
	#waitMs(since: number): number {
		const now = Date.now()
		return since > now ? 0 : Math.max(0, since + this.#everyMs - now)
	}

	#tell(crowd: Attendance): void {
		crowd.telling = undefined
		try {
			this.#count(crowd)
			const { roomId, room, present, position, countedAt: timestamp } = crowd
			crowd.toldAt = timestamp
			// The last count of a crowd says that it is none any more.
			if (present <= this.#max) this.#crowds.delete(crowd)
			this.#options.tell(roomId, { type: 'presence_count', room, present, position, timestamp })
		} catch (error) {
			this.#options.failed(error)
		}
	}
}
