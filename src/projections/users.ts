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

export function findUserByName(views: Views, name: string): User | undefined {
	const digest = digestOfName(name, views.logId)
	return user(views.get<UserRow>(`SELECT ${columns} FROM users WHERE name_digest = ?`, digest))
}

/** Who is called `erased-<number>`. */
export function findErasedUser(views: Views, number: number): User | undefined {
	return user(views.get<UserRow>(`SELECT ${columns} FROM users WHERE erased_number = ?`, number))
}

/** In the order in which they joined. */
export function listUsers(views: Views): User[] {
	return views.all<UserRow>(`SELECT ${columns} FROM users ORDER BY name_position`).map((row) => user(row))
}

export function countUsers(views: Views): number {
	return views.prepare('SELECT count(*) FROM users').pluck().get() as number
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
