import type { FastifyInstance, FastifyRequest } from 'fastify'
import Type from 'typebox'
import { parseRoomName } from '../../commands/rooms.ts'
import { type Invitation, listInvitations } from '../../projections/credentials.ts'
import { nameOfActor } from '../../projections/names.ts'
import { type RoomNames, visibleNames } from '../access.ts'
import { hashSecret, newSecret } from '../auth/secrets.ts'
import type { Services } from '../services.ts'
import { noQuery, validator } from '../validation.ts'
import { addressOf } from './address.ts'

const role = Type.Union([Type.Literal('owner'), Type.Literal('admin'), Type.Literal('member')])
const checkNewInvitation = validator(
	Type.Object(
		{
			role: Type.Optional(role),
			rooms: Type.Optional(Type.Array(Type.String())),
			expiresAtMs: Type.Optional(Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER })),
		},
		{ additionalProperties: false },
	),
	'body',
)

/** Invitations: each good for one account. */
export function inviteRoutes(app: FastifyInstance, services: Services): void {
	const { views, log, writer, nameOf } = services

	app.post('/invites', { config: { policy: 'invite' } }, async (request, reply) => {
		noQuery(request.query)
		const { role = 'member', rooms = [], expiresAtMs } = checkNewInvitation(request.body ?? {})
		const code = newSecret('invite')
		const { position } = await writer.submit(request.actor, {
			type: 'IssueInvitation',
			codeHash: hashSecret(code),
			role,
			rooms: rooms.map((slug) => parseRoomName(slug, 'rooms')),
			...(expiresAtMs === undefined ? {} : { expiresAtMs }),
		})
		const event = log.at(position as number)
		if (event?.type !== 'InvitationIssued') throw new Error('an invitation was issued, and its event is not there')
		const { invitationId, roomIds, expiresAtMs: expiresAt } = event.data
		const issued = { invitationId, issuerId: event.metadata.actor, role, roomIds, position: event.position, expiresAt }
		return reply
			.code(201)
			.send({ code, link: linkTo(request, code), ...invitationAnswer(issued, visibleNames(views, request.actor)) })
	})

	app.get('/invites', { config: { policy: 'invite' } }, async (request) => {
		noQuery(request.query)
		const names = visibleNames(views, request.actor)
		return { invites: listInvitations(views).map((invitation) => invitationAnswer(invitation, names)) }
	})

	app.delete<{ Params: { id: string } }>('/invites/:id', { config: { policy: 'invite' } }, async (request, reply) => {
		noQuery(request.query)
		await writer.submit(request.actor, { type: 'RevokeInvitation', invitationId: request.params.id })
		return reply.code(204).send()
	})

	/** In the fragment, which no browser sends and no proxy writes down. */
	function linkTo(request: FastifyRequest, code: string): string {
		return `${addressOf(request, services)}/invite#${code}`
	}

	function invitationAnswer({ invitationId, issuerId, role, roomIds, expiresAt }: Invitation, names: RoomNames) {
		return {
			id: invitationId,
			role,
			rooms: roomIds.flatMap((roomId) => names(roomId) ?? []),
			by: nameOfActor(nameOf, issuerId),
			expiresAtMs: expiresAt,
		}
	}
}
