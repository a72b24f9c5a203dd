import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import Type from 'typebox'
import type { Person } from '../../commands/actor.ts'
import type { EditMessage } from '../../commands/messages.ts'
import { findMessage, type MessagePlace } from '../../projections/messages.ts'
import type { History } from '../../protocol/answers.ts'
import type { MessageFrame } from '../../protocol/frames.ts'
import { messageLine } from '../../protocol/message-line.ts'
import { personOf, type RoomParams, roomFor, roomNamed } from '../access.ts'
import { historyCharsMax, historyLimitDefault } from '../limits.ts'
import type { Services } from '../services.ts'
import { count, noQuery, validator } from '../validation.ts'
import { type HistoryRequest, historyMessage, messageAt, readHistory, readMessage, readReplies } from './history.ts'
import { at } from './moment.ts'

export const messageId = Type.String({ maxLength: 64 })
const checkHistoryQuery = validator(
	Type.Object(
		{ limit: count, before: count, after: count, around: count, replyTo: Type.Optional(messageId), at },
		{ additionalProperties: false },
	),
	'query',
)
const checkRepliesQuery = validator(
	Type.Object({ limit: count, before: count, at }, { additionalProperties: false }),
	'query',
)
const historyDefaults = { limit: historyLimitDefault, chars: historyCharsMax }
export const newText = { content: Type.String() }
export const newMessage = { ...newText, replyTo: Type.Optional(messageId) }
const checkNewText = validator(Type.Object(newText, { additionalProperties: false }), 'body')
const checkNewMessage = validator(Type.Object(newMessage, { additionalProperties: false }), 'body')

interface MessageParams extends RoomParams {
	id: string
}

/** Posting, editing and deleting, and reading what was posted. */
export function messageRoutes(app: FastifyInstance, services: Services): void {
	const { writer, config } = services

	app.get<{ Params: RoomParams }>('/rooms/:room/messages', { config: { policy: 'read' } }, async (request, reply) => {
		const { replyTo, ...query } = checkHistoryQuery(request.query)
		const room = roomFor(services, request)
		const where: HistoryRequest = { ...numbersIn(query), ...(replyTo === undefined ? {} : { replyTo }) }
		const history = readHistory(services, room, request.actor.userId, where, historyDefaults)
		return wantsText(request) ? asText(reply, history) : history
	})

	app.get<{ Params: MessageParams }>(
		'/rooms/:room/messages/:id/replies',
		{ config: { policy: 'read' } },
		async (request) => {
			const query = checkRepliesQuery(request.query)
			const room = roomFor(services, request)
			const where = { ...numbersIn(query), replyTo: request.params.id }
			return readReplies(services, room, request.actor.userId, where, historyDefaults)
		},
	)

	app.post<{ Params: RoomParams }>(
		'/rooms/:room/messages',
		{ config: { policy: 'post', isPost: true, acceptsText: true } },
		async (request, reply) => {
			noQuery(request.query)
			const actor = personOf(request)
			const room = roomNamed(actor, request.params.room)
			const message = checkNewMessage(request.body)
			services.postLimit.take(actor, request.ip)
			const key = request.headers['idempotency-key']
			const opens = config.guests ? { opens: true as const } : {}
			const command = { type: 'PostMessage', room, ...message, ...opens } as const
			const outcome = await writer.submit(actor, command, key?.toString())
			return answerPost(
				reply,
				messageAt(services, actor.userId, { position: outcome.position as number }),
				outcome.replayed,
			)
		},
	)

	app.get<{ Params: MessageParams }>('/rooms/:room/messages/:id', { config: { policy: 'read' } }, async (request) => {
		noQuery(request.query)
		return readMessage(services, roomFor(services, request), request.actor.userId, request.params.id)
	})

	app.patch<{ Params: MessageParams }>('/rooms/:room/messages/:id', { config: { policy: 'edit' } }, async (request) => {
		noQuery(request.query)
		const actor = personOf(request)
		const room = roomNamed(actor, request.params.room)
		const { content } = checkNewText(request.body)
		const place = await editMessage(services, actor, request.ip, { room, messageId: request.params.id, content })
		return historyMessage(services, actor.userId, place)
	})

	app.delete<{ Params: MessageParams }>(
		'/rooms/:room/messages/:id',
		{ config: { policy: 'read' } },
		async (request, reply) => {
			noQuery(request.query)
			const { actor } = request
			const room = roomNamed(actor, request.params.room)
			await writer.submit(actor, { type: 'DeleteMessage', room, messageId: request.params.id })
			return reply.code(204).send()
		},
	)
}

/** Edits a message; gives where it is, and where its text of now. */
export async function editMessage(
	{ writer, views, postLimit }: Services,
	actor: Person,
	address: string,
	edit: Omit<EditMessage, 'type'>,
): Promise<MessagePlace> {
	postLimit.take(actor, address)
	await writer.submit(actor, { type: 'EditMessage', ...edit })
	return findMessage(views, edit.messageId) as MessagePlace
}

/** The message, as new or as it was posted before. */
export function answerPost(reply: FastifyReply, message: MessageFrame, isReplay: boolean): MessageFrame {
	reply.header('Location', `/rooms/${message.room}/messages/${message.id}`)
	if (isReplay) reply.header('Idempotent-Replay', 'true')
	reply.code(isReplay ? 200 : 201)
	return message
}

function numbersIn<Name extends string>(query: { [name in Name]?: string }): { [name in Name]?: number } {
	const numbers = Object.entries(query).map(([name, digits]) => [name, Number(digits)])
	return Object.fromEntries(numbers)
}

function wantsText({ headers: { accept = '' } }: FastifyRequest): boolean {
	return accept.startsWith('text/plain')
}

function asText(reply: FastifyReply, { messages, cursor }: History): string {
	reply.type('text/plain; charset=utf-8').header('Tailroom-Cursor', cursor)
	return messages.map(messageLine).join('')
}
