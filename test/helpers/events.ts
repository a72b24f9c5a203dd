import { type EventShapes, type NewEvent, schemaVersions } from '../../src/events/catalogue.ts'
import { directStream, peopleIn } from '../../src/events/direct.ts'
import type { AppendableEvent, RecordedEvent } from '../../src/events/log.ts'

/** The room that events are about unless a test says otherwise. */
export const generalId = 'room-GENERAL'

let count = 0

/** An event as the sequencer would append it, with an id of its own. */
export function appendable(event: NewEvent, changes: { eventId?: string; recordedAt?: number } = {}): AppendableEvent {
	count += 1
	return {
		eventId: `event-${count}`,
		// A test may make up a type.
		schemaVersion: schemaVersions[event.type] ?? 1,
		recordedAt: 1_790_000_000_000 + count,
		metadata: { actor: 'system' },
		...event,
		...changes,
	}
}

/** The event as it would be read from a log. Projections and decisions do not look at its fingerprint. */
export function recorded(event: NewEvent, position: number): RecordedEvent {
	return { ...appendable(event), position, fingerprint: '' } as RecordedEvent
}

export function roomOpened(room = 'general', roomId: string = generalId): NewEvent {
	return privateOrOpen(room, roomId, 'open')
}

export function privateRoomOpened(room: string, roomId: string): NewEvent {
	return privateOrOpen(room, roomId, 'private')
}

function privateOrOpen(room: string, roomId: string, visibility: 'open' | 'private'): NewEvent {
	return { streamId: roomId, type: 'RoomOpened', data: { room, visibility }, body: null }
}

/** The conversation of two people. */
export function directOpened(userId: string, otherId: string): NewEvent {
	const streamId = directStream(userId, otherId)
	return { streamId, type: 'DirectOpened', data: { userIds: peopleIn(streamId) }, body: null }
}

type Posted = EventShapes['MessagePosted']

/** A message of the guest Ada in the room `general`. */
export function messagePosted(
	sequence: number,
	body: Posted['body'] | null = { content: 'hello', name: 'ada' },
	changes: Partial<Posted['data']> & { roomId?: string } = {},
): NewEvent {
	const { roomId = generalId, ...data } = changes
	const usual = { room: 'general', messageId: `message-${sequence}`, sequence, userId: 'guest-ada' }
	return {
		streamId: roomId,
		type: 'MessagePosted',
		data: { ...usual, guest: true, ...data },
		body: body as Posted['body'],
	}
}

type Reacted = EventShapes['ReactionAdded']['data']

/** Somebody reacts to a message in `general`; a guest with a name, which is `name`. */
export function reactionAdded(
	sequence: number,
	userId: string,
	name?: string,
	changes: Partial<Reacted> = {},
): NewEvent {
	return { type: 'ReactionAdded', ...reaction(sequence, userId, name, changes) }
}

export function reactionRemoved(
	sequence: number,
	userId: string,
	name?: string,
	changes: Partial<Reacted> = {},
): NewEvent {
	return { type: 'ReactionRemoved', ...reaction(sequence, userId, name, changes) }
}

function reaction(sequence: number, userId: string, name: string | undefined, changes: Partial<Reacted>) {
	const data = { room: 'general', messageId: `message-${sequence}`, userId, emoji: '👍', ...changes }
	return { streamId: generalId, data, body: name === undefined ? null : { name } }
}

/** So many messages, ready to append. */
export function manyMessages(howMany: number, from = 1): AppendableEvent[] {
	return Array.from({ length: howMany }, (_, index) => appendable(messagePosted(from + index)))
}
