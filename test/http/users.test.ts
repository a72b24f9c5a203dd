import t from 'tap'
import { startHouse } from '../helpers/house.ts'
import { ask, askJson, isProblem } from '../helpers/http.ts'
import { type Account, addPerson, password, signIn } from '../helpers/people.ts'
import { openSse } from '../helpers/sse.ts'

const { url, owner } = await startHouse(t)
const ada = await addPerson(url, owner, 'ada')
const amy = await addPerson(url, owner, 'amy', 'admin')
await addPerson(url, owner, 'robot', 'bot')

type By = { headers: Record<string, string> }
const change = (name: string, body: object, { headers }: By) =>
	askJson(url, `/users/${name}`, body, { method: 'PATCH', headers })
const me = (headers: Record<string, string>) => ask(url, '/users/me', { headers })
const enter = (name: string, given: string) => askJson(url, '/sessions', { name, password: given })
const person = (name: string, by: Account = owner) => addPerson(url, by, name)

t.test('people are listed with what everybody may know of them', async (t) => {
	const { json } = await ask(url, '/users', { headers: ada.headers })
	t.same(json.users, [
		{ name: 'owner', displayName: 'owner', role: 'owner', active: true },
		{ name: 'ada', displayName: 'ada', role: 'member', active: true },
		{ name: 'amy', displayName: 'amy', role: 'admin', active: true },
		{ name: 'robot', displayName: 'robot', role: 'bot', active: true },
	])
	t.same((await ask(url, '/users/ADA', { headers: ada.headers })).json, json.users[1])
	t.same((await me(ada.headers)).json, json.users[1])
	isProblem(t, await ask(url, '/users/nobody', { headers: ada.headers }), 404, 'not_found', /nobody called/)
	isProblem(t, await ask(url, '/users/no%20name', { headers: ada.headers }), 400, 'name_invalid', /./)
})

t.test('a display name is one’s own, and an administrator’s to change; never above', async (t) => {
	const bea = await person('bea')
	t.match((await change('me', { displayName: 'Béa' }, bea)).json, { name: 'bea', displayName: 'Béa' })
	t.match((await change('bea', { displayName: 'B.' }, amy)).json, { displayName: 'B.' })
	t.match((await change('bea', { displayName: '' }, bea)).json, { displayName: 'bea' })
	isProblem(t, await change('bea', { displayName: 'x' }, ada), 403, 'forbidden', /./)
	isProblem(t, await change('owner', { displayName: 'x' }, amy), 403, 'forbidden', /./)
	isProblem(t, await change('me', { displayName: 'a\nb' }, bea), 422, 'text_unfit', /./)
	isProblem(t, await change('me', { displayName: 'x'.repeat(65) }, bea), 422, 'text_unfit', /./)
	isProblem(t, await change('me', { name: 'other' }, bea), 400, 'malformed', /name/)
	isProblem(t, await change('nobody', { displayName: 'x' }, owner), 404, 'not_found', /./)
})

t.test('a role is given by those above', async (t) => {
	const cid = await person('cid')
	isProblem(t, await change('me', { role: 'admin' }, cid), 403, 'forbidden', /./)
	isProblem(t, await change('cid', { role: 'admin' }, amy), 403, 'forbidden', /./)
	isProblem(t, await change('owner', { role: 'member' }, amy), 403, 'forbidden', /./)
	isProblem(t, await change('cid', { role: 'bot' }, owner), 403, 'forbidden', /bot/)
	isProblem(t, await change('robot', { role: 'member' }, owner), 403, 'forbidden', /bot/)
	t.equal((await ask(url, '/audit', { headers: cid.headers })).status, 403)
	t.match((await change('cid', { role: 'admin' }, owner)).json, { role: 'admin' })
	t.equal((await ask(url, '/audit', { headers: cid.headers })).status, 200, 'at once, with the token of before')
	t.match((await change('cid', { role: 'member' }, owner)).json, { role: 'member' })
	t.equal((await ask(url, '/audit', { headers: cid.headers })).status, 403)
})

t.test('the only owner stays', async (t) => {
	isProblem(t, await change('me', { role: 'admin' }, owner), 422, 'last_owner', /somebody else/)
	isProblem(t, await change('me', { active: false }, owner), 422, 'last_owner', /somebody else/)
	await person('dora')
	await change('dora', { role: 'owner' }, owner)
	t.match(await change('me', { role: 'admin' }, owner), { status: 200, json: { role: 'admin' } })
	isProblem(t, await change('me', { role: 'owner' }, owner), 403, 'forbidden', /./)
	const dora = { headers: await signIn(url, 'dora') }
	t.match(await change('owner', { role: 'owner' }, dora), { status: 200 })
	t.match(await change('dora', { role: 'member' }, owner), { status: 200 })
})

t.test('who is deactivated is out, everywhere and at once', async (t) => {
	const eve = await person('eve')
	const cookie = await signIn(url, 'eve')
	const stream = await openSse(t, `${url}/rooms/general/events`, eve.headers)
	await stream.untilType('live')
	isProblem(t, await change('eve', { active: false }, ada), 403, 'forbidden', /./)
	t.match(await change('eve', { active: false }, amy), { status: 200, json: { name: 'eve', active: false } })
	t.match((await stream.untilType('bye')).data, { reason: 'rights_lost' })
	for (const headers of [eve.headers, cookie]) isProblem(t, await me(headers), 401, 'not_authenticated', /./)
	t.equal((await enter('eve', password)).status, 401)
	t.match(await change('eve', { active: true }, amy), { status: 200, json: { active: true } })
	for (const headers of [eve.headers, cookie]) t.equal((await me(headers)).status, 401, 'what ended stays ended')
	t.equal((await enter('eve', password)).status, 201)
})

t.test('a new password needs the current one, and ends all that was opened with it', async (t) => {
	const fay = await person('fay')
	const here = await signIn(url, 'fay')
	const elsewhere = await signIn(url, 'fay')
	const next = 'another long password'
	isProblem(t, await change('me', { password: next }, { headers: here }), 403, 'forbidden', /current one/)
	const wrong = await change('me', { password: next, currentPassword: 'wrong' }, { headers: here })
	isProblem(t, wrong, 401, 'not_authenticated', /./)
	const short = await change('me', { password: 'short', currentPassword: password }, { headers: here })
	isProblem(t, short, 422, 'password_unfit', /./)
	t.equal((await me(here)).status, 200)
	t.equal((await enter('fay', password)).status, 201)

	const changed = await change('me', { password: next, currentPassword: password }, { headers: here })
	t.match(changed, { status: 200, json: { name: 'fay' } })
	const renewed = { Cookie: changed.headers['set-cookie']?.[0]?.split(';')[0] as string }
	t.match((await me(renewed)).json, { name: 'fay' }, 'the browser that asked goes on')
	for (const headers of [here, elsewhere, fay.headers]) t.equal((await me(headers)).status, 401)
	t.equal((await enter('fay', password)).status, 401)
	t.equal((await enter('fay', next)).status, 201)
})

t.test('with a token one changes the password too, and signs in again', async (t) => {
	const gil = await person('gil')
	const body = { password: 'another long password', currentPassword: password }
	const changed = await change('gil', body, gil)
	t.equal(changed.status, 200)
	t.equal(changed.headers['set-cookie'], undefined)
	t.equal((await me(gil.headers)).status, 401)
	t.equal((await enter('gil', 'another long password')).status, 201)
})

t.test('an administrator sets the password of who has forgotten it, and of nobody above', async (t) => {
	const hal = await person('hal')
	t.equal((await change('hal', { password: 'given by amy' }, amy)).status, 200)
	t.equal((await me(hal.headers)).status, 401)
	t.equal((await enter('hal', 'given by amy')).status, 201)
	isProblem(t, await change('owner', { password: 'given by amy' }, amy), 403, 'forbidden', /./)
	isProblem(t, await change('hal', { password: 'given by ada' }, ada), 403, 'forbidden', /./)
	isProblem(t, await change('robot', { password: 'given by amy' }, amy), 403, 'forbidden', /bot/)
	t.equal((await enter('owner', password)).status, 201)
})

t.test('the same password, typed on another keyboard', async (t) => {
	await person('ida')
	const body = { password: 'caf\u00e9 cr\u00e8me', currentPassword: password }
	t.equal((await change('me', body, { headers: await signIn(url, 'ida') })).status, 200)
	t.equal((await enter('ida', 'cafe\u0301 cre\u0300me')).status, 201)
	t.equal((await enter('ida', 'cafe creme')).status, 401)
})

t.test('an account is added without an invitation', async (t) => {
	const add = (body: object, { headers }: By) => askJson(url, '/users', body, { headers })
	const bot = await add({ name: 'Ci' }, amy)
	t.match(bot, { status: 201, json: { user: 'ci', token: /^trt_/ } })
	t.match((await me({ Authorization: `Bearer ${bot.json.token}` })).json, { name: 'ci', role: 'bot' })
	t.equal((await add({ name: 'jo', role: 'member', password }, amy)).status, 201)
	t.equal((await enter('jo', password)).status, 201)
	isProblem(t, await add({ name: 'ci' }, amy), 409, 'name_taken', /./)
	isProblem(t, await add({ name: 'me' }, amy), 400, 'name_invalid', /./)
	isProblem(t, await add({ name: 'ki', role: 'admin' }, amy), 403, 'forbidden', /admin/)
	isProblem(t, await add({ name: 'ki', password }, amy), 403, 'forbidden', /bot/)
	isProblem(t, await add({ name: 'ki', role: 'member', password: 'short' }, amy), 422, 'password_unfit', /./)
	isProblem(t, await add({ name: 'ki' }, ada), 403, 'forbidden', /./)
})
