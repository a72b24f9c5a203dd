import type { Position } from '../events/log.ts'
import type { Projection } from './projection.ts'
import type { Views } from './views.ts'

export interface Reaction {
	messageId: string
	/** The event that says so, and in whose body a guest's name lies. */
	position: Position
	userId: string
	emoji: string
}

/** Those to a message that is erased go with it. */
export const reactions: Projection = {
	name: 'reactions',
	version: 1,
	handles: {
		ReactionAdded(views, { position, data: { messageId, userId, emoji } }) {
			views.run('INSERT INTO reactions VALUES (?, ?, ?, ?, NULL)', messageId, position, userId, emoji)
		},
		ReactionRemoved(views, { position, data: { messageId, userId, emoji } }) {
			const sql = `UPDATE reactions SET removed_position = ?
				WHERE message_id = ? AND user_id = ? AND emoji = ? AND removed_position IS NULL`
			views.run(sql, position, messageId, userId, emoji)
		},
		MessageDeleted(views, { data: { messageId } }) {
			views.run('DELETE FROM reactions WHERE message_id = ?', messageId)
		},
		HistoryCleared(views, { streamId, data: { after, through } }) {
			const sql = `DELETE FROM reactions WHERE message_id IN
				(SELECT message_id FROM messages WHERE room_id = ? AND sequence > ? AND sequence <= ?)`
			views.run(sql, streamId, after, through)
		},
	},
}

/** What a message had at a position, the oldest first. */
export function listReactions(views: Views, messageId: string, at: Position = Number.MAX_SAFE_INTEGER): Reaction[] {
	const sql = `SELECT message_id AS messageId, position, user_id AS userId, emoji FROM reactions
		WHERE message_id = ? AND position <= ? AND (removed_position IS NULL OR removed_position > ?) ORDER BY position`
	return views.all<Reaction>(sql, messageId, at, at)
}
