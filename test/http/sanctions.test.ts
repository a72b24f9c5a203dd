import t, { type Test } from 'tap'
import { controlPath } from '../../src/http/control.ts'
import { startHouse } from '../helpers/house.ts'
import { type Answer, ask, askJson, isProblem } from '../helpers/http.ts'
import { type Listener, listen, listenByWebSocket } from '../helpers/listener.ts'
import { type Account, addMember, addPerson, password, putRoom } from '../helpers/people.ts'
import { openWebSocket } from '../helpers/websocket.ts'
import { inTime } from '../helpers/writer.ts'

// Only what is read from it is set ahead, and only here: the writer's thread has its own.
const realNow = Date.now
let aheadMs = 0
Date.now = () => realNow() + aheadMs
t.beforeEach(() => {
	aheadMs = 0
})
t.teardown(() => {
	Date.now = realNow
})

const minuteMs = 60_000
const closed = await startHouse(t)
const withGuests = await startHouse(t, { guests: true })
type House = typeof closed
let count = 0

function newName(kind: string): string {
	count += 1
	return `${kind}-${count}`
}

async function somebody({ url, owner }: House, role?: 'admin'): Promise<Account> {
	return await addPerson(url, owner, newName('person'), role)
}

/** An open room that somebody moderates. */
async function moderated(house: House): Promise<{ room: string; mo: Account }> {
	const mo = await somebody(house)
	const room = newName('room')
	await putRoom(house.url, mo, room)
	return { room, mo }
}

type Kind = 'bans' | 'mutes'

function impose({ url }: House, by: Account, room: string, kind: Kind, name: string, body: object = {}) {
	return askJson(url, `/rooms/${room}/${kind}/${name}`, body, { method: 'PUT', headers: by.headers })
}

function lift({ url }: House, by: Account, room: string, kind: Kind, name: string) {
	return ask(url, `/rooms/${room}/${kind}/${name}`, { method: 'DELETE', headers: by.headers })
}

function look({ url }: House, path: string, headers: Record<string, string> = {}) {
	return ask(url, path, { headers })
}

function post({ url }: House, room: string, content: string, headers: Record<string, string>) {
	return askJson(url, `/rooms/${room}/messages`, { content }, { headers })
}

function guestNamed(name: string): Record<string, string> {
	return { 'Tailroom-User': name }
}

/** An answer but for the time and the room's name. */
function shown({ status, headers: { date, 'x-request-id': _id, ...headers }, text }: Answer, room: string): string {
	return JSON.stringify({ status, headers, text }).replaceAll(room, 'ROOM')
}

t.test('moderators see who is banned and muted, by whom, since when, until when and why', async (t) => {
	for (const kind of ['bans', 'mutes'] as const) {
		const { room, mo } = await moderated(withGuests)
		const [ada, bob] = [await somebody(withGuests), await somebody(withGuests)]
		const untilMs = realNow() + minuteMs
		const given = { untilMs, reason: 'spam' }
		const imposed = await impose(withGuests, mo, room, kind, ada.name.toUpperCase(), given)
		t.match(imposed, { status: 200, json: { userId: ada.name, ...given } })
		t.same((await impose(withGuests, mo, room, kind, bob.name)).json, { userId: bob.name, reason: '' })
		t.same((await impose(withGuests, withGuests.owner, room, kind, 'zed')).json, { userId: 'zed', reason: '' })
		const list = async () => {
			const { json } = await look(withGuests, `/rooms/${room}/${kind}`, mo.headers)
			t.match(json.cursor, /^[0-9]+-[0-9a-f]{8}$/)
			return json[kind] as { since: number }[]
		}
		const held = await list()
		t.same(
			held.map(({ since, ...others }) => others),
			[
				{ userId: ada.name, by: mo.name, ...given },
				{ userId: bob.name, by: mo.name, reason: '' },
				{ userId: 'zed', by: 'owner', reason: '' },
			],
		)
		for (const { since } of held) t.ok(Math.abs(realNow() - since) < minuteMs)
		aheadMs = minuteMs + 1
		t.match(await list(), [{ userId: bob.name }, { userId: 'zed' }], 'what is over is left out')
		aheadMs = 0
		for (const name of [bob.name, 'zed', 'zed']) {
			t.equal((await lift(withGuests, mo, room, kind, name)).status, 204)
		}
		t.match(await list(), [{ userId: ada.name }])
		isProblem(t, await look(withGuests, `/rooms/${room}/${kind}`, bob.headers), 403, 'forbidden', /./)
	}
})

t.test('what is wrong with a ban is told', async (t) => {
	const { room, mo } = await moderated(closed)
	const ada = await somebody(closed)
	const wrong: [string, object, number, string][] = [
		[ada.name, { untilMs: realNow() - 1 }, 422, 'time_unfit'],
		[ada.name, { untilMs: Number.MAX_SAFE_INTEGER }, 422, 'time_unfit'],
		[ada.name, { untilMs: 1.5 }, 400, 'malformed'],
		[ada.name, { untilMs: '2030' }, 400, 'malformed'],
		[ada.name, { reason: 'a\nb' }, 422, 'text_unfit'],
		[ada.name, { reason: 'x'.repeat(513) }, 422, 'text_unfit'],
		[ada.name, { why: 'spam' }, 400, 'malformed'],
		['no%20name', {}, 400, 'name_invalid'],
		['nobody', {}, 404, 'not_found'],
		['me', {}, 403, 'forbidden'],
		['owner', {}, 403, 'forbidden'],
	]
	for (const [name, body, status, code] of wrong) {
		for (const kind of ['bans', 'mutes'] as const) {
			isProblem(t, await impose(closed, mo, room, kind, name, body), status, code, /./)
		}
	}
	isProblem(t, await lift(closed, mo, room, 'bans', 'nobody'), 404, 'not_found', /nobody called/)
	t.same((await look(closed, `/rooms/${room}/bans`, mo.headers)).json.bans, [])
})

/** Everything that names a room. */
const waysIn: readonly ((room: string, id: string) => [string, string, object?])[] = [
	(room) => ['GET', `/rooms/${room}`],
	(room) => ['GET', `/rooms/${room}/messages`],
	(room, id) => ['GET', `/rooms/${room}/messages/${id}`],
	(room, id) => ['PATCH', `/rooms/${room}/messages/${id}`, { content: 'hi' }],
	(room, id) => ['DELETE', `/rooms/${room}/messages/${id}`],
	(room, id) => ['PUT', `/rooms/${room}/messages/${id}/reactions/%F0%9F%91%8B`],
	(room, id) => ['DELETE', `/rooms/${room}/messages/${id}/reactions/%F0%9F%91%8B`],
	(room) => ['DELETE', `/rooms/${room}/messages`],
	(room) => ['PUT', `/rooms/${room}/read`, { sequence: 1 }],
	(room) => ['PUT', `/rooms/${room}/unread`, { sequence: 1 }],
	(room) => ['GET', `/rooms/${room}/messages?at=1`],
	(room) => ['GET', `/rooms/${room}/members`],
	(room) => ['GET', `/rooms/${room}/members?at=1`],
	(room) => ['GET', `/rooms/${room}/presence`],
	(room) => ['GET', `/rooms/${room}/events?after=0&until=head`],
	(room) => ['GET', `/events?room=${room}&after=0&until=head`],
	(room) => ['GET', `/rooms/${room}/bans`],
	(room) => ['POST', `/rooms/${room}/messages`, { content: 'hi' }],
	(room, replyTo) => ['POST', `/rooms/${room}/messages`, { content: 'hi', replyTo }],
	(room) => ['PUT', `/rooms/${room}/members/me`, {}],
	(room) => ['DELETE', `/rooms/${room}/members/me`],
	(room) => ['PUT', `/rooms/${room}/mutes/owner`, {}],
	(room) => ['DELETE', `/rooms/${room}`],
	(room) => ['POST', '/tokens', { rooms: [room] }],
]
const messagesIn: readonly ((room: string, id: string) => object)[] = [
	(room) => ({ type: 'subscribe', room }),
	(room) => ({ type: 'get_history', room }),
	(room) => ({ type: 'publish', room, content: 'hi' }),
	(room) => ({ type: 'typing', room }),
	(room, id) => ({ type: 'edit', room, id, content: 'hi' }),
	(room, id) => ({ type: 'delete', room, id }),
	(room, id) => ({ type: 'react', room, id, emoji: '👋' }),
	(room) => ({ type: 'read', room, sequence: 1 }),
	(room) => ({ type: 'clear_history', room }),
]

t.test('for who is banned the room does not exist, by every way in', async (t) => {
	for (const role of [undefined, 'admin'] as const) {
		const { room, mo } = await moderated(closed)
		const ada = await somebody(closed)
		const { json: message } = await post(closed, room, 'before', mo.headers)
		await addMember(closed.url, mo, room, ada.name, 'moderator')
		t.equal((await impose(closed, mo, room, 'bans', ada.name)).status, 200)
		// Who is made one afterwards has no more there than before.
		if (role === 'admin') {
			await askJson(closed.url, `/users/${ada.name}`, { role }, { method: 'PATCH', headers: closed.owner.headers })
		}
		const { headers } = ada
		for (const way of waysIn) {
			const answers = []
			for (const name of [room, newName('none')]) {
				const [method, path, body] = way(name, message.id)
				const answer = await (body === undefined
					? ask(closed.url, path, { method, headers })
					: askJson(closed.url, path, body, { method, headers }))
				answers.push(shown(answer, name))
				t.equal(answer.status, 404, `${method} ${path}`)
			}
			t.equal(answers[0], answers[1], `as a room that is nowhere: ${way(room, message.id).slice(0, 2).join(' ')}`)
		}
		const socket = await openWebSocket(t, `${closed.url.replace('http', 'ws')}/ws`, headers)
		for (const messageIn of messagesIn) {
			const answers = []
			for (const name of [room, newName('none')]) {
				answers.push(JSON.stringify(await socket.ask(messageIn(name, message.id), 'error')).replaceAll(name, 'ROOM'))
			}
			t.equal(answers[0], answers[1], JSON.stringify(messageIn(room, message.id)))
		}
		const { json } = await look(closed, '/rooms', headers)
		t.notOk(json.rooms.some((listed: { room: string }) => listed.room === room))
		const all = await listen(t, closed.url, 'sse', '/events?after=0&until=head', { headers })
		await all.over
		t.match(
			all.heard.filter((frame) => frame.room === room),
			[{ type: 'member', action: 'remove', userId: ada.name }],
			'a replay says no more than that one is out',
		)
		const named = await listen(t, closed.url, 'sse', `/events?room=${room}&room=general&after=0&until=head`, {
			headers,
		})
		await named.over
		t.match(named.heard[0], { type: 'hello', refused: [room] })
		t.notOk(named.contents.includes('before'))
	}
})

t.test('a ban ends by itself, and with it what it hid; the membership does not come back', async (t) => {
	const { room, mo } = await moderated(closed)
	const ada = await somebody(closed)
	await addMember(closed.url, mo, room, ada.name)
	await impose(closed, mo, room, 'bans', ada.name, { untilMs: realNow() + minuteMs })
	await post(closed, room, 'meanwhile', mo.headers)
	isProblem(t, await look(closed, `/rooms/${room}`, ada.headers), 404, 'not_found', /./)
	aheadMs = minuteMs + 1
	const { status, json } = await look(closed, `/rooms/${room}`, ada.headers)
	t.match({ status, role: json.role }, { status: 200, role: undefined })
	const { rooms } = (await look(closed, '/rooms', ada.headers)).json
	t.ok(rooms.some((listed: { room: string }) => listed.room === room))
	const replayed = await listen(t, closed.url, 'sse', `/rooms/${room}/events?after=0&until=head`, ada)
	await replayed.over
	t.same(replayed.contents, ['meanwhile'], 'what was said in the meantime too: rights are those of now')
})

t.test('what was said once is not repeated to who is banned', async (t) => {
	const { room, mo } = await moderated(closed)
	const ada = await somebody(closed)
	const once = { ...ada.headers, 'Idempotency-Key': 'once' }
	t.equal((await post(closed, room, 'hi', once)).status, 201)
	await impose(closed, mo, room, 'bans', ada.name)
	isProblem(t, await post(closed, room, 'hi', once), 404, 'not_found', /no room/)
})

t.test('a ban that is lifted is over; until then nobody makes a member of who is banned', async (t) => {
	const { room, mo } = await moderated(closed)
	const ada = await somebody(closed)
	const add = (by: Account, name = ada.name) =>
		askJson(closed.url, `/rooms/${room}/members/${name}`, {}, { method: 'PUT', headers: by.headers })
	await impose(closed, mo, room, 'bans', ada.name)
	isProblem(t, await add(mo), 409, 'person_banned', /Lift the ban/)
	isProblem(t, await add(ada, 'me'), 404, 'not_found', /no room/)
	t.equal((await lift(closed, mo, room, 'bans', ada.name)).status, 204)
	t.equal((await add(ada, 'me')).status, 201)
	t.equal((await post(closed, room, 'back', ada.headers)).status, 201)
})

t.test('who is muted reads and follows, and says nothing, until it is over', async (t) => {
	const { room, mo } = await moderated(closed)
	const ada = await somebody(closed)
	await addMember(closed.url, mo, room, ada.name)
	const { id: mine } = (await post(closed, room, 'before', ada.headers)).json
	const untilMs = realNow() + minuteMs
	const socket = await listenByWebSocket(t, closed.url, [{ type: 'subscribe', room }], ada)
	await impose(closed, mo, room, 'mutes', ada.name, { untilMs, reason: 'shouting' })
	const why = new RegExp(`until ${new Date(untilMs).toISOString()}.*"shouting"`)
	isProblem(t, await post(closed, room, 'hi', ada.headers), 403, 'muted', why)
	for (const type of ['publish', 'typing']) {
		socket.send({ type, room, ref: type, ...(type === 'publish' ? { content: 'hi' } : {}) })
		t.match(await socket.until(({ ref }) => ref === type), { type: 'error', code: 'muted', error: why })
	}
	for (const [method, path, body] of [
		['PATCH', `/rooms/${room}/messages/${mine}`, { content: 'hi!' }],
		['PUT', `/rooms/${room}/messages/${mine}/reactions/%F0%9F%91%8B`, {}],
	] as const) {
		isProblem(t, await askJson(closed.url, path, body, { method, headers: ada.headers }), 403, 'muted', why)
	}
	const taken = await ask(closed.url, `/rooms/${room}/messages/${mine}`, { method: 'DELETE', headers: ada.headers })
	t.equal(taken.status, 204, 'taking back what one has said says nothing')
	t.equal((await look(closed, `/rooms/${room}/messages`, ada.headers)).status, 200)
	await post(closed, room, 'heard', mo.headers)
	await socket.untilContent('heard')
	t.notOk(socket.isOver)
	t.equal((await post(closed, 'general', 'elsewhere', ada.headers)).status, 201)
	aheadMs = minuteMs + 1
	const witness = await listenByWebSocket(t, closed.url, [{ type: 'subscribe', room }], mo)
	socket.send({ type: 'typing', room })
	t.match(await witness.untilType('typing'), { userId: ada.name })
	aheadMs = 0
	t.equal((await lift(closed, mo, room, 'mutes', ada.name)).status, 204)
	t.equal((await post(closed, room, 'again', ada.headers)).status, 201)
})

t.test('a moderator who is demoted, muted or banned has the rights of now', async (t) => {
	const { room, mo } = await moderated(closed)
	const [max, ada] = [await somebody(closed), await somebody(closed)]
	await addMember(closed.url, mo, room, max.name, 'moderator')
	await impose(closed, mo, room, 'mutes', max.name)
	t.equal((await impose(closed, max, room, 'mutes', ada.name)).status, 200, 'who is muted moderates still')
	isProblem(t, await lift(closed, max, room, 'mutes', max.name), 403, 'forbidden', /another moderator/)
	await addMember(closed.url, mo, room, max.name, 'member')
	isProblem(t, await lift(closed, max, room, 'mutes', ada.name), 403, 'forbidden', /moderator/)
	await addMember(closed.url, mo, room, max.name, 'moderator')
	await impose(closed, mo, room, 'bans', max.name)
	isProblem(t, await lift(closed, max, room, 'mutes', ada.name), 404, 'not_found', /no room/)
})

t.test('neither a token nor an invitation goes around a ban', async (t) => {
	const { room, mo } = await moderated(closed)
	const amy = await somebody(closed, 'admin')
	const { json: here } = await askJson(closed.url, '/tokens', { rooms: [room], scope: 'full' }, amy)
	const { json: invitation } = await askJson(closed.url, '/invites', { rooms: [room] }, amy)
	const becomes = (role: string) =>
		askJson(closed.url, `/users/${amy.name}`, { role }, { method: 'PATCH', headers: closed.owner.headers })
	await becomes('member')
	t.equal((await impose(closed, mo, room, 'bans', amy.name)).status, 200)
	await becomes('admin')
	const byToken = { Authorization: `Bearer ${here.token}` }
	isProblem(t, await look(closed, `/rooms/${room}`, byToken), 404, 'not_found', /no room/)
	t.same((await look(closed, '/rooms', byToken)).json.rooms, [])
	const name = newName('invited')
	const accepted = await askJson(closed.url, '/invites/accept', { code: invitation.code, name, password })
	t.equal(accepted.status, 201)
	const { json } = await look(closed, `/rooms/${room}/members`, mo.headers)
	t.same(json.members, [{ userId: mo.name, role: 'moderator' }])
})

/** A guest who follows a room in every way that there is, and all rooms. */
async function guestFollows(t: Test, room: string, headers: Record<string, string>) {
	const { url } = withGuests
	const ending = await Promise.all([
		...(['sse', 'ndjson', 'text'] as const).map((form) => listen(t, url, form, `/rooms/${room}/events`, { headers })),
		listen(t, url, 'sse', `/events?room=${room}`, { headers }),
	])
	const socket = await listenByWebSocket(t, url, [{ type: 'subscribe', room }], { headers })
	const all = await Promise.all([
		listen(t, url, 'sse', '/events', { headers }),
		listenByWebSocket(t, url, [{ type: 'subscribe' }], { headers }),
	])
	return { ending, socket, all }
}

t.test('a guest is banned by name: what they follow ends within a second, and others go on', async (t) => {
	const { room, mo } = await moderated(withGuests)
	const [zed, other] = [newName('guest'), newName('guest')]
	const follows = await guestFollows(t, room, guestNamed(zed))
	const others = await guestFollows(t, room, guestNamed(other))
	const everything = ({ ending, socket, all }: typeof follows): Listener[] => [...ending, socket, ...all]
	await post(withGuests, room, 'before', mo.headers)
	for (const listener of [...everything(follows), ...everything(others)]) await listener.untilContent('before')

	const untilMs = realNow() + minuteMs
	t.equal((await impose(withGuests, mo, room, 'bans', zed, { untilMs, reason: 'spam' })).status, 200)
	const at = performance.now()
	await post(withGuests, room, 'after', mo.headers)
	await post(withGuests, 'general', 'the last', mo.headers)
	for (const listener of follows.ending) {
		const over = await inTime(listener.over, listener.name, 10)
		t.ok(over.at - at < 1_000, `${listener.name} has ended`)
		t.match(over, { reason: 'rights_lost', isWhole: true }, listener.name)
		t.notOk(listener.contents.includes('after'), listener.name)
	}
	t.match(await follows.socket.untilType('unsubscribed'), { room, reason: 'rights_lost' })
	// Who follows all rooms would miss something without a word, so they are told to read again.
	const [stream, socket] = follows.all as [Listener, Listener]
	t.match(await inTime(stream.over, stream.name, 10), { reason: 'rights_lost', isWhole: true })
	t.match(await socket.untilType('unsubscribed'), { reason: 'rights_lost' })
	const again = await listen(t, withGuests.url, 'sse', '/events', { headers: guestNamed(zed) })
	await post(withGuests, 'general', 'the very last', mo.headers)
	await again.untilContent('the very last')
	for (const listener of [stream, socket, again]) t.notOk(listener.contents.includes('after'), listener.name)
	for (const listener of everything(others)) {
		await listener.untilContent('after')
		t.notOk(listener.isOver, listener.name)
	}

	const headers = guestNamed(zed)
	for (const path of ['', '/messages', '/members', '/presence', '/events?until=head']) {
		const nowhere = newName('none')
		const [hidden, none] = [
			await look(withGuests, `/rooms/${room}${path}`, headers),
			await look(withGuests, `/rooms/${nowhere}${path}`, headers),
		]
		t.equal(shown(hidden, room), shown(none, nowhere), path)
		t.equal(hidden.status, 404, path)
	}
	isProblem(t, await post(withGuests, room, 'hi', headers), 409, 'room_name_taken', /taken/)
	t.equal((await post(withGuests, room, 'hi', guestNamed(other))).status, 201)

	// It is over, and those who follow all rooms hear of this one again.
	aheadMs = minuteMs + 1
	await post(withGuests, room, 'once more', mo.headers)
	await again.untilContent('once more')
	t.equal((await look(withGuests, `/rooms/${room}`, headers)).status, 200)
})

t.test('who names several rooms is told of a ban from one; who follows their own hears the removal', async (t) => {
	const { room, mo } = await moderated(closed)
	const [visitor, member] = [await somebody(closed), await somebody(closed)]
	await addMember(closed.url, mo, room, member.name)
	const path = `/events?room=${room}&room=general`
	const naming = await Promise.all(
		[visitor, member].map(({ headers }) => listen(t, closed.url, 'ndjson', path, { headers })),
	)
	const own = await listen(t, closed.url, 'ndjson', '/events', { headers: member.headers })
	for (const { name } of [visitor, member]) t.equal((await impose(closed, mo, room, 'bans', name)).status, 200)
	for (const listener of naming) {
		t.match(await inTime(listener.over, listener.name, 10), { reason: 'rights_lost', isWhole: true })
	}
	const isRemoval = ({ type, userId, action }: { type: string; userId?: string; action?: string }) =>
		type === 'member' && userId === member.name && action === 'remove'
	t.ok((naming[1] as Listener).heard.some(isRemoval), 'the removal comes before the end')
	await own.until(isRemoval)
	await post(closed, 'general', 'the last', mo.headers)
	await own.untilContent('the last')
})

t.test('a connection that gives a banned name after having begun without one hears no more', async (t) => {
	const { room, mo } = await moderated(withGuests)
	const zed = newName('guest')
	await impose(withGuests, mo, room, 'bans', zed)
	const witness = await listenByWebSocket(t, withGuests.url, [{ type: 'subscribe', room }], mo)
	const socket = await listenByWebSocket(t, withGuests.url, [{ type: 'subscribe', room }])
	socket.send({ type: 'publish', room: 'general', sender: zed, content: 'here I am' })
	t.match(await socket.untilType('unsubscribed'), { room, reason: 'rights_lost' })
	await post(withGuests, room, 'after', mo.headers)
	await witness.untilContent('after')
	t.notOk(witness.heard.some(({ type, userId }) => type === 'presence' && userId === zed))
	socket.send({ type: 'publish', room: 'general', sender: zed, content: 'and still here', ref: 'last' })
	await socket.untilType('published')
	t.notOk(socket.contents.includes('after'))
})

t.test('a guest is muted by name', async (t) => {
	const { room, mo } = await moderated(withGuests)
	const zed = newName('guest')
	await impose(withGuests, mo, room, 'mutes', zed, { reason: 'spam' })
	isProblem(t, await post(withGuests, room, 'hi', guestNamed(zed)), 403, 'muted', /until a moderator lifts it.*"spam"/)
	t.equal((await look(withGuests, `/rooms/${room}/messages`, guestNamed(zed))).status, 200)
	await lift(withGuests, mo, room, 'mutes', zed)
	t.equal((await post(withGuests, room, 'hi', guestNamed(zed))).status, 201)
})

t.test('after a rebuild the same people are banned and muted', async (t) => {
	const { room, mo } = await moderated(closed)
	const [ada, bob, cid] = [await somebody(closed), await somebody(closed), await somebody(closed)]
	const follows = await listen(t, closed.url, 'sse', '/events', ada)
	await impose(closed, mo, room, 'bans', ada.name, { reason: 'spam' })
	await impose(closed, mo, room, 'mutes', bob.name, { untilMs: realNow() + minuteMs })
	await impose(closed, mo, room, 'bans', cid.name)
	await lift(closed, mo, room, 'bans', cid.name)
	const lists = async () => {
		const read = async (kind: Kind) => (await look(closed, `/rooms/${room}/${kind}`, mo.headers)).json[kind]
		return { bans: await read('bans'), mutes: await read('mutes') }
	}
	const before = await lists()
	t.match(before, { bans: [{ userId: ada.name }], mutes: [{ userId: bob.name }] })
	const rebuilt = await ask(closed.url, '/rebuild', { method: 'POST', socketPath: controlPath(closed.directory) })
	t.equal(rebuilt.status, 200)
	t.same(await lists(), before)
	isProblem(t, await look(closed, `/rooms/${room}`, ada.headers), 404, 'not_found', /./)
	isProblem(t, await post(closed, room, 'hi', bob.headers), 403, 'muted', /./)
	t.equal((await post(closed, room, 'hi', cid.headers)).status, 201)
	await post(closed, 'general', 'the last', mo.headers)
	await follows.untilContent('the last')
	t.notOk(follows.contents.includes('hi'))
})
