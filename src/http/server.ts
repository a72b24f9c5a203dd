import type { IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'
import cookiePlugin from '@fastify/cookie'
import websocketPlugin from '@fastify/websocket'
import Fastify, { type FastifyError, type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify'
import { DamagedLog } from '../events/damaged-log.ts'
import { requireRights } from './access.ts'
import { bodyParsers, bytesMaxOf } from './bodies.ts'
import { browserRules } from './browser-rules.ts'
import { streaming } from './delivery/http-sink.ts'
import { asRequestError, errorCatalogue, problem, RequestError } from './errors.ts'
import { guard } from './guard.ts'
import { limitHints } from './limit-hints.ts'
import { bodyBytesMax, lingerMs, pipelinedMax, requestMsMax } from './limits.ts'
import { requestIdHeader, requestIds } from './request-ids.ts'
import { accountRoutes } from './routes/accounts.ts'
import { auditRoutes } from './routes/audit.ts'
import { clearingRoutes } from './routes/clearing.ts'
import { consumerRoutes } from './routes/consumers.ts'
import { healthRoutes } from './routes/health.ts'
import { hookDeliveryRoutes } from './routes/hook-deliveries.ts'
import { hookRoutes } from './routes/hooks.ts'
import { inviteRoutes } from './routes/invites.ts'
import { memberRoutes } from './routes/members.ts'
import { messageRoutes } from './routes/messages.ts'
import { metricsRoutes } from './routes/metrics.ts'
import { pageRoutes, sendApp, wantsPage } from './routes/pages.ts'
import { presenceRoutes } from './routes/presence.ts'
import { brokenEmoji, reactionRoutes } from './routes/reactions.ts'
import { readRoutes } from './routes/reads.ts'
import { rebuildRoutes } from './routes/rebuild.ts'
import { roomRoutes } from './routes/rooms.ts'
import { sanctionRoutes } from './routes/sanctions.ts'
import { searchRoutes } from './routes/search.ts'
import { sessionRoutes } from './routes/sessions.ts'
import { streamRoutes } from './routes/streams.ts'
import { syncRoutes } from './routes/sync.ts'
import { tokenRoutes } from './routes/tokens.ts'
import { userRoutes } from './routes/users.ts'
import { waitRoutes } from './routes/wait.ts'
import { webhookRoutes } from './routes/webhooks.ts'
import { welcomeRoutes } from './routes/welcome.ts'
import type { Services } from './services.ts'
import { webSocketRoutes } from './websocket/routes.ts'

/** Everything that is served over HTTP, not listening yet. */
export async function buildServer(services: Services): Promise<FastifyInstance> {
	const rules = await browserRules(services.config)
	const app = Fastify({
		loggerInstance: services.serverLog,
		genReqId: requestIds(services.config.trustedProxies),
		bodyLimit: bodyBytesMax,
		trustProxy: services.config.trustedProxies,
		requestTimeout: requestMsMax,
		// Until the last one is answered, every request gets an answer of ours.
		return503OnClosing: false,
		// The guard says what is missing, in the form of all errors.
		http: { requireHostHeader: false, shouldUpgradeCallback: isWebSocketUpgrade },
		// Longer than any name, so that a name that is too long gets its own error.
		routerOptions: { maxParamLength: 1_024 },
		frameworkErrors: (error, { id, url }, reply) => {
			const known = error.code === 'FST_ERR_BAD_URL' ? brokenEmoji(url) : undefined
			const answer = (reply as unknown as FastifyReply).headers(rules).header(requestIdHeader, id)
			void sendError(known ?? error, answer, services)
		},
		clientErrorHandler: (error, socket) => answerBrokenRequest(error, socket, rules),
	})
	app.addHook('onRequest', async (request, reply) => {
		reply.headers(rules).header(requestIdHeader, request.id)
		limitPipelining(request, reply)
		guard(request.raw, services.config)
		if (services.isStopping()) reply.header('Connection', 'close')
	})
	app.setErrorHandler((error: FastifyError, _request, reply) => sendError(error, reply, services))
	app.setNotFoundHandler((request, reply) => {
		// To whom a browser shows it the app says that there is nothing.
		const isForApp = request.method === 'GET' && wantsPage(request) && services.page.has('/index.html')
		if (isForApp) return sendApp(request, reply.code(404), services.page)
		const detail = `There is nothing at ${request.method} ${request.url.slice(0, 200)}. GET / describes what there is.`
		return sendError(new RequestError('not_found', detail), reply, services)
	})
	bodyParsers(app)
	// Cookies are set by it, and read only where a session is asked for.
	await app.register(cookiePlugin, { hook: false })
	requireRights(app, services)
	limitHints(app, services)
	await app.register(websocketPlugin, {
		options: { maxPayload: bodyBytesMax, perMessageDeflate: false, clientTracking: false },
		// They are closed with their own code before the server is.
		preClose: (done) => done(),
		errorHandler: (error, socket, request) => {
			// A peer that breaks the protocol: the library closes with the code for that, and the log is not a stranger's to fill.
			if ('code' in error) return
			request.log.error(error)
			socket.terminate()
		},
	})
	for (const routes of allRoutes) await app.register(async (part) => routes(part, services))
	return app
}

const allRoutes = [
	webSocketRoutes,
	healthRoutes,
	pageRoutes,
	welcomeRoutes,
	accountRoutes,
	sessionRoutes,
	tokenRoutes,
	hookRoutes,
	hookDeliveryRoutes,
	webhookRoutes,
	inviteRoutes,
	userRoutes,
	roomRoutes,
	memberRoutes,
	sanctionRoutes,
	messageRoutes,
	reactionRoutes,
	clearingRoutes,
	readRoutes,
	presenceRoutes,
	streamRoutes,
	waitRoutes,
	consumerRoutes,
	syncRoutes,
	searchRoutes,
	auditRoutes,
	rebuildRoutes,
	metricsRoutes,
]

/** Requests that were sent behind others on a connection, and how many of them wait to be answered. */
const waiting = new WeakMap<Socket, number>()

/** So many requests may be sent before the first one is answered: they are all worked on at once. */
function limitPipelining({ raw: { socket } }: FastifyRequest, { raw: response }: FastifyReply): void {
	const count = (waiting.get(socket) ?? 0) + 1
	waiting.set(socket, count)
	response.once('close', () => waiting.set(socket, (waiting.get(socket) ?? 1) - 1))
	if (count > pipelinedMax) {
		throw new RequestError('overloaded', `Send at most ${pipelinedMax} requests before the first one is answered.`)
	}
}

/** Any other upgrade that a client offers is ignored, as the request without it. */
function isWebSocketUpgrade({ headers, url = '' }: IncomingMessage): boolean {
	return headers.upgrade?.toLowerCase() === 'websocket' && /^\/(ws)?(\?|$)/.test(url)
}

function sendError(error: FastifyError | Error, reply: FastifyReply, { failed, figures }: Services): FastifyReply {
	const { request } = reply
	const known = asRequestError(error) ?? fromFramework(error as FastifyError, bytesMaxOf(request))
	// A command that failed is told of where it did, under an id of its own: the two lines belong together.
	if (known === undefined || known.code === 'internal' || error instanceof DamagedLog) failed(error, request)
	const answer =
		known ?? new RequestError('internal', `This failed inside the server. Its log says more, under ${request.id}.`)
	if (request.routeOptions.config.isPost === true) figures.postRefused(answer.code)
	const { status } = errorCatalogue[answer.code]
	const { retryAfterS } = answer
	if (retryAfterS !== undefined) reply.header('Retry-After', retryAfterS)
	// Node has given this socket up for an upgrade: nobody else would end it.
	if (request.ws) reply.raw.once('finish', () => request.raw.socket.destroySoon())
	if (status === 401) reply.header('WWW-Authenticate', 'Bearer realm="Tailroom"')
	// What was not read of a body that is too large is not waited for.
	if (status === 413) reply.header('Connection', 'close')
	// As bytes, for Fastify adds a charset to text, and this type has none.
	return reply
		.code(status)
		.type('application/problem+json')
		.send(Buffer.from(JSON.stringify(problem(answer))))
}

/** Errors that the framework throws before a route is reached. */
function fromFramework({ code, statusCode = 500, message }: FastifyError, bytesMax: number): RequestError | undefined {
	if (code === 'FST_ERR_CTP_BODY_TOO_LARGE') {
		return new RequestError('body_too_large', `This takes at most ${bytesMax} bytes of body.`)
	}
	if (code === 'FST_ERR_CTP_INVALID_MEDIA_TYPE') {
		return new RequestError('media_type_unsupported', 'Send JSON with "Content-Type: application/json".')
	}
	if (statusCode >= 400 && statusCode < 500) return new RequestError('malformed', `${message}.`)
	return undefined
}

/** What is not even HTTP, or too slow: nobody but its sender notices. */
function answerBrokenRequest(
	error: Error & { code?: string },
	socket: Socket,
	rules: Readonly<Record<string, string>>,
): void {
	if (error.code === 'ECONNRESET' || !socket.writable || streaming.has(socket)) return void socket.destroy()
	const isLarge = error.code === 'HPE_HEADER_OVERFLOW'
	const isSlow = error.code === 'ERR_HTTP_REQUEST_TIMEOUT'
	const status = isLarge ? '431 Request Header Fields Too Large' : isSlow ? '408 Request Timeout' : '400 Bad Request'
	const detail = isSlow ? 'The request did not arrive in time.' : 'This is not a request that HTTP/1.1 knows.'
	const known = problem(new RequestError('malformed', detail))
	const body = JSON.stringify({ ...known, title: status.slice(4), status: Number(status.slice(0, 3)) })
	const headers = Object.entries({ ...rules, 'content-type': 'application/problem+json' })
	// Who keeps their end open is not waited for.
	setTimeout(() => socket.destroy(), lingerMs).unref()
	socket.end(
		`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: ${Buffer.byteLength(body)}\r\n` +
			`${headers.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n${body}`,
	)
}
