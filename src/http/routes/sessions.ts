import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import Type from 'typebox'
import { parseUserName, system, type User } from '../../commands/actor.ts'
import { sessionMs } from '../../commands/limits.ts'
import { listSessions, type Session } from '../../projections/credentials.ts'
import { type User as Account, digestOfName, findUserByName } from '../../projections/users.ts'
import { callerAddress } from '../auth/attempts.ts'
import { clearSession, setSession } from '../auth/cookies.ts'
import { verifyPassword } from '../auth/passwords.ts'
import { hashSecret, newSecret } from '../auth/secrets.ts'
import { RequestError } from '../errors.ts'
import type { Services } from '../services.ts'
import { noQuery, validator } from '../validation.ts'

const checkSignIn = validator(
	Type.Object({ name: Type.String({ maxLength: 256 }), password: Type.String() }, { additionalProperties: false }),
	'body',
)

/** Signing in and out. */
export function sessionRoutes(app: FastifyInstance, services: Services): void {
	const { identities, views, log, uses, writer } = services

	app.post('/sessions', { config: { policy: 'public' } }, async (request, reply) => {
		noQuery(request.query)
		const { name, password } = checkSignIn(request.body)
		const account = await checkPassword(services, request, name, password)
		return reply.code(201).send(await signIn(services, request, reply, account))
	})

	app.get('/sessions', { config: { policy: 'own-sessions' } }, async (request) => {
		noQuery(request.query)
		const { userId, credential } = request.actor as User
		return { sessions: listSessions(views, userId).map((session) => sessionAnswer(session, credential.id)) }
	})

	app.delete('/sessions/current', { config: { policy: 'own-sessions' } }, async (request, reply) => {
		noQuery(request.query)
		const actor = request.actor as User
		const { userId, credential } = actor
		if (credential.kind !== 'session') {
			throw new RequestError('not_found', 'You came with a token, not with a session. DELETE /tokens/:id revokes it.')
		}
		await writer.submit(actor, { type: 'EndSessions', userId, sessionId: credential.id })
		clearSession(reply, services.config)
		return reply.code(204).send()
	})

	app.delete<{ Params: { id: string } }>(
		'/sessions/:id',
		{ config: { policy: 'own-sessions' } },
		async (request, reply) => {
			noQuery(request.query)
			const actor = request.actor as User
			await writer.submit(actor, { type: 'EndSessions', userId: actor.userId, sessionId: request.params.id })
			return reply.code(204).send()
		},
	)

	app.delete('/sessions', { config: { policy: 'own-sessions' } }, async (request, reply) => {
		noQuery(request.query)
		const actor = request.actor as User
		await writer.submit(actor, { type: 'EndSessions', userId: actor.userId })
		if (identities.sessionIn(request.headers) !== undefined) clearSession(reply, services.config)
		return reply.code(204).send()
	})

	function sessionAnswer({ sessionId, position, openedAt, expiresAt }: Session, currentId: string) {
		const event = log.at(position)
		const from = event?.type === 'SessionOpened' ? event.body : null
		return {
			id: sessionId,
			current: sessionId === currentId,
			address: from?.address ?? '',
			agent: from?.agent ?? '',
			openedAtMs: openedAt,
			lastUsedAtMs: Math.max(openedAt, uses.lastOf(sessionId)),
			expiresAtMs: expiresAt,
		}
	}
}

/** An account with what its password was found at. */
export type SignedIn = Pick<Account, 'userId'> & { name: string; passwordPosition: number }

/**
 * The account of that name, if that is its password; else the same answer, after the same time, for a
 * wrong password and for an account that there is none of. `counted`: what failures count against, if not
 * the account, where strangers who guess at it must not be in the way.
 */
export async function checkPassword(
	{ views, log, attempts }: Services,
	request: FastifyRequest,
	given: string,
	password: string,
	counted?: string,
): Promise<SignedIn> {
	const name = given.trim().toLowerCase()
	// What is no name is no account's, and of any length: only its sender is counted.
	const account = isUserName(name) ? name : undefined
	// By its digest: who is erased is not to be remembered by name.
	const key = account && (counted ?? digestOfName(account, views.logId))
	attempts.check(request, key)
	const user = account === undefined ? undefined : findUserByName(views, account)
	const position = user?.active === true ? user.passwordPosition : null
	const event = position === null ? undefined : log.at(position)
	const hash = event?.type === 'PasswordSet' ? event.body?.passwordHash : undefined
	// Many guesses may wait for their turn together: those that come after too many wrong ones are not looked into.
	const check = () => attempts.check(request, key)
	const isRight = await attempts.during(request, () => verifyPassword(password, hash, check))
	check()
	if (user !== undefined && position !== null && isRight)
		return { userId: user.userId, name, passwordPosition: position }
	await attempts.failed(request, 'sign-in', key, user?.userId)
	throw new RequestError('not_authenticated', 'This name and this password do not belong together.')
}

function isUserName(name: string): boolean {
	try {
		return parseUserName(name, 'name') === name
	} catch {
		return false
	}
}

/** Opens a session and gives the browser its cookie; the session that it had before ends. */
export async function signIn(
	{ identities, writer, log, config }: Services,
	request: FastifyRequest,
	reply: FastifyReply,
	{ userId, name, passwordPosition }: SignedIn,
) {
	const secret = newSecret('session')
	const before = identities.sessionOf(request.headers)
	const { position } = await writer.submit(system, {
		type: 'OpenSession',
		userId,
		passwordPosition,
		secretHash: hashSecret(secret),
		...(before === undefined ? {} : { replaces: before }),
		...callerAddress(request),
	})
	setSession(reply, secret, sessionMs / 1_000, config)
	const event = log.at(position as number)
	if (event?.type !== 'SessionOpened') throw new Error('a session was opened, and its event is not there')
	const { sessionId, expiresAtMs } = event.data
	return { user: name, id: sessionId, expiresAtMs }
}
