import type { FastifyInstance } from 'fastify'
import Type from 'typebox'
import type { Guest } from '../../commands/actor.ts'
import type { LogReader } from '../../events/log.ts'
import { findPresence, listPresences, listVisitors, type Presence } from '../../projections/presence.ts'
import { nameIn } from '../delivery/frame.ts'
import { RequestError } from '../errors.ts'
import { identify } from '../identity.ts'
import type { Services } from '../services.ts'
import { noQuery, validator } from '../validation.ts'
import { type RoomParams, readableRoom } from './room-access.ts'

export const ownState = Type.Union([Type.Literal('online'), Type.Literal('away')])
const checkOwnState = validator(Type.Object({ state: ownState }, { additionalProperties: false }), 'body')

/** Who is here. `position` compares with that of presence frames: older frames are in it already. */
export function presenceRoutes(app: FastifyInstance, services: Services): void {
	const { views, log } = services

	app.get('/presence', async (request) => {
		noQuery(request.query)
		identify(request.headers, services)
		return views.snapshot(({ position }) => ({
			users: listPresences(views).map((presence) => presenceAnswer(log, presence)),
			position,
		}))
	})

	app.get<{ Params: RoomParams }>('/rooms/:room/presence', async (request) => {
		noQuery(request.query)
		const actor = identify(request.headers, services)
		return views.snapshot(({ position }) => {
			const room = readableRoom(services, actor, request.params.room)
			const users = listVisitors(views, room.roomId).map((visitor) => {
				const state = findPresence(views, visitor.userId)?.state ?? 'online'
				return presenceAnswer(log, { ...visitor, state })
			})
			return { users, position }
		})
	})

	app.put('/presence', async (request) => {
		noQuery(request.query)
		const actor = identify(request.headers, services)
		const { state } = checkOwnState(request.body)
		return setPresence(services, actor, state)
	})
}

/** Says of oneself to be online or away; for as long as a stream is open. */
export async function setPresence({ leases }: Services, actor: Guest, state: 'online' | 'away') {
	if (!leases.isConnected(actor)) {
		const detail =
			'You are offline while you have no stream open. Open one, for example GET /events, then set your state.'
		throw new RequestError('not_connected', detail)
	}
	await leases.choose(actor, state)
	return { userId: actor.name, state }
}

function presenceAnswer(log: LogReader, { position, state, since }: Pick<Presence, 'position' | 'state' | 'since'>) {
	return { userId: presenceName(log, position), state, since }
}

/** The name that the presence event at a position gives. */
export function presenceName(log: LogReader, position: number): string {
	const event = log.at(position)
	if (event?.type !== 'PresenceChanged' && event?.type !== 'VisitorJoined') {
		throw new Error(`the log has no presence at ${position}`)
	}
	return nameIn(event.body)
}
