import type { FastifyReply, FastifyRequest } from 'fastify'
import { type FrontState, frontHtml } from '../pages/front-page.ts'
import { pagePolicy } from '../pages/layout.ts'
import type { Services } from '../services.ts'
import { addressOf } from './address.ts'
import { manual } from './manual.ts'

/** What stands at the address itself: a page for a browser, a manual for a terminal. */
export function frontPage(services: Services) {
	const { config, identities } = services
	return async (request: FastifyRequest, reply: FastifyReply) => {
		reply.header('Vary', 'Accept')
		if (request.headers.accept?.includes('text/html') === true) {
			const html = frontHtml(config.version, state())
			return reply.header('Content-Security-Policy', pagePolicy).type('text/html; charset=utf-8').send(html)
		}
		return reply.type('text/plain; charset=utf-8').send(manual(addressOf(request, services), config.version, state()))
	}

	function state(): FrontState {
		return config.guests ? 'guests' : identities.hasOwner ? 'closed' : 'setup'
	}
}
