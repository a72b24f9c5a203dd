import { type Person, system } from '../commands/actor.ts'
import { checkSequence, type MoveReadMarker } from '../commands/read-markers.ts'
import { Refusal } from '../commands/refusal.ts'
import type { Writer } from '../commands/writer.ts'
import { findReadMarker, listReadMarkers } from '../projections/read-markers.ts'
import type { Room } from '../projections/rooms.ts'
import { countUnread, type Unread } from '../projections/unread.ts'
import type { Views } from '../projections/views.ts'
import { readMarkerEveryMs, readMarkersRecentMax } from './limits.ts'

export interface ReadMarkersOptions {
	views: Views
	writer: Pick<Writer, 'submit'>
	/** Up to where nothing of a room is shown. */
	floorIn(room: Room): number
	/** A marker is recorded no more often than this; 5 s unless a test says otherwise. */
	everyMs?: number
	failed(error: unknown): void
}

/**
 * How far people have read. Who scrolls through a room says so with every message, so a marker is recorded
 * at once and then no more often than every few seconds, as it is then. What waits for that is known here,
 * and counts already. A crash forgets it: then some of what was read counts as unread again.
 */
export class ReadMarkers {
	readonly #views: Views
	readonly #writer: Pick<Writer, 'submit'>
	readonly #floorIn: ReadMarkersOptions['floorIn']
	readonly #everyMs: number
	readonly #failed: (error: unknown) => void
	/** Those that were recorded a moment ago. */
	readonly #recent = new Map<string, Recent>()
	#stopped = false

	constructor({ views, writer, floorIn, everyMs = readMarkerEveryMs, failed }: ReadMarkersOptions) {
		this.#views = views
		this.#writer = writer
		this.#floorIn = floorIn
		this.#everyMs = everyMs
		this.#failed = failed
	}

	/** The last message that somebody has read in a room; undefined: they have never said so. */
	of(roomId: string, userId: string): number | undefined {
		return this.#now(roomId, userId, findReadMarker(this.#views, roomId, userId))
	}

	/** As `of`, for many rooms. */
	ofAll(userId: string): (roomId: string) => number | undefined {
		const recorded = new Map(listReadMarkers(this.#views, userId).map(({ roomId, sequence }) => [roomId, sequence]))
		return (roomId) => this.#now(roomId, userId, recorded.get(roomId))
	}

	/** What is unread for who has read up to `marker`. */
	unreadIn(room: Room, userId: string, marker: number | undefined = this.of(room.roomId, userId)): Unread {
		// So it is with most of many rooms, and nothing has to be asked for.
		if (marker === undefined || marker >= room.sequence) return { unread: 0, mentions: 0 }
		return countUnread(this.#views, room, userId, marker, this.#floorIn(room))
	}

	#now(roomId: string, userId: string, recorded: number | undefined): number | undefined {
		const waiting = this.#recent.get(keyOf(roomId, userId))?.waiting
		return waiting === undefined ? recorded : Math.max(waiting.sequence, recorded ?? 0)
	}

	/** Somebody has read up to there, in a room that they may read. Less than before changes nothing. */
	async read(person: Person, { roomId, slug: room, sequence: newest }: Room, sequence: number): Promise<void> {
		checkSequence(sequence, newest, undefined)
		const { userId } = person
		const marker = this.of(roomId, userId)
		if (marker !== undefined && sequence <= marker) return
		const key = keyOf(roomId, userId)
		const recent = this.#recent.get(key)
		const move = { type: 'MoveReadMarker', room, sequence } as const
		if (recent === undefined || this.#stopped) return await this.#record(key, person, move)
		// Recorded as the server's word: they may have signed out by then.
		recent.waiting = { ...move, userId }
	}

	/** Somebody wants to read again from that message on. */
	async unread(person: Person, { roomId, slug: room, sequence: newest }: Room, sequence: number): Promise<void> {
		checkSequence(sequence, newest, true)
		const key = keyOf(roomId, person.userId)
		// Else the log may know of nothing to go back from, and nobody would hear that what counted does not any more.
		const waiting = this.#recent.get(key)?.waiting
		if (waiting !== undefined) void this.#submitWaiting(waiting)
		await this.#record(key, person, {
			type: 'MoveReadMarker',
			room,
			sequence,
			unread: true,
		})
	}

	/** Hands what waits to the writer. From here on nothing waits any more. */
	stop(): void {
		this.#stopped = true
		for (const { timer, waiting } of this.#recent.values()) {
			clearTimeout(timer)
			if (waiting !== undefined) void this.#submitWaiting(waiting)
		}
	}

	async #record(key: string, person: Person, move: MoveReadMarker): Promise<void> {
		const before = this.#recent.get(key)
		clearTimeout(before?.timer)
		const recent: Recent = {}
		// Where there are too many to remember, one or the other is recorded more often.
		if (before !== undefined || this.#recent.size < readMarkersRecentMax) this.#recent.set(key, recent)
		try {
			await this.#writer.submit(person, move)
		} finally {
			this.#lookAgain(key, recent)
		}
	}

	#lookAgain(key: string, recent: Recent): void {
		if (this.#stopped || this.#recent.get(key) !== recent) return
		recent.timer = setTimeout(() => void this.#recordWaiting(key, recent), this.#everyMs)
		recent.timer.unref()
	}

	async #recordWaiting(key: string, recent: Recent): Promise<void> {
		const { waiting } = recent
		if (waiting === undefined) return void this.#recent.delete(key)
		// It waits on until it is visible, so that nobody sees the marker go back.
		const isDone = await this.#submitWaiting(waiting)
		if (isDone && recent.waiting === waiting) delete recent.waiting
		this.#lookAgain(key, recent)
	}

	/** False: it can be tried again. */
	async #submitWaiting(waiting: MoveReadMarker): Promise<boolean> {
		try {
			await this.#writer.submit(system, waiting)
		} catch (error) {
			if (!(error instanceof Refusal)) this.#failed(error)
			else if (error.code === 'overloaded' || error.code === 'disk_full') return false
			// Else they may not read that room any more, or the server stops.
		}
		return true
	}
}

interface Recent {
	/** What was said since. */
	waiting?: MoveReadMarker
	/** When it is time to record that. */
	timer?: NodeJS.Timeout
}

function keyOf(roomId: string, userId: string): string {
	return `${roomId} ${userId}`
}
