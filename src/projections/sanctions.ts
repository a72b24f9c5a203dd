import type { Position } from '../events/log.ts'
import type { Projection } from './projection.ts'
import type { Views } from './views.ts'

/** A ban or a mute, perhaps one whose time is over: no view has a clock. */
export interface Sanction {
	roomId: string
	userId: string
	kind: 'ban' | 'mute'
	/** The event in whose body the reason lies. */
	position: Position
	/** Unix milliseconds; null: until it is lifted. */
	untilMs: number | null
}

export const sanctions: Projection = {
	name: 'sanctions',
	version: 2,
	handles: {
		PersonBanned: (views, event) => impose(views, 'ban', event),
		PersonMuted: (views, event) => impose(views, 'mute', event),
		BanLifted: (views, { streamId, data }) => lift(views, streamId, 'ban', data.userId),
		MuteLifted: (views, { streamId, data }) => lift(views, streamId, 'mute', data.userId),
	},
}

/** Whether it is in force at that time. */
export function holds({ untilMs }: Sanction, now: number): boolean {
	return untilMs === null || untilMs > now
}

/** What somebody has against them in a room: at most one of each kind. */
export function findSanctions(views: Views, roomId: string, userId: string): Sanction[] {
	return views.all(`SELECT ${columns} FROM sanctions WHERE room_id = ? AND user_id = ?`, roomId, userId)
}

/** Everywhere. */
export function listSanctionsOf(views: Views, userId: string): Sanction[] {
	return views.all(`SELECT ${columns} FROM sanctions WHERE user_id = ?`, userId)
}

/** How many of a kind are in force at that time. */
export function countSanctions(views: Views, roomId: string, kind: Sanction['kind'], now: number): number {
	const sql = 'SELECT count(*) FROM sanctions WHERE room_id = ? AND kind = ? AND (until_ms IS NULL OR until_ms > ?)'
	return views.prepare(sql).pluck().get(roomId, kind, now) as number
}

/** The oldest first. */
export function listSanctions(views: Views, roomId: string, kind: Sanction['kind']): Sanction[] {
	return views.all(`SELECT ${columns} FROM sanctions WHERE room_id = ? AND kind = ? ORDER BY position`, roomId, kind)
}

/** What is over goes with it, so that there are no more than hold. */
function impose(
	views: Views,
	kind: Sanction['kind'],
	{ streamId: roomId, position, recordedAt, data: { userId, untilMs } }: Imposed,
): void {
	views.run('DELETE FROM sanctions WHERE room_id = ? AND until_ms <= ?', roomId, recordedAt)
	views.run('REPLACE INTO sanctions VALUES (?, ?, ?, ?, ?)', roomId, userId, kind, position, untilMs ?? null)
}

interface Imposed {
	streamId: string
	position: Position
	recordedAt: number
	data: { userId: string; untilMs?: number }
}

function lift(views: Views, roomId: string, kind: Sanction['kind'], userId: string): void {
	views.run('DELETE FROM sanctions WHERE room_id = ? AND user_id = ? AND kind = ?', roomId, userId, kind)
}

const columns = 'room_id AS roomId, user_id AS userId, kind, position, until_ms AS untilMs'
