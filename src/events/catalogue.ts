/**
 * Every event that can be in the log. Type strings are permanent: what was once written is read
 * for ever. `data` holds the facts that stay, `body` the personal text that can be erased.
 */
export interface EventShapes {
	/** A room exists from here on; `described`: with a title and a topic. Stream: the room. */
	RoomOpened: { data: { room: string; visibility: Visibility; described?: true }; body: RoomDescription | null }
	/** What a room is from here on, whole. Stream: the room. */
	RoomChanged: { data: { room: string; visibility: Visibility; archived: boolean }; body: RoomDescription }
	/** Somebody belongs to the room, or has another role in it. Stream: the room. */
	MemberAdded: { data: { room: string; userId: string; role: MemberRole }; body: null }
	/** `role` is the one that was lost. Stream: the room. */
	MemberRemoved: { data: { room: string; userId: string; role: MemberRole }; body: null }
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
	VisitorJoined: { data: { room: string; userId: string; state: PresenceState }; body: GuestName | null }
	/** Stream: the room. */
	VisitorLeft: { data: { room: string; userId: string; state: PresenceState }; body: GuestName | null }
	/** One event a person, however many connections they have. Stream: the person. */
	PresenceChanged: { data: { userId: string; state: PresenceState }; body: GuestName | null }

	/**
	 * There is an account from here on. `nameDigest` finds it by its name, and keeps the name from
	 * being given to another, also when the name itself is erased. Stream: the person.
	 */
	UserJoined: {
		data: { userId: string; nameDigest: string; role: UserRole; invitationId?: string }
		body: { name: string }
	}
	/** Stream: the person. */
	RoleChanged: { data: { userId: string; role: UserRole }; body: null }
	/** Nobody acts under this account until it is reactivated. Ends its sessions and tokens. Stream: the person. */
	UserDeactivated: { data: { userId: string }; body: null }
	/** Stream: the person. */
	UserReactivated: { data: { userId: string }; body: null }
	/** Erases the name that it replaces. Stream: the person. */
	DisplayNameChanged: { data: { userId: string; replaces?: number }; body: { displayName: string } }
	/** Erases the hash that it replaces, and ends all sessions and tokens of the person. Stream: the person. */
	PasswordSet: { data: { userId: string; replaces?: number }; body: { passwordHash: string } }
	/** Somebody signed in. `secretHash` is SHA-256 of what the cookie holds. Stream: the person. */
	SessionOpened: {
		data: { userId: string; sessionId: string; secretHash: string; expiresAtMs: number }
		body: CallerAddress
	}
	/** Without `sessionId`: all sessions of the person. Stream: the person. */
	SessionEnded: { data: { userId: string; sessionId?: string }; body: null }
	/** Stream: the person. `roomIds`: the only rooms that it opens. */
	TokenIssued: {
		data: {
			userId: string
			tokenId: string
			secretHash: string
			scope: TokenScope
			roomIds?: string[]
			expiresAtMs?: number
		}
		body: { label: string }
	}
	/** Stream: the person. */
	TokenRevoked: { data: { userId: string; tokenId: string }; body: null }
	/** Good for one account of that role, which belongs to these rooms. Stream: `server`. */
	InvitationIssued: {
		data: { invitationId: string; codeHash: string; role: UserRole; roomIds: string[]; expiresAtMs: number }
		body: null
	}
	/** Stream: `server`. */
	InvitationRevoked: { data: { invitationId: string }; body: null }
	/** Somebody gave a password or a code that is none. `userId`: of the account, if there is one. Stream: `server`. */
	AttemptRefused: { data: { attempt: Attempt; userId?: string }; body: CallerAddress }
	/** The addresses in the events at these positions are erased. Stream: `server`. */
	AddressesErased: { data: { positions: number[] }; body: null }
}

export type Visibility = 'open' | 'private'
export type MemberRole = 'member' | 'moderator'
export type UserRole = 'owner' | 'admin' | 'member' | 'bot'
/** `read` sees, `write` also says and does what people do in rooms, `full` is all that its person may. */
export type TokenScope = 'read' | 'write' | 'full'
export type PresenceState = 'online' | 'away' | 'offline'
export type Attempt = 'sign-in' | 'setup' | 'invitation'

export interface RoomDescription {
	title: string
	topic: string
}

/** The name of a guest; a person with an account is named by `userId`. */
export interface GuestName {
	name: string
}

/** Where a request came from; erased after 30 days. */
export interface CallerAddress {
	address: string
	/** What the program calls itself. */
	agent: string
}

export type EventType = keyof EventShapes

/** The version in which each type is written today. A change of shape raises it. */
export const schemaVersions: { readonly [Type in EventType]: number } = {
	RoomOpened: 1,
	RoomChanged: 1,
	MemberAdded: 1,
	MemberRemoved: 1,
	MessagePosted: 1,
	VisitorJoined: 1,
	VisitorLeft: 1,
	PresenceChanged: 1,
	UserJoined: 1,
	RoleChanged: 1,
	UserDeactivated: 1,
	UserReactivated: 1,
	DisplayNameChanged: 1,
	PasswordSet: 1,
	SessionOpened: 1,
	SessionEnded: 1,
	TokenIssued: 1,
	TokenRevoked: 1,
	InvitationIssued: 1,
	InvitationRevoked: 1,
	AttemptRefused: 1,
	AddressesErased: 1,
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

/** What an event says, wherever it is kept. */
export type EventFact = { [Type in EventType]: { type: Type; data: EventShapes[Type]['data'] } }[EventType]

/** Those that can erase. */
export const erasingTypes: ReadonlySet<string> = new Set<EventType>([
	'DisplayNameChanged',
	'PasswordSet',
	'AddressesErased',
])

/** The positions whose bodies an event erases. */
export function erasedBy({ type, data }: EventFact): readonly number[] {
	switch (type) {
		case 'DisplayNameChanged':
		case 'PasswordSet':
			return data.replaces === undefined ? [] : [data.replaces]
		case 'AddressesErased':
			return data.positions
		default:
			return []
	}
}

/** Whose account an event changes, so that what is known of their rights is not true any more. */
export function concerns({ type, data }: EventFact): string | undefined {
	switch (type) {
		case 'UserJoined':
		case 'RoleChanged':
		case 'UserDeactivated':
		case 'UserReactivated':
		case 'PasswordSet':
		case 'SessionEnded':
		case 'TokenRevoked':
		case 'MemberAdded':
		case 'MemberRemoved':
			return data.userId
		default:
			return undefined
	}
}
