import { countMentions } from './mentions.ts'
import { countByAuthor, countErasedOfOthers } from './messages.ts'
import type { Room } from './rooms.ts'
import type { Views } from './views.ts'

/** What somebody has not read of a room: messages that they can read and did not write themselves. */
export interface Unread {
	unread: number
	/** Of them those that call upon the person. */
	mentions: number
}

/**
 * Beyond so many nobody counts: the messages before the newest so many count as read. A bot may call upon
 * everybody for years in a room that somebody never opens.
 */
export const unreadMax = 10_000

/**
 * What is unread for who has read up to `marker`; undefined: nothing, for they do not follow what is unread.
 * Up to `floor` nothing is shown, and so nothing unread.
 * It is worked out from numbers that the log gave and that never change, so nothing can be miscounted. Of
 * what lies after the marker only mentions and erased messages are looked at one by one, and not those that
 * were cleared at once.
 */
export function countUnread(
	views: Views,
	{ roomId, sequence, clearedSequence }: Room,
	userId: string,
	marker: number | undefined,
	floor: number,
): Unread {
	const read = Math.max(marker ?? sequence, clearedSequence, floor, sequence - unreadMax)
	if (read >= sequence) return { unread: 0, mentions: 0 }
	const own = countByAuthor(views, roomId, userId, sequence) - countByAuthor(views, roomId, userId, read)
	return {
		unread: sequence - read - own - countErasedOfOthers(views, roomId, userId, read),
		mentions: countMentions(views, roomId, userId, read),
	}
}
