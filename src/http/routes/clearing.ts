import type { FastifyInstance } from 'fastify'
import Type from 'typebox'
import type { Actor } from '../../commands/actor.ts'
import { submitUntilDone } from '../../commands/chores.ts'
import type { Room } from '../../projections/rooms.ts'
import { type RoomParams, roomFor } from '../access.ts'
import type { Services } from '../services.ts'
import { count, validator } from '../validation.ts'

const checkClearQuery = validator(Type.Object({ through: count }, { additionalProperties: false }), 'query')

/** Erasing what was said in a room. */
export function clearingRoutes(app: FastifyInstance, services: Services): void {
	app.delete<{ Params: RoomParams }>('/rooms/:room/messages', { config: { policy: 'moderate' } }, async (request) => {
		const { through } = checkClearQuery(request.query)
		const room = roomFor(services, request)
		return await clear(services, request.actor, room, through === undefined ? undefined : Number(through))
	})
}

/** Clears a room's history up to a sequence, or all that it has now. */
export async function clear(
	{ writer }: Pick<Services, 'writer'>,
	actor: Actor,
	{ slug: room, sequence }: Room,
	through: number = sequence,
): Promise<{ room: string; through: number }> {
	// So much at a time: others have their turn in between.
	await submitUntilDone(writer, actor, { type: 'ClearHistory', room, through })
	return { room, through }
}
