import type { FastifyInstance } from 'fastify'
import Type from 'typebox'
import { parseAccountName, system } from '../../commands/actor.ts'
import { submitUntilDone } from '../../commands/chores.ts'
import { userUnknown } from '../../commands/members.ts'
import { findUserByName, listUsers, type User } from '../../projections/users.ts'
import { personNamed } from '../access.ts'
import { clearSession } from '../auth/cookies.ts'
import { hashPassword } from '../auth/passwords.ts'
import { hashSecret, newSecret } from '../auth/secrets.ts'
import { RequestError } from '../errors.ts'
import { inParts } from '../long-list.ts'
import type { Services } from '../services.ts'
import { noQuery, validator } from '../validation.ts'
import { checkPassword, signIn } from './sessions.ts'

const role = Type.Union([Type.Literal('owner'), Type.Literal('admin'), Type.Literal('member'), Type.Literal('bot')])
const checkNewUser = validator(
	Type.Object(
		{ name: Type.String(), role: Type.Optional(role), password: Type.Optional(Type.String()) },
		{ additionalProperties: false },
	),
	'body',
)
const checkChange = validator(
	Type.Object(
		{
			displayName: Type.Optional(Type.String()),
			role: Type.Optional(role),
			active: Type.Optional(Type.Boolean()),
			password: Type.Optional(Type.String()),
			currentPassword: Type.Optional(Type.String()),
		},
		{ additionalProperties: false },
	),
	'body',
)
const checkErasing = validator(
	Type.Object({ messages: Type.Optional(Type.Literal('true')) }, { additionalProperties: false }),
	'query',
)

interface UserParams {
	name: string
}

/** The people of this server. `me` in a path is the caller. */
export function userRoutes(app: FastifyInstance, services: Services): void {
	const { identities, views, writer } = services

	app.get('/users', { config: { policy: 'see-users' } }, async (request) => {
		noQuery(request.query)
		return { users: await inParts(listUsers(views), (user) => userAnswer(services, user)) }
	})

	app.get<{ Params: UserParams }>('/users/:name', { config: { policy: 'see-users' } }, async (request) => {
		noQuery(request.query)
		return userAnswer(services, userNamed(personNamed(request.actor, request.params.name, 'name')))
	})

	app.post('/users', { config: { policy: 'change-users' } }, async (request, reply) => {
		noQuery(request.query)
		const { name: given, role = 'bot', password } = checkNewUser(request.body)
		if (role === 'bot' && password !== undefined) {
			throw new RequestError('forbidden', 'A bot has tokens, and no password.', [
				{ field: '/password', problem: 'is not for bots' },
			])
		}
		const name = parseAccountName(given, 'name')
		const token = newSecret('token')
		const passwordHash = password === undefined ? {} : { passwordHash: await hashPassword(password) }
		await writer.submit(request.actor, { type: 'AddUser', name, role, tokenHash: hashSecret(token), ...passwordHash })
		return reply.code(201).send({ user: name, token })
	})

	app.patch<{ Params: UserParams }>(
		'/users/:name',
		{ config: { policy: 'change-account' } },
		async (request, reply) => {
			noQuery(request.query)
			const { password, currentPassword, ...change } = checkChange(request.body)
			const { actor } = request
			const name = personNamed(actor, request.params.name, 'name')
			const user = userNamed(name)
			const isOwn = user.userId === actor.userId
			if (password !== undefined && isOwn) {
				if (currentPassword === undefined) {
					const fields = [{ field: '/currentPassword', problem: 'is missing' }]
					throw new RequestError('forbidden', 'To change your password, give the current one too.', fields)
				}
				await checkPassword(services, request, name, currentPassword, `own password of ${user.userId}`)
			}
			const passwordHash = password === undefined ? {} : { passwordHash: await hashPassword(password) }
			const { position } = await writer.submit(actor, { type: 'ChangeUser', name, ...change, ...passwordHash })
			const changed = userNamed(name)
			// All sessions have ended; the browser that asked gets a new one.
			const isHere = isOwn && actor.kind === 'user' && actor.credential.kind === 'session'
			if (isHere && password !== undefined && position !== undefined) {
				// Refused if yet another password was set in the meantime.
				await signIn(services, request, reply, { userId: user.userId, name, passwordPosition: position })
			}
			return userAnswer(services, changed)
		},
	)

	app.delete<{ Params: UserParams }>(
		'/users/:name',
		{ config: { policy: 'change-account' } },
		async (request, reply) => {
			const { messages } = checkErasing(request.query)
			const { actor } = request
			const name = personNamed(actor, request.params.name, 'name')
			const { userId } = userNamed(name)
			const also = messages === undefined ? {} : { messages: true as const }
			await writer.submit(actor, { type: 'EraseUser', name, ...also })
			// Also for who does not wait for the answer. What a stop of the server leaves, the next start finishes.
			await submitUntilDone(writer, system, { type: 'FinishErasing', userId })
			const isHere = userId === actor.userId && identities.sessionIn(request.headers) !== undefined
			if (isHere) clearSession(reply, services.config)
			return reply.code(204).send()
		},
	)

	app.delete<{ Params: UserParams }>(
		'/users/:name/sessions',
		{ config: { policy: 'change-users' } },
		async (request, reply) => {
			noQuery(request.query)
			const { userId } = userNamed(personNamed(request.actor, request.params.name, 'name'))
			await writer.submit(request.actor, { type: 'EndSessions', userId })
			return reply.code(204).send()
		},
	)

	function userNamed(name: string): User {
		const user = findUserByName(views, name)
		if (user === undefined) throw userUnknown(name, 'name')
		return user
	}
}

/** An account as others see it. */
export function userAnswer({ log, nameOf }: Pick<Services, 'log' | 'nameOf'>, user: User) {
	const { userId, role, active, displayNamePosition } = user
	const event = displayNamePosition === null ? undefined : log.at(displayNamePosition)
	const name = nameOf(userId)
	const displayName = event?.type === 'DisplayNameChanged' ? event.body?.displayName : undefined
	return { name, displayName: displayName || name, role, active }
}
