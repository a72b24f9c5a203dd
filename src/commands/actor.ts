import { hash } from 'node:crypto'
import type { TokenScope, UserRole } from '../events/catalogue.ts'
import { userNamePattern } from './limits.ts'
import { Refusal } from './refusal.ts'

/** Who asks. */
export type Actor = Guest | User | System

/** A caller without credentials, where those are let in. */
export interface Guest {
	kind: 'guest'
	/** `guest-<hash>`: the stream of this guest. It says nothing about the name. */
	userId: string
	name: string
}

/** Somebody with an account. */
export interface User {
	kind: 'user'
	/** `user-<ulid>`: the person's stream. */
	userId: string
	name: string
	role: UserRole
	credential: Credential
}

/** What a user proves to be that user by, and what it is limited to. */
export type Credential =
	| { kind: 'session'; id: string; expiresAtMs: number }
	| {
			kind: 'token'
			id: string
			/** Absent: it does not end by itself. */
			expiresAtMs?: number
			scope: TokenScope
			/** The only rooms that it opens; absent: all of its user's. */
			roomIds?: readonly string[]
	  }
	/** A hook: what it is sent is said in that room, and nothing else can be done by it. */
	| { kind: 'hook'; id: string; roomId: string }
	/** A webhook: it hears that room, or all of its user's, and says there what it is answered. */
	| { kind: 'webhook'; id: string; roomId?: string }

/** The server itself, and whoever may open its files: the administration on the machine. */
export interface System {
	kind: 'system'
	userId: 'system'
}

/** Who can speak, and can be present. */
export type Person = Guest | User

/** A person, whatever they may do just now. */
export type Somebody = Pick<Person, 'kind' | 'userId' | 'name'>

export const system: System = { kind: 'system', userId: 'system' }

/** Under which name a guest acts who gives none. */
export const unnamedGuest = 'guest'

/**
 * The guest of that name on the server with that log. A name is personal, so what stays in the log
 * is a hash of it under the log's random identity.
 */
export function guestNamed(name: string, logId: string): Guest {
	const digest = hash('sha256', `${logId} guest ${name}`, 'hex')
	return { kind: 'guest', userId: `guest-${digest.slice(0, 26)}`, name }
}

/** A user's name as the contract has it: trimmed, lower-cased, then checked. */
export function parseUserName(text: string, field: string): string {
	const name = text.trim().toLowerCase()
	if (userNamePattern.test(name) && !nameOfErased.test(name)) return name
	throw new Refusal(
		'name_invalid',
		`A name is 1 to 32 of a-z, 0-9, ".", "_" and "-", begins with a letter or digit, and is not "erased"; ${quoted(text)} is none.`,
		field,
	)
}

/** A name for an account: not one that has a meaning of its own. */
export function parseAccountName(text: string, field: string): string {
	const name = parseUserName(text, field)
	if (!withMeaning.has(name)) return name
	throw new Refusal('name_invalid', `The name ${quoted(name)} has a meaning of its own. Choose another one.`, field)
}

/** A name under which a guest acts: not one by which the server or a group is called. */
export function parseGuestName(text: string, field: string): string {
	const name = parseUserName(text, field)
	return name === unnamedGuest ? name : parseAccountName(name, field)
}

/** What erased people are called. */
const nameOfErased = /^erased(-[0-9]+)?$/

/** Who speaks without a name, the server, oneself in an address, and those who are mentioned as a group. */
const withMeaning: ReadonlySet<string> = new Set([unnamedGuest, 'system', 'me', 'room', 'all', 'here', 'everyone'])

/** What somebody sent, short and on one line, to be shown in an error. */
export function quoted(text: string): string {
	const shown = text.length > 40 ? `${text.slice(0, 40)}…` : text
	return JSON.stringify(shown)
}
