import type { FastifyInstance } from 'fastify'
import { can } from '../../commands/policy.ts'
import { formatCursor } from '../../events/cursor.ts'
import { listRooms, type Room } from '../../projections/rooms.ts'
import { identify } from '../identity.ts'
import type { Services } from '../services.ts'
import { noQuery } from '../validation.ts'
import { type RoomParams, readableRoom } from './room-access.ts'

/** The rooms that the caller may see. */
export function roomRoutes(app: FastifyInstance, services: Services): void {
	const { views } = services

	app.get('/rooms', async (request) => {
		noQuery(request.query)
		const actor = identify(request.headers, services)
		return views.snapshot((checkpoint) => ({
			rooms: listRooms(views)
				.filter((room) => can(actor, { action: 'read', room }))
				.map(roomAnswer),
			cursor: formatCursor(checkpoint),
		}))
	})

	app.get<{ Params: RoomParams }>('/rooms/:room', async (request) => {
		noQuery(request.query)
		const actor = identify(request.headers, services)
		return views.snapshot((checkpoint) => ({
			...roomAnswer(readableRoom(services, actor, request.params.room)),
			cursor: formatCursor(checkpoint),
		}))
	})
}

/** A guest has no read markers, so nothing is unread. */
function roomAnswer({ slug, title, topic, visibility, archived, sequence }: Room) {
	return { room: slug, title, topic, visibility, archived, sequence, unread: 0, mentions: 0 }
}
