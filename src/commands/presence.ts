import type { GuestName, PresenceState } from '../events/catalogue.ts'
import { isDirect } from '../events/direct.ts'
import type { Position } from '../events/log.ts'
import { findMember } from '../projections/members.ts'
import { presenceTextsBefore } from '../projections/personal-texts.ts'
import { findPresence, findVisitor, type Presence, type Visitor } from '../projections/presence.ts'
import { findRoomById } from '../projections/rooms.ts'
import type { Views } from '../projections/views.ts'
import type { Somebody } from './actor.ts'
import type { Decision, Request } from './decision.ts'
import { presenceTextsErasedMax, presenceTextsKeptMs } from './limits.ts'
import { can } from './policy.ts'
import { rightsIn } from './rooms.ts'
import { personNow } from './standing.ts'
import { textsErased } from './texts-erased.ts'

/*
 * What the first three say is what the server saw of its connections, so nothing is refused: a change
 * that is none gives no event, which makes them safe to repeat, also after a restart.
 */

/** Somebody is online, away or offline now. */
export interface ChangePresence {
	type: 'ChangePresence'
	person: Somebody
	state: PresenceState
	/** Away because they did nothing. */
	idle?: true
}

export const changePresence: Decision<ChangePresence, Presence | undefined> = {
	load: (views, { person }) => findPresence(views, person.userId),
	decide({ person, state, idle }, present) {
		if (stateOf(present) === state && (present?.idle === 1) === (idle === true)) return []
		const { userId } = person
		const data = { userId, state, ...(idle === undefined ? {} : { idle }) }
		return [{ streamId: userId, type: 'PresenceChanged', data, body: nameToKeep(person) }]
	},
}

/** Somebody who is not a member follows the room from now on. */
export interface JoinRoom {
	type: 'JoinRoom'
	person: Somebody
	roomId: string
}

export interface LeaveRoom {
	type: 'LeaveRoom'
	person: Somebody
	roomId: string
}

interface VisitState {
	slug: string | undefined
	mayRead: boolean
	isMember: boolean
	visitor: Visitor | undefined
	presence: Presence | undefined
}

function loadVisit(views: Views, { roomId, person }: JoinRoom | LeaveRoom, { now }: Request): VisitState {
	const room = findRoomById(views, roomId)
	const actor = personNow(views, person)
	return {
		slug: room?.slug,
		mayRead:
			room !== undefined &&
			actor !== undefined &&
			can(actor, { action: 'read', room: rightsIn(views, room, actor, now) }),
		isMember: findMember(views, roomId, person.userId) !== undefined,
		visitor: findVisitor(views, roomId, person.userId),
		presence: findPresence(views, person.userId),
	}
}

export const joinRoom: Decision<JoinRoom, VisitState> = {
	load: loadVisit,
	decide({ roomId, person }, { slug, mayRead, isMember, visitor, presence }) {
		// A member is present by being online; of a conversation both are, also before anything was said in it.
		if (isDirect(roomId)) return []
		// Between the request and its turn they may have been banned, for example.
		if (slug === undefined || !mayRead || isMember || visitor !== undefined) return []
		const data = { room: slug, userId: person.userId, state: stateOf(presence) }
		return [{ streamId: roomId, type: 'VisitorJoined', data, body: nameToKeep(person) }]
	},
}

export const leaveRoom: Decision<LeaveRoom, VisitState> = {
	load: loadVisit,
	decide({ roomId, person }, { slug, visitor, presence }) {
		if (slug === undefined || visitor === undefined) return []
		const data = { room: slug, userId: person.userId, state: stateOf(presence) }
		return [{ streamId: roomId, type: 'VisitorLeft', data, body: nameToKeep(person) }]
	},
}

/** Erases the names of guests who were here long ago; so many at a time. No event if there are none. */
export interface ErasePresenceTexts {
	type: 'ErasePresenceTexts'
}

export const erasePresenceTexts: Decision<ErasePresenceTexts, Position[]> = {
	load: (views, _command, { now }) => presenceTextsBefore(views, now - presenceTextsKeptMs, presenceTextsErasedMax),
	decide: (_command, erases) => textsErased('presence', erases),
}

function nameToKeep(person: Somebody): GuestName | null {
	return person.kind === 'guest' ? { name: person.name } : null
}

function stateOf(presence: Presence | undefined): PresenceState {
	return presence?.state ?? 'offline'
}
