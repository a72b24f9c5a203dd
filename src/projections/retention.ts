import type { HistoryLimits } from '../events/catalogue.ts'
import type { Room } from './rooms.ts'
import type { Views } from './views.ts'

/*
 * What of a room's messages is kept. What lies beyond that is shown to nobody from the very moment on, and
 * erased a little later. It is always the beginning of the room, up to a sequence: its floor.
 */

/** The sequence up to which nothing of a room is shown at a time. `server`: what is kept of rooms that say nothing else. */
export function floorOf(views: Views, room: Room, server: HistoryLimits, now: number): number {
	const { limit, ttlMs } = limitsOf(room, server)
	const counted = Math.max(room.clearedSequence, room.floorSequence, room.sequence - limit)
	if (ttlMs === Number.POSITIVE_INFINITY) return counted
	return lastBefore(views, room.roomId, counted, room.sequence, now - ttlMs)
}

/** A room in which something is to be erased, if there is one among some. */
export interface RoomsBeyond {
	roomIds: string[]
	/** The last that was looked at; undefined: there are no more. */
	last: string | undefined
}

/** Those in which something not yet erased is beyond what is kept, of the so many rooms that follow one. */
export function roomsBeyond(
	views: Views,
	server: HistoryLimits,
	now: number,
	after: string,
	count: number,
): RoomsBeyond {
	const rooms = views.all<RoomAge>(
		`SELECT room_id AS roomId, sequence, cleared_sequence AS clearedSequence, floor_sequence AS floorSequence,
			history_limit AS historyLimit,
			history_ttl_ms AS historyTtlMs, (SELECT recorded_at FROM messages
				WHERE messages.room_id = rooms.room_id AND messages.sequence = rooms.cleared_sequence + 1) AS oldest
		FROM rooms WHERE room_id > ? ORDER BY room_id LIMIT ?`,
		after,
		count,
	)
	const isBeyond = (room: RoomAge) => {
		const { limit, ttlMs } = limitsOf(room, server)
		const counted = Math.max(room.floorSequence, room.sequence - limit)
		return counted > room.clearedSequence || (room.oldest !== null && room.oldest < now - ttlMs)
	}
	return { roomIds: rooms.filter(isBeyond).map(({ roomId }) => roomId), last: rooms.at(-1)?.roomId }
}

/** Infinity: all. */
export interface KeptLimits {
	limit: number
	ttlMs: number
}

type RoomAge = Pick<
	Room,
	'roomId' | 'sequence' | 'clearedSequence' | 'floorSequence' | 'historyLimit' | 'historyTtlMs'
> & {
	/** When the oldest message that is not cleared was recorded; null: there is none. */
	oldest: number | null
}

/** A room's own limits go before those of the server. */
export function limitsOf(room: Pick<Room, 'historyLimit' | 'historyTtlMs'>, server: HistoryLimits): KeptLimits {
	return {
		limit: room.historyLimit ?? server.historyLimit ?? Number.POSITIVE_INFINITY,
		ttlMs: room.historyTtlMs ?? server.historyTtlMs ?? Number.POSITIVE_INFINITY,
	}
}

/**
 * Of the messages after a sequence up to another, the last that was recorded before a time; `after` if there
 * is none. By halves, since what comes later is younger; mostly the first look is enough.
 */
export function lastBefore(views: Views, roomId: string, after: number, through: number, time: number): number {
	const isBefore = (sequence: number) => (recordedAt(views, roomId, sequence) ?? Number.POSITIVE_INFINITY) < time
	if (after >= through || !isBefore(after + 1)) return after
	let last = after + 1
	let end = through + 1
	while (last + 1 < end) {
		const middle = Math.floor((last + end) / 2)
		if (isBefore(middle)) last = middle
		else end = middle
	}
	return last
}

/** Undefined: there is no such message. In Unix milliseconds. */
export function recordedAt(views: Views, roomId: string, sequence: number): number | undefined {
	const sql = 'SELECT recorded_at FROM messages WHERE room_id = ? AND sequence = ?'
	return views.prepare(sql).pluck().get(roomId, sequence) as number | undefined
}
