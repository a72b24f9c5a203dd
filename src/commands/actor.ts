import { hash } from 'node:crypto'
import { userNamePattern } from './limits.ts'
import { Refusal } from './refusal.ts'

/** Who asks. */
export type Actor =
	| {
			kind: 'guest'
			/** `guest-<hash>`: the stream of this guest. It says nothing about the name. */
			userId: string
			name: string
	  }
	/** The server itself. */
	| { kind: 'system'; userId: 'system' }

export type Guest = Extract<Actor, { kind: 'guest' }>

export const system: Actor = { kind: 'system', userId: 'system' }

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
	if (userNamePattern.test(name) && !reservedName.test(name)) return name
	throw new Refusal(
		'name_invalid',
		`A name is 1 to 32 of a-z, 0-9, ".", "_" and "-", begins with a letter or digit, and is not "erased"; ${quoted(text)} is none.`,
		field,
	)
}

/** What erased people are called. */
const reservedName = /^erased(-[0-9]+)?$/

/** What somebody sent, short and on one line, to be shown in an error. */
export function quoted(text: string): string {
	const shown = text.length > 40 ? `${text.slice(0, 40)}…` : text
	return JSON.stringify(shown)
}
