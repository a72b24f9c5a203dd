import { findSession, findToken } from '../projections/credentials.ts'
import { findHook } from '../projections/hooks.ts'
import { findUser, isNameTaken } from '../projections/users.ts'
import type { Views } from '../projections/views.ts'
import { findWebhook } from '../projections/webhooks.ts'
import { type Actor, type Credential, type Somebody, system } from './actor.ts'
import { Refusal } from './refusal.ts'

/**
 * The actor with the rights of this moment. Between the request and its turn somebody may have been
 * deactivated, or signed out: then nothing is done any more.
 */
export function inGoodStanding(views: Views, actor: Actor, now: number): Actor {
	if (actor.kind === 'system') return actor
	if (actor.kind === 'guest') {
		if (isNameTaken(views, actor.name)) throw nameOfAnAccount(actor.name)
		return actor
	}
	const user = findUser(views, actor.userId)
	if (user?.active !== true || !holds(views, actor.credential, now)) throw noLongerValid()
	return { ...actor, role: user.role }
}

function holds(views: Views, credential: Credential, now: number): boolean {
	if (credential.kind === 'hook') return findHook(views, credential.id) !== undefined
	if (credential.kind === 'webhook') return findWebhook(views, credential.id) !== undefined
	const held = credential.kind === 'session' ? findSession(views, credential.id) : findToken(views, credential.id)
	return held !== undefined && (held.expiresAt === null || held.expiresAt > now)
}

/** Whoever acted under that id, with all that they may now; undefined: nobody any more. */
export function actorNow(views: Views, userId: string): Actor | undefined {
	if (userId === system.userId) return system
	const user = findUser(views, userId)
	if (user?.active !== true) return undefined
	const credential = { kind: 'session', id: '', expiresAtMs: 0 } as const
	return { kind: 'user', userId, name: '', role: user.role, credential }
}

/** Somebody, with all that they may now; undefined: nobody any more, as a guest whose name is an account's by now. */
export function personNow(views: Views, { kind, userId, name }: Somebody): Actor | undefined {
	if (kind === 'user') return actorNow(views, userId)
	return isNameTaken(views, name) ? undefined : { kind, userId, name }
}

export function nameOfAnAccount(name: string): Refusal {
	return new Refusal('name_taken', `The name ${name} is taken. Sign in if it is yours, or take another one.`)
}

export function noLongerValid(): Refusal {
	return new Refusal('not_authenticated', 'These credentials are not valid (any more). Sign in again.')
}
