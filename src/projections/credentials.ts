import type { TokenScope, UserRole } from '../events/catalogue.ts'
import type { Position } from '../events/log.ts'
import type { Projection } from './projection.ts'
import type { Views } from './views.ts'

/** Somebody's signing in, for as long as it holds. */
export interface Session {
	sessionId: string
	userId: string
	/** Where the address is that it was opened from. */
	position: Position
	/** Unix milliseconds. */
	openedAt: number
	expiresAt: number
}

export interface Token {
	tokenId: string
	userId: string
	scope: TokenScope
	/** The only rooms that it opens; null: all of its person's. */
	roomIds: readonly string[] | null
	/** Where the label is. */
	position: Position
	/** Unix milliseconds; null: never. */
	expiresAt: number | null
}

/** One that nobody has used. */
export interface Invitation {
	invitationId: string
	/** Who invites. */
	issuerId: string
	role: UserRole
	roomIds: readonly string[]
	position: Position
	/** Unix milliseconds. */
	expiresAt: number
}

export const sessions: Projection = {
	name: 'sessions',
	version: 2,
	handles: {
		SessionOpened(views, { position, recordedAt, data: { userId, sessionId, secretHash, expiresAtMs } }) {
			// Those that are over would otherwise stay for ever.
			views.run('DELETE FROM sessions WHERE user_id = ? AND expires_at <= ?', userId, recordedAt)
			views.run(
				'INSERT INTO sessions VALUES (?, ?, ?, ?, ?, ?)',
				sessionId,
				userId,
				secretHash,
				position,
				recordedAt,
				expiresAtMs,
			)
		},
		SessionEnded(views, { data: { userId, sessionId } }) {
			if (sessionId === undefined) endSessions(views, userId)
			else views.run('DELETE FROM sessions WHERE session_id = ? AND user_id = ?', sessionId, userId)
		},
		PasswordSet: (views, { data }) => endSessions(views, data.userId),
		UserDeactivated: (views, { data }) => endSessions(views, data.userId),
		UserErased: (views, { data }) => endSessions(views, data.userId),
	},
}

export const tokens: Projection = {
	name: 'tokens',
	version: 2,
	handles: {
		TokenIssued(views, { position, recordedAt, data }) {
			const { tokenId, userId, secretHash, scope, roomIds, expiresAtMs } = data
			views.run('DELETE FROM tokens WHERE user_id = ? AND expires_at <= ?', userId, recordedAt)
			const rooms = roomIds === undefined ? null : JSON.stringify(roomIds)
			views.run(
				'INSERT INTO tokens VALUES (?, ?, ?, ?, ?, ?, ?)',
				tokenId,
				userId,
				secretHash,
				scope,
				rooms,
				position,
				expiresAtMs ?? null,
			)
		},
		TokenRevoked(views, { data: { tokenId, userId } }) {
			views.run('DELETE FROM tokens WHERE token_id = ? AND user_id = ?', tokenId, userId)
		},
		PasswordSet: (views, { data }) => revokeTokens(views, data.userId),
		UserDeactivated: (views, { data }) => revokeTokens(views, data.userId),
		UserErased: (views, { data }) => revokeTokens(views, data.userId),
	},
}

export const invitations: Projection = {
	name: 'invitations',
	version: 2,
	handles: {
		InvitationIssued(
			views,
			{ position, recordedAt, metadata, data: { invitationId, codeHash, role, roomIds, expiresAtMs } },
		) {
			const rooms = JSON.stringify(roomIds)
			views.run('DELETE FROM invitations WHERE expires_at <= ?', recordedAt)
			views.run(
				'INSERT INTO invitations VALUES (?, ?, ?, ?, ?, ?, ?)',
				invitationId,
				codeHash,
				metadata.actor,
				role,
				rooms,
				position,
				expiresAtMs,
			)
		},
		InvitationRevoked: (views, { data }) => removeInvitation(views, data.invitationId),
		UserJoined(views, { data: { invitationId } }) {
			if (invitationId !== undefined) removeInvitation(views, invitationId)
		},
		UserErased(views, { data: { userId } }) {
			views.run('DELETE FROM invitations WHERE issuer_id = ?', userId)
		},
	},
}

export function findSession(views: Views, sessionId: string): Session | undefined {
	return views.get(`SELECT ${sessionColumns} FROM sessions WHERE session_id = ?`, sessionId)
}

export function findSessionBySecret(views: Views, secretHash: string): Session | undefined {
	return views.get(`SELECT ${sessionColumns} FROM sessions WHERE secret_hash = ?`, secretHash)
}

/** The oldest first. */
export function listSessions(views: Views, userId: string): Session[] {
	return views.all(`SELECT ${sessionColumns} FROM sessions WHERE user_id = ? ORDER BY position`, userId)
}

export function findToken(views: Views, tokenId: string): Token | undefined {
	return token(views.get<TokenRow>(`SELECT ${tokenColumns} FROM tokens WHERE token_id = ?`, tokenId))
}

export function findTokenBySecret(views: Views, secretHash: string): Token | undefined {
	return token(views.get<TokenRow>(`SELECT ${tokenColumns} FROM tokens WHERE secret_hash = ?`, secretHash))
}

/** The oldest first. */
export function listTokens(views: Views, userId: string): Token[] {
	const sql = `SELECT ${tokenColumns} FROM tokens WHERE user_id = ? ORDER BY position`
	return views.all<TokenRow>(sql, userId).map((row) => token(row))
}

export function findInvitation(views: Views, invitationId: string): Invitation | undefined {
	const sql = `SELECT ${invitationColumns} FROM invitations WHERE invitation_id = ?`
	return invitation(views.get<InvitationRow>(sql, invitationId))
}

export function findInvitationByCode(views: Views, codeHash: string): Invitation | undefined {
	const sql = `SELECT ${invitationColumns} FROM invitations WHERE code_hash = ?`
	return invitation(views.get<InvitationRow>(sql, codeHash))
}

/** Those that are good at that time. */
export function countInvitations(views: Views, time: number): number {
	return views.prepare('SELECT count(*) FROM invitations WHERE expires_at > ?').pluck().get(time) as number
}

/** Those that are good at that time. */
export function countTokens(views: Views, userId: string, time: number): number {
	const sql = 'SELECT count(*) FROM tokens WHERE user_id = ? AND (expires_at IS NULL OR expires_at > ?)'
	return views.prepare(sql).pluck().get(userId, time) as number
}

/** The oldest first. */
export function listInvitations(views: Views): Invitation[] {
	const sql = `SELECT ${invitationColumns} FROM invitations ORDER BY position`
	return views.all<InvitationRow>(sql).map((row) => invitation(row))
}

function endSessions(views: Views, userId: string): void {
	views.run('DELETE FROM sessions WHERE user_id = ?', userId)
}

function revokeTokens(views: Views, userId: string): void {
	views.run('DELETE FROM tokens WHERE user_id = ?', userId)
}

function removeInvitation(views: Views, invitationId: string): void {
	views.run('DELETE FROM invitations WHERE invitation_id = ?', invitationId)
}

const sessionColumns =
	'session_id AS sessionId, user_id AS userId, position, opened_at AS openedAt, expires_at AS expiresAt'
const tokenColumns =
	'token_id AS tokenId, user_id AS userId, scope, room_ids AS roomIds, position, expires_at AS expiresAt'
const invitationColumns =
	'invitation_id AS invitationId, issuer_id AS issuerId, role, room_ids AS roomIds, position, expires_at AS expiresAt'

type TokenRow = Omit<Token, 'roomIds'> & { roomIds: string | null }

function token(row: TokenRow): Token
function token(row: TokenRow | undefined): Token | undefined
function token(row: TokenRow | undefined): Token | undefined {
	return row && { ...row, roomIds: row.roomIds === null ? null : JSON.parse(row.roomIds) }
}

type InvitationRow = Omit<Invitation, 'roomIds'> & { roomIds: string }

function invitation(row: InvitationRow): Invitation
function invitation(row: InvitationRow | undefined): Invitation | undefined
function invitation(row: InvitationRow | undefined): Invitation | undefined {
	return row && { ...row, roomIds: JSON.parse(row.roomIds) }
}
