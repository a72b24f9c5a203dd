import type { FastifyInstance } from 'fastify'
import Type from 'typebox'
import type { Actor } from '../../commands/actor.ts'
import { keptMessagesMax, keptMsMax } from '../../commands/limits.ts'
import { can } from '../../commands/policy.ts'
import { rightsIn, rightsInAll } from '../../commands/rooms.ts'
import { formatCursor } from '../../events/cursor.ts'
import { findRoom, listDirects, listRooms, type Room } from '../../projections/rooms.ts'
import type { RoomAnswer } from '../../protocol/answers.ts'
import { type RoomParams, roomFor, roomNamed } from '../access.ts'
import { inParts } from '../long-list.ts'
import type { Services } from '../services.ts'
import { noQuery, validator } from '../validation.ts'
import { byName, type RoomRow, roomAnswer, roomRows } from './room-answers.ts'
import { wholeRoomAnswers, wholeRoomRows } from './whole-rooms.ts'

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
	const { views, log, writer, readMarkers } = services

	app.get('/rooms', { config: { policy: 'look-around' } }, async (request) => {
		noQuery(request.query)
		const { actor } = request
		const { rows, cursor } = views.snapshot((checkpoint) => {
			const rightsOf = rightsInAll(views, actor, Date.now())
			const directs = actor.kind === 'user' ? listDirects(views, actor.userId) : []
			const rooms = [...listRooms(views), ...directs]
			const visible = rooms.filter((room) => can(actor, { action: 'read', room: rightsOf(room) }))
			const rowOf = roomRows(services, rightsOf, actor)
			return { rows: visible.map(rowOf), cursor: formatCursor(checkpoint) }
		})
		const answers = await inParts(rows, (row) => roomAnswer(services, row, actor))
		const isDirect = ({ visibility }: RoomAnswer) => visibility === 'direct'
		const directs = answers.filter(isDirect).sort(byName)
		return { rooms: [...answers.filter((answer) => !isDirect(answer)), ...directs], cursor }
	})

	app.get<{ Params: RoomParams }>('/rooms/:room', { config: { policy: 'read' } }, async (request) => {
		noQuery(request.query)
		const { actor } = request
		const { rows, cursor } = views.snapshot((checkpoint) => {
			const rows = wholeRoomRows(services, [roomFor(services, request)], (room) => rowOf(actor, room))
			return { rows, cursor: formatCursor(checkpoint) }
		})
		const [answer] = await wholeRoomAnswers(services, rows, actor)
		return { ...answer, cursor }
	})

	app.put<{ Params: RoomParams }>('/rooms/:room', { config: { policy: 'change-room' } }, async (request, reply) => {
		noQuery(request.query)
		const { actor } = request
		const slug = roomNamed(actor, request.params.room)
		const change = checkChange(request.body ?? {})
		const { position } = await writer.submit(actor, { type: 'ChangeRoom', room: slug, ...change })
		const isNew = position !== undefined && log.at(position)?.type !== 'RoomChanged'
		const row = views.snapshot(() => rowOf(actor, findRoom(views, slug) as Room))
		return reply.code(isNew ? 201 : 200).send(roomAnswer(services, row, actor))
	})

	app.delete<{ Params: RoomParams }>('/rooms/:room', { config: { policy: 'change-room' } }, async (request, reply) => {
		noQuery(request.query)
		const room = roomNamed(request.actor, request.params.room)
		await writer.submit(request.actor, { type: 'ChangeRoom', room, archived: true })
		return reply.code(204).send()
	})

	function rowOf(actor: Actor, room: Room): RoomRow {
		const { membership: role } = rightsIn(views, room, actor, Date.now())
		const read = actor.kind === 'user' ? readMarkers.of(room.roomId, actor.userId) : undefined
		return { room, role, read, unread: readMarkers.unreadIn(room, actor.userId, read) }
	}
}
