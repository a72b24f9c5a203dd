import type { FastifyInstance } from 'fastify'
import { partsOf, viewsAreLate } from '../parts.ts'
import type { Services } from '../services.ts'
import { noQuery } from '../validation.ts'

/** Whether the process is alive, and whether it can do its work. */
export function healthRoutes(app: FastifyInstance, services: Services): void {
	const { delivery, isStopping } = services
	app.get('/healthz', { config: { policy: 'public' } }, async (request) => {
		noQuery(request.query)
		return { status: 'ok' }
	})

	app.get('/readyz', { config: { policy: 'public' } }, async (request, reply) => {
		noQuery(request.query)
		// Both files are read: a server that cannot read is not ready.
		const head = delivery.advance().position
		const parts = partsOf(services)
		const late = viewsAreLate(services, Date.now()) ? 'behind' : 'ready'
		const status = isStopping() ? 'stopping' : parts.log.state === 'disk_full' ? 'disk_full' : late
		return reply.code(status === 'ready' ? 200 : 503).send({ status, head, behind: parts.views.behind, parts })
	})
}
