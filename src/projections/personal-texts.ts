import type { Position } from '../events/log.ts'
import { isAccount, isGuest } from './names.ts'
import type { Projection } from './projection.ts'
import type { Views } from './views.ts'

/** Where the texts lie that name somebody with an account, for when the person is erased. */
export const personalTexts: Projection = {
	name: 'personal_texts',
	version: 3,
	handles: {
		UserJoined: keep,
		PasswordSet: replace,
		DisplayNameChanged: replace,
		SessionOpened: keep,
		TokenIssued: keep,
		HookIssued: keep,
		HookRevoked: (views, { data }) => forget(views, data.erases),
		WebhookIssued: keep,
		WebhookRevoked: (views, { data }) => forget(views, data.erases),
		AttemptRefused: keep,
		PersonBanned: keepOfAccount,
		PersonMuted: keepOfAccount,
		AddressesErased: (views, { data }) => forget(views, data.positions),
		TextsErased: (views, { data }) => forget(views, data.erases),
		UserErased: (views, { data }) => forget(views, data.erases),
	},
}

/** Those of guests, which say who was here. */
export const presenceTexts: Projection = {
	name: 'presence_texts',
	version: 1,
	handles: {
		PresenceChanged: keepOfGuest,
		VisitorJoined: keepOfGuest,
		VisitorLeft: keepOfGuest,
		TextsErased(views, { data: { erases } }) {
			for (const position of erases) views.run('DELETE FROM presence_texts WHERE position = ?', position)
		},
	},
}

/** The oldest first. */
export function listPersonalTexts(views: Views, userId: string, limit: number): Position[] {
	const sql = 'SELECT position FROM personal_texts WHERE user_id = ? ORDER BY position LIMIT ?'
	return views.prepare(sql).pluck().all(userId, limit) as Position[]
}

/**
 * Those recorded before that time, in Unix milliseconds; the oldest first. Without those that say what
 * somebody is called who is here still.
 */
export function presenceTextsBefore(views: Views, time: number, limit: number): Position[] {
	const sql = `SELECT position FROM presence_texts WHERE recorded_at < ?
		AND position NOT IN (SELECT position FROM presences) AND position NOT IN (SELECT position FROM visitors)
		ORDER BY recorded_at, position LIMIT ?`
	return views.prepare(sql).pluck().all(time, limit) as Position[]
}

interface Told {
	position: Position
	recordedAt: number
	data: { userId?: string; replaces?: number }
}

function keep(views: Views, { position, data: { userId } }: Told): void {
	if (userId !== undefined) views.run('INSERT INTO personal_texts VALUES (?, ?)', userId, position)
}

/** The text that an event replaces is erased by it. */
function replace(views: Views, event: Told): void {
	if (event.data.replaces !== undefined) forget(views, [event.data.replaces])
	keep(views, event)
}

function keepOfAccount(views: Views, event: Told & { data: { userId: string } }): void {
	if (isAccount(event.data.userId)) keep(views, event)
}

function keepOfGuest(
	views: Views,
	{ position, recordedAt, data: { userId } }: Told & { data: { userId: string } },
): void {
	if (isGuest(userId)) views.run('INSERT INTO presence_texts VALUES (?, ?)', position, recordedAt)
}

function forget(views: Views, positions: readonly Position[]): void {
	for (const position of positions) views.run('DELETE FROM personal_texts WHERE position = ?', position)
}
