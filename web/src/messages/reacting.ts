import { effect, signal } from '@preact/signals'
import type { ReactionFrame, ReactionList, ShownMessage } from '../../../src/client/browser.ts'
import { heard } from '../../../src/client/shown-message.ts'
import { chat, isOpen } from '../state/chat.ts'
import { say } from '../state/notices.ts'
import { whyNot } from './why-not.ts'

/** One's own, of which the server has not told everybody yet: as it will tell it. */
const expected = signal<readonly ReactionFrame[]>([])
/** By message: what is asked for of it is asked for in turn. */
const turns = new Map<string, Promise<void>>()

effect(() => {
	if (!isOpen.value) return
	return chat.listen({
		frame: (frame) => {
			if (frame.type === 'reaction' && frame.userId === chat.user?.name) forget((mine) => isSame(mine, frame))
		},
	})
})

/** The reactions to a message, with one's own at once. */
export function reactionsTo(message: ShownMessage): readonly ReactionList[] {
	return expected.value.reduce(heard, message).reactions ?? []
}

/** Reacts to a message, or takes it back. It shows at once, and no longer if it is refused. */
export async function toggleReaction(message: ShownMessage, emoji: string): Promise<void> {
	const { id, room } = message
	const userId = chat.user?.name ?? ''
	const isMine = reactionsTo(message).some((list) => list.emoji === emoji && list.users.includes(userId))
	const action = isMine ? 'remove' : 'add'
	// After all that was heard.
	const place = { position: Number.POSITIVE_INFINITY, cursor: '', timestamp: Date.now() }
	const mine: ReactionFrame = { type: 'reaction', id, room, emoji, userId, action, ...place }
	forget((other) => other.id === id && other.emoji === emoji)
	expected.value = [...expected.value, mine]
	const turn = (turns.get(id) ?? Promise.resolve()).then(() => chat[isMine ? 'unreact' : 'react'](room, id, emoji))
	const settled = turn.catch(() => {})
	turns.set(id, settled)
	try {
		await turn
	} catch (error) {
		forget((other) => other === mine)
		say(whyNot(error, 'The reaction was not saved.'))
	} finally {
		if (turns.get(id) === settled) turns.delete(id)
	}
}

function isSame(one: ReactionFrame, other: ReactionFrame): boolean {
	return one.id === other.id && one.emoji === other.emoji && one.action === other.action
}

function forget(which: (frame: ReactionFrame) => boolean): void {
	const others = expected.value.filter((frame) => !which(frame))
	if (others.length < expected.value.length) expected.value = others
}
