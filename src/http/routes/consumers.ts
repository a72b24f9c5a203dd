import type { FastifyInstance } from 'fastify'
import Type from 'typebox'
import { cursorAt } from '../../events/cursor.ts'
import type { Consumer, LogHead } from '../../events/log.ts'
import { personOf } from '../access.ts'
import { type OwnConsumer, ownConsumer } from '../consumers.ts'
import { positionOf } from '../delivery/start.ts'
import { RequestError } from '../errors.ts'
import type { Services } from '../services.ts'
import { noQuery, validator } from '../validation.ts'

/** Of any length: what is not a cursor is told so. */
const checkMove = validator(
	Type.Object({ cursor: Type.Union([Type.String(), Type.Integer({ minimum: 0 })]) }, { additionalProperties: false }),
	'body',
)

interface Params {
	name: string
}

/** Named cursors: where they are, and how far behind. */
export function consumerRoutes(app: FastifyInstance, { consumers, delivery, log }: Services): void {
	app.get('/consumers', { config: { policy: 'own-consumers' } }, async (request) => {
		noQuery(request.query)
		const { userId } = personOf(request)
		const head = delivery.advance()
		return { consumers: consumers.list(userId).map((consumer) => told(consumer, head)) }
	})

	app.get<{ Params: Params }>('/consumers/:name', { config: { policy: 'own-consumers' } }, async (request) => {
		noQuery(request.query)
		return toldNow(ownConsumer(personOf(request), request.params.name))
	})

	app.put<{ Params: Params }>('/consumers/:name', { config: { policy: 'own-consumers' } }, async (request, reply) => {
		noQuery(request.query)
		const own = ownConsumer(personOf(request), request.params.name)
		const { cursor } = checkMove(request.body)
		const position = positionOf(String(cursor), 'cursor', delivery.advance(), log)
		const isNew = consumers.find(own) === undefined
		await consumers.moveTo(own, position)
		return reply.code(isNew ? 201 : 200).send(toldNow(own))
	})

	app.delete<{ Params: Params }>(
		'/consumers/:name',
		{ config: { policy: 'own-consumers' } },
		async (request, reply) => {
			noQuery(request.query)
			const own = ownConsumer(personOf(request), request.params.name)
			existing(own)
			await consumers.remove(own)
			return reply.code(204).send()
		},
	)

	function toldNow(own: OwnConsumer) {
		const head = delivery.advance()
		return told(existing(own), head)
	}

	function existing(own: OwnConsumer): Consumer {
		const consumer = consumers.find(own)
		if (consumer === undefined) throw new RequestError('not_found', `You have no consumer ${own.name}.`)
		return consumer
	}

	/** `behind`: positions of the log that it is not done with, of which many may be nothing to it. */
	function told({ name, position, movedAt }: Consumer, head: LogHead) {
		const behind = Math.max(0, head.position - position)
		return { name, cursor: cursorAt(position, log), position, behind, movedAtMs: movedAt }
	}
}
