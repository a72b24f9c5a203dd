import type { FastifyInstance, FastifyRequest } from 'fastify'
import Type from 'typebox'
import { type Actor, parseUserName } from '../../commands/actor.ts'
import { userUnknown } from '../../commands/members.ts'
import { parseRoomName } from '../../commands/rooms.ts'
import { mayHandle } from '../../commands/tokens.ts'
import { listTokens, type Token } from '../../projections/credentials.ts'
import { findUserByName, type User } from '../../projections/users.ts'
import type { Views } from '../../projections/views.ts'
import { mayNot, type RoomNames, visibleNames } from '../access.ts'
import { hashSecret, newSecret } from '../auth/secrets.ts'
import { RequestError } from '../errors.ts'
import type { Services } from '../services.ts'
import { noQuery, validator } from '../validation.ts'

const scope = Type.Union([Type.Literal('read'), Type.Literal('write'), Type.Literal('full')])
const checkNewToken = validator(
	Type.Object(
		{
			name: Type.Optional(Type.String()),
			user: Type.Optional(Type.String()),
			scope: Type.Optional(scope),
			rooms: Type.Optional(Type.Array(Type.String())),
			expiresAtMs: Type.Optional(Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER })),
		},
		{ additionalProperties: false },
	),
	'body',
)
const checkWhose = validator(
	Type.Object({ user: Type.Optional(Type.String()) }, { additionalProperties: false }),
	'query',
)

/** Access tokens: for scripts and bots, and for programs that have no cookie. */
export function tokenRoutes(app: FastifyInstance, services: Services): void {
	const { views, log, uses, writer } = services

	app.post('/tokens', { config: { policy: 'handle-tokens' } }, async (request, reply) => {
		noQuery(request.query)
		const { name: label = '', user, scope = 'write', rooms, expiresAtMs } = checkNewToken(request.body ?? {})
		const token = newSecret('token')
		const { position } = await writer.submit(request.actor, {
			type: 'IssueToken',
			name: whose(request.actor, user),
			secretHash: hashSecret(token),
			label,
			scope,
			...(rooms === undefined ? {} : { rooms: rooms.map((slug) => parseRoomName(slug, 'rooms')) }),
			...(expiresAtMs === undefined ? {} : { expiresAtMs }),
		})
		const event = log.at(position as number)
		if (event?.type !== 'TokenIssued') throw new Error('a token was issued, and its event is not there')
		const { tokenId, userId, roomIds, expiresAtMs: expiresAt } = event.data
		const issued = { tokenId, userId, scope, roomIds: roomIds ?? null, position: event.position }
		return reply
			.code(201)
			.send({ token, ...tokenAnswer({ ...issued, expiresAt: expiresAt ?? null }, visibleNames(views, request.actor)) })
	})

	app.get('/tokens', { config: { policy: 'handle-tokens' } }, async (request) => {
		const user = userAsked(views, request)
		const names = visibleNames(views, request.actor)
		return { tokens: listTokens(views, user.userId).map((token) => tokenAnswer(token, names)) }
	})

	app.delete<{ Params: { id: string } }>(
		'/tokens/:id',
		{ config: { policy: 'handle-tokens' } },
		async (request, reply) => {
			noQuery(request.query)
			await writer.submit(request.actor, { type: 'RevokeToken', tokenId: request.params.id })
			return reply.code(204).send()
		},
	)

	function tokenAnswer({ tokenId, userId, scope, roomIds, position, expiresAt }: Token, names: RoomNames) {
		const event = log.at(position)
		const label = event?.type === 'TokenIssued' ? event.body?.label : undefined
		const lastUsed = uses.lastOf(tokenId)
		return {
			id: tokenId,
			user: services.nameOf(userId),
			name: label ?? '',
			scope,
			...(roomIds === null ? {} : { rooms: roomIds.flatMap((roomId) => names(roomId) ?? []) }),
			...(event === undefined ? {} : { createdAtMs: event.recordedAt }),
			...(lastUsed === 0 ? {} : { lastUsedAtMs: lastUsed }),
			...(expiresAt === null ? {} : { expiresAtMs: expiresAt }),
		}
	}
}

/** Whose are asked for, if the caller may see what acts as them. */
export function userAsked(views: Views, { actor, query }: FastifyRequest): User {
	const name = whose(actor, checkWhose(query).user)
	const user = findUserByName(views, name)
	if (user === undefined) throw userUnknown(name)
	if (!mayHandle(actor, user)) throw mayNot(actor)
	return user
}

/** Oneself, unless another is named. */
export function whose(actor: Actor, named: string | undefined): string {
	if (named !== undefined) return parseUserName(named, 'user')
	if (actor.kind === 'user') return actor.name
	throw new RequestError('malformed', 'Say whom you mean.', [{ field: 'user', problem: 'is missing' }])
}
