import type { FastifyInstance } from 'fastify'
import Type from 'typebox'
import type { Actor } from '../../commands/actor.ts'
import { keptMessagesMax, keptMsMax } from '../../commands/limits.ts'
import { can, type RoomRights } from '../../commands/policy.ts'
import { rightsIn, rightsInAll } from '../../commands/rooms.ts'
import { formatCursor } from '../../events/cursor.ts'
import type { NameOf } from '../../projections/names.ts'
import { describeRoom, findRoom, listDirects, listRooms, type Room } from '../../projections/rooms.ts'
import { type RoomParams, roomFor, roomNamed } from '../access.ts'
import { directName } from '../delivery/frame.ts'
import type { Services } from '../services.ts'
import { noQuery, validator } from '../validation.ts'

/** null takes a limit of the room's own back. */
const atMost = (maximum: number) => Type.Optional(Type.Union([Type.Integer({ minimum: 1, maximum }), Type.Null()]))

const checkChange = validator(
	Type.Object(
		{
			title: Type.Optional(Type.String()),
			topic: Type.Optional(Type.String()),
			visibility: Type.Optional(Type.Union([Type.Literal('open'), Type.Literal('private')])),
			archived: Type.Optional(Type.Boolean()),
			historyLimit: atMost(keptMessagesMax),
			historyTtlMs: atMost(keptMsMax),
		},
		{ additionalProperties: false },
	),
	'body',
)

/** The rooms that the caller may see, and opening and changing one. */
export function roomRoutes(app: FastifyInstance, services: Services): void {
	const { views, log, writer } = services

	app.get('/rooms', { config: { policy: 'look-around' } }, async (request) => {
		noQuery(request.query)
		const { actor } = request
		return views.snapshot((checkpoint) => {
			const rightsOf = rightsInAll(views, actor, Date.now())
			const visible = listRooms(views).filter((room) => can(actor, { action: 'read', room: rightsOf(room) }))
			const directs = directsOf(services, actor).filter((room) => can(actor, { action: 'read', room: rightsOf(room) }))
			return {
				rooms: [...visible, ...directs].map((room) => roomAnswer(services, room, rightsOf(room), actor)),
				cursor: formatCursor(checkpoint),
			}
		})
	})

	app.get<{ Params: RoomParams }>('/rooms/:room', { config: { policy: 'read' } }, async (request) => {
		noQuery(request.query)
		return views.snapshot((checkpoint) => {
			const room = roomFor(services, request)
			const { actor } = request
			const rights = rightsIn(views, room, actor, Date.now())
			return { ...roomAnswer(services, room, rights, actor), cursor: formatCursor(checkpoint) }
		})
	})

	app.put<{ Params: RoomParams }>('/rooms/:room', { config: { policy: 'change-room' } }, async (request, reply) => {
		noQuery(request.query)
		const { actor } = request
		const slug = roomNamed(actor, request.params.room)
		const change = checkChange(request.body ?? {})
		const { position } = await writer.submit(actor, { type: 'ChangeRoom', room: slug, ...change })
		const isNew = position !== undefined && log.at(position)?.type !== 'RoomChanged'
		const answer = views.snapshot(() => {
			const room = findRoom(views, slug) as Room
			return roomAnswer(services, room, rightsIn(views, room, actor, Date.now()), actor)
		})
		return reply.code(isNew ? 201 : 200).send(answer)
	})

	app.delete<{ Params: RoomParams }>('/rooms/:room', { config: { policy: 'change-room' } }, async (request, reply) => {
		noQuery(request.query)
		const room = roomNamed(request.actor, request.params.room)
		await writer.submit(request.actor, { type: 'ChangeRoom', room, archived: true })
		return reply.code(204).send()
	})
}

/** The conversations that somebody has had, as they call them and by that. */
function directsOf({ views, nameOf }: Pick<Services, 'views' | 'nameOf'>, { kind, userId }: Actor): Room[] {
	if (kind !== 'user') return []
	const directs = listDirects(views, userId).map((room) => calledBy(nameOf, room, userId))
	return directs.sort(byName)
}

/** A room by the name that somebody in it calls it by. */
export function calledBy(nameOf: NameOf, room: Room, userId: string): Room {
	return room.visibility === 'direct' ? { ...room, slug: directName(room.roomId, nameOf, userId) } : room
}

export function byName(a: Room, b: Room): number {
	return a.slug < b.slug ? -1 : 1
}

/** A room as it is to somebody. To be asked for in a snapshot of the views. */
export function roomAnswer(
	{ log, readMarkers }: Pick<Services, 'log' | 'readMarkers'>,
	room: Room,
	{ membership: role }: RoomRights,
	{ userId }: Actor,
) {
	const { slug, visibility, archived, sequence, historyLimit, historyTtlMs } = room
	return {
		room: slug,
		...describeRoom(log, room),
		visibility,
		archived,
		sequence,
		...readMarkers.unreadIn(room, userId),
		...(historyLimit === null ? {} : { historyLimit }),
		...(historyTtlMs === null ? {} : { historyTtlMs }),
		...(role === undefined ? {} : { role }),
	}
}
