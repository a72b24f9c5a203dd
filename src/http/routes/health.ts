import type { FastifyInstance } from 'fastify'
import type { Services } from '../services.ts'
import { noQuery } from '../validation.ts'

/** Whether the process is alive, and whether it can do its work. */
export function healthRoutes(app: FastifyInstance, { log, delivery, writer, isStopping }: Services): void {
	app.get('/healthz', { config: { policy: 'public' } }, async (request) => {
		noQuery(request.query)
		return { status: 'ok' }
	})

	app.get('/readyz', { config: { policy: 'public' } }, async (request, reply) => {
		noQuery(request.query)
		// Both files are read: a server that cannot read is not ready.
		const head = delivery.advance().position
		const behind = Math.max(0, log.head().position - head)
		const status = isStopping() ? 'stopping' : writer.isWritable() ? 'ready' : 'disk_full'
		return reply.code(status === 'ready' ? 200 : 503).send({ status, head, behind })
	})
}
