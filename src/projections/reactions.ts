import type { Position } from '../events/log.ts'
import { isGuest } from './names.ts'
import type { Projection } from './projection.ts'
import type { Views } from './views.ts'

export interface Reaction {
	/** The event that says so, and in whose body a guest's name lies. */
	position: Position
	userId: string
	emoji: string
	/** The event that took it back; null: it stands. */
	removedPosition: Position | null
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

/** All that a message had had at a position, the oldest first, those that were taken back too. */
export function listReactions(views: Views, messageId: string, at: Position = Number.MAX_SAFE_INTEGER): Reaction[] {
	const sql = `SELECT position, user_id AS userId, emoji, removed_position AS removedPosition FROM reactions
		WHERE message_id = ? AND position <= ? ORDER BY position`
	return views.all<Reaction>(sql, messageId, at)
}

/** Where the names of the guests lie whose these are, and who took them back. */
export function guestNamesAt(reactions: readonly Reaction[]): Position[] {
	const ofGuests = reactions.filter(({ userId }) => isGuest(userId))
	return ofGuests.flatMap(({ position, removedPosition }) =>
		removedPosition === null ? [position] : [position, removedPosition],
	)
}

/**
 * Those of a message's reactions that stood at a position, by their emoji. In the order to which whoever
 * has heard of one after the other comes too: an emoji keeps its place for as long as anybody's is there.
 */
export function standingReactions(
	reactions: readonly Reaction[],
	at: Position = Number.MAX_SAFE_INTEGER,
): ReadonlyMap<string, ReadonlySet<Reaction>> {
	const changes = reactions.flatMap((reaction) => {
		const { position, removedPosition } = reaction
		const added = { position, reaction, isThere: true }
		if (removedPosition === null || removedPosition > at) return [added]
		return [added, { position: removedPosition, reaction, isThere: false }]
	})
	const standing = new Map<string, Set<Reaction>>()
	for (const { reaction, isThere } of changes.sort((a, b) => a.position - b.position)) {
		const same = standing.get(reaction.emoji) ?? new Set()
		if (isThere) standing.set(reaction.emoji, same.add(reaction))
		else if (same.delete(reaction) && same.size === 0) standing.delete(reaction.emoji)
	}
	return standing
}
