import type { Position } from '../events/log.ts'
import type { Projection } from './projection.ts'
import type { Views } from './views.ts'

/** Where a message is. Its text lies in the log, at `position`. */
export interface MessagePlace {
	roomId: string
	sequence: number
	messageId: string
	position: Position
}

export const messages: Projection = {
	name: 'messages',
	version: 1,
	handles: {
		MessagePosted(views, { streamId, position, data }) {
			views.run('INSERT INTO messages VALUES (?, ?, ?, ?)', streamId, data.sequence, data.messageId, position)
		},
	},
}

export function findMessage(views: Views, messageId: string): MessagePlace | undefined {
	return views.get(`SELECT ${columns} FROM messages WHERE message_id = ?`, messageId)
}

/** The number of the last message that the room had at a position; 0 if it had none. */
export function sequenceAt(views: Views, roomId: string, position: Position): number {
	const sql = 'SELECT sequence FROM messages WHERE room_id = ? AND position <= ? ORDER BY position DESC LIMIT 1'
	return (views.prepare(sql).pluck().get(roomId, position) as number | undefined) ?? 0
}

/** Which messages: none of `before`, `after`, `around` means the newest. */
export interface PageRequest {
	limit: number
	before?: number
	after?: number
	around?: number
}

/** A page of a room's messages, oldest first. */
export function pageOfMessages(views: Views, roomId: string, request: PageRequest): MessagePlace[] {
	const { limit, before, after, around } = request
	if (after !== undefined) return following(views, roomId, after, limit)
	if (around !== undefined) {
		const earlier = preceding(views, roomId, around, Math.floor(limit / 2))
		return [...earlier, ...following(views, roomId, around - 1, limit - earlier.length)]
	}
	return preceding(views, roomId, before ?? Number.MAX_SAFE_INTEGER, limit)
}

/**
 * The position after which exactly the last `count` messages follow that these rooms had at
 * `through`; before the first one if there are fewer, undefined if there is none.
 */
export function positionBeforeLast(
	views: Views,
	roomIds: readonly string[],
	count: number,
	through: Position,
): Position | undefined {
	const sql = 'SELECT position FROM messages WHERE room_id = ? AND position <= ? ORDER BY position DESC LIMIT ?'
	const statement = views.prepare(sql).pluck()
	const positions = roomIds.flatMap((roomId) => statement.all(roomId, through, count) as Position[])
	const first = positions
		.sort((a, b) => b - a)
		.slice(0, count)
		.at(-1)
	return first === undefined ? undefined : first - 1
}

function preceding(views: Views, roomId: string, before: number, limit: number): MessagePlace[] {
	const sql = `SELECT ${columns} FROM messages WHERE room_id = ? AND sequence < ? ORDER BY sequence DESC LIMIT ?`
	return views.all<MessagePlace>(sql, roomId, before, limit).reverse()
}

function following(views: Views, roomId: string, after: number, limit: number): MessagePlace[] {
	const sql = `SELECT ${columns} FROM messages WHERE room_id = ? AND sequence > ? ORDER BY sequence LIMIT ?`
	return views.all<MessagePlace>(sql, roomId, after, limit)
}

const columns = 'room_id AS roomId, sequence, message_id AS messageId, position'
