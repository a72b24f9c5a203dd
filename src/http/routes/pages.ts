import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { RequestError } from '../errors.ts'
import { appRoutes } from '../page/addresses.ts'
import type { PageFile } from '../page/page-files.ts'
import { pagePolicy, workerPolicy } from '../page/policy.ts'
import type { Services } from '../services.ts'

/** The app, and what it is made of. Unknown query names are its own. What stands at `/` is in front.ts. */
export function pageRoutes(app: FastifyInstance, { identities, page }: Pick<Services, 'identities' | 'page'>): void {
	for (const route of appRoutes) {
		if (route === '/') continue
		app.get(route, { config: { policy: 'public' } }, async (request, reply) => {
			// Whoever follows the link a second time finds the server in use.
			if (route === '/setup' && identities.hasOwner) return reply.redirect('/', 303)
			return sendApp(request, reply, page)
		})
	}
	for (const route of fileRoutes) {
		app.get(route, { config: { policy: 'public' } }, async (request, reply) => {
			const path = request.url.split('?', 1)[0] as string
			const file = page.get(path)
			if (file === undefined) throw new RequestError('not_found', `There is nothing at GET ${path.slice(0, 200)}.`)
			if (route === '/sw.js') reply.header('Content-Security-Policy', workerPolicy)
			return sendFile(request, reply, file)
		})
	}
}

const fileRoutes = ['/assets/*', '/icons/*', '/manifest.webmanifest', '/sw.js'] as const

/** Whether a browser asks, to show the answer to somebody. */
export function wantsPage({ headers }: FastifyRequest): boolean {
	return headers.accept?.includes('text/html') === true
}

/** The app itself, which says by its address what it shows. */
export function sendApp(request: FastifyRequest, reply: FastifyReply, page: Services['page']): FastifyReply {
	const file = page.get('/index.html')
	if (file === undefined) {
		return reply.code(503).type('text/plain; charset=utf-8').send('The page is not built: start with "npm start".\n')
	}
	return sendFile(request, reply.header('Content-Security-Policy', pagePolicy), file)
}

function sendFile({ headers }: FastifyRequest, reply: FastifyReply, file: PageFile): FastifyReply {
	const { type, bytes, brotli, gzip, isImmutable } = file
	const accepted = headers['accept-encoding'] ?? ''
	// What is not named by its content is asked for again each time.
	reply.header('Cache-Control', isImmutable ? 'public, max-age=31536000, immutable' : 'no-cache')
	reply.header('Vary', 'Accept, Accept-Encoding').type(type)
	if (brotli !== undefined && /\bbr\b/.test(accepted)) return reply.header('Content-Encoding', 'br').send(brotli)
	if (gzip !== undefined && /\bgzip\b/.test(accepted)) return reply.header('Content-Encoding', 'gzip').send(gzip)
	return reply.send(bytes)
}
