import type { Position } from '../events/log.ts'
import type { Projection } from './projection.ts'
import type { Views } from './views.ts'

/** Somebody who is online or away. The name of a guest lies in the log, in the event at `position`. */
export interface Present {
	userId: string
	position: Position
	state: 'online' | 'away'
	/** Unix milliseconds. */
	since: number
}

export interface Presence extends Present {
	/** 1: away because they did nothing, and not by choice. */
	idle: 0 | 1
}

export interface Visitor {
	roomId: string
	userId: string
	position: Position
	/** Unix milliseconds. */
	since: number
}

export const presences: Projection = {
	name: 'presences',
	version: 2,
	handles: {
		PresenceChanged(views, { position, recordedAt, data: { userId, state, idle } }) {
			if (state === 'offline') views.run('DELETE FROM presences WHERE user_id = ?', userId)
			else views.run('REPLACE INTO presences VALUES (?, ?, ?, ?, ?)', userId, position, state, idle ? 1 : 0, recordedAt)
		},
	},
}

export const visitors: Projection = {
	name: 'visitors',
	version: 2,
	handles: {
		VisitorJoined(views, { streamId, position, recordedAt, data: { userId } }) {
			views.run('REPLACE INTO visitors VALUES (?, ?, ?, ?)', streamId, userId, position, recordedAt)
		},
		VisitorLeft(views, { streamId, data: { userId } }) {
			views.run(endVisit, streamId, userId)
		},
		// A member is no visitor.
		MemberAdded(views, { streamId, data: { userId } }) {
			views.run(endVisit, streamId, userId)
		},
	},
}

const endVisit = 'DELETE FROM visitors WHERE room_id = ? AND user_id = ?'

/** Undefined: offline. */
export function findPresence(views: Views, userId: string): Presence | undefined {
	return views.get(`SELECT ${presenceColumns} FROM presences WHERE user_id = ?`, userId)
}

export function listPresences(views: Views): Presence[] {
	return views.all(`SELECT ${presenceColumns} FROM presences ORDER BY position`)
}

export function findVisitor(views: Views, roomId: string, userId: string): Visitor | undefined {
	return views.get(`SELECT ${visitorColumns} FROM visitors WHERE room_id = ? AND user_id = ?`, roomId, userId)
}

export function listVisitors(views: Views, roomId: string): Visitor[] {
	return views.all(`SELECT ${visitorColumns} FROM visitors WHERE room_id = ? ORDER BY position`, roomId)
}

/** Who is in a room: its visitors, and the members, who are present by being online or away. */
export function listPresent(views: Views, roomId: string): Present[] {
	const sql = `SELECT user_id AS userId, visitors.position, coalesce(state, 'online') AS state,
			coalesce(presences.since, visitors.since) AS since
		FROM visitors LEFT JOIN presences USING (user_id) WHERE room_id = ?
		UNION ALL SELECT user_id, presences.position, state, since FROM members JOIN presences USING (user_id)
		WHERE room_id = ? ORDER BY 2`
	return views.all(sql, roomId, roomId)
}

/** How many that are. */
export function countPresent(views: Views, roomId: string): number {
	const sql = `SELECT (SELECT count(*) FROM presences JOIN members USING (user_id) WHERE room_id = ?)
		+ (SELECT count(*) FROM visitors WHERE room_id = ?)`
	return views.prepare(sql).pluck().get(roomId, roomId) as number
}

export function listAllVisitors(views: Views): Visitor[] {
	return views.all(`SELECT ${visitorColumns} FROM visitors ORDER BY position`)
}

const presenceColumns = 'user_id AS userId, position, state, idle, since'
const visitorColumns = 'room_id AS roomId, user_id AS userId, position, since'
