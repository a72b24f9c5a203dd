import type { MemberRole } from '../events/catalogue.ts'
import type { Position } from '../events/log.ts'
import type { Projection } from './projection.ts'
import type { Views } from './views.ts'

/** Somebody who belongs to a room. */
export interface Member {
	roomId: string
	userId: string
	role: MemberRole
	position: Position
}

export const members: Projection = {
	name: 'members',
	version: 1,
	handles: {
		MemberAdded(views, { streamId, position, data: { userId, role } }) {
			views.run('REPLACE INTO members VALUES (?, ?, ?, ?)', streamId, userId, role, position)
		},
		MemberRemoved(views, { streamId, data: { userId } }) {
			views.run('DELETE FROM members WHERE room_id = ? AND user_id = ?', streamId, userId)
		},
	},
}

export function findMember(views: Views, roomId: string, userId: string): Member | undefined {
	return views.get(`SELECT ${columns} FROM members WHERE room_id = ? AND user_id = ?`, roomId, userId)
}

/** In the order in which they came. */
export function listMembers(views: Views, roomId: string): Member[] {
	return views.all(`SELECT ${columns} FROM members WHERE room_id = ? ORDER BY position`, roomId)
}

/** Where somebody is a member. */
export function listMemberships(views: Views, userId: string): Member[] {
	return views.all(`SELECT ${columns} FROM members WHERE user_id = ?`, userId)
}

export function countMembers(views: Views, roomId: string): number {
	return views.prepare('SELECT count(*) FROM members WHERE room_id = ?').pluck().get(roomId) as number
}

const columns = 'room_id AS roomId, user_id AS userId, role, position'
