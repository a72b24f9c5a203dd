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

/** What a stream says of itself, and what is in no log: in the same form as frames. */
export type ControlFrame =
	| HelloFrame
	/** The catch-up is complete up to here. */
	| { type: 'live'; cursor: string; head: number }
	/** Everything up to here was delivered or is not the reader's. */
	| { type: 'mark'; cursor: string; head: number }
	| { type: 'bye'; reason: ByeReason }
	| { type: 'presence_count'; room: string; present: number; position: number; timestamp: number }
	| { type: 'typing'; room: string; userId: string; timestamp: number }

interface Replayed {
	position: number
	cursor: string
	/** A slug, or `@name` for the conversation with somebody. */
	room: string
	/** Unix milliseconds. */
	timestamp: number
}

export interface MessageFrame extends Replayed {
	type: 'message'
	id: string
	/** Its number within the room: 1, 2, 3 … without holes. */
	sequence: number
	sender: string
	/** Its text of then. Empty once it is erased. */
	content: string
	/** Why it has no text any more. */
	erased?: ErasureReason
	/** The id of the message that it answers. */
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

/** The first of a stream. */
export interface HelloFrame {
	type: 'hello'
	/** Where the stream starts. */
	cursor: string
	protocol: 1
	mode: StartMode
	/** Why a cursor could not be used; only with `reset`. */
	reason?: string
	from: number
	head: number
	/** So long a stream is silent at most. */
	heartbeatMs: number
	/** Named rooms that the caller may not see, or that do not exist. */
	refused?: string[]
}

/** `resumed`: after the given cursor; `live`: from now; `reset`: from now, for the cursor could not be used. */
export type StartMode = 'live' | 'resumed' | 'reset'

export type ByeReason =
	| 'stopping'
	| 'overloaded'
	/** Removed, signed out, revoked, deactivated: what was asked for may not be heard any longer. */
	| 'rights_lost'
	/** The session or token has come to its end: sign in again, and come back with the cursor. */
	| 'expired'
	/** What comes next in the log is not what was written. */
	| 'log_damaged'

export type ErasureReason = 'author' | 'moderator' | 'retention' | 'person'
export type MemberRole = 'member' | 'moderator'
export type PresenceState = 'online' | 'away' | 'offline'
