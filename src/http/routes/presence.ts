import type { FastifyInstance } from 'fastify'
import Type from 'typebox'
import type { Person } from '../../commands/actor.ts'
import type { LogReader, Position } from '../../events/log.ts'
import { isGuest, type NameOf } from '../../projections/names.ts'
import { listPresences, listPresent, type Present } from '../../projections/presence.ts'
import { personOf, type RoomParams, roomFor } from '../access.ts'
import { personIn } from '../delivery/frame.ts'
import { RequestError } from '../errors.ts'
import { inParts } from '../long-list.ts'
import type { Services } from '../services.ts'
import { noQuery, validator } from '../validation.ts'

export const ownState = Type.Union([Type.Literal('online'), Type.Literal('away')])
const checkOwnState = validator(Type.Object({ state: ownState }, { additionalProperties: false }), 'body')

/** Who is here. `position` compares with that of presence frames: older frames are in it already. */
export function presenceRoutes(app: FastifyInstance, services: Services): void {
	const { views } = services

	app.get('/presence', { config: { policy: 'see-presence' } }, async (request) => {
		noQuery(request.query)
		return await answerOf(views.snapshot(({ position }) => ({ present: listPresences(views), position })))
	})

	app.get<{ Params: RoomParams }>('/rooms/:room/presence', { config: { policy: 'read' } }, async (request) => {
		noQuery(request.query)
		const read = views.snapshot(({ position }) => {
			const { roomId } = roomFor(services, request)
			return { present: listPresent(views, roomId), position }
		})
		return await answerOf(read)
	})

	app.put('/presence', { config: { policy: 'be-present' } }, async (request) => {
		noQuery(request.query)
		const { state } = checkOwnState(request.body)
		return setPresence(services, personOf(request), state)
	})

	/** What was read belongs to its position, however long it takes to find the names. */
	async function answerOf({ present, position }: { present: Present[]; position: Position }) {
		return { users: await presenceAnswers(services, present), position }
	}
}

/** Those who are present as clients are told of them. */
export function presenceAnswers(sources: PresenceSources, present: readonly Present[]) {
	return inParts(present, (one) => presenceAnswer(sources, one))
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

function presenceAnswer(sources: PresenceSources, { userId, position, state, since }: Present) {
	const name = isGuest(userId) ? presenceName(sources, position) : sources.nameOf(userId)
	return { userId: name, state, since }
}

/** The name that the presence event at a position gives. */
export function presenceName({ log, nameOf }: PresenceSources, position: number): string {
	const event = log.at(position)
	if (event?.type !== 'PresenceChanged' && event?.type !== 'VisitorJoined') {
		throw new Error(`the log has no presence at ${position}`)
	}
	return personIn(event, nameOf)
}
