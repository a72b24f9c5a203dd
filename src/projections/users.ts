import { hash } from 'node:crypto'
import type { UserRole } from '../events/catalogue.ts'
import type { Position } from '../events/log.ts'
import type { Projection } from './projection.ts'
import type { Views } from './views.ts'

/** An account. What names its person lies in the log, at the positions given here. */
export interface User {
	/** The person's stream. */
	userId: string
	role: UserRole
	active: boolean
	namePosition: Position
	displayNamePosition: Position | null
	passwordPosition: Position | null
	/** There is nobody behind it any more: called `erased-<number>`. */
	erasedNumber: number | null
	/** What they wrote is to be erased too. */
	erasesMessages: boolean
}

export const users: Projection = {
	name: 'users',
	version: 2,
	handles: {
		UserJoined(views, { position, data: { userId, nameDigest, role } }) {
			views.run(
				'INSERT INTO users (user_id, name_digest, role, active, name_position, erases_messages) VALUES (?, ?, ?, 1, ?, 0)',
				userId,
				nameDigest,
				role,
				position,
			)
		},
		RoleChanged(views, { data: { userId, role } }) {
			views.run('UPDATE users SET role = ? WHERE user_id = ?', role, userId)
		},
		UserDeactivated(views, { data: { userId } }) {
			views.run('UPDATE users SET active = 0 WHERE user_id = ?', userId)
		},
		UserReactivated(views, { data: { userId } }) {
			views.run('UPDATE users SET active = 1 WHERE user_id = ?', userId)
		},
		UserErased(views, { data: { userId, number, messages } }) {
			const sql = 'UPDATE users SET active = 0, erased_number = ?, erases_messages = ? WHERE user_id = ?'
			views.run(sql, number, messages === true ? 1 : 0, userId)
		},
		DisplayNameChanged(views, { position, data: { userId } }) {
			views.run('UPDATE users SET display_name_position = ? WHERE user_id = ?', position, userId)
		},
		PasswordSet(views, { position, data: { userId } }) {
			views.run('UPDATE users SET password_position = ? WHERE user_id = ?', position, userId)
		},
	},
}

/**
 * What stays of a name when it is erased: enough to find the account by it and to give the name to
 * nobody else. The log's random identity keeps two servers' digests apart.
 */
export function digestOfName(name: string, logId: string): string {
	return hash('sha256', `${logId} user ${name}`, 'hex')
}

export function findUser(views: Views, userId: string): User | undefined {
	return user(views.get<UserRow>(`SELECT ${columns} FROM users WHERE user_id = ?`, userId))
}

/** Nobody, also where somebody of that name was erased: see `isNameTaken`. */
export function findUserByName(views: Views, name: string): User | undefined {
	const sql = `SELECT ${columns} FROM users WHERE name_digest = ? AND erased_number IS NULL`
	return user(views.get<UserRow>(sql, digestOfName(name, views.logId)))
}

/** Whether somebody is called so, or was: nobody else ever is. */
export function isNameTaken(views: Views, name: string): boolean {
	const digest = digestOfName(name, views.logId)
	return views.get('SELECT 1 FROM users WHERE name_digest = ?', digest) !== undefined
}

/** Who is called `erased-<number>`. */
export function findErasedUser(views: Views, number: number): User | undefined {
	return user(views.get<UserRow>(`SELECT ${columns} FROM users WHERE erased_number = ?`, number))
}

/** In the order in which they joined; without those who are erased. */
export function listUsers(views: Views): User[] {
	const sql = `SELECT ${columns} FROM users WHERE erased_number IS NULL ORDER BY name_position`
	return views.all<UserRow>(sql).map((row) => user(row))
}

/** Without those who are erased. */
export function countUsers(views: Views): number {
	return views.prepare('SELECT count(*) FROM users WHERE erased_number IS NULL').pluck().get() as number
}

/** The number of who was erased last; 0: nobody was. */
export function lastErasedNumber(views: Views): number {
	return (views.prepare('SELECT max(erased_number) FROM users').pluck().get() as number | null) ?? 0
}

/** Who is erased and has left something that is to be erased too; the last of them. */
export function findUnfinishedErasure(views: Views): User | undefined {
	const sql = `SELECT ${columns} FROM users WHERE erased_number > 0 AND (
			EXISTS (SELECT 1 FROM personal_texts WHERE personal_texts.user_id = users.user_id)
			OR EXISTS (SELECT 1 FROM members WHERE members.user_id = users.user_id AND room_id >= 'room-')
			OR (erases_messages = 1 AND (
				EXISTS (SELECT 1 FROM written_texts WHERE written_texts.user_id = users.user_id)
				OR EXISTS (SELECT 1 FROM messages WHERE author_id = users.user_id AND erased IS NULL)))
		) ORDER BY erased_number DESC LIMIT 1`
	return user(views.get<UserRow>(sql))
}

/** The owners who can act: there is always one, once there has been one. */
export function countOwners(views: Views): number {
	return views.prepare("SELECT count(*) FROM users WHERE role = 'owner' AND active = 1").pluck().get() as number
}

const columns = `user_id AS userId, role, active, name_position AS namePosition,
	display_name_position AS displayNamePosition, password_position AS passwordPosition,
	erased_number AS erasedNumber, erases_messages AS erasesMessages`

type UserRow = Omit<User, 'active' | 'erasesMessages'> & { active: number; erasesMessages: number }

function user(row: UserRow): User
function user(row: UserRow | undefined): User | undefined
function user(row: UserRow | undefined): User | undefined {
	return row && { ...row, active: row.active === 1, erasesMessages: row.erasesMessages === 1 }
}
