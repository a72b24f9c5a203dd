import { readFileSync } from 'node:fs'
import type { FastifyInstance } from 'fastify'
import { joinPage } from '../pages/join-page.ts'
import { pagePolicy } from '../pages/layout.ts'
import type { Services } from '../services.ts'

/** The pages that a code opens, and what they are made of. They ignore unknown query names. */
export function pageRoutes(
	app: FastifyInstance,
	{ identities }: { identities: Pick<Services['identities'], 'hasOwner'> },
): void {
	for (const kind of ['setup', 'invite'] as const) {
		const html = joinPage(kind)
		app.get(`/${kind}`, { config: { policy: 'public' } }, async (_request, reply) => {
			// Whoever follows the link a second time finds the server in use.
			if (kind === 'setup' && identities.hasOwner) return reply.redirect('/', 303)
			return reply.header('Content-Security-Policy', pagePolicy).type('text/html; charset=utf-8').send(html)
		})
	}
	for (const [name, type] of assets) {
		const text = readFileSync(new URL(`../pages/${name}`, import.meta.url), 'utf8')
		app.get(`/assets/${name}`, { config: { policy: 'public' } }, async (_request, reply) =>
			reply.type(`${type}; charset=utf-8`).send(text),
		)
	}
}

const assets = [
	['style.css', 'text/css'],
	['join.js', 'text/javascript'],
] as const
