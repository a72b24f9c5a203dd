import type { FastifyInstance } from 'fastify'
import Type from 'typebox'
import type { Actor } from '../../commands/actor.ts'
import type { Room } from '../../projections/rooms.ts'
import { type RoomParams, roomFor } from '../access.ts'
import type { Services } from '../services.ts'
import { validator } from '../validation.ts'

const checkClearQuery = validator(
	Type.Object({ through: Type.Optional(Type.String({ pattern: '^[0-9]{1,15}$' })) }, { additionalProperties: false }),
	'query',
)

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
	while ((await writer.submit(actor, { type: 'ClearHistory', room, through })).position !== undefined);
	return { room, through }
}
