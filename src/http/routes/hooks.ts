import type { FastifyInstance, FastifyRequest } from 'fastify'
import Type from 'typebox'
import { parseRoomName } from '../../commands/rooms.ts'
import { type Hook, listHooks } from '../../projections/hooks.ts'
import { type RoomNames, visibleNames } from '../access.ts'
import { newHookSecret } from '../auth/secrets.ts'
import type { Services } from '../services.ts'
import { noQuery, validator } from '../validation.ts'
import { addressOf } from './address.ts'
import { userAsked, whose } from './tokens.ts'

const checkNewHook = validator(
	Type.Object(
		{
			room: Type.String(),
			user: Type.Optional(Type.String()),
			name: Type.Optional(Type.String()),
			secretInUrl: Type.Optional(Type.Boolean()),
		},
		{ additionalProperties: false },
	),
	'body',
)

/** Hooks: by which other programs say something in a room. What they are sent is another file's. */
export function hookRoutes(app: FastifyInstance, services: Services): void {
	const { views, log, uses, writer } = services

	app.post('/hooks', { config: { policy: 'handle-tokens' } }, async (request, reply) => {
		noQuery(request.query)
		const { room, user, name: label = '', secretInUrl = false } = checkNewHook(request.body)
		const secret = newHookSecret()
		const { position } = await writer.submit(request.actor, {
			type: 'IssueHook',
			name: whose(request.actor, user),
			room: parseRoomName(room, 'room'),
			secret,
			label,
			...(secretInUrl ? { secretInUrl } : {}),
		})
		const event = log.at(position as number)
		if (event?.type !== 'HookIssued') throw new Error('a hook was issued, and its event is not there')
		const { hookId, userId, roomId } = event.data
		const issued = { hookId, userId, roomId, position: event.position, secretInUrl }
		const answer = hookAnswer(request, issued, visibleNames(views, request.actor))
		return reply.code(201).send({ ...answer, url: secretInUrl ? `${answer.url}/${secret}` : answer.url, secret })
	})

	app.get('/hooks', { config: { policy: 'handle-tokens' } }, async (request) => {
		const user = userAsked(views, request)
		const names = visibleNames(views, request.actor)
		return { hooks: listHooks(views, user.userId).map((hook) => hookAnswer(request, hook, names)) }
	})

	app.delete<{ Params: { id: string } }>(
		'/hooks/:id',
		{ config: { policy: 'handle-tokens' } },
		async (request, reply) => {
			noQuery(request.query)
			await writer.submit(request.actor, { type: 'RevokeHook', hookId: request.params.id })
			return reply.code(204).send()
		},
	)

	function hookAnswer(
		request: FastifyRequest,
		{ hookId, userId, roomId, position, secretInUrl }: Hook,
		names: RoomNames,
	) {
		const event = log.at(position)
		const label = event?.type === 'HookIssued' ? event.body?.label : undefined
		const room = names(roomId)
		const lastUsed = uses.lastOf(hookId)
		return {
			id: hookId,
			// With the secret in it, it is shown where that is.
			url: `${addressOf(request, services)}/hooks/${hookId}`,
			user: services.nameOf(userId),
			...(room === undefined ? {} : { room }),
			name: label ?? '',
			secretInUrl,
			...(event === undefined ? {} : { createdAtMs: event.recordedAt }),
			...(lastUsed === 0 ? {} : { lastUsedAtMs: lastUsed }),
		}
	}
}
