import t from 'tap'
import { newSecret } from '../../src/http/auth/secrets.ts'
import { startHouse } from '../helpers/house.ts'
import { type Answer, ask, askJson, isProblem } from '../helpers/http.ts'
import { addMember, addPerson, password, putRoom } from '../helpers/people.ts'
import { until } from '../helpers/until.ts'

const { url, owner } = await startHouse(t)
const { headers } = owner
const invite = (body: object = {}) => askJson(url, '/invites', body, { headers })
const accept = (code: string, name: string) => askJson(url, '/invites/accept', { code, name, password })
const day = 24 * 60 * 60 * 1_000

t.test('an invitation is good for one account, of its role and in its rooms', async (t) => {
	await putRoom(url, owner, 'team', { visibility: 'private' })
	const before = Date.now()
	const invited = await invite({ role: 'admin', rooms: ['Team'] })
	t.match(invited, {
		status: 201,
		json: { code: /^tri_/, link: `${url}/invite#${invited.json.code}`, role: 'admin', rooms: ['team'], by: 'owner' },
	})
	t.ok(invited.json.expiresAtMs >= before + 7 * day && invited.json.expiresAtMs <= Date.now() + 7 * day)
	const joined = await accept(invited.json.code, ' Amy ')
	t.match(joined, { status: 201, json: { user: 'amy', token: /^trt_/ } })
	const asAmy = { headers: { Authorization: `Bearer ${joined.json.token}` } }
	t.match((await ask(url, '/users/me', asAmy)).json, { name: 'amy', role: 'admin' })
	const rooms: { room: string; role?: string }[] = (await ask(url, '/rooms', asAmy)).json.rooms
	t.match(
		rooms.filter(({ role }) => role === 'member').map(({ room }) => room),
		['general', 'team'],
	)
	t.equal((await askJson(url, '/sessions', { name: 'amy', password })).status, 201)
})

t.test('invitations are listed without their codes, and revoked', async (t) => {
	const { json } = await invite()
	const listed = await ask(url, '/invites', { headers })
	const { code, link, ...rest } = json
	t.match(listed.json.invites.at(-1), rest)
	t.notMatch(listed.text, code)
	t.equal((await ask(url, `/invites/${json.id}`, { method: 'DELETE', headers })).status, 204)
	t.notMatch((await ask(url, '/invites', { headers })).text, json.id)
	isProblem(t, await ask(url, `/invites/${json.id}`, { method: 'DELETE', headers }), 404, 'not_found', /invitation/)
})

t.test('one that was used, has expired, was revoked or never was: the very same answer', async (t) => {
	const used = (await invite()).json.code
	t.equal((await accept(used, 'ben')).status, 201)
	const revoked = await invite()
	await ask(url, `/invites/${revoked.json.id}`, { method: 'DELETE', headers })
	const expiring = await invite({ expiresAtMs: Date.now() + 100 })
	t.equal(expiring.status, 201)
	await until(() => Date.now() > expiring.json.expiresAtMs)
	const answers: Answer[] = []
	for (const code of [used, revoked.json.code, expiring.json.code, newSecret('invite'), 'tri_mistyped', '']) {
		answers.push(await accept(code, 'eve'))
	}
	isProblem(t, answers[0] as Answer, 404, 'not_found', /new one/)
	for (const answer of answers) {
		t.equal(answer.text, answers[0]?.text)
		const { date, 'x-request-id': _id, ...others } = answer.headers
		const { date: _date, 'x-request-id': _other, ...same } = (answers[0] as Answer).headers
		t.same(others, same)
	}
	t.equal((await askJson(url, '/sessions', { name: 'eve', password })).status, 401)
})

t.test('an invitation is good still after a slip of the hand', async (t) => {
	await addPerson(url, owner, 'cid')
	const { code } = (await invite()).json
	isProblem(t, await accept(code, 'cid'), 409, 'name_taken', /taken/)
	isProblem(t, await accept(code, 'Owner'), 409, 'name_taken', /taken/)
	isProblem(t, await accept(code, 'me'), 400, 'name_invalid', /meaning/)
	isProblem(t, await accept(code, 'no name'), 400, 'name_invalid', /./)
	const short = await askJson(url, '/invites/accept', { code, name: 'dan', password: 'short' })
	isProblem(t, short, 422, 'password_unfit', /./)
	const long = await askJson(url, '/invites/accept', { code, name: 'dan', password: 'x'.repeat(1_025) })
	isProblem(t, long, 422, 'password_unfit', /./)
	const huge = await askJson(url, '/invites/accept', { code, name: 'dan', password: 'x'.repeat(1_000_000) })
	isProblem(t, huge, 413, 'body_too_large', /./)
	t.equal((await accept(code, 'dan')).status, 201)
})

t.test('two who use one at once', async (t) => {
	const { code } = (await invite()).json
	const answers = await Promise.all([accept(code, 'ed'), accept(code, 'flo')])
	t.same(answers.map(({ status }) => status).sort(), [201, 404])
})

t.test('who invites whom where', async (t) => {
	const amy = await addPerson(url, owner, 'anna', 'admin')
	const asAmy = { headers: amy.headers }
	await putRoom(url, owner, 'owners', { visibility: 'private' })
	await putRoom(url, amy, 'admins', { visibility: 'private' })
	isProblem(t, await askJson(url, '/invites', { role: 'owner' }, asAmy), 403, 'forbidden', /owner/)
	isProblem(t, await askJson(url, '/invites', { role: 'admin' }, asAmy), 403, 'forbidden', /admin/)
	isProblem(t, await askJson(url, '/invites', { role: 'bot' }, asAmy), 400, 'malformed', /role/)
	t.equal((await askJson(url, '/invites', { rooms: ['admins'] }, asAmy)).status, 201)
	const hidden = await askJson(url, '/invites', { rooms: ['owners'] }, asAmy)
	const nowhere = await askJson(url, '/invites', { rooms: ['nobody'] }, asAmy)
	isProblem(t, hidden, 404, 'not_found', /no room/)
	t.equal(hidden.text.replaceAll('owners', 'ROOM'), nowhere.text.replaceAll('nobody', 'ROOM'))
	await addMember(url, owner, 'owners', 'anna')
	t.equal((await askJson(url, '/invites', { rooms: ['owners'] }, asAmy)).status, 201)
	isProblem(t, await invite({ expiresAtMs: Date.now() - 1 }), 422, 'time_unfit', /./)
	isProblem(t, await invite({ expiresAtMs: Date.now() + 366 * day }), 422, 'time_unfit', /365/)
	isProblem(t, await invite({ expiresAtMs: 1.5 }), 400, 'malformed', /./)
	isProblem(t, await invite({ for: 'bob' }), 400, 'malformed', /for/)
})
