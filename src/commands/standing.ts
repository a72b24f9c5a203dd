import { findSession, findToken } from '../projections/credentials.ts'
import { findUser } from '../projections/users.ts'
import type { Views } from '../projections/views.ts'
import type { Actor } from './actor.ts'
import { Refusal } from './refusal.ts'

/**
 * The actor with the rights of this moment. Between the request and its turn somebody may have been
 * deactivated, or signed out: then nothing is done any more.
 */
export function inGoodStanding(views: Views, actor: Actor, now: number): Actor {
	if (actor.kind !== 'user') return actor
	const user = findUser(views, actor.userId)
	const { credential } = actor
	const held = credential.kind === 'session' ? findSession(views, credential.id) : findToken(views, credential.id)
	const isOver = held === undefined || (held.expiresAt !== null && held.expiresAt <= now)
	if (user?.active !== true || isOver) throw noLongerValid()
	return { ...actor, role: user.role }
}

export function noLongerValid(): Refusal {
	return new Refusal('not_authenticated', 'These credentials are not valid (any more). Sign in again.')
}
