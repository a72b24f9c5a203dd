import cookiePlugin from '@fastify/cookie'
import Fastify from 'fastify'
import t from 'tap'
import { clearSession, sessionIn, setSession } from '../../../src/http/auth/cookies.ts'

const plain = { publicUrl: undefined }
const http = { publicUrl: new URL('http://chat.example.org') }
const https = { publicUrl: new URL('https://chat.example.org') }
const week = 604_800

/** What a server with that configuration tells the browser. */
async function told(config: typeof https | typeof plain) {
	const app = Fastify()
	await app.register(cookiePlugin, { hook: false })
	app.get('/in', async (_request, reply) => setSession(reply, 'trs_secret', week, config))
	app.get('/out', async (_request, reply) => clearSession(reply, config))
	const [entered, left] = await Promise.all(['/in', '/out'].map((path) => app.inject(path)))
	return [entered?.headers['set-cookie'], left?.headers['set-cookie']]
}

t.test('over https the cookie belongs to this host and to https alone', async (t) => {
	t.same(await told(https), [
		'__Host-tailroom=trs_secret; Max-Age=604800; Path=/; HttpOnly; Secure; SameSite=Lax',
		'__Host-tailroom=; Max-Age=0; Path=/; Expires=Thu, 01 Jan 1970 00:00:00 GMT; HttpOnly; Secure; SameSite=Lax',
	])
})

t.test('without https it has no prefix, which a browser would refuse', async (t) => {
	for (const config of [plain, http]) {
		t.same(await told(config), [
			'tailroom=trs_secret; Max-Age=604800; Path=/; HttpOnly; SameSite=Lax',
			'tailroom=; Max-Age=0; Path=/; Expires=Thu, 01 Jan 1970 00:00:00 GMT; HttpOnly; SameSite=Lax',
		])
	}
})

t.test('the session is found among others, and only under its own name', async (t) => {
	const found: [string | undefined, typeof https | typeof plain, string | undefined][] = [
		[undefined, plain, undefined],
		['', plain, undefined],
		['theme=dark', plain, undefined],
		['tailroom=trs_a', plain, 'trs_a'],
		['theme=dark; tailroom=trs_a;lang=de', plain, 'trs_a'],
		['tailroom', plain, undefined],
		['Tailroom=trs_a; tailroom2=trs_b; __Host-tailroom=trs_c; x=tailroom=trs_d', plain, undefined],
		['tailroom=trs_a; __Host-tailroom=trs_b', https, 'trs_b'],
		['tailroom=trs_a', https, undefined],
		['tailroom=trs_a; __Host-tailroom=trs_b', http, 'trs_a'],
		['tailroom="trs_a"', plain, '"trs_a"'],
		['tailroom=%ff', plain, '%ff'],
		['__proto__=x; constructor=y', plain, undefined],
	]
	for (const [cookie, config, session] of found) {
		t.equal(sessionIn(cookie === undefined ? {} : { cookie }, config), session, cookie ?? 'none')
	}
})

t.test('of two sessions none is chosen', async (t) => {
	for (const cookie of ['tailroom=a; tailroom=b', 'tailroom=a;tailroom=a', 'tailroom=; x=y; tailroom=a']) {
		t.throws(() => sessionIn({ cookie }, plain), { code: 'malformed', detail: /twice/ }, cookie)
	}
})
