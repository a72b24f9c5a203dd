import type { MemberRole, MessageFrame, PresenceState } from './frames.ts'

/** A message as it is, or was at a position: the frame of its posting, in its words of then. */
export interface HistoryMessage extends MessageFrame {
	/** When these words took the place of others, in Unix milliseconds. */
	editedAtMs?: number
	/** In the order in which each emoji came. */
	reactions?: ReactionList[]
}

export interface ReactionList {
	emoji: string
	/** In the order in which they reacted. */
	users: string[]
}

/** A page of a room's history, oldest first. */
export interface History {
	messages: HistoryMessage[]
	/** Of the very moment that it shows: a stream after it continues without a gap or a repeat. */
	cursor: string
	position: number
}

/** What answers a message, the newest before what was asked for. */
export interface Replies extends History {
	/** Ask again with `before=<next>` for those before them; absent: there are none. */
	next?: number
}

/** A message that was found, as it is now. */
export interface FoundMessage extends HistoryMessage {
	/** What was looked for: from where to where in `content`, in UTF-16 units. */
	highlights: [start: number, end: number][]
}

export interface SearchAnswer {
	/** The newest first. */
	messages: FoundMessage[]
	/** Ask again with `before=<next>` for what is older; absent: there is no more. */
	next?: number
	/** Everything up to that position was looked through. */
	position: number
	/** False: not all was looked through, because the time was over, or the index is being built. */
	complete: boolean
}

/** A room as it is to who asks. */
export interface RoomAnswer {
	/** A slug, or `@name` for the conversation with somebody. */
	room: string
	title: string
	topic: string
	visibility: 'open' | 'private' | 'direct'
	archived: boolean
	/** Of its newest message; 0: there is none. */
	sequence: number
	unread: number
	/** How many of the unread call upon who asks. */
	mentions: number
	/** What it keeps, if it says so itself. */
	historyLimit?: number
	historyTtlMs?: number
	/** Of who asks; absent: they do not belong to it. */
	role?: MemberRole
}

export interface Member {
	userId: string
	role: MemberRole
}

/** A room with who is in it, and how far who asks has read. */
export interface WholeRoom extends RoomAnswer {
	/** The last message that they have read; absent: they never said so. */
	read?: number
	memberCount: number
	/** Absent: there are too many. */
	members?: Member[]
}

export interface PresentUser {
	userId: string
	state: PresenceState
	/** Unix milliseconds. */
	since: number
}

export interface Presence {
	users: PresentUser[]
	/** Presence frames up to there are in it already. */
	position: number
}

export interface OwnProfile {
	name: string
	displayName: string
	role: 'owner' | 'admin' | 'member' | 'bot' | 'guest'
}

/** What a client has to know before it is refused. */
export interface Limits {
	messageBytes: number
	historyMessages: number
	subscriptions: number
}

/** All that a client needs to draw itself, of one moment. */
export interface SyncAnswer {
	protocol: 1
	user: OwnProfile
	rooms: WholeRoom[]
	/** A stream of all its rooms goes on from there. */
	cursor: string
	position: number
	/** Absent: who asks may not see it. */
	presence?: { users: PresentUser[] }
	limits: Limits
	heartbeatMs: number
}
