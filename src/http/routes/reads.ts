import type { FastifyInstance } from 'fastify'
import Type from 'typebox'
import type { Person } from '../../commands/actor.ts'
import { findRoomById, type Room } from '../../projections/rooms.ts'
import type { Unread } from '../../projections/unread.ts'
import { personOf, type RoomParams, roomFor } from '../access.ts'
import type { Services } from '../services.ts'
import { noQuery, validator } from '../validation.ts'

export const readSequence = Type.Integer({ minimum: 0 })
const checkMark = validator(Type.Object({ sequence: readSequence }, { additionalProperties: false }), 'body')

/** How far one has read. */
export function readRoutes(app: FastifyInstance, services: Services): void {
	app.put<{ Params: RoomParams }>('/rooms/:room/read', { config: { policy: 'mark-read' } }, async (request) => {
		noQuery(request.query)
		const person = personOf(request)
		const room = roomFor(services, request)
		const { sequence } = checkMark(request.body)
		return await markRead(services, person, room, sequence)
	})

	app.put<{ Params: RoomParams }>('/rooms/:room/unread', { config: { policy: 'mark-read' } }, async (request) => {
		noQuery(request.query)
		const person = personOf(request)
		const room = roomFor(services, request)
		const { sequence } = checkMark(request.body)
		// Each is an event, unlike what is read.
		services.postLimit.take(person, request.ip)
		await services.readMarkers.unread(person, room, sequence)
		return marked(services, person, room)
	})
}

interface Marked extends Unread {
	room: string
	/** The last message that was read. */
	sequence: number
}

/** Says of somebody that they have read up to there, and what is left. */
export async function markRead(services: Services, person: Person, room: Room, sequence: number): Promise<Marked> {
	await services.readMarkers.read(person, room, sequence)
	return marked(services, person, room)
}

function marked({ views, readMarkers }: Services, { userId }: Person, named: Room): Marked {
	const { roomId, slug } = named
	return views.snapshot(() => {
		// Known by its id also when who it was said to is nobody any more.
		const room = findRoomById(views, roomId) ?? named
		return { room: slug, sequence: readMarkers.of(roomId, userId) ?? 0, ...readMarkers.unreadIn(room, userId) }
	})
}
