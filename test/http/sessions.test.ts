import t from 'tap'
import { newSecret } from '../../src/http/auth/secrets.ts'
import { triesPerAccountMax } from '../../src/http/limits.ts'
import { startHouse } from '../helpers/house.ts'
import { type Answer, ask, askJson, isProblem } from '../helpers/http.ts'
import { addPerson, password, signIn } from '../helpers/people.ts'

const [{ url, owner }, secure, open] = await Promise.all([
	startHouse(t),
	startHouse(t, { publicUrl: new URL('https://chat.example.org') }),
	startHouse(t, { guests: true }),
])
const day = 24 * 60 * 60 * 1_000
await Promise.all([
	addPerson(url, owner, 'ada'),
	addPerson(url, owner, 'grace'),
	addPerson(url, owner, 'iris'),
	addPerson(url, owner, 'robot', 'bot'),
])

const enter = (name: string, given = password, headers: Record<string, string> = {}, at = url) =>
	askJson(at, '/sessions', { name, password: given }, { headers })
const me = (headers: Record<string, string>, at = url) => ask(at, '/users/me', { headers })
const cookieOf = ({ headers }: Answer) => ({ Cookie: headers['set-cookie']?.[0]?.split(';')[0] as string })

/** Of somebody who stays signed in. */
const standing = await signIn(url, 'ada')

t.test('who signs in has a cookie that scripts cannot read, for ninety days', async (t) => {
	const before = Date.now()
	const answer = await enter(' Ada ')
	t.match(answer, { status: 201, json: { user: 'ada', id: /./ } })
	t.ok(answer.json.expiresAtMs >= before + 90 * day && answer.json.expiresAtMs <= Date.now() + 90 * day)
	t.match(answer.headers['set-cookie'], [
		/^tailroom=trs_[0-9A-Za-z]{38}; Max-Age=7776000; Path=\/; HttpOnly; SameSite=Lax$/,
	])
	t.notMatch(answer.text, 'trs_', 'the secret is in the cookie alone')
	t.match((await me(cookieOf(answer))).json, { name: 'ada', role: 'member' })
})

t.test('under an address with https the cookie is for this host and https alone', async (t) => {
	const house = secure
	const answer = await enter('owner', password, {}, house.url)
	t.match(answer.headers['set-cookie'], [
		/^__Host-tailroom=trs_[0-9A-Za-z]{38}; Max-Age=7776000; Path=\/; HttpOnly; Secure; SameSite=Lax$/,
	])
	const cookie = cookieOf(answer)
	t.equal((await me(cookie, house.url)).status, 200)
	const underAnother = { Cookie: cookie.Cookie.replace('__Host-', '') }
	t.equal((await me(underAnother, house.url)).status, 401, 'a neighbour’s cookie is none')
	const out = await ask(house.url, '/sessions/current', { method: 'DELETE', headers: cookie })
	t.match(out.headers['set-cookie'], [/^__Host-tailroom=; Max-Age=0; Path=\/; .*HttpOnly; Secure/])
})

t.test('a wrong password, and who has none, or is not here: the very same answer', async (t) => {
	await addPerson(url, owner, 'gone')
	await askJson(url, '/users/gone', { active: false }, { method: 'PATCH', headers: owner.headers })
	const answers = [
		await enter('ada', 'not the password'),
		await enter('ada', ''),
		await enter('nobody'),
		await enter('gone'),
		await enter('robot'),
		await enter('not a name'),
		await enter('erased-1'),
		await enter(''),
	]
	isProblem(t, answers[0] as Answer, 401, 'not_authenticated', /do not belong together/)
	for (const answer of answers) {
		t.equal(answer.text, answers[0]?.text)
		const { date, 'x-request-id': _id, ...others } = answer.headers
		const { date: _date, 'x-request-id': _other, ...same } = (answers[0] as Answer).headers
		t.same(others, same)
		t.equal(answer.headers['set-cookie'], undefined)
	}
})

t.test('a password that is none is told so', async (t) => {
	for (const long of ['x'.repeat(1_025), 'é'.repeat(513)]) {
		isProblem(t, await enter('ada', long), 422, 'password_unfit', /1024 bytes/)
	}
	isProblem(t, await enter('ada', 'x'.repeat(1_000_000)), 413, 'body_too_large', /./)
	t.equal((await askJson(url, '/sessions', { name: 'ada' })).status, 400)
	t.equal((await askJson(url, '/sessions', { name: 'ada', password, remember: true })).status, 400)
	t.equal((await ask(url, '/sessions?name=ada', { method: 'POST' })).status, 400)
})

t.test('a session that somebody has fixed beforehand never becomes valid', async (t) => {
	const fixed = newSecret('session')
	const headers = { Cookie: `tailroom=${fixed}` }
	const answer = await enter('ada', password, headers)
	t.equal(answer.status, 201)
	t.notMatch(answer.headers['set-cookie']?.[0], fixed)
	t.equal((await me(headers)).status, 401)
	t.equal((await me(cookieOf(answer))).status, 200)
})

t.test('signing in ends the session that the browser had, whoever’s it was', async (t) => {
	for (const next of ['ada', 'grace']) {
		const before = await signIn(url, 'ada')
		const elsewhere = await signIn(url, 'ada')
		const answer = await enter(next, password, before)
		t.equal(answer.status, 201)
		t.equal((await me(before)).status, 401, next)
		t.equal((await me(cookieOf(answer))).json.name, next)
		t.equal((await me(elsewhere)).status, 200)
	}
	const kept = await signIn(url, 'ada')
	t.equal((await enter('ada', 'wrong', kept)).status, 401)
	t.equal((await me(kept)).status, 200, 'but only who is let in')
})

t.test('cookie and token at once are too many', async (t) => {
	const cookie = standing
	isProblem(t, await me({ ...cookie, ...owner.headers }), 400, 'malformed', /not both/)
	isProblem(t, await me({ ...cookie, Authorization: 'Bearer wrong' }), 400, 'malformed', /not both/)
	isProblem(t, await me({ Cookie: `${cookie.Cookie}; ${cookie.Cookie}` }), 400, 'malformed', /twice/)
})

t.test('what a cookie holds is good nowhere else', async (t) => {
	const cookie = standing
	t.equal((await me(cookie)).status, 200)
	const secret = cookie.Cookie.replace('tailroom=', '')
	for (const Authorization of [`Bearer ${secret}`, secret, basic('ada', secret)]) {
		t.equal((await me({ Authorization })).status, 401, Authorization.slice(0, 10))
	}
	t.equal((await me({ Cookie: `tailroom=${owner.token}` })).status, 401, 'nor is a token a cookie')
	for (const Authorization of [owner.token, `Bearer ${owner.token} `, `Basic ${owner.token}`]) {
		const known = await me(owner.headers)
		t.equal(known.status, 200)
		t.equal(
			(await me({ Authorization })).status,
			Authorization.startsWith('Bearer') ? 200 : 401,
			Authorization.slice(0, 10),
		)
	}
})

function basic(name: string, token: string): string {
	return `Basic ${Buffer.from(`${name}:${token}`).toString('base64')}`
}

t.test('signing out ends the session and takes the cookie', async (t) => {
	const cookie = await signIn(url, 'ada')
	const elsewhere = await signIn(url, 'ada')
	const out = await ask(url, '/sessions/current', { method: 'DELETE', headers: cookie })
	t.match(out, { status: 204, headers: { 'set-cookie': [/^tailroom=; Max-Age=0; Path=\/; .*HttpOnly/] } })
	isProblem(t, await me(cookie), 401, 'not_authenticated', /./)
	t.equal((await me(elsewhere)).status, 200)
	t.equal((await ask(url, '/sessions/current', { method: 'DELETE', headers: cookie })).status, 401)
	isProblem(
		t,
		await ask(url, '/sessions/current', { method: 'DELETE', headers: owner.headers }),
		404,
		'not_found',
		/token/,
	)
})

t.test('sessions are listed with where they are, ended one by one or all', async (t) => {
	const list = async (headers: Record<string, string>) => (await ask(url, '/sessions', { headers })).json.sessions
	const phone = cookieOf(await enter('iris', password, { 'User-Agent': 'a phone' }))
	const laptop = cookieOf(await enter('iris', password, { 'User-Agent': 'x'.repeat(1_000) }))
	const others = await signIn(url, 'owner')
	const sessions = await list(phone)
	t.match(sessions, [
		{ current: true, agent: 'a phone', address: '127.0.0.1', id: /./, openedAtMs: Number, lastUsedAtMs: Number },
		{ current: false, agent: 'x'.repeat(256), address: '127.0.0.1', expiresAtMs: Number },
	])
	t.equal(sessions.length, 2)
	t.notMatch(JSON.stringify(sessions), /trs_|[0-9a-f]{64}/, 'nothing by which somebody could come in')
	const [, { id }] = sessions
	const [foreign] = await list(others)

	const end = (which: string, headers: Record<string, string>) =>
		ask(url, `/sessions${which}`, { method: 'DELETE', headers })
	isProblem(t, await end(`/${foreign.id}`, phone), 404, 'not_found', /./)
	t.equal((await end(`/${foreign.id}`, phone)).text, (await end('/nothing', phone)).text)
	t.equal((await me(others)).status, 200)
	t.equal((await end(`/${id}`, phone)).status, 204)
	t.equal((await me(laptop)).status, 401)
	t.equal((await me(phone)).status, 200)

	const again = await signIn(url, 'iris')
	const all = await end('', phone)
	t.match(all, { status: 204, headers: { 'set-cookie': [/^tailroom=;/] } })
	for (const cookie of [phone, again]) t.equal((await me(cookie)).status, 401)
	t.equal((await me(others)).status, 200)
})

t.test('an administrator signs somebody out everywhere, but nobody above', async (t) => {
	const amy = await addPerson(url, owner, 'amy', 'admin')
	const cookie = await signIn(url, 'grace')
	const end = (name: string, headers: Record<string, string>) =>
		ask(url, `/users/${name}/sessions`, { method: 'DELETE', headers })
	isProblem(t, await end('grace', cookie), 403, 'forbidden', /./)
	isProblem(t, await end('owner', amy.headers), 403, 'forbidden', /./)
	isProblem(t, await end('nobody', amy.headers), 404, 'not_found', /./)
	t.equal((await me(cookie)).status, 200)
	t.equal((await end('grace', amy.headers)).status, 204)
	t.equal((await me(cookie)).status, 401)
})

t.test('a cookie that is not valid any more is no guest’s', async (t) => {
	const house = open
	const cookie = await signIn(house.url, 'owner')
	t.equal((await ask(house.url, '/rooms', { headers: cookie })).status, 200)
	await ask(house.url, '/sessions/current', { method: 'DELETE', headers: cookie })
	for (const Cookie of [cookie.Cookie, 'tailroom=', 'tailroom=nonsense', `tailroom=${newSecret('session')}`]) {
		isProblem(t, await ask(house.url, '/rooms', { headers: { Cookie } }), 401, 'not_authenticated', /Sign in again/)
	}
	t.equal((await ask(house.url, '/rooms')).status, 200)
	t.equal((await ask(house.url, '/rooms', { headers: { Cookie: 'theme=dark' } })).status, 200)
})

t.test('with a cookie only JSON is taken, which no form of another site can send', async (t) => {
	const cookie = standing
	const post = (type: string | undefined, headers: Record<string, string>) =>
		ask(url, '/rooms/general/messages', {
			method: 'POST',
			headers: { ...headers, ...(type === undefined ? {} : { 'Content-Type': type }) },
			body: '{"content":"hello"}',
		})
	t.equal((await post('application/json', cookie)).status, 201)
	for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data', undefined]) {
		isProblem(t, await post(type, cookie), 415, 'media_type_unsupported', /JSON/)
	}
	t.equal((await post('text/plain', owner.headers)).status, 201)
})

t.test('a page of another site signs nobody in or out', async (t) => {
	const cookie = standing
	const foreign = { Origin: 'https://evil.example' }
	isProblem(t, await enter('ada', password, foreign), 403, 'origin_foreign', /./)
	const out = await ask(url, '/sessions/current', { method: 'DELETE', headers: { ...cookie, ...foreign } })
	isProblem(t, out, 403, 'origin_foreign', /./)
	t.equal((await me(cookie)).status, 200)
})

t.test(
	'guessing at one account comes to an end, wherever its name is known, and many at once are no way around that',
	async (t) => {
		const guesses = Array.from({ length: triesPerAccountMax + 2 }, (_, i) =>
			enter(i % 2 === 0 ? 'owner' : ' OWNER', 'wrong', {}, open.url),
		)
		const statuses = (await Promise.all(guesses)).map(({ status }) => status)
		t.equal(statuses.filter((status) => status === 401).length, triesPerAccountMax)
		t.equal(statuses.filter((status) => status === 429).length, 2)
		isProblem(t, await enter('owner', password, {}, open.url), 429, 'tries_too_many', /minutes/)
		t.equal((await enter('another', 'wrong', {}, open.url)).status, 401)
	},
)
