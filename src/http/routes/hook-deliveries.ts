import type { IncomingHttpHeaders } from 'node:http'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { User } from '../../commands/actor.ts'
import { keyedEventId } from '../../commands/event-ids.ts'
import { Refusal } from '../../commands/refusal.ts'
import { findHook, type Hook } from '../../projections/hooks.ts'
import { findRoomById } from '../../projections/rooms.ts'
import { findUser } from '../../projections/users.ts'
import { newHookSecret } from '../auth/secrets.ts'
import { RequestError } from '../errors.ts'
import { provenBy, type Way } from '../hooks/proof.ts'
import { readDelivery } from '../hooks/read-delivery.ts'
import { render } from '../hooks/render.ts'
import { hookBodyBytesMax } from '../limits.ts'
import type { Services } from '../services.ts'
import { noQuery } from '../validation.ts'
import { messageAt } from './history.ts'
import { answerPost } from './messages.ts'

interface HookParams {
	id: string
	/** Where the address has one. */
	secret?: string
}

/** What other programs send to hooks. Who they are is proved by the hook's secret, and by nothing else. */
export function hookDeliveryRoutes(app: FastifyInstance, services: Services): void {
	const { views, log, writer, attempts, uses, postLimit } = services
	/** By which nothing is proved: so that a hook that there is not takes as long as one that there is. */
	const nobodys = newHookSecret()

	app.removeAllContentTypeParsers()
	app.addContentTypeParser('*', { parseAs: 'buffer' }, async (_request: FastifyRequest, body: Buffer) => body)
	const options = {
		bodyLimit: hookBodyBytesMax,
		config: { policy: 'public', isPost: true, bodyBytesMax: hookBodyBytesMax },
	} as const

	for (const path of ['/hooks/:id', '/hooks/:id/:secret']) {
		app.post<{ Params: HookParams; Body: Buffer | undefined }>(
			path,
			{ ...options, onRequest: async (request) => attempts.checkHook(request, request.params.id) },
			async (request, reply) => {
				noQuery(request.query)
				const body = request.body ?? Buffer.alloc(0)
				const { actor, way } = await speakerOf(request, body)
				postLimit.take(actor, request.ip)
				const headers = way === 'id and body' ? signedIn(request.headers) : request.headers
				const { success, changes, ...message } = render(readDelivery(headers, body))
				const room = findRoomById(views, actor.credential.roomId)?.slug ?? ''
				const command = { type: 'PostMessage', room, ...message } as const
				const key = deliveryIdOf(headers)
				const { position, replayed } = await writer.submit(actor, command, key).catch((error: unknown) => {
					const said = changes === true && isReused(error) ? log.find(keyedEventId(actor, key ?? '')) : undefined
					if (said === undefined) throw error
					return { position: said.position, replayed: true }
				})
				const frame = messageAt(services, actor.userId, { position: position as number })
				const answer = { ...answerPost(reply, frame, replayed), ...success?.fields }
				if (success?.status !== undefined) reply.code(success.status)
				return answer
			},
		)
	}

	/** As whom it is said. The same refusal for what is no hook, and for what its secret does not prove. */
	async function speakerOf(request: FastifyRequest<{ Params: HookParams }>, body: Buffer): Promise<Spoken> {
		const { id, secret } = request.params
		const hook = findHook(views, id)
		const known = hook && secretOf(hook)
		const inUrl = hook?.secretInUrl === true ? secret : undefined
		const way = provenBy(known ?? nobodys, { headers: request.headers, body, inUrl, now: Date.now() })
		// Of many at once, those that are late learn nothing.
		attempts.checkHook(request, id)
		const user = hook && findUser(views, hook.userId)
		if (hook === undefined || known === undefined || user === undefined || way === undefined) {
			await attempts.hookFailed(request, id, hook?.userId)
			const detail =
				'There is no such hook, or nothing that was sent proves that its sender knows the secret: ' +
				'that is asked for as "Authorization: Bearer <secret>", as a password, or as a signature of now.'
			throw new RequestError('not_authenticated', detail)
		}
		const { hookId, userId, roomId } = hook
		uses.touch(hookId, Date.now())
		const credential = { kind: 'hook', id: hookId, roomId } as const
		return { way, actor: { kind: 'user', userId, name: services.nameOf(userId), role: user.role, credential } }
	}

	function secretOf({ position }: Hook): string | undefined {
		const event = log.at(position)
		return event?.type === 'HookIssued' ? event.body?.secret : undefined
	}
}

interface Spoken {
	actor: User & { credential: { kind: 'hook'; id: string; roomId: string } }
	way: Way
}

function isReused(error: unknown): boolean {
	return error instanceof Refusal && error.code === 'idempotency_key_reused'
}

/** Of what is signed with its id: whoever has got hold of a delivery could send it again with other headers. */
function signedIn(headers: IncomingHttpHeaders): IncomingHttpHeaders {
	return { 'content-type': headers['content-type'], 'webhook-id': headers['webhook-id'] }
}

/** By what its sender knows a delivery again: then it is said once, however often it is sent. */
function deliveryIdOf(headers: IncomingHttpHeaders): string | undefined {
	const ids = ['idempotency-key', 'webhook-id', 'x-github-delivery'].map((name) => headers[name])
	return ids.find((id) => id !== undefined)?.toString()
}
