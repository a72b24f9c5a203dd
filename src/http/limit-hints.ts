import type { FastifyInstance } from 'fastify'
import type { Services } from './services.ts'

/**
 * Tells a caller what is left of the limit that a request counts for, before it bites: from when half of what
 * can be saved up is gone.
 */
export function limitHints(app: FastifyInstance, { postLimit, requestLimit }: Services): void {
	app.addHook('onSend', (request, reply, payload, done) => {
		const { actor, ip, method } = request
		const limit = method === 'GET' || method === 'HEAD' ? requestLimit : postLimit
		const left = actor && limit.remainingOf(actor, ip)
		if (left !== undefined && left.remaining < left.burst / 2) {
			reply.header('Tailroom-Limit-Per-Second', left.perSecond)
			reply.header('Tailroom-Limit-Burst', left.burst)
			reply.header('Tailroom-Limit-Remaining', left.remaining)
		}
		done(null, payload)
	})
}
