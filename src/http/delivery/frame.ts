import type { ErasureReason, EventType, GuestName } from '../../events/catalogue.ts'
import { formatCursor } from '../../events/cursor.ts'
import { isDirect, otherIn } from '../../events/direct.ts'
import type { RecordedEvent } from '../../events/log.ts'
import { erasedName, isGuest, type NameOf, nameOfActor } from '../../projections/names.ts'
import type { Frame, MessageFrame } from '../../protocol/frames.ts'

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
