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
	const known = reactions.some((list) => list.emoji === emoji) ? reactions : [...reactions, { emoji, users: [] }]
	const next = known
		.map((list): ReactionList => {
			// Who reacted first stays first.
			if (list.emoji !== emoji || list.users.includes(userId) === (action === 'add')) return list
			return { emoji, users: action === 'add' ? [...list.users, userId] : list.users.filter((user) => user !== userId) }
		})
		.filter(({ users }) => users.length > 0)
	return { ...rest, ...(next.length > 0 ? { reactions: next } : {}) }
}
