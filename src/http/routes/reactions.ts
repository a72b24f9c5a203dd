import type { FastifyInstance, FastifyRequest } from 'fastify'
import { parseEmoji } from '../../commands/emoji.ts'
import type { React } from '../../commands/reactions.ts'
import { personOf, type RoomParams, roomNamed } from '../access.ts'
import { RequestError } from '../errors.ts'
import type { Services } from '../services.ts'
import { noQuery } from '../validation.ts'

interface ReactionParams extends RoomParams {
	id: string
	emoji: string
}

const address = '/rooms/:room/messages/:id/reactions/:emoji'

/** Reacting to a message, and taking it back. */
export function reactionRoutes(app: FastifyInstance, services: Services): void {
	app.put<{ Params: ReactionParams }>(address, { config: { policy: 'react' } }, async (request, reply) => {
		await react(request, 'add')
		return reply.code(204).send()
	})

	app.delete<{ Params: ReactionParams }>(address, { config: { policy: 'react' } }, async (request, reply) => {
		await react(request, 'remove')
		return reply.code(204).send()
	})

	async function react(request: FastifyRequest<{ Params: ReactionParams }>, action: React['action']): Promise<void> {
		noQuery(request.query)
		const actor = personOf(request)
		const { id: messageId } = request.params
		const room = roomNamed(actor, request.params.room)
		const emoji = parseEmoji(request.params.emoji)
		services.postLimit.take(actor, request.ip)
		await services.writer.submit(actor, { type: 'React', room, messageId, emoji, action })
	}
}

/** What is wrong with an address that cannot be decoded, if it is the emoji in it. */
export function brokenEmoji(url: string): RequestError | undefined {
	const [, emoji] = /\/reactions\/([^/?]*)(\?|$)/.exec(url) ?? []
	try {
		if (emoji !== undefined) decodeURIComponent(emoji)
		return undefined
	} catch {
		const detail = 'The emoji in the address is not percent-encoded UTF-8, as %F0%9F%91%8D for 👍.'
		return new RequestError('emoji_invalid', detail, [{ field: 'emoji', problem: 'cannot be decoded' }])
	}
}
