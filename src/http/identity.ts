import type { IncomingHttpHeaders } from 'node:http'
import { type Guest, guestNamed, parseUserName, unnamedGuest } from '../commands/actor.ts'
import { RequestError } from './errors.ts'
import type { Services } from './services.ts'

/** Who makes this request, or `not_authenticated`. */
export function identify(headers: IncomingHttpHeaders, services: Pick<Services, 'config' | 'log'>): Guest {
	checkCredentials(headers, services)
	const given = headers['tailroom-user']
	return guestNamed(
		typeof given === 'string' ? parseUserName(given, 'Tailroom-User') : unnamedGuest,
		services.log.logId,
	)
}

/** Credentials that are sent must be valid: nobody becomes a guest by a token that has expired. */
export function checkCredentials(headers: IncomingHttpHeaders, { config }: Pick<Services, 'config'>): void {
	if (headers.authorization !== undefined) {
		throw new RequestError('not_authenticated', 'These credentials are not valid (any more). Sign in again.')
	}
	if (!config.guests) {
		throw new RequestError(
			'not_authenticated',
			'This server is closed: start it with --guests to let callers in without an account.',
		)
	}
}
