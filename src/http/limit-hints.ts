import type { FastifyInstance } from 'fastify'
import type { Remaining } from './rate-limit.ts'
import type { Services } from './services.ts'

/**
 * Tells a caller what is left of a limit before it bites: from when half of what can be saved up is gone. Of two, of the one
 * that is nearer.
 */
export function limitHints(app: FastifyInstance, { postLimit, requestLimit }: Services): void {
	app.addHook('onSend', (request, reply, payload, done) => {
		const { actor, ip } = request
		const [left] = [postLimit, requestLimit]
			.map((limit) => actor && limit.remainingOf(actor, ip))
			.filter((left) => left !== undefined && left.remaining < left.burst / 2)
			.sort((a, b) => shareOf(a) - shareOf(b))
		if (left !== undefined) {
			reply.header('Tailroom-Limit-Per-Second', left.perSecond)
			reply.header('Tailroom-Limit-Burst', left.burst)
			reply.header('Tailroom-Limit-Remaining', left.remaining)
		}
		done(null, payload)
	})
}

function shareOf(left: Remaining | undefined): number {
	return left === undefined ? 1 : left.remaining / left.burst
}
