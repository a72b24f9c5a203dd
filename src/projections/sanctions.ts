import type { Position } from '../events/log.ts'
import type { Projection } from './projection.ts'
import type { Views } from './views.ts'

/** A ban or a mute, also one whose time is over. */
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
	version: 1,
	handles: {
		PersonBanned: (views, { streamId, position, data }) => impose(views, streamId, 'ban', position, data),
		PersonMuted: (views, { streamId, position, data }) => impose(views, streamId, 'mute', position, data),
		BanLifted: (views, { streamId, data }) => lift(views, streamId, 'ban', data.userId),
		MuteLifted: (views, { streamId, data }) => lift(views, streamId, 'mute', data.userId),
	},
}

/** What somebody has against them in a room: at most one of each kind. */
export function findSanctions(views: Views, roomId: string, userId: string): Sanction[] {
	return views.all(`SELECT ${columns} FROM sanctions WHERE room_id = ? AND user_id = ?`, roomId, userId)
}

/** Everywhere. */
export function listSanctionsOf(views: Views, userId: string): Sanction[] {
	return views.all(`SELECT ${columns} FROM sanctions WHERE user_id = ?`, userId)
}

/** The oldest first. */
export function listSanctions(views: Views, roomId: string, kind: Sanction['kind']): Sanction[] {
	return views.all(`SELECT ${columns} FROM sanctions WHERE room_id = ? AND kind = ? ORDER BY position`, roomId, kind)
}

function impose(
	views: Views,
	roomId: string,
	kind: Sanction['kind'],
	position: Position,
	{ userId, untilMs }: { userId: string; untilMs?: number },
): void {
	views.run('REPLACE INTO sanctions VALUES (?, ?, ?, ?, ?)', roomId, userId, kind, position, untilMs ?? null)
}

function lift(views: Views, roomId: string, kind: Sanction['kind'], userId: string): void {
	views.run('DELETE FROM sanctions WHERE room_id = ? AND user_id = ? AND kind = ?', roomId, userId, kind)
}

const columns = 'room_id AS roomId, user_id AS userId, kind, position, until_ms AS untilMs'
