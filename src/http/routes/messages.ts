import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import Type from 'typebox'
import { messageUnknown } from '../../commands/messages.ts'
import { findMessage } from '../../projections/messages.ts'
import { personOf, type RoomParams, roomFor, roomNamed } from '../access.ts'
import { messageLine } from '../delivery/encoding.ts'
import type { MessageFrame } from '../delivery/frame.ts'
import { historyCharsMax, historyLimitDefault } from '../limits.ts'
import type { Services } from '../services.ts'
import { noQuery, validator } from '../validation.ts'
import { type History, type HistoryRequest, messageAt, readHistory } from './history.ts'

const count = Type.Optional(Type.String({ pattern: '^[0-9]{1,15}$' }))
const checkHistoryQuery = validator(
	Type.Object({ limit: count, before: count, after: count, around: count }, { additionalProperties: false }),
	'query',
)
export const newMessage = { content: Type.String(), replyTo: Type.Optional(Type.String({ maxLength: 64 })) }
const checkNewMessage = validator(Type.Object(newMessage, { additionalProperties: false }), 'body')

/** Posting, and reading what was posted. */
export function messageRoutes(app: FastifyInstance, services: Services): void {
	const { views, config } = services

	app.get<{ Params: RoomParams }>('/rooms/:room/messages', { config: { policy: 'read' } }, async (request, reply) => {
		const query = checkHistoryQuery(request.query)
		const room = roomFor(services, request)
		const numbers = Object.entries(query).map(([name, digits]) => [name, Number(digits)])
		const history = readHistory(services, room, request.actor.userId, Object.fromEntries(numbers) as HistoryRequest, {
			limit: historyLimitDefault,
			chars: historyCharsMax,
		})
		return wantsText(request) ? asText(reply, history) : history
	})

	app.post<{ Params: RoomParams }>(
		'/rooms/:room/messages',
		{ config: { policy: 'post', acceptsText: true } },
		async (request, reply) => {
			noQuery(request.query)
			const actor = personOf(request)
			const room = roomNamed(actor, request.params.room)
			const message = checkNewMessage(request.body)
			services.postLimit.take(actor, request.ip)
			const key = request.headers['idempotency-key']
			const opens = config.guests ? { opens: true as const } : {}
			const command = { type: 'PostMessage', room, ...message, ...opens } as const
			const outcome = await services.writer.submit(actor, command, key?.toString())
			return answerPost(
				reply,
				messageAt(services, actor.userId, { position: outcome.position as number }),
				outcome.replayed,
			)
		},
	)

	app.get<{ Params: RoomParams & { id: string } }>(
		'/rooms/:room/messages/:id',
		{ config: { policy: 'read' } },
		async (request) => {
			noQuery(request.query)
			const room = roomFor(services, request)
			const place = findMessage(views, request.params.id)
			if (place?.roomId !== room.roomId) throw messageUnknown(room.slug)
			return messageAt(services, request.actor.userId, place)
		},
	)
}

function answerPost(reply: FastifyReply, message: MessageFrame, isReplay: boolean): MessageFrame {
	reply.header('Location', `/rooms/${message.room}/messages/${message.id}`)
	if (isReplay) reply.header('Idempotent-Replay', 'true')
	reply.code(isReplay ? 200 : 201)
	return message
}

function wantsText({ headers: { accept = '' } }: FastifyRequest): boolean {
	return accept.startsWith('text/plain')
}

function asText(reply: FastifyReply, { messages, cursor }: History): string {
	reply.type('text/plain; charset=utf-8').header('Tailroom-Cursor', cursor)
	return messages.map(messageLine).join('')
}
