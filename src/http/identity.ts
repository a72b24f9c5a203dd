import type { IncomingHttpHeaders } from 'node:http'
import { type Guest, guestNamed, parseUserName, unnamedGuest } from '../commands/actor.ts'
import { RequestError } from './errors.ts'
import type { HttpConfig, Services } from './services.ts'

/** Who makes a request whose credentials were checked. */
export function identify(headers: IncomingHttpHeaders, services: Pick<Services, 'log'>): Guest {
	return guestNamed(nameIn(headers) ?? unnamedGuest, services.log.logId)
}

/** The name that a guest gives in the header, or undefined. */
export function nameIn(headers: IncomingHttpHeaders): string | undefined {
	const given = headers['tailroom-user']
	return typeof given === 'string' ? parseUserName(given, 'Tailroom-User') : undefined
}

/** Credentials that are sent must be valid: nobody becomes a guest by a token that has expired. */
export function checkCredentials(headers: IncomingHttpHeaders, { guests }: Pick<HttpConfig, 'guests'>): void {
	if (headers.authorization !== undefined) {
		throw new RequestError('not_authenticated', 'These credentials are not valid (any more). Sign in again.')
	}
	if (!guests) {
		throw new RequestError(
			'not_authenticated',
			'This server is closed: start it with --guests to let callers in without an account.',
		)
	}
}
