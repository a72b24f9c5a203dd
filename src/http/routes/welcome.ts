import type { FastifyInstance, FastifyRequest } from 'fastify'
import { Refusal } from '../../commands/refusal.ts'
import { RequestError } from '../errors.ts'
import type { Services } from '../services.ts'
import { noQuery } from '../validation.ts'

/** What the app has to know before it asks for anything: whether there is somebody to be, and who one is already. */
export function welcomeRoutes(app: FastifyInstance, { config, identities }: Services): void {
	app.get('/welcome', { config: { policy: 'public' } }, async (request) => {
		noQuery(request.query)
		const user = userOf(request)
		return { hasOwner: identities.hasOwner, guests: config.guests, ...(user === undefined ? {} : { user }) }
	})

	/** Of a session or token that is valid; a refusal would be an error in every browser's console. */
	function userOf({ headers }: FastifyRequest): string | undefined {
		try {
			const actor = identities.authenticate(headers)
			return actor.kind === 'user' ? actor.name : undefined
		} catch (error) {
			if (error instanceof RequestError || error instanceof Refusal) return undefined
			throw error
		}
	}
}
