import type { MemberRole } from '../events/catalogue.ts'
import { isDirect, peopleIn } from '../events/direct.ts'
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
	version: 2,
	handles: {
		DirectOpened(views, { streamId, position, data: { userIds } }) {
			for (const userId of new Set(userIds)) {
				views.run('INSERT INTO members VALUES (?, ?, ?, ?)', streamId, userId, 'member', position)
			}
		},
		MemberAdded(views, { streamId, position, data: { userId, role } }) {
			views.run('REPLACE INTO members VALUES (?, ?, ?, ?)', streamId, userId, role, position)
		},
		MemberRemoved(views, { streamId, data: { userId } }) {
			views.run('DELETE FROM members WHERE room_id = ? AND user_id = ?', streamId, userId)
		},
	},
}

/** Those that are over: shown an event before `members`, which then forgets what it was. */
export const pastMembers: Projection = {
	name: 'past_members',
	version: 1,
	handles: {
		MemberAdded: (views, { streamId, position, data }) => keepPast(views, streamId, data.userId, position),
		MemberRemoved: (views, { streamId, position, data }) => keepPast(views, streamId, data.userId, position),
	},
}

function keepPast(views: Views, roomId: string, userId: string, position: Position): void {
	const sql = `INSERT INTO past_members
		SELECT room_id, user_id, role, position, ? FROM members WHERE room_id = ? AND user_id = ?`
	views.run(sql, position, roomId, userId)
}

export function findMember(views: Views, roomId: string, userId: string): Member | undefined {
	return views.get(`SELECT ${columns} FROM members WHERE room_id = ? AND user_id = ?`, roomId, userId)
}

/** In the order in which they got their role; of a conversation its two people, also before anything was said in it. */
export function listMembers(views: Views, roomId: string): Member[] {
	if (isDirect(roomId)) {
		const userIds = [...new Set(peopleIn(roomId))]
		return userIds.map((userId) => ({ roomId, userId, role: 'member', position: 0 }))
	}
	return views.all(`SELECT ${columns} FROM members WHERE room_id = ? ORDER BY position`, roomId)
}

/** Who belonged to a room at a position, in the order in which they got their role; to a conversation always the same two. */
export function listMembersAt(views: Views, roomId: string, at: Position): Member[] {
	if (isDirect(roomId)) return listMembers(views, roomId)
	const sql = `SELECT ${columns} FROM members WHERE room_id = ? AND position <= ?
		UNION ALL SELECT ${columns} FROM past_members WHERE room_id = ? AND position <= ? AND until_position > ?
		ORDER BY position`
	return views.all(sql, roomId, at, roomId, at, at)
}

/** Where somebody is a member. */
export function listMemberships(views: Views, userId: string): Member[] {
	return views.all(`SELECT ${columns} FROM members WHERE user_id = ?`, userId)
}

/** Rooms that somebody is a member of, and no conversations: `direct-` comes before `room-`. */
export function listRoomMemberships(views: Views, userId: string, limit: number): Member[] {
	const sql = `SELECT ${columns} FROM members WHERE user_id = ? AND room_id >= 'room-' ORDER BY room_id LIMIT ?`
	return views.all(sql, userId, limit)
}

export function countMembers(views: Views, roomId: string): number {
	return views.prepare('SELECT count(*) FROM members WHERE room_id = ?').pluck().get(roomId) as number
}

/** As countMembers, of many rooms at once, in their order. */
export function countMembersIn(views: Views, roomIds: readonly string[]): number[] {
	const sql = 'SELECT (SELECT count(*) FROM members WHERE room_id = value) FROM json_each(?) ORDER BY key'
	return views.prepare(sql).pluck().all(JSON.stringify(roomIds)) as number[]
}

/** As listMembers, by room, of many rooms at once; of conversations only where something was said. */
export function listMembersIn(views: Views, roomIds: readonly string[]): Map<string, Member[]> {
	const sql = `SELECT ${columns} FROM json_each(?) JOIN members ON room_id = value ORDER BY position, user_id`
	return Map.groupBy(views.all<Member>(sql, JSON.stringify(roomIds)), ({ roomId }) => roomId)
}

const columns = 'room_id AS roomId, user_id AS userId, role, position'
