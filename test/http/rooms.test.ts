import t from 'tap'
import { startHouse } from '../helpers/house.ts'
import { ask, askJson, isProblem } from '../helpers/http.ts'
import { listen, listenByWebSocket } from '../helpers/listener.ts'
import { type Account, addPerson } from '../helpers/people.ts'

const { url, owner } = await startHouse(t)
const ada = await addPerson(url, owner, 'ada')
const bob = await addPerson(url, owner, 'bob')
const amy = await addPerson(url, owner, 'amy', 'admin')
const robot = await addPerson(url, owner, 'robot', 'bot')

const put = (room: string, body: object | undefined, { headers }: Account) =>
	body === undefined
		? ask(url, `/rooms/${room}`, { method: 'PUT', headers })
		: askJson(url, `/rooms/${room}`, body, { method: 'PUT', headers })
const look = (room: string, { headers }: Account) => ask(url, `/rooms/${room}`, { headers })
const join = (room: string, name: string, { headers }: Account, body: object = {}) =>
	askJson(url, `/rooms/${room}/members/${name}`, body, { method: 'PUT', headers })
const leave = (room: string, name: string, { headers }: Account) =>
	ask(url, `/rooms/${room}/members/${name}`, { method: 'DELETE', headers })
const members = async (room: string, { headers }: Account) =>
	(await ask(url, `/rooms/${room}/members`, { headers })).json.members

t.test('a room is opened, and changed', async (t) => {
	const opened = await put('Garden', { title: 'The garden', visibility: 'private' }, ada)
	t.match(opened, {
		status: 201,
		json: { room: 'garden', title: 'The garden', topic: '', visibility: 'private', role: 'moderator', sequence: 0 },
	})
	const changed = await put('garden', { topic: 'what grows' }, ada)
	t.match(changed, { status: 200, json: { title: 'The garden', topic: 'what grows', visibility: 'private' } })
	t.match(await put('garden', {}, ada), { status: 200, json: changed.json })
	const { cursor, ...shown } = (await look('garden', ada)).json
	const members = [{ userId: 'ada', role: 'moderator' }]
	t.same(shown, { ...changed.json, read: 0, memberCount: 1, members })
	t.match(await put('plain', undefined, ada), { status: 201, json: { title: 'plain', topic: '', visibility: 'open' } })
	t.match(await put('plain', undefined, bob), { status: 403 })
	t.match(await put('plain', { title: 'Plain' }, amy), { status: 200, json: { title: 'Plain' } }, 'an administrator')
})

t.test('of a private room strangers learn that its name is taken, when they want it', async (t) => {
	await put('hidden', { visibility: 'private' }, ada)
	for (const by of [bob, amy, owner]) {
		isProblem(t, await put('hidden', { title: 'Mine' }, by), 409, 'room_name_taken', /taken/)
		isProblem(t, await look('hidden', by), 404, 'not_found', /no room/)
		t.equal(
			(await look('hidden', by)).text.replace(/hidden/g, ''),
			(await look('nothing', by)).text.replace(/nothing/g, ''),
		)
		const { json } = await ask(url, '/rooms', { headers: by.headers })
		t.notOk(json.rooms.some(({ room }: { room: string }) => room === 'hidden'))
	}
	isProblem(t, await put('hidden', {}, robot), 404, 'not_found', /no room/)
	isProblem(t, await put('nothing', {}, robot), 404, 'not_found', /no room/)
	t.match(await put('hidden', { visibility: 'open' }, ada), { status: 200 })
	t.match(await look('hidden', bob), { status: 200 })
})

t.test('what is wrong with a room is told', async (t) => {
	const wrong: [string, object, number, string][] = [
		['no%20room', {}, 400, 'name_invalid'],
		['x'.repeat(65), {}, 400, 'name_invalid'],
		['fine', { title: '' }, 422, 'text_unfit'],
		['fine', { title: 'x'.repeat(129) }, 422, 'text_unfit'],
		['fine', { topic: 'x'.repeat(1_025) }, 422, 'text_unfit'],
		['fine', { topic: 'a\nb' }, 422, 'text_unfit'],
		['fine', { visibility: 'secret' }, 400, 'malformed'],
		['fine', { owner: 'ada' }, 400, 'malformed'],
	]
	for (const [room, body, status, code] of wrong) isProblem(t, await put(room, body, ada), status, code, /./)
	t.equal((await look('fine', ada)).status, 404)
})

t.test('people join open rooms by themselves, and leave', async (t) => {
	await put('open-house', {}, ada)
	t.match(await join('open-house', 'me', bob), { status: 201, json: { userId: 'bob', role: 'member' } })
	t.match(await join('open-house', 'bob', bob), { status: 200, json: { role: 'member' } }, 'once more changes nothing')
	t.match(await join('open-house', 'me', ada), { status: 200, json: { role: 'moderator' } })
	t.match(await join('open-house', 'me', robot), { status: 201, json: { userId: 'robot' } })
	isProblem(t, await join('open-house', 'me', bob, { role: 'moderator' }), 403, 'forbidden', /moderator/)
	t.match(await members('open-house', bob), [{ userId: 'ada' }, { userId: 'bob' }, { userId: 'robot' }])
	t.equal((await leave('open-house', 'me', bob)).status, 204)
	isProblem(t, await leave('open-house', 'me', bob), 404, 'not_found', /no member/)
	t.equal((await look('open-house', bob)).json.role, undefined)
})

t.test('moderators say who belongs to a room', async (t) => {
	await put('team', { visibility: 'private' }, ada)
	isProblem(t, await join('team', 'me', bob), 404, 'not_found', /no room/)
	t.match(await join('team', 'bob', ada), { status: 201, json: { userId: 'bob', role: 'member' } })
	t.match(await join('team', 'me', bob), { status: 200, json: { role: 'member' } })
	isProblem(t, await join('team', 'amy', bob), 403, 'forbidden', /moderator/)
	isProblem(t, await leave('team', 'ada', bob), 403, 'forbidden', /moderator/)
	t.match((await join('team', 'bob', ada, { role: 'moderator' })).json, { role: 'moderator' })
	t.match(await join('team', 'amy', bob), { status: 201 })
	isProblem(t, await join('team', 'nobody', bob), 404, 'not_found', /nobody called/)
	isProblem(t, await join('team', 'no%20name', bob), 400, 'name_invalid', /./)
	isProblem(t, await join('team', 'amy', bob, { role: 'owner' }), 400, 'malformed', /role/)
	t.equal((await leave('team', 'ada', bob)).status, 204, 'who opened it, too')
	isProblem(t, await look('team', ada), 404, 'not_found', /no room/)
	t.match(await members('team', bob), [
		{ userId: 'bob', role: 'moderator' },
		{ userId: 'amy', role: 'member' },
	])
})

t.test('nobody hides a room from themselves', async (t) => {
	await put('shared', {}, ada)
	isProblem(t, await put('shared', { visibility: 'private' }, amy), 403, 'forbidden', /Join it first/)
	await join('shared', 'me', amy)
	t.match(await put('shared', { visibility: 'private' }, amy), { status: 200, json: { visibility: 'private' } })
	isProblem(t, await look('shared', bob), 404, 'not_found', /./)
})

const post = (room: string, { headers }: Account) =>
	askJson(url, `/rooms/${room}/messages`, { content: 'hello' }, { headers })
const archive = (room: string, { headers }: Account) => ask(url, `/rooms/${room}`, { method: 'DELETE', headers })

t.test('an archived room is read, and nothing is said in it', async (t) => {
	await put('old', {}, ada)
	await join('old', 'me', bob)
	const { id } = (await post('old', bob)).json
	isProblem(t, await archive('old', bob), 403, 'forbidden', /moderator/)
	const stream = await listen(t, url, 'sse', '/rooms/old/events', bob)
	const socket = await listenByWebSocket(t, url, [{ type: 'subscribe', room: 'old' }], bob)
	const headBefore = (await look('old', ada)).json.cursor
	t.equal((await archive('old', ada)).status, 204)
	for (const { until } of [stream, socket].map((listener) => ({ until: listener.untilType('room') }))) {
		t.match(await until, { room: 'old', archived: true })
	}
	const { cursor } = (await look('old', ada)).json
	t.not(cursor, headBefore)
	t.equal((await archive('old', ada)).status, 204)
	t.equal((await look('old', ada)).json.cursor, cursor, 'once more changes nothing')

	for (const by of [bob, ada, amy]) isProblem(t, await post('old', by), 422, 'room_archived', /archived/)
	for (const [type, content] of [['publish', 'hello'], ['typing']]) {
		socket.send({ type, room: 'old', ref: type, ...(content === undefined ? {} : { content }) })
		t.match(await socket.until(({ ref }) => ref === type), { type: 'error', code: 'room_archived' })
	}
	for (const [method, path, body] of [
		['PATCH', `/rooms/old/messages/${id}`, { content: 'hello!' }],
		['PUT', `/rooms/old/messages/${id}/reactions/%F0%9F%91%8B`, {}],
	] as const) {
		isProblem(t, await askJson(url, path, body, { method, headers: bob.headers }), 422, 'room_archived', /archived/)
	}
	t.match(await look('old', bob), { status: 200, json: { archived: true, sequence: 1 } })
	const { rooms } = (await ask(url, '/rooms', bob)).json
	t.match(
		rooms.find(({ room }: { room: string }) => room === 'old'),
		{ archived: true },
	)
	t.match((await ask(url, '/rooms/old/messages', bob)).json.messages, [{ id }])
	t.equal((await ask(url, '/rooms/old/events?after=0&until=head', bob)).status, 200)
	t.equal((await join('old', 'robot', ada)).status, 201, 'who belongs to it can be changed still')
	t.match(await put('old', { title: 'Old times' }, ada), { status: 200, json: { title: 'Old times', archived: true } })

	t.equal((await ask(url, `/rooms/old/messages/${id}`, { method: 'DELETE', headers: bob.headers })).status, 204)
	t.match(await put('old', { archived: false }, ada), { status: 200, json: { title: 'Old times', archived: false } })
	t.equal((await post('old', bob)).status, 201)
	t.notOk(stream.isOver || socket.isOver)
})

t.test('the first room is not archived, and what one does not see is nowhere', async (t) => {
	isProblem(t, await archive('general', owner), 403, 'forbidden', /everybody's/)
	await put('concealed', { visibility: 'private' }, ada)
	for (const by of [bob, amy]) {
		const [hidden, nowhere] = [await archive('concealed', by), await archive('not-there', by)]
		isProblem(t, hidden, 404, 'not_found', /no room/)
		t.equal(hidden.text.replaceAll('concealed', ''), nowhere.text.replaceAll('not-there', ''))
	}
	t.equal((await look('not-there', ada)).status, 404, 'and none was opened')
	isProblem(t, await put('fine', { archived: 'yes' }, ada), 400, 'malformed', /archived/)
})

t.test('who has left a private room reads nothing of it any more, moderators too', async (t) => {
	await put('circle', { visibility: 'private' }, ada)
	await join('circle', 'bob', ada)
	const { id } = (await post('circle', ada)).json
	for (const by of [ada, bob]) {
		const stream = await listen(t, url, 'sse', '/rooms/circle/events?after=0', by)
		await stream.untilContent('hello')
		t.equal((await leave('circle', 'me', by)).status, 204)
		t.match(await stream.over, { reason: 'rights_lost' })
		t.match(stream.heard.slice(-2), [{ type: 'member', action: 'remove', userId: by.name }, { type: 'bye' }])
		for (const path of ['', '/messages', `/messages/${id}`, '/members', '/presence', '/events?after=0']) {
			const [hidden, nowhere] = [await ask(url, `/rooms/circle${path}`, by), await ask(url, `/rooms/no-one${path}`, by)]
			isProblem(t, hidden, 404, 'not_found', /no room/)
			t.equal(hidden.text.replaceAll('circle', ''), nowhere.text.replaceAll('no-one', ''), path)
		}
		isProblem(t, await post('circle', by), 404, 'not_found', /no room/)
		isProblem(t, await leave('circle', 'me', by), 404, 'not_found', /no room/)
		isProblem(t, await join('circle', 'me', by), 404, 'not_found', /no room/)
	}
})
