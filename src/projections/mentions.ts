import type { Mentions } from '../events/catalogue.ts'
import type { Projection } from './projection.ts'
import type { Views } from './views.ts'

/** Stands for everybody in a room; nobody's id, and nobody's name. */
export const everybody = 'room'

/** Whom the messages that have a text call upon, for counting those that somebody has not read. */
export const mentions: Projection = {
	name: 'mentions',
	version: 1,
	handles: {
		MessagePosted: (views, { streamId, data }) => mention(views, streamId, data.sequence, data.userId, data),
		MessageEdited(views, { streamId, data }) {
			forget(views, streamId, data.sequence - 1, data.sequence)
			mention(views, streamId, data.sequence, data.userId, data)
		},
		MessageDeleted: (views, { streamId, data }) => forget(views, streamId, data.sequence - 1, data.sequence),
		HistoryCleared: (views, { streamId, data }) => forget(views, streamId, data.after, data.through),
	},
}

/** The messages after a sequence that call upon somebody, not counting their own. */
export function countMentions(views: Views, roomId: string, userId: string, after: number): number {
	return views.prepare(mentionsOf).pluck().get(roomId, userId, after, roomId, everybody, after, userId) as number
}

/** A message that calls upon somebody and upon everybody counts once. With `+?` it is not planned anew each time. */
export const mentionsOf = `SELECT count(*) FROM (
	SELECT sequence FROM mentions WHERE room_id = +? AND user_id = +? AND sequence > +?
	UNION
	SELECT sequence FROM mentions WHERE room_id = +? AND user_id = +? AND sequence > +? AND author_id <> +?
)`

function mention(
	views: Views,
	roomId: string,
	sequence: number,
	authorId: string,
	{ mentions: userIds = [], mentionsRoom }: Mentions,
): void {
	for (const userId of mentionsRoom === true ? [...userIds, everybody] : userIds) {
		if (userId !== authorId) views.run('INSERT INTO mentions VALUES (?, ?, ?, ?)', roomId, userId, sequence, authorId)
	}
}

/** Those of the messages after a sequence, up to another. */
function forget(views: Views, roomId: string, after: number, through: number): void {
	views.run('DELETE FROM mentions WHERE room_id = ? AND sequence > ? AND sequence <= ?', roomId, after, through)
}
