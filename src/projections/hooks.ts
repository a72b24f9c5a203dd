import type { Position } from '../events/log.ts'
import type { Projection } from './projection.ts'
import type { Views } from './views.ts'

/** What lets programs say something in one room, as one person. */
export interface Hook {
	hookId: string
	userId: string
	roomId: string
	/** Where the label and the secret are. */
	position: Position
	/** Whether the secret may stand in the address. */
	secretInUrl: boolean
}

export const hooks: Projection = {
	name: 'hooks',
	version: 1,
	handles: {
		HookIssued(views, { position, data: { hookId, userId, roomId, secretInUrl } }) {
			const inUrl = secretInUrl === true ? 1 : 0
			views.run('INSERT INTO hooks VALUES (?, ?, ?, ?, ?)', hookId, userId, roomId, position, inUrl)
		},
		HookRevoked(views, { data: { hookId, userId } }) {
			views.run('DELETE FROM hooks WHERE hook_id = ? AND user_id = ?', hookId, userId)
		},
		UserErased(views, { data: { userId } }) {
			views.run('DELETE FROM hooks WHERE user_id = ?', userId)
		},
	},
}

export function findHook(views: Views, hookId: string): Hook | undefined {
	const row = views.get<HookRow>(`SELECT ${columns} FROM hooks WHERE hook_id = ?`, hookId)
	return row && hook(row)
}

/** The oldest first. */
export function listHooks(views: Views, userId: string): Hook[] {
	return views.all<HookRow>(`SELECT ${columns} FROM hooks WHERE user_id = ? ORDER BY position`, userId).map(hook)
}

export function countHooks(views: Views, userId: string): number {
	return views.prepare('SELECT count(*) FROM hooks WHERE user_id = ?').pluck().get(userId) as number
}

type HookRow = Omit<Hook, 'secretInUrl'> & { secretInUrl: number }

const columns = 'hook_id AS hookId, user_id AS userId, room_id AS roomId, position, secret_in_url AS secretInUrl'

function hook(row: HookRow): Hook {
	return { ...row, secretInUrl: row.secretInUrl === 1 }
}
