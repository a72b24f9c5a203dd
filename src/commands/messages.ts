import type { Mentions } from '../events/catalogue.ts'
import type { RecordedEvent } from '../events/log.ts'
import { editPositions, findMessage, type MessagePlace } from '../projections/messages.ts'
import { floorOf } from '../projections/retention.ts'
import type { Room } from '../projections/rooms.ts'
import type { Views } from '../projections/views.ts'
import type { Actor } from './actor.ts'
import type { Decision, Request } from './decision.ts'
import { contentBytesMax, editsMax } from './limits.ts'
import { mentionsIn } from './mentions.ts'
import { can, type RoomRights } from './policy.ts'
import { Refusal } from './refusal.ts'
import {
	loadNamed,
	loadRoom,
	type NamedRoom,
	type RoomState,
	rightsIn,
	roomIn,
	roomToUse,
	roomUnknown,
	visible,
} from './rooms.ts'
import { checkMaySpeak } from './speaking.ts'
import { whole } from './whole-messages.ts'

/** Posts a message. */
export interface PostMessage {
	type: 'PostMessage'
	room: string
	content: string
	/** The id of a message in the same room. */
	replyTo?: string
	/** Opens a room that does not exist; a guest's post does so always. */
	opens?: true
	/** The words that call upon people, where those are not all of its content: a stranger's call upon nobody. */
	calls?: string
}

/** Says one's own message in other words. No event where they are the same. */
export interface EditMessage {
	type: 'EditMessage'
	room: string
	messageId: string
	content: string
}

/** Erases what a message said, in all its words. No event if that is erased already. */
export interface DeleteMessage {
	type: 'DeleteMessage'
	room: string
	messageId: string
}

interface PostState extends RoomState {
	answered: MessagePlace | undefined
	mentions: Mentions
}

export const postMessage: Decision<PostMessage, PostState> = {
	load(views, { room: slug, content, replyTo, calls = content }, request) {
		const state = loadRoom(views, slug, request)
		return {
			...state,
			answered: replyTo === undefined ? undefined : findMessage(views, replyTo),
			mentions: loadMentions(views, calls, state.room, request),
		}
	},

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
		const where = roomIn({ visibility: rights.visibility, slug: room })
		const data = { ...where, messageId: id, sequence: sequence + 1, userId: actor.userId }
		return [
			...opening,
			{
				streamId: roomId,
				type: 'MessagePosted',
				data: {
					...data,
					...(actor.kind === 'guest' ? { guest: true } : {}),
					...(replyTo === undefined ? {} : { replyTo }),
					...state.mentions,
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

interface EditState extends NamedMessage {
	/** What it says now; undefined: nothing (any more). */
	content: string | undefined
	edits: number
	mentions: Mentions
}

export const editMessage: Decision<EditMessage, EditState> = {
	load(views, command, request) {
		const state = loadMessage(views, command, request)
		const { message, room } = state
		return {
			...state,
			message: asShown(views, state, request),
			content: message && contentOf(request.eventAt(message.editedPosition ?? message.position)),
			edits: message === undefined ? 0 : editPositions(views, message.messageId).length,
			mentions: loadMentions(views, command.content, room, request),
		}
	},

	decide({ content }, state, { actor, eventAt }) {
		checkContent(content)
		const { room, rights, message } = messageIn(state, actor)
		if (message.authorId !== actor.userId || !can(actor, { action: 'edit', room: rights })) {
			throw new Refusal('forbidden', 'Only who has written a message edits it.')
		}
		checkMaySpeak(room, rights, eventAt)
		if (message.erased !== null) {
			throw new Refusal('message_erased', 'What this message said is erased. Write another one.')
		}
		if (content === state.content) return []
		if (state.edits >= editsMax) {
			throw new Refusal('limit_reached', `A message is edited at most ${editsMax} times. Write another one.`)
		}
		const { messageId, sequence, authorId: userId } = message
		const data = { ...roomIn(room), messageId, sequence, userId, ...state.mentions }
		return [{ streamId: room.roomId, type: 'MessageEdited', data, body: { content } }]
	},
}

interface DeleteState extends NamedMessage {
	/** Where all lies that goes with it. */
	erases: readonly number[]
}

export const deleteMessage: Decision<DeleteMessage, DeleteState> = {
	load(views, command, request) {
		const state = loadMessage(views, command, request)
		return { ...state, erases: state.message === undefined ? [] : whole(views, state.message).erases }
	},

	decide(_command, state, { actor }) {
		const { room, rights, message } = messageIn(state, actor)
		const isOwn = message.authorId === actor.userId && can(actor, { action: 'edit', room: rights })
		if (!isOwn && !can(actor, { action: 'moderate', room: rights })) {
			throw new Refusal('forbidden', 'Only who has written a message deletes it, or who moderates its room.')
		}
		if (message.erased !== null) return []
		const { messageId, sequence } = message
		const reason = isOwn ? 'author' : 'moderator'
		const data = { ...roomIn(room), messageId, sequence, reason, erases: state.erases } as const
		return [{ streamId: room.roomId, type: 'MessageDeleted', data, body: null }]
	},
}

/** A message that a command names by the room that it is in, as the actor stands to that. */
export interface NamedMessage extends NamedRoom {
	message: MessagePlace | undefined
}

export function loadMessage(
	views: Views,
	{ room, messageId }: { room: string; messageId: string },
	request: Request,
): NamedMessage {
	return { ...loadNamed(views, room, request), message: findMessage(views, messageId) }
}

/** The message as people see it: what its room keeps no longer counts as erased before it is. */
export function asShown(
	views: Views,
	{ room, message }: Pick<NamedMessage, 'room' | 'message'>,
	{ history, now }: Request,
): MessagePlace | undefined {
	if (room === undefined || message === undefined || message.erased !== null) return message
	return message.sequence > floorOf(views, room, history, now) ? message : { ...message, erased: 'retention' }
}

/** The message, or `not_found`. */
export function messageIn(
	state: NamedMessage,
	actor: Actor,
): { room: Room; rights: RoomRights; message: MessagePlace } {
	const { room, rights } = visible(state, actor)
	const { message } = state
	if (message?.roomId !== room.roomId) throw messageUnknown(state.slug)
	return { room, rights, message }
}

/** The same answer for a message that does not exist and one of another room. */
export function messageUnknown(room: string): Refusal {
	return new Refusal('not_found', `There is no message with that id in ${room}.`)
}

/** Whom a text calls upon in a room; undefined: one that is opened by it, for everybody. */
function loadMentions(views: Views, content: string, room: Room | undefined, { actor, now }: Request): Mentions {
	return mentionsIn(views, content, actor, (somebody) =>
		room === undefined ? openToAll : rightsIn(views, room, somebody, now),
	)
}

const openToAll: RoomRights = { roomId: '', visibility: 'open', membership: undefined, banned: false }

function contentOf(event: RecordedEvent | undefined): string | undefined {
	return event?.type === 'MessagePosted' || event?.type === 'MessageEdited' ? event.body?.content : undefined
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
