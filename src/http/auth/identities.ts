import type { IncomingHttpHeaders } from 'node:http'
import { type Actor, type Guest, guestNamed, parseGuestName, type User, unnamedGuest } from '../../commands/actor.ts'
import { nameOfAnAccount, noLongerValid } from '../../commands/standing.ts'
import type { LogReader } from '../../events/log.ts'
import {
	findSession,
	findSessionBySecret,
	findToken,
	findTokenBySecret,
	type Session,
	type Token,
} from '../../projections/credentials.ts'
import type { NameOf } from '../../projections/names.ts'
import { countOwners, findUser, isNameTaken } from '../../projections/users.ts'
import type { Views } from '../../projections/views.ts'
import { findWebhook } from '../../projections/webhooks.ts'
import { RequestError } from '../errors.ts'
import { identitiesMax, sessionIdleMs } from '../limits.ts'
import { sessionIn } from './cookies.ts'
import { hashSecret, isWellFormed } from './secrets.ts'
import type { Uses } from './uses.ts'

export interface IdentitiesOptions {
	log: LogReader
	views: Views
	nameOf: NameOf
	uses: Uses
	config: { guests: boolean; publicUrl: URL | undefined }
	now?: () => number
}

/** What somebody can come with. A hook is asked where it is delivered to. */
type Credential = Exclude<User['credential'], { kind: 'hook' | 'webhook' }>
type CredentialKind = Credential['kind']
type KnownUser = User & { credential: Credential }

/** Who somebody is, by what they send: the one answer for requests, WebSockets and open streams. */
export class Identities {
	readonly #options: IdentitiesOptions
	readonly #now: () => number
	/** What was found out is kept until rights change: on the way of every request this is a lookup. */
	readonly #credentials = new Map<string, { kind: CredentialKind; id: string }>()
	/** The same by the whole header, which is not to be taken for a secret, and may hold its user's name. */
	readonly #authorizations = new Map<string, { kind: CredentialKind; id: string; userId: string }>()
	readonly #users = new Map<string, KnownUser | undefined>()
	readonly #guests = new Map<string, Guest>()
	#hasOwner = false

	constructor(options: IdentitiesOptions) {
		this.#options = options
		this.#now = options.now ?? Date.now
	}

	/** False on a fresh server, until somebody has set it up. */
	get hasOwner(): boolean {
		this.#hasOwner ||= countOwners(this.#options.views) > 0
		return this.#hasOwner
	}

	/** The rights of these users may have changed: what is known of them is asked for again. */
	forget(userIds: readonly string[]): void {
		const concerned = new Set(userIds)
		for (const [id, user] of this.#users) {
			if (user !== undefined && concerned.has(user.userId)) this.#users.delete(id)
		}
		for (const [header, { userId }] of this.#authorizations) {
			if (concerned.has(userId)) this.#authorizations.delete(header)
		}
		// A guest of that name has lost it.
		for (const userId of concerned) this.#guests.delete(this.#options.nameOf(userId))
	}

	/** The views were built anew: whatever is known may have been wrong. */
	forgetAll(): void {
		this.#credentials.clear()
		this.#authorizations.clear()
		this.#users.clear()
		this.#guests.clear()
	}

	/**
	 * Who sends these headers. Throws `not_authenticated` where nobody is let in without credentials,
	 * and where some are sent that are not valid: nobody becomes a guest by a token that has expired.
	 * `malformed` where two are sent at once, `name_taken` where a guest takes an account's name.
	 */
	authenticate(headers: IncomingHttpHeaders): User | Guest {
		const { authorization } = headers
		const session = this.sessionIn(headers)
		if (authorization !== undefined && session !== undefined) {
			throw new RequestError('malformed', 'Send a token or a session cookie, not both at once.')
		}
		if (authorization !== undefined) return this.#byAuthorization(authorization)
		if (session !== undefined) return this.#valid(this.#credentialOf('session', session))
		return this.guest(guestNameIn(headers) ?? unnamedGuest)
	}

	/** The user of an access token; throws `not_authenticated`. */
	byToken(token: string): User {
		return this.#valid(this.#credentialOf('token', token))
	}

	/** Who hears by a webhook; undefined: nobody any more. */
	byWebhook(id: string): User | undefined {
		const { views, nameOf } = this.#options
		const webhook = findWebhook(views, id)
		const user = webhook && findUser(views, webhook.userId)
		if (webhook === undefined || user?.active !== true) return undefined
		const { userId, roomId } = webhook
		const credential = { kind: 'webhook', id, ...(roomId === null ? {} : { roomId }) } as const
		return { kind: 'user', userId, name: nameOf(userId), role: user.role, credential }
	}

	/** The secret of the session cookie, if there is one. */
	sessionIn(headers: IncomingHttpHeaders): string | undefined {
		return sessionIn(headers, this.#options.config)
	}

	/** The id of the session that the cookie is good for, if it is for one. */
	sessionOf(headers: IncomingHttpHeaders): string | undefined {
		const secret = this.sessionIn(headers)
		if (secret === undefined || !isWellFormed('session', secret)) return undefined
		return findSessionBySecret(this.#options.views, hashSecret(secret))?.sessionId
	}

	/** The guest of that name, where guests are let in and no account has it. */
	guest(name: string): Guest {
		if (!this.#options.config.guests) {
			const detail = this.hasOwner
				? 'This server is for people with an account: sign in, or send a token as "Authorization: Bearer …".'
				: 'This server is not set up yet: open the link that it printed when it started, or see <data>/setup-code.'
			throw new RequestError('not_authenticated', detail)
		}
		let guest = this.#guests.get(name)
		if (guest === undefined) {
			if (isNameTaken(this.#options.views, name)) throw nameOfAnAccount(name)
			guest = guestNamed(name, this.#options.log.logId)
			keep(this.#guests, name, guest)
		}
		return guest
	}

	/**
	 * Somebody who was authenticated before, with the rights of now. `rights_lost`: removed, signed out,
	 * revoked or deactivated. `expired`: the session or token has come to its end, or was idle for too long.
	 */
	renew(actor: Actor): Actor | 'rights_lost' | 'expired' {
		if (actor.kind === 'system') return actor
		if (actor.kind === 'user') {
			const { kind, id } = actor.credential
			// It opens nothing that could be renewed.
			if (kind === 'hook') return 'rights_lost'
			return kind === 'webhook' ? (this.byWebhook(id) ?? 'rights_lost') : this.#current(kind, id)
		}
		try {
			return this.guest(actor.name)
		} catch {
			return 'rights_lost'
		}
	}

	#byAuthorization(authorization: string): User {
		const known = this.#authorizations.get(authorization)
		if (known !== undefined) return this.#valid(known)
		const { token, name } = tokenIn(authorization)
		const credential = this.#credentialOf('token', token)
		const user = this.#valid(credential)
		if (name !== undefined && name !== user.name) throw noLongerValid()
		// Longer than any that we give; what is kept must not be somebody's to inflate.
		if (authorization.length <= authorizationCharsKept) {
			keep(this.#authorizations, authorization, { ...credential, userId: user.userId })
		}
		return user
	}

	#credentialOf(kind: CredentialKind, secret: string): { kind: CredentialKind; id: string } {
		const known = this.#credentials.get(secret)
		if (known !== undefined && known.kind === kind) return known
		if (!isWellFormed(kind, secret)) throw noLongerValid()
		const { views } = this.#options
		const hash = hashSecret(secret)
		const id =
			kind === 'session' ? findSessionBySecret(views, hash)?.sessionId : findTokenBySecret(views, hash)?.tokenId
		if (id === undefined) throw noLongerValid()
		const credential = { kind, id }
		keep(this.#credentials, secret, credential)
		return credential
	}

	#valid({ kind, id }: { kind: CredentialKind; id: string }): User {
		const user = this.#current(kind, id)
		if (typeof user === 'string') throw noLongerValid()
		return user
	}

	#current(kind: CredentialKind, id: string): User | 'rights_lost' | 'expired' {
		if (!this.#users.has(id)) keep(this.#users, id, kind === 'session' ? this.#bySession(id) : this.#byTokenId(id))
		const user = this.#users.get(id)
		if (user === undefined) return 'rights_lost'
		const { uses } = this.#options
		const now = this.#now()
		if ((user.credential.expiresAtMs ?? Number.POSITIVE_INFINITY) <= now) return 'expired'
		if (kind === 'session' && now - uses.lastOf(id) > sessionIdleMs) return 'expired'
		uses.touch(id, now)
		return user
	}

	#bySession(id: string): KnownUser | undefined {
		const session = findSession(this.#options.views, id)
		if (session === undefined) return undefined
		this.#options.uses.begin(id, session.openedAt)
		return this.#user(session, { kind: 'session', id, expiresAtMs: session.expiresAt })
	}

	#byTokenId(id: string): KnownUser | undefined {
		const token = findToken(this.#options.views, id)
		if (token === undefined) return undefined
		const { scope, expiresAt, roomIds } = token
		return this.#user(token, {
			kind: 'token',
			id,
			scope,
			...(expiresAt === null ? {} : { expiresAtMs: expiresAt }),
			...(roomIds === null ? {} : { roomIds }),
		})
	}

	#user({ userId }: Session | Token, credential: Credential): KnownUser | undefined {
		const user = findUser(this.#options.views, userId)
		if (user?.active !== true) return undefined
		return { kind: 'user', userId, name: this.#options.nameOf(userId), role: user.role, credential }
	}
}

const authorizationCharsKept = 256

/** The name that a guest gives in the header, or undefined. */
export function guestNameIn(headers: IncomingHttpHeaders): string | undefined {
	const given = headers['tailroom-user']
	return typeof given === 'string' ? parseGuestName(given, 'Tailroom-User') : undefined
}

/** `Bearer <token>`, or what `curl -u name:<token>` sends. */
function tokenIn(authorization: string): { token: string; name?: string } {
	const [scheme = '', value = ''] = authorization.trim().split(/ +(.*)/s)
	if (scheme.toLowerCase() === 'bearer') return { token: value }
	if (scheme.toLowerCase() !== 'basic') throw noLongerValid()
	const [name = '', token = ''] = Buffer.from(value, 'base64').toString().split(/:(.*)/s)
	return { token, name: name.trim().toLowerCase() }
}

/** A stranger's guesses must not fill the memory. */
function keep<Value>(map: Map<string, Value>, key: string, value: Value): void {
	if (map.size >= identitiesMax) map.clear()
	map.set(key, value)
}
