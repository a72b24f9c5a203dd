import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { manual } from './manual.ts'
import { page } from './page.ts'
import type { Services } from './services.ts'

/** What stands at the address itself: a page for a browser, a manual for a terminal. */
export function frontPage({ config }: Services) {
	return async (request: FastifyRequest, reply: FastifyReply) => {
		reply.header('Vary', 'Accept')
		if (request.headers.accept?.includes('text/html') === true) {
			return reply.header('Content-Security-Policy', pagePolicy).type('text/html; charset=utf-8').send(page(config))
		}
		const address = config.publicUrl?.origin ?? `http://${request.headers.host}`
		return reply.type('text/plain; charset=utf-8').send(manual(address, config))
	}
}

/** Whether the process is alive, and whether it can do its work. */
export function healthRoutes(app: FastifyInstance, { log, delivery, writer, isStopping }: Services): void {
	app.get('/healthz', async () => ({ status: 'ok' }))

	app.get('/readyz', async (_request, reply) => {
		// Both files are read: a server that cannot read is not ready.
		const head = delivery.advance().position
		const behind = Math.max(0, log.head().position - head)
		const status = isStopping() ? 'stopping' : writer.isWritable() ? 'ready' : 'disk_full'
		return reply.code(status === 'ready' ? 200 : 503).send({ status, head, behind })
	})
}

/** The page loads nothing and runs nothing. */
const pagePolicy =
	"default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
