import { join } from 'node:path'
import Database from 'better-sqlite3'
import t from 'tap'
import { viewsPath } from '../../src/projections/files.ts'
import { startHouse } from '../helpers/house.ts'
import { ask, askJson, isProblem } from '../helpers/http.ts'
import { addMember, addPerson, password, putRoom, removeMember, signIn } from '../helpers/people.ts'
import { openSse } from '../helpers/sse.ts'

t.test('what is repeated is answered to whoever may still do it', async (t) => {
	const { url, owner } = await startHouse(t)
	const ada = await addPerson(url, owner, 'ada')
	await putRoom(url, owner, 'den', { visibility: 'private' })
	await addMember(url, owner, 'den', 'ada')
	const reading = (await askJson(url, '/tokens', { scope: 'read' }, ada)).json.token
	const elsewhere = (await askJson(url, '/tokens', { scope: 'full', rooms: ['general'] }, ada)).json.token
	const again = (headers: Record<string, string>) =>
		askJson(url, '/rooms/den/messages', { content: 'once' }, { headers: { ...headers, 'Idempotency-Key': 'k' } })

	t.equal((await again(ada.headers)).status, 201)
	t.match(await again(ada.headers), { status: 200, json: { content: 'once' } })
	isProblem(t, await again({ Authorization: `Bearer ${elsewhere}` }), 404, 'not_found', /./)
	isProblem(t, await again({ Authorization: `Bearer ${reading}` }), 403, 'forbidden', /./)
	await removeMember(url, owner, 'den', 'ada')
	isProblem(t, await again(ada.headers), 404, 'not_found', /./)
})

t.test('an invitation gives no more than its issuer may still give', async (t) => {
	const { url, owner } = await startHouse(t)
	const amy = await addPerson(url, owner, 'amy', 'admin')
	await putRoom(url, amy, 'board', { visibility: 'private' })
	await addMember(url, amy, 'board', 'owner', 'moderator')
	const invite = async (body: object) => (await askJson(url, '/invites', body, amy)).json.code
	const accept = (code: string, name: string) => askJson(url, '/invites/accept', { code, name, password })
	const [toBoard, later] = [await invite({ rooms: ['board'] }), await invite({})]

	await removeMember(url, owner, 'board', 'amy')
	const ben = (await accept(toBoard, 'ben')).json
	t.equal((await ask(url, '/rooms/board', { headers: { Authorization: `Bearer ${ben.token}` } })).status, 404)
	t.same((await ask(url, '/invites', amy)).json.invites[0].rooms, [], 'nor does a list name the room')

	await askJson(url, '/users/amy', { role: 'member' }, { method: 'PATCH', headers: owner.headers })
	isProblem(t, await accept(later, 'cid'), 404, 'not_found', /not valid/)
	await askJson(url, '/users/amy', { role: 'admin' }, { method: 'PATCH', headers: owner.headers })
	t.equal((await accept(later, 'cid')).status, 201, 'it was not used up')
})

t.test('only the request that has set a password is given a new session', async (t) => {
	const { url, owner } = await startHouse(t)
	await addPerson(url, owner, 'ada')
	for (let round = 0; round < 3; round++) {
		const thief = await signIn(url, 'ada', round === 0 ? password : `another password ${round - 1}`)
		const change = (body: object, headers: Record<string, string>) =>
			askJson(url, '/users/ada', body, { method: 'PATCH', headers })
		const set = change({ password: `another password ${round}` }, owner.headers)
		const idle: Promise<{ headers: Record<string, unknown> }>[] = []
		// Until the password is set, at every moment one of these is on its way.
		let isSet = false
		const wait = set.finally(() => {
			isSet = true
		})
		while (!isSet) {
			const asked = change({}, thief)
			idle.push(asked)
			await Promise.race([asked, wait])
		}
		t.equal((await set).status, 200)
		t.same(
			(await Promise.all(idle)).flatMap(({ headers }) => headers['set-cookie'] ?? []),
			[],
		)
		t.equal((await ask(url, '/rooms', { headers: thief })).status, 401)
	}
})

t.test('a guest has a name for as long as it is nobody’s', async (t) => {
	const { url, owner } = await startHouse(t, { guests: true })
	const asBob = { 'Tailroom-User': 'bob', 'Content-Type': 'text/plain' }
	const post = () => ask(url, '/rooms/general/messages', { method: 'POST', headers: asBob, body: 'hi' })
	t.equal((await post()).status, 201)
	const added = addPerson(url, owner, 'bob', 'bot')
	const posts = await Promise.all([...Array.from({ length: 8 }, post), added.then(post)])
	isProblem(t, posts.at(-1) as (typeof posts)[number], 409, 'name_taken', /bob/)
	const { json } = await ask(url, '/rooms/general/messages?limit=500', owner)
	const joined = (await ask(url, '/audit', owner)).json.entries.find(({ user }: { user: string }) => user === 'bob')
	for (const { guest, position } of json.messages) if (guest) t.ok(position < joined.position, 'said before')
})

t.test('after a rebuild nobody keeps what wrong views gave them', async (t) => {
	const { url, owner, directory } = await startHouse(t)
	const ada = await addPerson(url, owner, 'ada')
	await putRoom(url, owner, 'den', { visibility: 'private' })
	const views = new Database(viewsPath(directory))
	views.exec("UPDATE rooms SET visibility = 'open'; UPDATE users SET role = 'owner'")
	views.close()
	const fresh = (await askJson(url, '/tokens', { scope: 'full' }, ada)).json.token
	const headers = { Authorization: `Bearer ${fresh}` }
	t.equal((await ask(url, '/audit', { headers })).status, 200, 'the views are wrong')
	const stream = await openSse(t, `${url}/rooms/den/events`, headers)
	await stream.untilType('live')

	t.equal((await ask(url, '/rebuild', { method: 'POST', socketPath: join(directory, 'control.sock') })).status, 200)
	t.equal((await ask(url, '/audit', { headers })).status, 403)
	t.match((await stream.untilType('bye')).data, { reason: 'rights_lost' })
	t.equal(await stream.next(), undefined)
})

t.test('a proxy that is trusted says where a request comes from, and nobody else does', async (t) => {
	const proxied = await startHouse(t, { trustedProxies: ['127.0.0.1'] })
	const direct = await startHouse(t)
	const from = async ({ url, owner }: typeof proxied, address: string) => {
		const headers = { 'X-Forwarded-For': address }
		await askJson(url, '/sessions', { name: 'owner', password }, { headers })
		const [entry] = (await ask(url, '/audit?limit=1', owner)).json.entries
		return entry.address
	}
	t.equal(await from(proxied, '192.0.2.7'), '192.0.2.7')
	t.equal(await from(direct, '192.0.2.7'), '127.0.0.1')
})
