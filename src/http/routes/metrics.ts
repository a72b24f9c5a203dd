import type { FastifyInstance } from 'fastify'
import type { Services } from '../services.ts'
import { noQuery } from '../validation.ts'

/** How much is done, and how well, for Prometheus. Nothing of it names a room, a person or an address. */
export function metricsRoutes(app: FastifyInstance, { metrics }: Services): void {
	app.get('/metrics', { config: { policy: 'read-metrics', isForMachine: true } }, async (request, reply) => {
		noQuery(request.query)
		const { contentType, text } = await metrics.read()
		return reply.type(contentType).send(text)
	})
}
