import type { HistoryMessage, ReactionList } from '../protocol/answers.ts'
import type { EditFrame, ErasureReason, Frame, ReactionFrame } from '../protocol/frames.ts'

/** A message as it is on the screen. */
export interface ShownMessage extends HistoryMessage {
	/** It is shown as it was at that position of the log: what a frame up to there says is in it already. */
	readonly asOf: number
}

/** The message once it has heard a frame that is about it; the same one if that changes nothing. */
export function heard(message: ShownMessage, frame: Frame): ShownMessage {
	// Nothing more happens to what is erased.
	if (frame.position <= message.asOf || message.erased !== undefined) return message
	const asOf = frame.position
	switch (frame.type) {
		case 'edit':
			// An edit whose words are erased is followed by the erasing.
			return frame.id === message.id && frame.erased === undefined ? { ...edited(message, frame), asOf } : message
		case 'delete':
			return frame.id === message.id ? { ...erased(message, frame.reason), asOf } : message
		case 'clear':
			return message.sequence <= frame.through ? { ...erased(message, frame.reason), asOf } : message
		case 'reaction':
			return frame.id === message.id ? { ...reactedTo(message, frame), asOf } : message
		default:
			return message
	}
}

function edited(message: ShownMessage, { content, mentions, timestamp }: EditFrame): ShownMessage {
	const { mentions: _, ...rest } = message
	return { ...rest, content, ...(mentions === undefined ? {} : { mentions }), editedAtMs: timestamp }
}

function erased(message: ShownMessage, reason: ErasureReason): ShownMessage {
	const { mentions: _m, reactions: _r, editedAtMs: _e, ...rest } = message
	// The name of a guest goes with the text.
	return { ...rest, content: '', erased: reason, ...(message.guest === true ? { sender: 'erased' } : {}) }
}

function reactedTo(message: ShownMessage, { emoji, userId, action }: ReactionFrame): ShownMessage {
	const { reactions = [], ...rest } = message
	const next = action === 'add' ? added(reactions, emoji, userId) : removed(reactions, emoji, userId)
	return { ...rest, ...(next.length > 0 ? { reactions: next } : {}) }
}

function added(reactions: readonly ReactionList[], emoji: string, userId: string): ReactionList[] {
	if (!reactions.some((list) => list.emoji === emoji)) return [...reactions, { emoji, users: [userId] }]
	return reactions.map((list) => {
		return list.emoji !== emoji || list.users.includes(userId) ? list : { emoji, users: [...list.users, userId] }
	})
}

function removed(reactions: readonly ReactionList[], emoji: string, userId: string): ReactionList[] {
	return reactions
		.map((list) => (list.emoji === emoji ? { emoji, users: list.users.filter((user) => user !== userId) } : list))
		.filter(({ users }) => users.length > 0)
}
