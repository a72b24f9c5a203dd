import type { WebSocket } from '@fastify/websocket'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { RequestError } from '../errors.ts'
import { frontPage } from '../routes/front.ts'
import type { Services } from '../services.ts'
import { WebSocketConnection } from './connection.ts'

/** The WebSocket, at /ws and, since clients that know nothing else connect there, at / too. */
export function webSocketRoutes(app: FastifyInstance, services: Services): void {
	const connect = (socket: WebSocket, request: FastifyRequest) => {
		new WebSocketConnection(services, socket, request)
	}
	app.route({ method: 'GET', url: '/', config: { policy: 'public' }, handler: frontPage(services), wsHandler: connect })
	app.route({
		method: 'GET',
		url: '/ws',
		exposeHeadRoute: false,
		config: { policy: 'public' },
		handler: async () => {
			throw new RequestError('malformed', 'This address speaks WebSocket: connect with a WebSocket client.')
		},
		wsHandler: connect,
	})
}
