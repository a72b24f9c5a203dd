import type { EventType, GuestName, MemberRole, PresenceState, Visibility } from '../../events/catalogue.ts'
import { formatCursor } from '../../events/cursor.ts'
import type { RecordedEvent } from '../../events/log.ts'
import { erasedName, type NameOf } from '../../projections/names.ts'

/** One thing that is delivered to a client. A frame with a `cursor` is replayed on resume. */
export type Frame = MessageFrame | MemberFrame | RoomFrame | PresenceFrame

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
	/** Empty once the text is erased. */
	content: string
	replyTo?: string
	guest?: true
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

/**
 * The frame of an event: a function of the event alone, and of what its people are called. Undefined
 * for what clients do not see.
 */
export function frameOf(event: RecordedEvent, nameOf: NameOf): Frame | undefined {
	const { position, recordedAt: timestamp } = event
	switch (event.type) {
		case 'MessagePosted':
			return messageFrame(event, nameOf)
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
			return { type: 'presence', position, room, userId: presentName(event, nameOf), action, state, timestamp }
		}
		case 'PresenceChanged': {
			const { state } = event.data
			return { type: 'presence', position, userId: presentName(event, nameOf), action: 'state', state, timestamp }
		}
		default:
			return undefined
	}
}

type EventOf<Type extends EventType> = Extract<RecordedEvent, { type: Type }>

export function messageFrame(event: EventOf<'MessagePosted'>, nameOf: NameOf): MessageFrame {
	const { position, recordedAt: timestamp, data, body } = event
	const { room, sequence, messageId: id, userId, guest, replyTo } = data
	return {
		type: 'message',
		position,
		cursor: formatCursor(event),
		room,
		sequence,
		id,
		sender: guest === true ? nameIn(body) : nameOf(userId),
		content: body?.content ?? '',
		...(replyTo === undefined ? {} : { replyTo }),
		...(guest === undefined ? {} : { guest }),
		timestamp,
	}
}

/** The name in an event about presence: of a guest it lies in its body. */
export function presentName(
	{ data: { userId }, body }: EventOf<'VisitorJoined' | 'VisitorLeft' | 'PresenceChanged'>,
	nameOf: NameOf,
): string {
	return userId.startsWith('guest-') ? nameIn(body) : nameOf(userId)
}

/** A guest's name lies in the body, so that it can be erased; then nobody knows any more who it was. */
function nameIn(body: Partial<GuestName> | null): string {
	return body?.name ?? erasedName
}
