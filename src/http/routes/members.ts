import type { FastifyInstance } from 'fastify'
import Type from 'typebox'
import { findMember, listMembers, listMembersAt, type Member } from '../../projections/members.ts'
import { findRoom } from '../../projections/rooms.ts'
import { findUserByName } from '../../projections/users.ts'
import { personNamed, type RoomParams, roomFor, roomNamed } from '../access.ts'
import { inParts } from '../long-list.ts'
import type { Services } from '../services.ts'
import { noQuery, validator } from '../validation.ts'
import { at, momentOf } from './moment.ts'

const role = Type.Union([Type.Literal('member'), Type.Literal('moderator')])
const checkMembersQuery = validator(Type.Object({ at }, { additionalProperties: false }), 'query')
const checkMember = validator(Type.Object({ role: Type.Optional(role) }, { additionalProperties: false }), 'body')

export interface MemberParams extends RoomParams {
	user: string
}

/** Who belongs to a room. */
export function memberRoutes(app: FastifyInstance, services: Services): void {
	const { views, log, writer, nameOf } = services

	app.get<{ Params: RoomParams }>('/rooms/:room/members', { config: { policy: 'read' } }, async (request) => {
		const { at } = checkMembersQuery(request.query)
		const { rows, cursor } = views.snapshot((checkpoint) => {
			const { roomId } = roomFor(services, request)
			const { position, cursor } = momentOf(at === undefined ? undefined : Number(at), checkpoint, log)
			return { rows: at === undefined ? listMembers(views, roomId) : listMembersAt(views, roomId, position), cursor }
		})
		return { members: await inParts(rows, ({ userId, role }) => ({ userId: nameOf(userId), role })), cursor }
	})

	app.put<{ Params: MemberParams }>(
		'/rooms/:room/members/:user',
		{ config: { policy: 'read' } },
		async (request, reply) => {
			noQuery(request.query)
			const { actor } = request
			const room = roomNamed(actor, request.params.room)
			const name = personNamed(actor, request.params.user, 'user')
			const { role } = checkMember(request.body ?? {})
			const wanted = role === undefined ? {} : { role }
			const before = memberOf(room, name)
			await writer.submit(actor, { type: 'AddMember', room, name, ...wanted })
			const member = memberOf(room, name)
			return reply.code(before === undefined ? 201 : 200).send({ userId: name, role: member?.role })
		},
	)

	app.delete<{ Params: MemberParams }>(
		'/rooms/:room/members/:user',
		{ config: { policy: 'read' } },
		async (request, reply) => {
			noQuery(request.query)
			const { actor } = request
			const room = roomNamed(actor, request.params.room)
			const name = personNamed(actor, request.params.user, 'user')
			await writer.submit(actor, { type: 'RemoveMember', room, name })
			return reply.code(204).send()
		},
	)

	function memberOf(slug: string, name: string): Member | undefined {
		const room = findRoom(views, slug)
		const user = findUserByName(views, name)
		return room && user && findMember(views, room.roomId, user.userId)
	}
}
