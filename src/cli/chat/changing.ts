import { takeNumber } from './input.ts'
import { messageAt } from './message-at.ts'
import type { Talk } from './talk.ts'

/** `/edit [#n] text` */
export async function edit(talk: Talk, typed: string): Promise<void> {
	const { view, me, chat } = talk
	if (view === undefined) return talk.refuse('No room is open: /join one first.')
	const { sequence, rest } = takeNumber(typed, 'first')
	if (rest === '') return talk.refuse('/edit takes what it shall say: /edit [#n] text')
	const message =
		sequence === undefined
			? view.messages.findLast(({ sender, erased, guest }) => sender === me && erased === undefined && !guest)
			: await messageAt(talk, view.room, sequence)
	if (message === undefined) return talk.refuse('You have said nothing here lately: /edit #n text')
	await chat.edit(view.room, message.id, rest)
}

/** `/react emoji [#n]`, which takes it back where one has reacted so already. */
export async function react(talk: Talk, typed: string): Promise<void> {
	const { view, me, chat } = talk
	if (view === undefined) return talk.refuse('No room is open: /join one first.')
	const { sequence, rest: emoji } = takeNumber(typed, 'last')
	if (emoji === '') return talk.refuse('/react takes an emoji: /react 👍 [#n]')
	const message =
		sequence === undefined
			? view.messages.findLast(({ erased }) => erased === undefined)
			: await messageAt(talk, view.room, sequence)
	if (message === undefined) return talk.refuse('There is nothing here to react to.')
	const isMine = message.reactions?.some((list) => list.emoji === emoji && list.users.includes(me)) === true
	if (isMine) await chat.unreact(view.room, message.id, emoji)
	else await chat.react(view.room, message.id, emoji)
}
