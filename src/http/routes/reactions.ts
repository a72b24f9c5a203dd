import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { Person } from '../../commands/actor.ts'
import { parseEmoji } from '../../commands/emoji.ts'
import type { React } from '../../commands/reactions.ts'
import type { Position } from '../../events/log.ts'
import { isGuest } from '../../projections/names.ts'
import { listReactions, type Reaction, standingReactions } from '../../projections/reactions.ts'
import type { ReactionList } from '../../protocol/answers.ts'
import type { MessageFrame } from '../../protocol/frames.ts'
import { personOf, type RoomParams, roomNamed } from '../access.ts'
import { personIn } from '../delivery/frame.ts'
import { RequestError } from '../errors.ts'
import { guestReactionWeight, reactionWeight } from '../limits.ts'
import type { Services } from '../services.ts'
import { noQuery } from '../validation.ts'

interface ReactionParams extends RoomParams {
	id: string
	emoji: string
}

const path = '/rooms/:room/messages/:id/reactions/:emoji'

/** Reacting to a message, and taking it back. */
export function reactionRoutes(app: FastifyInstance, services: Services): void {
	app.put<{ Params: ReactionParams }>(path, { config: { policy: 'react' } }, async (request, reply) => {
		await reactTo(request, 'add')
		return reply.code(204).send()
	})

	app.delete<{ Params: ReactionParams }>(path, { config: { policy: 'react' } }, async (request, reply) => {
		await reactTo(request, 'remove')
		return reply.code(204).send()
	})

	async function reactTo(request: FastifyRequest<{ Params: ReactionParams }>, action: React['action']): Promise<void> {
		noQuery(request.query)
		const { room, id: messageId, emoji } = request.params
		await react(services, personOf(request), request.ip, { room, messageId, emoji, action })
	}
}

/** Reacts to a message, or takes it back; gives the room and the emoji as they are understood. */
export async function react(
	{ writer, postLimit }: Services,
	actor: Person,
	address: string,
	given: Omit<React, 'type'>,
): Promise<Omit<React, 'type'>> {
	const reaction = { ...given, room: roomNamed(actor, given.room), emoji: parseEmoji(given.emoji) }
	postLimit.take(actor, address)
	await writer.submit(actor, { type: 'React', ...reaction })
	return reaction
}

/**
 * What a message has of reactions, or had at a position; absent: none, as of one that is erased. `weight` is what reading them counts
 * for in a page, in characters of text.
 */
export function readReactions(
	sources: Pick<Services, 'views' | 'log' | 'nameOf'>,
	{ id, erased }: Pick<MessageFrame, 'id' | 'erased'>,
	at?: Position,
): { reactions?: ReactionList[]; weight: number } {
	const all = erased === undefined ? listReactions(sources.views, id, at) : []
	if (all.length === 0) return { weight: 0 }
	const lists = [...standingReactions(all, at)].map(([emoji, reactions]) => {
		return { emoji, users: [...reactions].map((reaction) => nameIn(reaction, sources)) }
	})
	const weight = all.reduce((sum, { userId }) => sum + (isGuest(userId) ? guestReactionWeight : reactionWeight), 0)
	return { ...(lists.length === 0 ? {} : { reactions: lists }), weight }
}

function nameIn({ position, userId }: Reaction, { log, nameOf }: Pick<Services, 'log' | 'nameOf'>): string {
	if (!isGuest(userId)) return nameOf(userId)
	const event = log.at(position)
	if (event?.type !== 'ReactionAdded') throw new Error(`the log has no reaction at ${position}`)
	return personIn(event, nameOf)
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
