import type { EventFact } from '../events/catalogue.ts'
import type { ConsumerMove, ConsumerOf, EventLog } from '../events/log.ts'
import { findUser } from '../projections/users.ts'
import type { Views } from '../projections/views.ts'
import { listWebhooks } from '../projections/webhooks.ts'
import { consumersMax } from './limits.ts'
import { Refusal } from './refusal.ts'
import { noLongerValid } from './standing.ts'

/** What a webhook is called as a consumer: by that its user sees how far it is, and puts it elsewhere. */
export function webhookConsumer(webhookId: string): string {
	return `${webhookPrefix}${webhookId.toLowerCase()}`
}

export function isOfWebhook(name: string): boolean {
	return name.startsWith(webhookPrefix)
}

const webhookPrefix = 'webhook-'

/** What all consumers of webhooks are called, as a GLOB. */
export const webhookConsumers = `${webhookPrefix}*`

/** The consumers that end with an event: those of who is erased, and that of a webhook. */
export function endedConsumers({ type, data }: EventFact): ConsumerOf[] {
	if (type === 'UserErased') return [{ userId: data.userId }]
	return type === 'WebhookRevoked' ? [{ userId: data.userId, name: webhookConsumer(data.webhookId) }] : []
}

/** Moves those that may be moved, in one write; gives why not of each of the others. */
export function moveConsumers(log: EventLog, views: Views, moves: readonly ConsumerMove[]): (Refusal | undefined)[] {
	const made = new Map<string, Set<string>>()
	const refusals = moves.map((move) => refusalOf(log, views, move, made))
	log.moveConsumers(moves.filter((_move, index) => refusals[index] === undefined))
	return refusals
}

/** `made`: by their users, the names of those that there are, and that earlier moves of the same write make. */
function refusalOf(
	log: EventLog,
	views: Views,
	{ userId, name, position }: ConsumerMove,
	made: Map<string, Set<string>>,
): Refusal | undefined {
	// Between the request and its turn somebody may have been erased, and their consumers with them.
	if (findUser(views, userId)?.active !== true) return noLongerValid()
	if (isOfWebhook(name)) {
		const isThere = listWebhooks(views, userId).some(({ webhookId }) => webhookConsumer(webhookId) === name)
		if (isThere) return undefined
		return new Refusal('not_found', `There is no webhook whose consumer is called ${name}.`, 'consumer')
	}
	if (position === undefined || log.consumer(userId, name) !== undefined) return undefined
	const names = made.get(userId) ?? new Set(namesOf(log, userId))
	made.set(userId, names.add(name))
	if (names.size <= consumersMax) return undefined
	names.delete(name)
	const detail = `You have ${consumersMax} consumers, the most one can have. Remove those that nobody uses.`
	return new Refusal('limit_reached', detail, 'consumer')
}

/** Those of webhooks are counted as webhooks. */
function namesOf(log: EventLog, userId: string): string[] {
	return log.consumers(userId).flatMap(({ name }) => (isOfWebhook(name) ? [] : [name]))
}
