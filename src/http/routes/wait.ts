import type { FastifyInstance } from 'fastify'
import Type from 'typebox'
import { cursorAt } from '../../events/cursor.ts'
import type { ByeReason } from '../../protocol/frames.ts'
import { personOf, type RoomParams, roomFor } from '../access.ts'
import { filterOf } from '../delivery/filter.ts'
import { FirstFrames } from '../delivery/first-frames.ts'
import type { Scope } from '../delivery/scope.ts'
import { positionOf } from '../delivery/start.ts'
import { Subscription } from '../delivery/subscription.ts'
import { logDamaged, outOfRange, RequestError } from '../errors.ts'
import { waitMsDefault, waitMsMax } from '../limits.ts'
import type { Services } from '../services.ts'
import { count, validator } from '../validation.ts'

const checkWait = validator(
	Type.Object(
		{ after: Type.Optional(Type.String()), filter: Type.Optional(Type.String()), timeoutMs: count },
		{ additionalProperties: false },
	),
	'query',
)

/** Waiting for one frame, for who can do nothing but ask and wait for an answer. */
export function waitRoutes(app: FastifyInstance, services: Services): void {
	const { connections, delivery, identities, log } = services
	app.get<{ Params: RoomParams }>(
		'/rooms/:room/wait',
		{ exposeHeadRoute: false, config: { policy: 'read' } },
		async (request, reply) => {
			const query = checkWait(request.query)
			const filter = filterOf(query.filter)
			const timeoutMs = query.timeoutMs === undefined ? waitMsDefault : Number(query.timeoutMs)
			if (timeoutMs > waitMsMax) throw outOfRange('timeoutMs', 0, waitMsMax)
			const actor = personOf(request)
			// From here on everything happens in one turn.
			const head = delivery.advance()
			const room = roomFor(services, request)
			const after = query.after === undefined ? head.position : positionOf(query.after, 'after', head, log)
			if (services.isStopping()) throw unanswered.stopping
			if (connections.full) throw unanswered.overloaded

			const scope: Scope = { kind: 'room', streamId: room.roomId }
			const sink = new FirstFrames({ transport: 'wait', timeoutMs, filter })
			const subscription = new Subscription(delivery, { actor, scope, sink, after, filter })
			connections.opened()
			reply.raw.once('close', () => sink.cut())
			delivery.follow(subscription)
			const found = await sink.result
			const { isLive, cursorPosition } = subscription
			subscription.close()
			connections.closed()

			if (found === undefined) {
				// Whoever asks again from there misses nothing.
				const position = isLive ? delivery.head.position : cursorPosition
				return reply.code(204).header('Tailroom-Cursor', cursorAt(position, log)).send()
			}
			// Who is nobody any more has lost more than the room.
			if ('bye' in found && identities.renew(actor) === 'rights_lost') throw unanswered.expired
			if ('bye' in found) throw unanswered[found.bye]
			return JSON.parse(found.frames[0] as string)
		},
	)
}

const unanswered: { readonly [Reason in ByeReason]: RequestError } = {
	stopping: new RequestError('stopping', 'The server is stopping. Ask again in a few seconds, with the same cursor.'),
	overloaded: new RequestError(
		'overloaded',
		'The server has more connections than it can. Ask again in a few seconds.',
	),
	rights_lost: new RequestError('not_found', 'There is no such room that you may see.'),
	expired: new RequestError('not_authenticated', 'These credentials are not valid any longer. Sign in again.'),
	log_damaged: logDamaged,
}
