/**
 * Every event that can be in the log. Type strings are permanent: what was once written is read
 * for ever. `data` holds the facts that stay, `body` the personal text that can be erased.
 */
export interface EventShapes {
	/** A room exists from here on; `described`: with a title and a topic. Stream: the room. */
	RoomOpened: {
		data: { room: string; visibility: Visibility; described?: true } & HistoryLimits
		body: RoomDescription | null
	}
	/**
	 * What a room is from here on, whole. `titleBy` and `topicBy` are the ids of those whose words these still are;
	 * absent: they are of who changed the room. `historyFloor`: of its messages nothing is shown up to there, however
	 * much is kept from here on. Stream: the room.
	 */
	RoomChanged: {
		data: {
			room: string
			visibility: Visibility
			archived: boolean
			titleBy?: string
			topicBy?: string
			historyFloor?: number
		} & HistoryLimits
		body: RoomDescription
	}
	/**
	 * Two people have begun to talk, or one with themselves: then it is the same id twice. The two are
	 * the members of it for ever. Stream: the conversation.
	 */
	DirectOpened: { data: { userIds: readonly [string, string] }; body: null }
	/** Somebody belongs to the room, or has another role in it. Stream: the room. */
	MemberAdded: { data: { room: string; userId: string; role: MemberRole }; body: null }
	/** `role` is the one that was lost. Stream: the room. */
	MemberRemoved: { data: { room: string; userId: string; role: MemberRole }; body: null }
	/**
	 * Nobody sees or enters the room under that account or as that guest, until `untilMs` or for good.
	 * `name` is that of a guest. Stream: the room.
	 */
	PersonBanned: { data: { room: string; userId: string; untilMs?: number } & EndsAnother; body: SanctionText }
	/** Stream: the room. */
	BanLifted: { data: { room: string; userId: string } & EndsAnother; body: null }
	/** Reads, and says nothing. Stream: the room. */
	PersonMuted: { data: { room: string; userId: string; untilMs?: number } & EndsAnother; body: SanctionText }
	/** Stream: the room. */
	MuteLifted: { data: { room: string; userId: string } & EndsAnother; body: null }
	/**
	 * Stream: the room, or the direct conversation, which has no `room`. `sequence` is the number of the
	 * message within it, without holes.
	 */
	MessagePosted: {
		data: {
			room?: string
			messageId: string
			sequence: number
			userId: string
			guest?: true
			/** The id of the message that this one answers. */
			replyTo?: string
		} & Mentions
		/** `name` is that of a guest; a person with an account is named by `userId`. */
		body: { content: string; name?: string }
	}
	/** Its author says it in other words; whom it mentions is decided anew. Stream: as the message. */
	MessageEdited: {
		data: { room?: string; messageId: string; sequence: number; userId: string } & Mentions
		body: { content: string }
	}
	/** Erases all that was said in the message, at the positions `erases`. Stream: as the message. */
	MessageDeleted: {
		data: { room?: string; messageId: string; sequence: number; reason: ErasureReason; erases: readonly number[] }
		body: null
	}
	/**
	 * Erases all messages after the sequence `after` up to `through` at once, at the positions `erases`.
	 * Stream: the room, or the direct conversation, which has no `room`.
	 */
	HistoryCleared: {
		data: {
			room?: string
			after: number
			through: number
			reason: 'moderator' | 'retention'
			erases: readonly number[]
		}
		body: null
	}
	/** Stream: as the message. */
	ReactionAdded: {
		data: { room?: string; messageId: string; userId: string; emoji: string }
		body: GuestName | null
	}
	/** Stream: as the message. */
	ReactionRemoved: {
		data: { room?: string; messageId: string; userId: string; emoji: string }
		body: GuestName | null
	}
	/**
	 * Somebody has read up to there, or wants to read again what comes after. `roomId` is the stream of
	 * the room or conversation. Stream: `reads-<roomId>-<userId>`, which nobody else hears.
	 */
	ReadMarkerMoved: { data: { room?: string; roomId: string; userId: string; sequence: number }; body: null }
	/** Somebody who is not a member began to follow the room. Stream: the room. */
	VisitorJoined: { data: { room: string; userId: string; state: PresenceState }; body: GuestName | null }
	/** Stream: the room. */
	VisitorLeft: { data: { room: string; userId: string; state: PresenceState }; body: GuestName | null }
	/**
	 * One event a person, however many connections they have. `idle`: they are away because they did
	 * nothing, and not by choice. Stream: the person.
	 */
	PresenceChanged: { data: { userId: string; state: PresenceState; idle?: true }; body: GuestName | null }

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
	/**
	 * There is nobody behind this account any more, and never will be: from here on it is called
	 * `erased-<number>`. `messages`: what they wrote is to be erased too. Stream: the person.
	 */
	UserErased: {
		data: { userId: string; number: number; messages?: true; erases: readonly number[] }
		body: null
	}
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
	/**
	 * Who has the secret says something in that room as the person. The secret itself is kept, since a
	 * signature cannot be checked by its hash. `secretInUrl`: it may stand in an address. Stream: the person.
	 */
	HookIssued: {
		data: { userId: string; hookId: string; roomId: string; secretInUrl?: true }
		body: { label: string; secret: string }
	}
	/** Erases the secret, at the positions `erases`. Stream: the person. */
	HookRevoked: { data: { userId: string; hookId: string; erases: readonly number[] }; body: null }
	/**
	 * What the person may see of that room, or of all rooms that they belong to, is posted to an address from here on,
	 * signed by the secret; `after`: from after that position on. `replies`: what is answered is said. Stream: the person.
	 */
	WebhookIssued: {
		data: { userId: string; webhookId: string; roomId?: string; after?: number; replies?: true }
		body: { label: string; url: string; secret: string; filter?: string }
	}
	/** Erases where to, and the secret, at the positions `erases`. Stream: the person. */
	WebhookRevoked: { data: { userId: string; webhookId: string; erases: readonly number[] }; body: null }
	/** Good for one account of that role, which belongs to these rooms. Stream: `server`. */
	InvitationIssued: {
		data: { invitationId: string; codeHash: string; role: UserRole; roomIds: string[]; expiresAtMs: number }
		body: null
	}
	/** Stream: `server`. */
	InvitationRevoked: { data: { invitationId: string }; body: null }
	/** Somebody gave a password, a code or a proof that is none. `userId`: of the account, if there is one. Stream: `server`. */
	AttemptRefused: { data: { attempt: Attempt; userId?: string }; body: CallerAddress }
	/** The addresses in the events at these positions are erased. Stream: `server`. */
	AddressesErased: { data: { positions: number[] }; body: null }
	/**
	 * Personal texts at these positions are erased: `presence` names guests who were here long ago, `sanction` those
	 * who were banned or muted until a time that is over, `person` is what was left of somebody who was erased.
	 * Stream: `server`.
	 */
	TextsErased: { data: { reason: 'presence' | 'sanction' | 'person'; erases: readonly number[] }; body: null }
}

export type Visibility = 'open' | 'private'
export type MemberRole = 'member' | 'moderator'
export type UserRole = 'owner' | 'admin' | 'member' | 'bot'
/** `read` sees, `write` also says and does what people do in rooms, `full` is all that its person may. */
export type TokenScope = 'read' | 'write' | 'full'
export type PresenceState = 'online' | 'away' | 'offline'
export type Attempt = 'sign-in' | 'setup' | 'invitation' | 'hook'

/** Why a message has no text any more. */
export type ErasureReason = 'author' | 'moderator' | 'retention' | 'person'

export interface RoomDescription {
	title: string
	topic: string
}

/** What of a room's messages is kept; absent: as the server is told for all rooms. */
export interface HistoryLimits {
	/** The newest so many. */
	historyLimit?: number
	/** Those that are no older. */
	historyTtlMs?: number
}

/** Whom a message calls upon: those with an account who could see it when it was said. */
export interface Mentions {
	/** Their ids. */
	mentions?: readonly string[]
	/** Everybody in the room. */
	mentionsRoom?: true
}

export interface SanctionText {
	reason: string
	/** Of a guest. */
	name?: string
}

/** A ban or mute that is lifted, or replaced. */
export interface EndsAnother {
	/** Where its name lies if it was a guest's, and why: that is erased. */
	erases?: readonly number[]
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
	DirectOpened: 1,
	PersonBanned: 1,
	BanLifted: 1,
	PersonMuted: 1,
	MuteLifted: 1,
	MessagePosted: 1,
	MessageEdited: 1,
	MessageDeleted: 1,
	HistoryCleared: 1,
	ReactionAdded: 1,
	ReactionRemoved: 1,
	ReadMarkerMoved: 1,
	VisitorJoined: 1,
	VisitorLeft: 1,
	PresenceChanged: 1,
	UserJoined: 1,
	UserErased: 1,
	RoleChanged: 1,
	UserDeactivated: 1,
	UserReactivated: 1,
	DisplayNameChanged: 1,
	PasswordSet: 1,
	SessionOpened: 1,
	SessionEnded: 1,
	TokenIssued: 1,
	TokenRevoked: 1,
	HookIssued: 1,
	HookRevoked: 1,
	WebhookIssued: 1,
	WebhookRevoked: 1,
	InvitationIssued: 1,
	InvitationRevoked: 1,
	AttemptRefused: 1,
	AddressesErased: 1,
	TextsErased: 1,
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
	'HookRevoked',
	'WebhookRevoked',
	'AddressesErased',
	'MessageDeleted',
	'HistoryCleared',
	'UserErased',
	'TextsErased',
	'PersonBanned',
	'BanLifted',
	'PersonMuted',
	'MuteLifted',
])

/** The positions whose bodies an event erases. */
export function erasedBy({ type, data }: EventFact): readonly number[] {
	switch (type) {
		case 'DisplayNameChanged':
		case 'PasswordSet':
			return data.replaces === undefined ? [] : [data.replaces]
		case 'AddressesErased':
			return data.positions
		case 'HookRevoked':
		case 'WebhookRevoked':
		case 'MessageDeleted':
		case 'HistoryCleared':
		case 'UserErased':
		case 'TextsErased':
			return data.erases
		case 'PersonBanned':
		case 'BanLifted':
		case 'PersonMuted':
		case 'MuteLifted':
			return data.erases ?? []
		default:
			return []
	}
}

/** What an event that erases says if it erases the bodies at these positions instead. */
export function erasingInstead<Fact extends EventFact>(
	{ type, data }: Fact,
	positions: readonly number[],
): Fact['data'] {
	switch (type) {
		case 'DisplayNameChanged':
		case 'PasswordSet':
			return { ...data, replaces: positions[0] as number }
		case 'AddressesErased':
			return { ...data, positions: [...positions] }
		default:
			return { ...data, erases: positions }
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
		case 'PersonBanned':
		case 'BanLifted':
		case 'PersonMuted':
		case 'MuteLifted':
		case 'UserErased':
			return data.userId
		default:
			return undefined
	}
}
