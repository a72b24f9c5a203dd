import { listReactions, type Reaction } from '../projections/reactions.ts'
import type { Decision } from './decision.ts'
import { parseEmoji } from './emoji.ts'
import { reactionKindsMax, reactionsEverMax, reactionsMax } from './limits.ts'
import { asShown, loadMessage, messageIn, type NamedMessage } from './messages.ts'
import { can } from './policy.ts'
import { Refusal } from './refusal.ts'
import { roomIn } from './rooms.ts'
import { checkMaySpeak } from './speaking.ts'

/** Reacts to a message with an emoji, or takes that back. No event if it is so already. */
export interface React {
	type: 'React'
	room: string
	messageId: string
	emoji: string
	action: 'add' | 'remove'
}

interface ReactState extends NamedMessage {
	/** All that the message has had. */
	reactions: readonly Reaction[]
}

export const react: Decision<React, ReactState> = {
	load(views, command, request) {
		const state = loadMessage(views, command, request)
		return {
			...state,
			message: asShown(views, state, request),
			reactions: listReactions(views, command.messageId),
		}
	},

	decide({ room: slug, messageId, emoji: given, action }, state, { actor, eventAt }) {
		const emoji = parseEmoji(given)
		const { room, rights, message } = messageIn(state, actor)
		if (!can(actor, { action: 'react', room: rights })) {
			throw new Refusal('forbidden', `You may read ${slug} but not react to what is said there.`)
		}
		checkMaySpeak(room, rights, eventAt)
		if (message.erased !== null) {
			throw new Refusal('message_erased', 'This message is erased. There is nothing left to react to.')
		}
		const { reactions } = state
		const standing = reactions.filter(({ removedPosition }) => removedPosition === null)
		const isThere = standing.some((reaction) => reaction.userId === actor.userId && reaction.emoji === emoji)
		if (isThere === (action === 'add')) return []
		if (action === 'add') checkLimits(emoji, standing, reactions.length)
		return [
			{
				streamId: room.roomId,
				type: action === 'add' ? 'ReactionAdded' : 'ReactionRemoved',
				data: { ...roomIn(room), messageId, userId: actor.userId, emoji },
				body: actor.kind === 'guest' ? { name: actor.name } : null,
			},
		]
	},
}

function checkLimits(emoji: string, standing: readonly Reaction[], everCount: number): void {
	const kinds = new Set(standing.map((reaction) => reaction.emoji))
	if (!kinds.has(emoji) && kinds.size >= reactionKindsMax) {
		const detail = `A message has at most ${reactionKindsMax} different reactions. Choose one of those that are there.`
		throw new Refusal('limit_reached', detail, 'emoji')
	}
	if (standing.length >= reactionsMax) {
		throw new Refusal('limit_reached', `A message has at most ${reactionsMax} reactions.`)
	}
	if (everCount >= reactionsEverMax) {
		const detail = `A message takes at most ${reactionsEverMax} reactions, those that were taken back too.`
		throw new Refusal('limit_reached', detail)
	}
}
