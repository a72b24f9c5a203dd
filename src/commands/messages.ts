import { findMessage, type MessagePlace } from '../projections/messages.ts'
import type { Decision } from './decision.ts'
import { contentBytesMax } from './limits.ts'
import { can } from './policy.ts'
import { Refusal } from './refusal.ts'
import { loadRoom, type RoomState, roomToUse, roomUnknown } from './rooms.ts'
import { checkMaySpeak } from './speaking.ts'

/** Posts a message. */
export interface PostMessage {
	type: 'PostMessage'
	room: string
	content: string
	/** The id of a message in the same room. */
	replyTo?: string
	/** Opens a room that does not exist; a guest's post does so always. */
	opens?: true
}

interface PostState extends RoomState {
	answered: MessagePlace | undefined
}

export const postMessage: Decision<PostMessage, PostState> = {
	load: (views, { room, replyTo }, request) => ({
		...loadRoom(views, room, request),
		answered: replyTo === undefined ? undefined : findMessage(views, replyTo),
	}),

	decide(command, state, { actor, id, eventAt }) {
		const { room, content, replyTo } = command
		checkContent(content)
		const opens = command.opens === true || actor.kind === 'guest'
		const { rights, sequence, opening } = roomToUse(room, state, actor, id, opens)
		const { roomId } = rights
		if (!can(actor, { action: 'post', room: rights })) {
			throw mayNotPost(room)
		}
		if (state.room !== undefined) checkMaySpeak(state.room, rights, eventAt)
		if (replyTo !== undefined && state.answered?.roomId !== roomId) {
			throw new Refusal('reply_target_unknown', `There is no message with that id in ${room}.`, 'replyTo')
		}
		const data = { room, messageId: id, sequence: sequence + 1, userId: actor.userId }
		return [
			...opening,
			{
				streamId: roomId,
				type: 'MessagePosted',
				data: {
					...data,
					...(actor.kind === 'guest' ? { guest: true } : {}),
					...(replyTo === undefined ? {} : { replyTo }),
				},
				body: { content, ...(actor.kind === 'guest' ? { name: actor.name } : {}) },
			},
		]
	},

	repeats: ({ content, replyTo }, event, { rights }) =>
		event.type === 'MessagePosted' &&
		event.streamId === rights?.roomId &&
		event.data.replyTo === replyTo &&
		(event.body === null || event.body.content === content),

	checkRepeat({ room }, { rights }, { actor }) {
		if (rights === undefined || !can(actor, { action: 'read', room: rights })) throw roomUnknown(room)
		if (!can(actor, { action: 'post', room: rights })) throw mayNotPost(room)
	},
}

/** The same answer for a message that does not exist and one of another room. */
export function messageUnknown(room: string): Refusal {
	return new Refusal('not_found', `There is no message with that id in ${room}.`)
}

function mayNotPost(room: string): Refusal {
	return new Refusal('forbidden', `You may read ${room} but not post to it.`)
}

function checkContent(content: string): void {
	if (content.trim() === '') throw new Refusal('content_empty', 'A message needs some text.', 'content')
	if (content.includes('\0')) {
		throw new Refusal('content_not_text', 'A message is text: it cannot hold the character U+0000.', 'content')
	}
	if (!content.isWellFormed()) {
		throw new Refusal('content_not_text', 'A message is text: it cannot hold half of a surrogate pair.', 'content')
	}
	const bytes = Buffer.byteLength(content)
	if (bytes > contentBytesMax) {
		const detail = `A message has at most ${contentBytesMax} bytes of UTF-8, this one has ${bytes}.`
		throw new Refusal('content_too_large', detail, 'content')
	}
}
