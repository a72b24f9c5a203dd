import type { PresenceState } from '../../events/catalogue.ts'
import { formatCursor } from '../../events/cursor.ts'
import type { RecordedEvent } from '../../events/log.ts'

/** One thing that is delivered to a client. A frame with a `cursor` is replayed on resume. */
export type Frame = MessageFrame | RoomFrame | PresenceFrame

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

export interface RoomFrame extends Replayed {
	type: 'room'
	title: string
	topic: string
	visibility: 'open' | 'private'
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

/** The frame of an event: a function of the event alone. Undefined for what clients do not see. */
export function frameOf(event: RecordedEvent): Frame | undefined {
	const { position, recordedAt: timestamp } = event
	switch (event.type) {
		case 'MessagePosted':
			return messageFrame(event)
		case 'RoomOpened': {
			const { room, visibility } = event.data
			const cursor = formatCursor(event)
			return { type: 'room', position, cursor, room, title: room, topic: '', visibility, archived: false, timestamp }
		}
		case 'VisitorJoined':
		case 'VisitorLeft': {
			const action = event.type === 'VisitorJoined' ? 'join' : 'leave'
			const { room, state } = event.data
			return { type: 'presence', position, room, userId: nameIn(event.body), action, state, timestamp }
		}
		case 'PresenceChanged': {
			const { state } = event.data
			return { type: 'presence', position, userId: nameIn(event.body), action: 'state', state, timestamp }
		}
		default:
			return undefined
	}
}

export function messageFrame(event: Extract<RecordedEvent, { type: 'MessagePosted' }>): MessageFrame {
	const { position, recordedAt: timestamp, data, body } = event
	const { room, sequence, messageId: id, guest, replyTo } = data
	return {
		type: 'message',
		position,
		cursor: formatCursor(event),
		room,
		sequence,
		id,
		sender: nameIn(body),
		content: body?.content ?? '',
		...(replyTo === undefined ? {} : { replyTo }),
		...(guest === undefined ? {} : { guest }),
		timestamp,
	}
}

/** Names lie in the body, so that they can be erased; then nobody knows any more who it was. */
export function nameIn(body: { name?: string } | null): string {
	return body?.name ?? 'erased'
}
