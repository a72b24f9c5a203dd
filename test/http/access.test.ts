import Fastify from 'fastify'
import t from 'tap'
import { requireRights } from '../../src/http/access.ts'
import type { Services } from '../../src/http/services.ts'

t.test('a route that does not say what right it needs does not come to be', async (t) => {
	const app = Fastify()
	requireRights(app, {} as Services)
	t.throws(() => app.get('/forgotten', async () => 'open to everybody'), /GET \/forgotten declares no policy/)
	app.get('/public', { config: { policy: 'public' } }, async () => 'open to everybody')
	t.equal((await app.inject('/public')).body, 'open to everybody')
	t.same(
		[...app.policies],
		[
			['GET /public', 'public'],
			['HEAD /public', 'public'],
		],
	)
})
