import type { EndsAnother } from '../events/catalogue.ts'
import type { Position } from '../events/log.ts'
import { isGuest } from './names.ts'
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
	version: 3,
	handles: {
		PersonBanned: (views, event) => impose(views, 'ban', event),
		PersonMuted: (views, event) => impose(views, 'mute', event),
		BanLifted: (views, { streamId, data }) => lift(views, streamId, 'ban', data.userId),
		MuteLifted: (views, { streamId, data }) => lift(views, streamId, 'mute', data.userId),
		UserErased(views, { data: { userId } }) {
			views.run('DELETE FROM sanctions WHERE user_id = ?', userId)
		},
	},
}

/** Where the names of guests lie who are banned or muted, or were. */
export const sanctionTexts: Projection = {
	name: 'sanction_texts',
	version: 1,
	handles: {
		PersonBanned: keepOfGuest,
		PersonMuted: keepOfGuest,
		BanLifted: (views, { data }) => forget(views, data.erases),
		MuteLifted: (views, { data }) => forget(views, data.erases),
		TextsErased: (views, { data }) => forget(views, data.erases),
	},
}

/** Whether an event is the ban or mute of a guest, and holds the name still. */
export function namesGuest(views: Views, position: Position): boolean {
	return views.get('SELECT 1 FROM sanction_texts WHERE position = ?', position) !== undefined
}

/** Of bans and mutes that are over at that time; those that were over first come first. */
export function sanctionTextsOver(views: Views, now: number, limit: number): Position[] {
	const sql = 'SELECT position FROM sanction_texts WHERE until_ms <= ? ORDER BY until_ms, position LIMIT ?'
	return views.prepare(sql).pluck().all(now, limit) as Position[]
}

/** Whether it is in force at that time. */
export function holds({ untilMs }: Pick<Sanction, 'untilMs'>, now: number): boolean {
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
	data: { userId: string; untilMs?: number } & EndsAnother
}

function keepOfGuest(views: Views, { position, data: { userId, untilMs, erases } }: Imposed): void {
	forget(views, erases)
	if (isGuest(userId)) views.run('INSERT INTO sanction_texts VALUES (?, ?)', position, untilMs ?? null)
}

function forget(views: Views, positions: readonly Position[] = []): void {
	for (const position of positions) views.run('DELETE FROM sanction_texts WHERE position = ?', position)
}

function lift(views: Views, roomId: string, kind: Sanction['kind'], userId: string): void {
	views.run('DELETE FROM sanctions WHERE room_id = ? AND user_id = ? AND kind = ?', roomId, userId, kind)
}

const columns = 'room_id AS roomId, user_id AS userId, kind, position, until_ms AS untilMs'
