import type { FastifyInstance } from 'fastify'
import Type from 'typebox'
import type { Person } from '../../commands/actor.ts'
import type { LogReader } from '../../events/log.ts'
import { listMembers } from '../../projections/members.ts'
import type { NameOf } from '../../projections/names.ts'
import { findPresence, listPresences, listVisitors, type Presence } from '../../projections/presence.ts'
import { personOf, type RoomParams, roomFor } from '../access.ts'
import { personIn } from '../delivery/frame.ts'
import { RequestError } from '../errors.ts'
import type { Services } from '../services.ts'
import { noQuery, validator } from '../validation.ts'

export const ownState = Type.Union([Type.Literal('online'), Type.Literal('away')])
const checkOwnState = validator(Type.Object({ state: ownState }, { additionalProperties: false }), 'body')

/** Who is here. `position` compares with that of presence frames: older frames are in it already. */
export function presenceRoutes(app: FastifyInstance, services: Services): void {
	const { views } = services

	app.get('/presence', { config: { policy: 'see-presence' } }, async (request) => {
		noQuery(request.query)
		return views.snapshot(({ position }) => ({
			users: listPresences(views).map((presence) => presenceAnswer(services, presence)),
			position,
		}))
	})

	app.get<{ Params: RoomParams }>('/rooms/:room/presence', { config: { policy: 'read' } }, async (request) => {
		noQuery(request.query)
		return views.snapshot(({ position }) => {
			const { roomId } = roomFor(services, request)
			// A member is present by being online.
			const memberIds = new Set(listMembers(views, roomId).map(({ userId }) => userId))
			const members = [...memberIds].map((userId) => findPresence(views, userId))
			const visitors = listVisitors(views, roomId).filter(({ userId }) => !memberIds.has(userId))
			const present = [
				...visitors.map((visitor) => ({ ...visitor, state: findPresence(views, visitor.userId)?.state ?? 'online' })),
				...members.filter((presence) => presence !== undefined),
			]
			return { users: present.map((presence) => presenceAnswer(services, presence)), position }
		})
	})

	app.put('/presence', { config: { policy: 'be-present' } }, async (request) => {
		noQuery(request.query)
		const { state } = checkOwnState(request.body)
		return setPresence(services, personOf(request), state)
	})
}

/** Says of oneself to be online or away; for as long as a stream is open. */
export async function setPresence({ leases }: Services, actor: Person, state: 'online' | 'away') {
	if (!leases.isConnected(actor)) {
		const detail =
			'You are offline while you have no stream open. Open one, for example GET /events, then set your state.'
		throw new RequestError('not_connected', detail)
	}
	await leases.choose(actor, state)
	return { userId: actor.name, state }
}

/** Where the names are. */
export interface PresenceSources {
	log: LogReader
	nameOf: NameOf
}

function presenceAnswer(
	sources: PresenceSources,
	{ position, state, since }: Pick<Presence, 'position' | 'state' | 'since'>,
) {
	return { userId: presenceName(sources, position), state, since }
}

/** The name that the presence event at a position gives. */
export function presenceName({ log, nameOf }: PresenceSources, position: number): string {
	const event = log.at(position)
	if (event?.type !== 'PresenceChanged' && event?.type !== 'VisitorJoined') {
		throw new Error(`the log has no presence at ${position}`)
	}
	return personIn(event, nameOf)
}
