import t from 'tap'
import { newSecret } from '../../src/http/auth/secrets.ts'
import { startInProcess } from '../helpers/app.ts'
import { startHouse } from '../helpers/house.ts'
import { ask, askJson, isProblem } from '../helpers/http.ts'
import { type Account, addMember, addPerson, password, putRoom, signIn } from '../helpers/people.ts'
import { until } from '../helpers/until.ts'
import { openWebSocket } from '../helpers/websocket.ts'

const house = await startHouse(t)
const { url, owner } = house
const ada = await addPerson(url, owner, 'ada')
const amy = await addPerson(url, owner, 'amy', 'admin')
const robot = await addPerson(url, owner, 'robot', 'bot')

const issue = (body: object, { headers }: Pick<Account, 'headers'> = ada) => askJson(url, '/tokens', body, { headers })
const bearer = (token: string) => ({ Authorization: `Bearer ${token}` })
const basic = (name: string, token: string) => ({
	Authorization: `Basic ${Buffer.from(`${name}:${token}`).toString('base64')}`,
})
const rooms = (headers: Record<string, string>, at = url) => ask(at, '/rooms', { headers })
const revoke = (id: string, headers: Record<string, string>) => ask(url, `/tokens/${id}`, { method: 'DELETE', headers })

t.test('a token is shown once, and then only what it is for', async (t) => {
	const before = Date.now()
	const { json, status } = await issue({ name: 'deploy', scope: 'read' })
	t.equal(status, 201)
	t.match(json, { token: /^trt_[0-9A-Za-z]{38}$/, id: /./, user: 'ada', name: 'deploy', scope: 'read' })
	t.ok(json.createdAtMs >= before && json.createdAtMs <= Date.now())
	const { token, ...rest } = json
	const listed = await ask(url, '/tokens', { headers: ada.headers })
	t.same(listed.json.tokens.at(-1), rest)
	t.notMatch(listed.text, /trt_|[0-9a-f]{64}/)
	t.match((await issue({})).json, { name: '', scope: 'write', user: 'ada' })
})

t.test('a token is sent as Bearer or, as curl does, as a password', async (t) => {
	const { token } = (await issue({ name: 'curl' })).json
	for (const headers of [
		bearer(token),
		{ Authorization: `bearer   ${token}` },
		basic('ada', token),
		basic(' ADA ', token),
		{ Authorization: basic('ada', token).Authorization.replace('Basic', 'BASIC') },
	]) {
		t.equal((await rooms(headers)).status, 200, headers.Authorization)
	}
	// With the name that it is not: also where the token was found before.
	for (const headers of [basic('owner', token), basic('', token), basic('nobody', token), basic('ada:', token)]) {
		isProblem(t, await rooms(headers), 401, 'not_authenticated', /./)
	}
	t.equal((await rooms(basic('ada', password))).status, 401, 'a password is no token')
})

t.test('what is no token is refused in one way', async (t) => {
	const { token, id } = (await issue({ name: 'short-lived' })).json
	t.equal((await rooms(bearer(token))).status, 200)
	t.equal((await revoke(id, ada.headers)).status, 204)
	const mistyped = `${token.slice(0, -1)}${token.endsWith('0') ? '1' : '0'}`
	const expiring = await issue({ expiresAtMs: Date.now() + 100 })
	t.equal(expiring.status, 201)
	await until(() => Date.now() > expiring.json.expiresAtMs)
	const wrong = [token, mistyped, expiring.json.token, newSecret('token'), newSecret('session'), 'x', '', `${token} x`]
	const texts = new Set<string>()
	for (const one of wrong) {
		const answer = await rooms(bearer(one))
		isProblem(t, answer, 401, 'not_authenticated', /not valid/)
		t.match(answer.headers, { 'www-authenticate': /^Bearer/ })
		texts.add(answer.text)
	}
	for (const Authorization of ['', 'Bearer', 'Digest x', token, `Basic ${token}`, 'Basic', 'Basic ====']) {
		texts.add((await rooms({ Authorization })).text)
	}
	t.equal(texts.size, 1)
})

t.test('a token does what its scope says', async (t) => {
	await putRoom(url, ada, 'scopes')
	const by = async (scope: string) => bearer((await issue({ scope })).json.token)
	const [read, write, full] = [await by('read'), await by('write'), await by('full')]
	const post = (headers: Record<string, string>) =>
		askJson(url, '/rooms/scopes/messages', { content: 'hello' }, { headers })
	const change = (headers: Record<string, string>) =>
		askJson(url, '/rooms/scopes', { topic: JSON.stringify(headers).slice(-20) }, { method: 'PUT', headers })
	for (const headers of [read, write, full]) t.equal((await rooms(headers)).status, 200)
	isProblem(t, await post(read), 403, 'forbidden', /./)
	for (const headers of [write, full]) t.equal((await post(headers)).status, 201)
	for (const headers of [read, write]) isProblem(t, await change(headers), 403, 'forbidden', /./)
	t.equal((await change(full)).status, 200)
	for (const headers of [read, write]) {
		isProblem(t, await ask(url, '/tokens', { headers }), 403, 'forbidden', /less than its user/)
		isProblem(t, await askJson(url, '/tokens', { scope: 'full' }, { headers }), 403, 'forbidden', /./)
	}
})

t.test('a token for a room opens that one alone', async (t) => {
	await putRoom(url, owner, 'inside', { visibility: 'private' })
	await addMember(url, owner, 'inside', 'ada')
	const { json } = await issue({ rooms: ['Inside'], scope: 'full' })
	t.same(json.rooms, ['inside'])
	const headers = bearer(json.token)
	t.same(
		(await rooms(headers)).json.rooms.map(({ room }: { room: string }) => room),
		['inside'],
	)
	t.equal((await ask(url, '/rooms/inside/messages', { headers })).status, 200)
	t.equal((await ask(url, '/rooms/general/messages', { headers })).status, 404)
	t.equal((await ask(url, '/users', { headers })).status, 403)
	// It is no key of its own: when its user goes, it opens nothing.
	await ask(url, '/rooms/inside/members/ada', { method: 'DELETE', headers: owner.headers })
	t.equal((await ask(url, '/rooms/inside/messages', { headers })).status, 404)
	t.same((await rooms(headers)).json.rooms, [])
	const hidden = await issue({ rooms: ['inside'] })
	isProblem(t, hidden, 404, 'not_found', /no room/)
	t.equal(
		hidden.text.replaceAll('inside', 'ROOM'),
		(await issue({ rooms: ['beside'] })).text.replaceAll('beside', 'ROOM'),
	)
})

t.test('whose tokens somebody handles', async (t) => {
	for (const by of [owner, amy]) {
		const issued = await issue({ user: 'Robot', name: 'ci' }, by)
		t.match(issued, { status: 201, json: { user: 'robot' } })
		t.equal((await rooms(bearer(issued.json.token))).status, 200)
		const listed = await ask(url, '/tokens?user=robot', { headers: by.headers })
		t.ok(listed.json.tokens.some(({ id }: { id: string }) => id === issued.json.id))
		t.equal((await revoke(issued.json.id, by.headers)).status, 204)
		t.equal((await rooms(bearer(issued.json.token))).status, 401)
	}
	isProblem(t, await issue({ user: 'owner' }, amy), 403, 'forbidden', /./)
	isProblem(t, await issue({ user: 'robot' }, ada), 403, 'forbidden', /./)
	isProblem(t, await issue({ user: 'nobody' }, owner), 404, 'not_found', /./)
	for (const user of ['owner', 'amy', 'robot']) {
		const listed = await ask(url, `/tokens?user=${user}`, { headers: ada.headers })
		isProblem(t, listed, 403, 'forbidden', /may not/)
	}
	isProblem(t, await ask(url, '/tokens?user=nobody', { headers: ada.headers }), 404, 'not_found', /nobody called/)
	isProblem(t, await ask(url, '/tokens?user=owner', { headers: amy.headers }), 403, 'forbidden', /./)
	const { id } = (await issue({}, owner)).json
	isProblem(t, await revoke(id, amy.headers), 404, 'not_found', /./)
	t.equal((await revoke(id, ada.headers)).text, (await revoke('nothing', ada.headers)).text)
	isProblem(t, await ask(url, '/tokens', { headers: robot.headers }), 403, 'forbidden', /./)
})

t.test('what is wrong with the wish is told', async (t) => {
	const wrong: [object, number, string][] = [
		[{ scope: 'everything' }, 400, 'malformed'],
		[{ rooms: 'general' }, 400, 'malformed'],
		[{ rooms: ['no room'] }, 400, 'name_invalid'],
		[{ token: 'mine' }, 400, 'malformed'],
		[{ expiresAtMs: 1 }, 422, 'time_unfit'],
		[{ expiresAtMs: -1 }, 400, 'malformed'],
		[{ name: 'a\nb' }, 422, 'text_unfit'],
		[{ rooms: Array.from({ length: 101 }, () => 'general') }, 422, 'limit_reached'],
	]
	for (const [body, status, code] of wrong) isProblem(t, await issue(body), status, code, /./)
	t.equal((await ask(url, '/tokens?users=ada', { headers: ada.headers })).status, 400)
})

t.test('when a token was last used is shown, and kept over a restart', async (t) => {
	const first = await startHouse(t)
	const issued = await askJson(first.url, '/tokens', { name: 'ci' }, { headers: first.owner.headers })
	const { id, token } = issued.json
	const last = async (at: string) => {
		const { json } = await ask(at, '/tokens', { headers: first.owner.headers })
		return json.tokens.find((one: { id: string }) => one.id === id).lastUsedAtMs
	}
	t.equal(issued.json.lastUsedAtMs, undefined)
	t.equal(await last(first.url), undefined, 'never yet')
	const before = Date.now()
	t.equal((await rooms(bearer(token), first.url)).status, 200)
	const used = await last(first.url)
	t.ok(used >= before && used <= Date.now())
	await first.app.stop()
	const again = await startInProcess(t, { guests: false, directory: first.directory })
	t.equal(await last(again.url), used)
	t.equal((await rooms(bearer(token), again.url)).status, 200, 'and the token is good still')
})

t.test('where guests are let in, who shows a token is who they are', async (t) => {
	const open = await startHouse(t, { guests: true })
	const post = (headers: Record<string, string>) =>
		askJson(open.url, '/rooms/general/messages', { content: 'hi' }, { headers })
	t.match((await post(open.owner.headers)).json, { sender: 'owner', guest: undefined })
	t.match((await post({ ...open.owner.headers, 'Tailroom-User': 'eve' })).json, { sender: 'owner' })
	t.match((await post(await signIn(open.url, 'owner'))).json, { sender: 'owner' })
	t.match((await post({ 'Tailroom-User': 'eve' })).json, { sender: 'eve', guest: true })
	for (const name of ['owner', ' Owner ']) {
		isProblem(t, await post({ 'Tailroom-User': name }), 409, 'name_taken', /is taken/)
	}
	isProblem(t, await post({ ...bearer(newSecret('token')), 'Tailroom-User': 'eve' }), 401, 'not_authenticated', /./)
	const at = `${open.url.replace('http', 'ws')}/ws`
	const socket = await openWebSocket(t, at)
	t.match(await socket.ask({ type: 'publish', room: 'general', content: 'x', sender: 'owner' }, 'error'), {
		code: 'name_taken',
	})
	const named = await openWebSocket(t, at, { 'Tailroom-User': 'owner' })
	t.match(await named.closed, { code: 4401 })
	const own = await openWebSocket(t, at, open.owner.headers)
	await own.ask({ type: 'subscribe', room: 'general' }, 'live')
	own.send({ type: 'publish', room: 'general', content: 'x', sender: 'eve' })
	t.match(await own.untilType('message'), { sender: 'owner' })
	// Who joins under a guest’s name takes it from the guest.
	const guest = await openWebSocket(t, at, { 'Tailroom-User': 'bob' })
	await guest.ask({ type: 'subscribe', room: 'general' }, 'live')
	await addPerson(open.url, open.owner, 'bob')
	t.match(await guest.closed, { code: 4403 })
})
