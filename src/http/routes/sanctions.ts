import type { FastifyInstance, FastifyRequest } from 'fastify'
import Type from 'typebox'
import { formatCursor } from '../../events/cursor.ts'
import { nameOfActor } from '../../projections/names.ts'
import { holds, listSanctions, type Sanction } from '../../projections/sanctions.ts'
import { personNamed, type RoomParams, roomFor, roomNamed } from '../access.ts'
import { type EventOf, personIn } from '../delivery/frame.ts'
import { inParts } from '../long-list.ts'
import type { Services } from '../services.ts'
import { noQuery, validator } from '../validation.ts'
import type { MemberParams } from './members.ts'

const checkSanction = validator(
	Type.Object(
		{
			untilMs: Type.Optional(Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER })),
			reason: Type.Optional(Type.String()),
		},
		{ additionalProperties: false },
	),
	'body',
)

/** Who may not enter a room, or may say nothing in it. */
export function sanctionRoutes(app: FastifyInstance, services: Services): void {
	const { views, log, nameOf, writer, config } = services
	const guests = config.guests ? { guests: true as const } : {}

	for (const [path, kind, imposing, lifting] of kinds) {
		app.get<{ Params: RoomParams }>(`/rooms/:room/${path}`, { config: { policy: 'moderate' } }, async (request) => {
			noQuery(request.query)
			const { inForce, cursor } = views.snapshot((checkpoint) => {
				const now = Date.now()
				const all = listSanctions(views, roomFor(services, request).roomId, kind)
				return { inForce: all.filter((sanction) => holds(sanction, now)), cursor: formatCursor(checkpoint) }
			})
			return { [path]: await inParts(inForce, sanctionAnswer), cursor }
		})

		app.put<{ Params: MemberParams }>(
			`/rooms/:room/${path}/:user`,
			{ config: { policy: 'moderate' } },
			async (request) => {
				noQuery(request.query)
				const { untilMs, reason = '' } = checkSanction(request.body ?? {})
				const against = againstWhom(request)
				const until = untilMs === undefined ? {} : { untilMs }
				await writer.submit(request.actor, { type: imposing, ...against, ...until, reason, ...guests })
				return { userId: against.name, ...until, reason }
			},
		)

		app.delete<{ Params: MemberParams }>(
			`/rooms/:room/${path}/:user`,
			{ config: { policy: 'moderate' } },
			async (request, reply) => {
				noQuery(request.query)
				await writer.submit(request.actor, { type: lifting, ...againstWhom(request), ...guests })
				return reply.code(204).send()
			},
		)
	}

	function sanctionAnswer({ position, untilMs }: Sanction) {
		const event = sanctionAt(position)
		const { recordedAt, metadata, body } = event
		return {
			userId: personIn(event, nameOf),
			by: nameOfActor(nameOf, metadata.actor),
			since: recordedAt,
			...(untilMs === null ? {} : { untilMs }),
			reason: body?.reason ?? '',
		}
	}

	function sanctionAt(position: number): EventOf<'PersonBanned' | 'PersonMuted'> {
		const event = log.at(position)
		if (event?.type === 'PersonBanned' || event?.type === 'PersonMuted') return event
		throw new Error(`the log has no ban or mute at ${position}`)
	}
}

const kinds = [
	['bans', 'ban', 'BanPerson', 'LiftBan'],
	['mutes', 'mute', 'MutePerson', 'LiftMute'],
] as const

function againstWhom({ actor, params }: FastifyRequest<{ Params: MemberParams }>): { room: string; name: string } {
	return { room: roomNamed(actor, params.room), name: personNamed(actor, params.user, 'user') }
}
