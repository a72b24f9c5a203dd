import type { IncomingHttpHeaders } from 'node:http'
import { fastifyCookie } from '@fastify/cookie'
import type { FastifyReply } from 'fastify'
import type { HttpConfig } from '../config.ts'
import { RequestError } from '../errors.ts'

type Config = Pick<HttpConfig, 'publicUrl'>

/**
 * The secret of the session in a request's headers, or undefined. Not checked in any way. Throws
 * `malformed` if there are two: a page of a neighbouring host could have set one of them. Works from
 * when the server is built.
 */
export function sessionIn({ cookie }: IncomingHttpHeaders, config: Config): string | undefined {
	if (cookie === undefined) return undefined
	const { name } = sessionCookie(config)
	// One by one, for the parser keeps the first of those that have the same name.
	const [session, ...others] = cookie
		.split(';')
		.map((pair) => fastifyCookie.parse(pair)[name])
		.filter((value) => value !== undefined)
	if (others.length > 0) {
		throw new RequestError('malformed', `The cookie ${name} is there twice. Remove this site's cookies, then sign in.`)
	}
	return session
}

/** Gives the browser a session, for so many seconds. */
export function setSession(reply: FastifyReply, secret: string, maxAgeS: number, config: Config): void {
	const { name, ...attributes } = sessionCookie(config)
	reply.setCookie(name, secret, { ...attributes, maxAge: maxAgeS })
}

/** Takes the session from the browser. */
export function clearSession(reply: FastifyReply, config: Config): void {
	const { name, ...attributes } = sessionCookie(config)
	reply.clearCookie(name, attributes)
}

/**
 * With https the name has a prefix by which a browser accepts the cookie from this very host alone, and
 * only over https. Without https it would refuse it.
 */
function sessionCookie({ publicUrl }: Config) {
	const secure = publicUrl?.protocol === 'https:'
	return {
		name: secure ? '__Host-tailroom' : 'tailroom',
		secure,
		httpOnly: true,
		sameSite: 'lax',
		path: '/',
	} as const
}
