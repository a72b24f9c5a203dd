import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Services } from '../services.ts'
import { addressOf } from './address.ts'
import { type FrontState, manual } from './manual.ts'
import { sendApp, wantsPage } from './pages.ts'

/** What stands at the address itself: the app for a browser, a manual for a terminal. */
export function frontPage(services: Services) {
	const { config, identities, page } = services
	return async (request: FastifyRequest, reply: FastifyReply) => {
		reply.header('Vary', 'Accept')
		if (wantsPage(request)) return sendApp(request, reply, page)
		return reply.type('text/plain; charset=utf-8').send(manual(addressOf(request, services), config.version, state()))
	}

	function state(): FrontState {
		return config.guests ? 'guests' : identities.hasOwner ? 'closed' : 'setup'
	}
}
