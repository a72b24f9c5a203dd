import type { FastifyInstance } from 'fastify'
import Type from 'typebox'
import { webhookConsumer } from '../../commands/consumers.ts'
import { Refusal } from '../../commands/refusal.ts'
import { parseRoomName } from '../../commands/rooms.ts'
import { findWebhook, listWebhooks, type Webhook } from '../../projections/webhooks.ts'
import { type RoomNames, visibleNames } from '../access.ts'
import { newHookSecret } from '../auth/secrets.ts'
import { filterOf } from '../delivery/filter.ts'
import { positionOf } from '../delivery/start.ts'
import { RequestError } from '../errors.ts'
import type { Services } from '../services.ts'
import { noQuery, validator } from '../validation.ts'
import { AddressRefused } from '../webhooks/public-addresses.ts'
import { userAsked, whose } from './tokens.ts'

const checkNewWebhook = validator(
	Type.Object(
		{
			url: Type.String(),
			room: Type.Optional(Type.String()),
			user: Type.Optional(Type.String()),
			name: Type.Optional(Type.String()),
			filter: Type.Optional(Type.String()),
			after: Type.Optional(Type.Union([Type.String(), Type.Integer({ minimum: 0 })])),
			replies: Type.Optional(Type.Boolean()),
		},
		{ additionalProperties: false },
	),
	'body',
)

/** Webhooks: by which what happens is posted to other programs. */
export function webhookRoutes(app: FastifyInstance, services: Services): void {
	const { views, log, writer, consumers, delivery, webhooks, webhookAddresses } = services

	app.post('/webhooks', { config: { policy: 'handle-tokens' } }, async (request, reply) => {
		noQuery(request.query)
		const { url, room, user, name: label = '', filter, after, replies = false } = checkNewWebhook(request.body)
		filterOf(filter)
		const begins = after === undefined ? {} : { after: positionOf(String(after), 'after', delivery.advance(), log) }
		checkAddress(url)
		const secret = newHookSecret()
		const { position } = await writer.submit(request.actor, {
			type: 'IssueWebhook',
			name: whose(request.actor, user),
			url,
			secret,
			label,
			...(room === undefined ? {} : { room: parseRoomName(room, 'room') }),
			...(filter === undefined ? {} : { filter }),
			...begins,
			...(replies ? { replies } : {}),
		})
		// So that it is on its way when this is answered.
		delivery.advance()
		const event = log.at(position as number)
		const webhook = event?.type === 'WebhookIssued' ? findWebhook(views, event.data.webhookId) : undefined
		if (webhook === undefined) throw new RequestError('not_found', 'It was revoked in the same moment.')
		return reply.code(201).send({ ...webhookAnswer(webhook, visibleNames(views, request.actor)), secret })
	})

	app.get('/webhooks', { config: { policy: 'handle-tokens' } }, async (request) => {
		const user = userAsked(views, request)
		const names = visibleNames(views, request.actor)
		return { webhooks: listWebhooks(views, user.userId).map((webhook) => webhookAnswer(webhook, names)) }
	})

	app.delete<{ Params: { id: string } }>(
		'/webhooks/:id',
		{ config: { policy: 'handle-tokens' } },
		async (request, reply) => {
			noQuery(request.query)
			await writer.submit(request.actor, { type: 'RevokeWebhook', webhookId: request.params.id })
			// So that nothing is on its way any more when this is answered.
			delivery.advance()
			return reply.code(204).send()
		},
	)

	/** What is no public address can be seen at once where it stands there as such; of a name, when it is looked up. */
	function checkAddress(url: string): void {
		try {
			webhookAddresses.checkHost(URL.parse(url)?.hostname ?? '')
		} catch (error) {
			if (error instanceof AddressRefused) throw new Refusal('url_unfit', `${error.message}.`, 'url')
			throw error
		}
	}

	function webhookAnswer({ webhookId, userId, roomId, position }: Webhook, names: RoomNames) {
		const event = log.at(position)
		const issued = event?.type === 'WebhookIssued' ? event : undefined
		const consumer = webhookConsumer(webhookId)
		const at = consumers.find({ userId, name: consumer })?.position ?? issued?.data.after ?? position
		const room = roomId === null ? undefined : names(roomId)
		const { label = '', url = '', filter } = issued?.body ?? {}
		return {
			id: webhookId,
			url,
			user: services.nameOf(userId),
			...(room === undefined ? {} : { room }),
			name: label,
			...(filter === undefined ? {} : { filter }),
			replies: issued?.data.replies === true,
			consumer,
			position: at,
			behind: Math.max(0, delivery.head.position - at),
			...(webhooks.stateOf(webhookId) ?? { state: 'following' as const }),
			...(event === undefined ? {} : { createdAtMs: event.recordedAt }),
		}
	}
}
