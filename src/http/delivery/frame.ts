import type {
	ErasureReason,
	EventType,
	GuestName,
	MemberRole,
	PresenceState,
	Visibility,
} from '../../events/catalogue.ts'
import { formatCursor } from '../../events/cursor.ts'
import { isDirect, otherIn } from '../../events/direct.ts'
import type { RecordedEvent } from '../../events/log.ts'
import { erasedName, isGuest, type NameOf, nameOfActor } from '../../projections/names.ts'

/** One thing that is delivered to a client. A frame with a `cursor` is replayed on resume. */
export type Frame =
	| MessageFrame
	| EditFrame
	| DeleteFrame
	| ClearFrame
	| ReactionFrame
	| MemberFrame
	| RoomFrame
	| ReadFrame
	| PresenceFrame

interface Replayed {
	position: number
	cursor: string
	room: string
	/** Unix milliseconds. */
	timestamp: number
}

export interface MessageFrame extends Replayed {
	type: 'message'
	id: string
	sequence: number
	sender: string
	/** Its text of then. Empty once it is erased. */
	content: string
	/** Why it has no text any more. */
	erased?: ErasureReason
	replyTo?: string
	/** Names; `room` for everybody. */
	mentions?: string[]
	guest?: true
}

export interface EditFrame extends Replayed {
	type: 'edit'
	id: string
	sequence: number
	sender: string
	/** Empty once it is erased. */
	content: string
	erased?: ErasureReason
	mentions?: string[]
}

export interface DeleteFrame extends Replayed {
	type: 'delete'
	id: string
	sequence: number
	by: string
	reason: ErasureReason
}

/** Everything up to a sequence is erased at once. */
export interface ClearFrame extends Replayed {
	type: 'clear'
	through: number
	by: string
	reason: 'moderator' | 'retention'
}

export interface ReactionFrame extends Replayed {
	type: 'reaction'
	/** Of the message. */
	id: string
	userId: string
	emoji: string
	action: 'add' | 'remove'
}

/** Only for the one whose marker it is. */
export interface ReadFrame extends Replayed {
	type: 'read'
	userId: string
	sequence: number
}

export interface MemberFrame extends Replayed {
	type: 'member'
	userId: string
	action: 'add' | 'remove'
	role: MemberRole
}

export interface RoomFrame extends Replayed {
	type: 'room'
	title: string
	topic: string
	visibility: Visibility
	archived: boolean
}

/** Has a position to compare with a snapshot, and no cursor: it is not replayed. */
export interface PresenceFrame {
	type: 'presence'
	position: number
	/** Where somebody joined or left; absent for a change of state. */
	room?: string
	userId: string
	action: 'join' | 'leave' | 'state'
	state: PresenceState
	timestamp: number
}

/** What a frame says that its event does not hold. */
export interface FrameSources {
	/** What people with an account are called. */
	nameOf: NameOf
	/** Why what an event said is not shown (any more); undefined: it is. */
	erasureOf(event: EventOf<'MessagePosted' | 'MessageEdited'>): ErasureReason | undefined
}

/**
 * The frame of an event, for everybody who hears it; but in a direct conversation `viewerId` says which
 * of the two it is for, since each calls it by the other's name. Undefined for what clients do not see.
 */
export function frameOf(event: RecordedEvent, sources: FrameSources, viewerId: string): Frame | undefined {
	const { position, recordedAt: timestamp } = event
	const { nameOf } = sources
	const place = () => ({
		position,
		cursor: formatCursor(event),
		room: roomNameIn(event, nameOf, viewerId),
		timestamp,
	})
	switch (event.type) {
		case 'MessagePosted':
			return messageFrame(event, sources, viewerId)
		case 'MessageEdited': {
			const { messageId: id, sequence } = event.data
			const sender = nameOf(event.data.userId)
			return { type: 'edit', ...place(), id, sequence, sender, ...textIn(event, sources) }
		}
		case 'MessageDeleted': {
			const { messageId: id, sequence, reason } = event.data
			const by = nameOfActor(nameOf, event.metadata.actor)
			return { type: 'delete', ...place(), id, sequence, by, reason }
		}
		case 'HistoryCleared': {
			const { through, reason } = event.data
			return { type: 'clear', ...place(), through, by: nameOfActor(nameOf, event.metadata.actor), reason }
		}
		case 'ReactionAdded':
		case 'ReactionRemoved': {
			const { messageId: id, emoji } = event.data
			const action = event.type === 'ReactionAdded' ? 'add' : 'remove'
			return { type: 'reaction', ...place(), id, userId: personIn(event, nameOf), emoji, action }
		}
		case 'ReadMarkerMoved': {
			const { userId, sequence } = event.data
			return { type: 'read', ...place(), userId: nameOf(userId), sequence }
		}
		case 'RoomOpened':
		case 'RoomChanged': {
			const { room, visibility } = event.data
			const archived = event.type === 'RoomChanged' && event.data.archived
			const { title, topic } = event.body ?? { title: room, topic: '' }
			return {
				type: 'room',
				position,
				cursor: formatCursor(event),
				room,
				title,
				topic,
				visibility,
				archived,
				timestamp,
			}
		}
		case 'MemberAdded':
		case 'MemberRemoved': {
			const { room, userId, role } = event.data
			const action = event.type === 'MemberAdded' ? 'add' : 'remove'
			const cursor = formatCursor(event)
			return { type: 'member', position, cursor, room, userId: nameOf(userId), action, role, timestamp }
		}
		case 'VisitorJoined':
		case 'VisitorLeft': {
			const action = event.type === 'VisitorJoined' ? 'join' : 'leave'
			const { room, state } = event.data
			return { type: 'presence', position, room, userId: personIn(event, nameOf), action, state, timestamp }
		}
		case 'PresenceChanged': {
			const { state } = event.data
			return { type: 'presence', position, userId: personIn(event, nameOf), action: 'state', state, timestamp }
		}
		default:
			return undefined
	}
}

export type EventOf<Type extends EventType> = Extract<RecordedEvent, { type: Type }>

export function messageFrame(event: EventOf<'MessagePosted'>, sources: FrameSources, viewerId: string): MessageFrame {
	const { position, recordedAt: timestamp, data, body } = event
	const { sequence, messageId: id, userId, guest, replyTo } = data
	const text = textIn(event, sources)
	return {
		type: 'message',
		position,
		cursor: formatCursor(event),
		room: roomNameIn(event, sources.nameOf, viewerId),
		sequence,
		id,
		// A guest's name goes with the text.
		sender: guest === true ? nameIn(text.erased === undefined ? body : null) : sources.nameOf(userId),
		...text,
		...(replyTo === undefined ? {} : { replyTo }),
		...(guest === undefined ? {} : { guest }),
		timestamp,
	}
}

/** What a message says, and whom it calls upon; or why it does not say it any more. */
export function textIn(
	event: EventOf<'MessagePosted' | 'MessageEdited'>,
	sources: FrameSources,
): Pick<MessageFrame, 'content' | 'erased' | 'mentions'> {
	const erased = sources.erasureOf(event)
	if (erased !== undefined) return { content: '', erased }
	const { mentions = [], mentionsRoom } = event.data
	const names = [...mentions.map(sources.nameOf), ...(mentionsRoom === true ? ['room'] : [])]
	return { content: event.body?.content ?? '', ...(names.length > 0 ? { mentions: names } : {}) }
}

/** What the room of an event is called by who sees it. */
function roomNameIn({ streamId, data }: RecordedEvent, nameOf: NameOf, viewerId: string): string {
	if ('room' in data && data.room !== undefined) return data.room
	const conversation = 'roomId' in data ? data.roomId : streamId
	return isDirect(conversation) ? directName(conversation, nameOf, viewerId) : ''
}

/** What one of the two calls their conversation. */
export function directName(directStreamId: string, nameOf: NameOf, viewerId: string): string {
	return `@${nameOf(otherIn(directStreamId, viewerId))}`
}

/** Whom an event is about: the name of a guest lies in its body. */
export function personIn(
	event: EventOf<
		| 'VisitorJoined'
		| 'VisitorLeft'
		| 'PresenceChanged'
		| 'ReactionAdded'
		| 'ReactionRemoved'
		| 'PersonBanned'
		| 'PersonMuted'
	>,
	nameOf: NameOf,
): string {
	const { userId } = event.data
	return isGuest(userId) ? nameIn(event.body) : nameOf(userId)
}

/** A guest's name lies in the body, so that it can be erased; then nobody knows any more who it was. */
function nameIn(body: Partial<GuestName> | null): string {
	return body?.name ?? erasedName
}
