import type { ConsumerMove, EventLog } from '../events/log.ts'
import { findUser } from '../projections/users.ts'
import type { Views } from '../projections/views.ts'
import { consumersMax } from './limits.ts'
import { Refusal } from './refusal.ts'
import { noLongerValid } from './standing.ts'

/** Moves those that may be moved, in one write; gives why not of each of the others. */
export function moveConsumers(log: EventLog, views: Views, moves: readonly ConsumerMove[]): (Refusal | undefined)[] {
	const made = new Map<string, Set<string>>()
	const refusals = moves.map((move) => refusalOf(log, views, move, made))
	log.moveConsumers(moves.filter((_move, index) => refusals[index] === undefined))
	return refusals
}

/** `made`: by their users, the names of those that earlier moves of the same write have made. */
function refusalOf(
	log: EventLog,
	views: Views,
	{ userId, name, position }: ConsumerMove,
	made: Map<string, Set<string>>,
): Refusal | undefined {
	// Between the request and its turn somebody may have been erased, and their consumers with them.
	if (findUser(views, userId)?.active !== true) return noLongerValid()
	if (position === undefined || log.consumer(userId, name) !== undefined) return undefined
	const names = made.get(userId) ?? new Set(log.consumers(userId).map((consumer) => consumer.name))
	made.set(userId, names.add(name))
	if (names.size <= consumersMax) return undefined
	names.delete(name)
	const detail = `You have ${consumersMax} consumers, the most one can have. Remove those that nobody uses.`
	return new Refusal('limit_reached', detail, 'consumer')
}
