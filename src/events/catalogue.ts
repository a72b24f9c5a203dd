/**
 * Every event that can be in the log. Type strings are permanent: what was once written is read
 * for ever. `data` holds the facts that stay, `body` the personal text that can be erased.
 */
export interface EventShapes {
	/** A room exists from here on. Stream: the room. */
	RoomOpened: { data: { room: string; visibility: 'open' | 'private' }; body: null }
	/** Stream: the room. `sequence` is the number of the message within its room, without holes. */
	MessagePosted: {
		data: {
			room: string
			messageId: string
			sequence: number
			userId: string
			guest?: true
			/** The id of the message that this one answers. */
			replyTo?: string
		}
		/** `name` is that of a guest; a person with an account is named by `userId`. */
		body: { content: string; name?: string }
	}
	/** Somebody who is not a member began to follow the room. Stream: the room. */
	VisitorJoined: { data: { room: string; userId: string; state: PresenceState }; body: { name: string } }
	/** Stream: the room. */
	VisitorLeft: { data: { room: string; userId: string; state: PresenceState }; body: { name: string } }
	/** One event a person, however many connections they have. Stream: the person. */
	PresenceChanged: { data: { userId: string; state: PresenceState }; body: { name: string } }
}

export type PresenceState = 'online' | 'away' | 'offline'

export type EventType = keyof EventShapes

/** The version in which each type is written today. A change of shape raises it. */
export const schemaVersions: { readonly [Type in EventType]: number } = {
	RoomOpened: 1,
	MessagePosted: 1,
	VisitorJoined: 1,
	VisitorLeft: 1,
	PresenceChanged: 1,
}

/** What a decision gives: an event that has no place in the log yet. */
export type NewEvent = {
	[Type in EventType]: {
		streamId: string
		type: Type
		data: EventShapes[Type]['data']
		body: EventShapes[Type]['body']
	}
}[EventType]
