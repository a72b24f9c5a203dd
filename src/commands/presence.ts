import type { PresenceState } from '../events/catalogue.ts'
import { findPresence, findVisitor, type Presence, type Visitor } from '../projections/presence.ts'
import { findRoomById } from '../projections/rooms.ts'
import type { Views } from '../projections/views.ts'
import type { Guest } from './actor.ts'
import type { Decision } from './decision.ts'

/*
 * What these three say is what the server saw of its connections, so nothing is refused: a change
 * that is none gives no event, which makes them safe to repeat, also after a restart.
 */

/** Somebody is online, away or offline now. */
export interface ChangePresence {
	type: 'ChangePresence'
	person: Guest
	state: PresenceState
}

export const changePresence: Decision<ChangePresence, Presence | undefined> = {
	load: (views, { person }) => findPresence(views, person.userId),
	decide({ person: { userId, name }, state }, present) {
		if (stateOf(present) === state) return []
		return [{ streamId: userId, type: 'PresenceChanged', data: { userId, state }, body: { name } }]
	},
}

/** Somebody who is not a member follows the room from now on. */
export interface JoinRoom {
	type: 'JoinRoom'
	person: Guest
	roomId: string
}

export interface LeaveRoom {
	type: 'LeaveRoom'
	person: Guest
	roomId: string
}

interface VisitState {
	slug: string | undefined
	visitor: Visitor | undefined
	presence: Presence | undefined
}

function loadVisit(views: Views, { roomId, person }: JoinRoom | LeaveRoom): VisitState {
	return {
		slug: findRoomById(views, roomId)?.slug,
		visitor: findVisitor(views, roomId, person.userId),
		presence: findPresence(views, person.userId),
	}
}

export const joinRoom: Decision<JoinRoom, VisitState> = {
	load: loadVisit,
	decide({ roomId, person: { userId, name } }, { slug, visitor, presence }) {
		if (slug === undefined || visitor !== undefined) return []
		return [
			{
				streamId: roomId,
				type: 'VisitorJoined',
				data: { room: slug, userId, state: stateOf(presence) },
				body: { name },
			},
		]
	},
}

export const leaveRoom: Decision<LeaveRoom, VisitState> = {
	load: loadVisit,
	decide({ roomId, person: { userId, name } }, { slug, visitor, presence }) {
		if (slug === undefined || visitor === undefined) return []
		return [
			{ streamId: roomId, type: 'VisitorLeft', data: { room: slug, userId, state: stateOf(presence) }, body: { name } },
		]
	},
}

function stateOf(presence: Presence | undefined): PresenceState {
	return presence?.state ?? 'offline'
}
