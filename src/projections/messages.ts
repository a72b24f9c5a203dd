import type { ErasureReason } from '../events/catalogue.ts'
import type { Position } from '../events/log.ts'
import type { Projection } from './projection.ts'
import type { Views } from './views.ts'

/** Where a message is, and what became of it. Its texts lie in the log. */
export interface MessagePlace {
	roomId: string
	sequence: number
	messageId: string
	/** Where it was posted, and where its first text lies. */
	position: Position
	authorId: string
	/** Unix milliseconds. */
	recordedAt: number
	/** Where its text of now lies; null: at `position`. */
	editedPosition: Position | null
	/** Why it has no text any more; null: it has one. */
	erased: ErasureReason | null
}

export const messages: Projection = {
	name: 'messages',
	version: 2,
	handles: {
		MessagePosted(views, { streamId, position, recordedAt, data: { sequence, messageId, userId, replyTo } }) {
			views.run(
				'INSERT INTO messages VALUES (?, ?, ?, ?, ?, ?, ?, ?, NULL, NULL)',
				streamId,
				sequence,
				messageId,
				position,
				userId,
				countByAuthor(views, streamId, userId, Number.MAX_SAFE_INTEGER) + 1,
				recordedAt,
				replyTo ?? null,
			)
		},
		MessageEdited(views, { position, data: { messageId } }) {
			views.run('UPDATE messages SET edited_position = ? WHERE message_id = ?', position, messageId)
		},
		MessageDeleted(views, { data: { messageId, reason } }) {
			views.run('UPDATE messages SET erased = ? WHERE message_id = ? AND erased IS NULL', reason, messageId)
		},
		HistoryCleared(views, { streamId, data: { after, through, reason } }) {
			const sql =
				'UPDATE messages SET erased = ? WHERE room_id = ? AND sequence > ? AND sequence <= ? AND erased IS NULL'
			views.run(sql, reason, streamId, after, through)
		},
	},
}

/** Later texts, in the order in which they were given. */
export const edits: Projection = {
	name: 'edits',
	version: 1,
	handles: {
		MessageEdited(views, { position, data: { messageId } }) {
			views.run('INSERT INTO edits VALUES (?, ?)', messageId, position)
		},
	},
}

/** How many messages somebody has written in a room up to a sequence, erased ones too. */
export function countByAuthor(views: Views, roomId: string, authorId: string, through: number): number {
	// A bare `?` beside an ORDER BY is looked at when SQLite plans, so whenever it is bound again SQLite plans
	// anew, which takes 3 µs; a `+?` is not.
	const sql = `SELECT author_sequence FROM messages WHERE author_id = +? AND room_id = +? AND sequence <= +?
		ORDER BY sequence DESC LIMIT 1`
	return (views.prepare(sql).pluck().get(authorId, roomId, through) as number | undefined) ?? 0
}

/** How many of the messages after a sequence are erased that somebody else wrote; only erased ones are looked at. */
export function countErasedOfOthers(views: Views, roomId: string, userId: string, after: number): number {
	return views.prepare(erasedOfOthers).pluck().get(roomId, after, userId) as number
}

export const erasedOfOthers = `SELECT count(*) FROM messages
	WHERE room_id = +? AND sequence > +? AND erased IS NOT NULL AND author_id <> +?`

/** Where the later texts of a message lie, the oldest first. */
export function editPositions(views: Views, messageId: string): Position[] {
	const sql = 'SELECT position FROM edits WHERE message_id = ? ORDER BY position'
	return views.prepare(sql).pluck().all(messageId) as Position[]
}

/** Messages of somebody's that have a text, in rooms and conversations, the oldest first. */
export function listKept(views: Views, authorId: string, limit: number): MessagePlace[] {
	const sql = `SELECT ${columns} FROM messages WHERE author_id = ? AND erased IS NULL ORDER BY position LIMIT ?`
	return views.all<MessagePlace>(sql, authorId, limit)
}

export function findMessage(views: Views, messageId: string): MessagePlace | undefined {
	return views.get(`SELECT ${columns} FROM messages WHERE message_id = ?`, messageId)
}

/** The number of the last message that the room had at a position; 0 if it had none. */
export function sequenceAt(views: Views, roomId: string, position: Position): number {
	const sql = 'SELECT sequence FROM messages WHERE room_id = ? AND position <= ? ORDER BY position DESC LIMIT 1'
	return (views.prepare(sql).pluck().get(roomId, position) as number | undefined) ?? 0
}

/** Which messages: none of `before`, `after`, `around`, `replyTo` means the newest. */
export interface PageRequest {
	limit: number
	before?: number
	after?: number
	around?: number
	/** The id of a message: the newest that answer it, with `before` of those before that. */
	replyTo?: string
	/** As the room was at that position: what was posted up to there, in its words of then. */
	at?: Position
}

/** A page of a room's messages, oldest first. */
export function pageOfMessages(views: Views, roomId: string, { at, ...request }: PageRequest): MessagePlace[] {
	if (at === undefined) return pageThrough(views, roomId, sequenceMax, request)
	const page = pageThrough(views, roomId, sequenceAt(views, roomId, at), request)
	return page.map((place) => ({ ...place, editedPosition: lastEdit(views, place, at) }))
}

/** Of the messages up to a sequence. */
function pageThrough(
	views: Views,
	roomId: string,
	through: number,
	{ limit, before = sequenceMax, after, around, replyTo }: Omit<PageRequest, 'at'>,
): MessagePlace[] {
	if (replyTo !== undefined) return answersTo(views, replyTo, Math.min(before - 1, through), limit)
	if (after !== undefined) return following(views, roomId, after, through, limit)
	if (around !== undefined) {
		const earlier = preceding(views, roomId, Math.min(around, through + 1), Math.floor(limit / 2))
		return [...earlier, ...following(views, roomId, around - 1, through, limit - earlier.length)]
	}
	return preceding(views, roomId, Math.min(before, through + 1), limit)
}

/** More than any room has. */
const sequenceMax = 2 ** 52

/** Where the text lies that a message had at a position; null: where it was posted. */
function lastEdit(views: Views, { messageId, editedPosition }: MessagePlace, at: Position): Position | null {
	if (editedPosition === null || editedPosition <= at) return editedPosition
	const sql = 'SELECT max(position) FROM edits WHERE message_id = ? AND position <= ?'
	return views.prepare(sql).pluck().get(messageId, at) as Position | null
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

function following(views: Views, roomId: string, after: number, through: number, limit: number): MessagePlace[] {
	const sql = `SELECT ${columns} FROM messages WHERE room_id = ? AND sequence > ? AND sequence <= ?
		ORDER BY sequence LIMIT ?`
	return views.all<MessagePlace>(sql, roomId, after, through, limit)
}

/** The newest of those that answer a message, which are in the same room as it. */
function answersTo(views: Views, messageId: string, through: number, limit: number): MessagePlace[] {
	const sql = `SELECT ${columns} FROM messages WHERE reply_to = ? AND sequence <= ? ORDER BY sequence DESC LIMIT ?`
	return views.all<MessagePlace>(sql, messageId, through, limit).reverse()
}

const columns = `room_id AS roomId, sequence, message_id AS messageId, position, author_id AS authorId,
	recorded_at AS recordedAt, edited_position AS editedPosition, erased`
