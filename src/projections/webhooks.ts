import type { Position } from '../events/log.ts'
import type { Projection } from './projection.ts'
import type { Views } from './views.ts'

/** By which what happens is posted to an address, as far as one person may see it. */
export interface Webhook {
	webhookId: string
	userId: string
	/** Null: what happens in all rooms of its user. */
	roomId: string | null
	/** Where the address, the secret, the label and the filter are, and where it begins. */
	position: Position
}

export const webhooks: Projection = {
	name: 'webhooks',
	version: 1,
	handles: {
		WebhookIssued(views, { position, data: { webhookId, userId, roomId } }) {
			views.run('INSERT INTO webhooks VALUES (?, ?, ?, ?)', webhookId, userId, roomId ?? null, position)
		},
		WebhookRevoked(views, { data: { webhookId, userId } }) {
			views.run('DELETE FROM webhooks WHERE webhook_id = ? AND user_id = ?', webhookId, userId)
		},
		UserErased(views, { data: { userId } }) {
			views.run('DELETE FROM webhooks WHERE user_id = ?', userId)
		},
	},
}

export function findWebhook(views: Views, webhookId: string): Webhook | undefined {
	return views.get<Webhook>(`SELECT ${columns} FROM webhooks WHERE webhook_id = ?`, webhookId)
}

/** The oldest first. */
export function listWebhooks(views: Views, userId: string): Webhook[] {
	return views.all<Webhook>(`SELECT ${columns} FROM webhooks WHERE user_id = +? ORDER BY position`, userId)
}

export function listAllWebhooks(views: Views): Webhook[] {
	return views.all<Webhook>(`SELECT ${columns} FROM webhooks ORDER BY position`)
}

export function countWebhooks(views: Views, userId: string): number {
	return views.prepare('SELECT count(*) FROM webhooks WHERE user_id = ?').pluck().get(userId) as number
}

const columns = 'webhook_id AS webhookId, user_id AS userId, room_id AS roomId, position'
