import type { Projection } from './projection.ts'
import { findRoomById } from './rooms.ts'
import type { Views } from './views.ts'

/** How far people have read. Who comes into a room has read what was said before, unless they had said otherwise as its visitor. */
export const readMarkers: Projection = {
	name: 'read_markers',
	version: 2,
	handles: {
		MemberAdded(views, { streamId, data: { userId } }) {
			const read = findRoomById(views, streamId)?.sequence ?? 0
			views.run('INSERT OR IGNORE INTO read_markers VALUES (?, ?, ?)', streamId, userId, read)
		},
		MemberRemoved(views, { streamId, data: { userId } }) {
			views.run('DELETE FROM read_markers WHERE room_id = ? AND user_id = ?', streamId, userId)
		},
		DirectOpened(views, { streamId, data: { userIds } }) {
			for (const userId of new Set(userIds)) views.run('INSERT INTO read_markers VALUES (?, ?, 0)', streamId, userId)
		},
		UserErased(views, { data: { userId } }) {
			views.run('DELETE FROM read_markers WHERE user_id = ?', userId)
		},
		ReadMarkerMoved(views, { data: { roomId, userId, sequence } }) {
			views.run('REPLACE INTO read_markers VALUES (?, ?, ?)', roomId, userId, sequence)
		},
	},
}

/** Undefined: they follow no unread messages there. */
export function findReadMarker(views: Views, roomId: string, userId: string): number | undefined {
	const sql = 'SELECT sequence FROM read_markers WHERE room_id = ? AND user_id = ?'
	return views.prepare(sql).pluck().get(roomId, userId) as number | undefined
}

/** In all rooms where they follow them. */
export function listReadMarkers(views: Views, userId: string): { roomId: string; sequence: number }[] {
	return views.all('SELECT room_id AS roomId, sequence FROM read_markers WHERE user_id = ?', userId)
}
