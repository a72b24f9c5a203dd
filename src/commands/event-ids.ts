import type { Actor } from './actor.ts'

/** The id of the event that somebody's command with that idempotency key gives. */
export function keyedEventId(actor: Actor, key: string): string {
	return `${ownerOf(actor)}:${key}`
}

/** Whose keys they are. A hook and a webhook have their own, beside those of their user. */
function ownerOf(actor: Actor): string {
	if (actor.kind !== 'user') return actor.userId
	const { kind, id } = actor.credential
	return kind === 'hook' || kind === 'webhook' ? `${kind}-${id}` : actor.userId
}
