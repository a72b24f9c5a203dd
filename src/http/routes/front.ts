import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Services } from '../services.ts'
import { manual } from './manual.ts'
import { page } from './page.ts'

/** What stands at the address itself: a page for a browser, a manual for a terminal. */
export function frontPage({ config }: Services) {
	return async (request: FastifyRequest, reply: FastifyReply) => {
		reply.header('Vary', 'Accept')
		if (request.headers.accept?.includes('text/html') === true) {
			return reply.header('Content-Security-Policy', pagePolicy).type('text/html; charset=utf-8').send(page(config))
		}
		const address = config.publicUrl?.origin ?? `http://${request.host}`
		return reply.type('text/plain; charset=utf-8').send(manual(address, config))
	}
}

/** The page loads nothing and runs nothing. */
const pagePolicy =
	"default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
