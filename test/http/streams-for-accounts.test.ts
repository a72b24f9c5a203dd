import { mock } from 'node:test'
import t, { type Test } from 'tap'
import { startInProcess } from '../helpers/app.ts'
import { ask, askJson, isProblem } from '../helpers/http.ts'
import { type Listener, listen, listenByWebSocket } from '../helpers/listener.ts'
import { type Account, addMember, addPerson, putRoom, removeMember, setUp, signIn } from '../helpers/people.ts'
import { startServer } from '../helpers/server.ts'
import { openWebSocket, type WebSocketReader } from '../helpers/websocket.ts'
import { inTime } from '../helpers/writer.ts'

const server = await startServer(t, { flags: ['--presence-grace', '0s'] })
const { url } = server
const owner = await setUp(server)
let names = 0

function newName(kind: string): string {
	names += 1
	return `${kind}-${names}`
}

/** Somebody new, with an account. */
function somebody(): Promise<Account> {
	return addPerson(url, owner, newName('bot'), 'bot')
}

/** A new room of the owner's. */
async function newRoom(visibility: 'open' | 'private'): Promise<string> {
	const room = newName('room')
	await putRoom(url, owner, room, { visibility })
	return room
}

async function say(room: string, content: string): Promise<void> {
	await server.post(room, content, owner.headers)
}

function open(t: Test, headers: Record<string, string> = {}): Promise<WebSocketReader> {
	return openWebSocket(t, server.webSocketUrl, headers)
}

/** All rooms, in every way that there is. */
function followAll(t: Test, headers: Record<string, string>): Promise<Listener[]> {
	return Promise.all([
		listen(t, url, 'sse', '/events', { headers }),
		listen(t, url, 'ndjson', '/events', { headers }),
		listenByWebSocket(t, url, [{ type: 'subscribe' }], { headers }),
	])
}

/** What is heard of some rooms, as `room-1 add bot-2` and `room-1: a text`. */
function heardOf(rooms: readonly string[], { heard }: Listener): string[] {
	return heard
		.filter(({ type, room }) => rooms.includes(room) && (type === 'message' || type === 'member'))
		.map(({ type, room, content, action, userId }) =>
			type === 'message' ? `${room}: ${content}` : `${room} ${action} ${userId}`,
		)
}

t.test('all rooms are those that one is a member of, as that changes', async (t) => {
	const bob = await somebody()
	const [open, secret] = [await newRoom('open'), await newRoom('private')]
	const listeners = await followAll(t, bob.headers)
	await say(open, 'not in it')
	await say(secret, 'not in it')
	await addMember(url, owner, open, bob.name)
	await addMember(url, owner, secret, bob.name)
	await say(open, 'in it')
	await say(secret, 'in it')
	await removeMember(url, owner, open, bob.name)
	await removeMember(url, owner, secret, bob.name)
	await say(open, 'not in it any more')
	await say(secret, 'not in it any more')
	await addMember(url, owner, secret, bob.name)
	await say(secret, 'in it again')
	await say('general', `the end of ${t.name}`)
	for (const listener of listeners) {
		await listener.untilContent(`the end of ${t.name}`)
		t.same(
			heardOf([open, secret], listener),
			[
				`${open} add ${bob.name}`,
				`${secret} add ${bob.name}`,
				`${open}: in it`,
				`${secret}: in it`,
				`${open} remove ${bob.name}`,
				`${secret} remove ${bob.name}`,
				`${secret} add ${bob.name}`,
				`${secret}: in it again`,
			],
			listener.name,
		)
	}
})

t.test('an open room that one is not in is heard by its name', async (t) => {
	const { headers } = await somebody()
	const room = await newRoom('open')
	const listeners = await Promise.all([
		listen(t, url, 'sse', `/rooms/${room}/events`, { headers }),
		listen(t, url, 'sse', `/events?room=general&room=${room}`, { headers }),
		listenByWebSocket(t, url, [{ type: 'subscribe', room }], { headers }),
	])
	await say(room, 'to everybody')
	for (const listener of listeners) await listener.untilContent('to everybody')
})

t.test('a private room is to those who are not in it as one that does not exist', async (t) => {
	const secret = await newRoom('private')
	const there = `/events?room=${secret}`
	for (const { headers } of [await somebody(), { headers: { 'Tailroom-User': 'visitor' } }]) {
		const some = await listen(t, url, 'sse', `/events?room=${secret}&room=general&room=nowhere`, { headers })
		t.same((await some.untilType('hello')).refused, [secret, 'nowhere'])
		const all = await followAll(t, headers)
		const tail = await listen(t, url, 'sse', '/events?tail=500', { headers })
		await say(secret, 'a secret')
		await say('general', `no secret ${names}`)
		for (const listener of [some, ...all, tail]) {
			await listener.untilContent(`no secret ${names}`)
			t.same(heardOf([secret], listener), [], listener.name)
		}
		const hidden = await ask(url, there, { headers })
		isProblem(t, hidden, 404, 'not_found', /none of these rooms/)
		for (const path of [`/rooms/${secret}/events`, `/rooms/${secret}/events?after=0`]) {
			const answer = await ask(url, path, { headers })
			const nothing = await ask(url, path.replace(secret, 'nowhere'), { headers })
			isProblem(t, answer, 404, 'not_found', /no room/)
			t.equal(answer.text.replaceAll(secret, 'nowhere'), nothing.text, 'the same answer')
		}
		const socket = await open(t, headers)
		for (const type of ['get_history', 'typing']) {
			t.match(await socket.ask({ type, room: secret }, 'error'), { code: 'not_found' }, type)
		}
		const past = await listen(t, url, 'ndjson', '/events?after=0&until=head', { headers })
		await past.over
		t.same(heardOf([secret], past), [])
	}
	const socket = await open(t, (await somebody()).headers)
	t.match(await socket.ask({ type: 'subscribe', room: secret }, 'error'), { code: 'not_found' })
})

t.test('guests hear all open rooms, new ones too, and no private one', async (t) => {
	const room = await newRoom('open')
	const listeners = await followAll(t, { 'Tailroom-User': 'visitor' })
	await say(room, 'one')
	await putRoom(url, owner, room, { visibility: 'private' })
	await say(room, 'a secret')
	await putRoom(url, owner, room, { visibility: 'open' })
	await say(room, 'two')
	const another = await newRoom('open')
	await say(another, 'three')
	for (const listener of listeners) {
		await listener.untilContent('three')
		const messages = heardOf([room, another], listener).filter((heard) => heard.includes(': '))
		t.same(messages, [`${room}: one`, `${room}: two`, `${another}: three`], listener.name)
	}
})

t.test('a token that is for some rooms opens those alone, and who is online it is not told', async (t) => {
	const [mine, other] = [await newRoom('private'), await newRoom('private')]
	const bob = await somebody()
	for (const room of [mine, other]) await addMember(url, owner, room, bob.name)
	const { json } = await askJson(url, '/tokens', { user: bob.name, name: 'narrow', rooms: [mine] }, owner)
	const headers = { Authorization: `Bearer ${json.token}` }
	const listeners = [
		...(await followAll(t, headers)),
		await listen(t, url, 'sse', `/events?room=${other}&room=${mine}`, { headers }),
		await listenByWebSocket(t, url, [{ type: 'hello', token: json.token }, { type: 'subscribe' }]),
	]
	// Whoever follows comes online.
	await listen(t, url, 'sse', '/events', { headers: (await somebody()).headers })
	await say(other, 'elsewhere')
	await say('general', 'elsewhere')
	await removeMember(url, owner, other, bob.name)
	await say(mine, 'here')
	for (const listener of listeners) {
		await listener.untilContent('here')
		t.same(listener.contents, ['here'], listener.name)
		t.same(
			listener.heard.filter(({ type }) => type === 'presence' || type === 'member'),
			[],
			listener.name,
		)
	}
	t.same((await (listeners[3] as Listener).untilType('hello')).refused, [other])
	for (const room of [other, 'general']) {
		t.equal((await ask(url, `/rooms/${room}/events`, { headers })).status, 404)
		const socket = await open(t, headers)
		t.match(await socket.ask({ type: 'subscribe', room }, 'error'), { code: 'not_found' })
	}
})

t.test('whatever name is given over WebSocket, whoever has an account speaks as that', async (t) => {
	const bob = await somebody()
	const session = await signIn(url, owner.name)
	for (const [name, headers, hello] of [
		[bob.name, bob.headers, {}],
		[owner.name, session, {}],
		[bob.name, {}, { token: bob.token }],
	] as const) {
		const socket = await open(t, headers)
		t.equal((await socket.ask({ type: 'hello', ...hello }, 'hello')).user, name)
		await socket.ask({ type: 'subscribe', room: 'general', userId: 'somebody-else' }, 'live')
		socket.send({ type: 'publish', room: 'general', sender: 'somebody-else', content: `by ${name}` })
		const message = await socket.until(({ content }) => content === `by ${name}`)
		t.equal(message.sender, name)
		t.notOk('guest' in message)
		socket.send({ type: 'publish', room: 'general', sender: 'not a name!', content: 'again' })
		t.equal((await socket.until(({ content }) => content === 'again')).sender, name)
		t.match(await socket.ask({ type: 'unsubscribe', room: 'general', userId: 'x y' }, 'unsubscribed'), {})
	}
})

t.test('a token that is said first makes a connection its user’s, once', async (t) => {
	const [bob, eve] = [await somebody(), await somebody()]
	const wrong = await open(t)
	const nobody = `${bob.token.slice(0, -1)}${bob.token.endsWith('0') ? '1' : '0'}`
	t.match(await wrong.ask({ type: 'hello', token: nobody, ref: 7 }, 'error'), { code: 'not_authenticated', ref: 7 })
	t.equal((await wrong.closed).code, 4401)

	const socket = await open(t)
	t.equal((await socket.ask({ type: 'hello', token: bob.token }, 'hello')).user, bob.name)
	t.match(await socket.ask({ type: 'hello', token: eve.token }, 'error'), { code: 'sender_mismatch' })
	t.equal((await socket.ask({ type: 'hello' }, 'hello')).user, bob.name, 'it stays what it was')
	await socket.ask({ type: 'subscribe' }, 'live')
	t.match(await socket.ask({ type: 'hello', token: eve.token }, 'error'), { code: 'sender_mismatch' })

	const byHeader = await open(t, bob.headers)
	t.match(await byHeader.ask({ type: 'hello', token: eve.token }, 'error'), { code: 'sender_mismatch' })

	const guest = await open(t)
	await guest.ask({ type: 'subscribe', room: 'general', userId: newName('guest') }, 'live')
	t.match(await guest.ask({ type: 'hello', token: eve.token }, 'error'), { code: 'sender_mismatch' })
})

t.test('what is followed goes on with another token of the same person, and ends with that one', async (t) => {
	const room = await newRoom('private')
	const issue = async () => (await askJson(url, '/tokens', { name: 'one of two' }, owner)).json
	const revoke = (id: string) => ask(url, `/tokens/${id}`, { method: 'DELETE', headers: owner.headers })
	const [first, second] = [await issue(), await issue()]
	const socket = await open(t, { Authorization: `Bearer ${first.token}` })
	await socket.ask({ type: 'subscribe', room }, 'live')
	t.equal((await socket.ask({ type: 'hello', token: second.token }, 'hello')).user, owner.name)
	await revoke(first.id)
	await say(room, 'still here')
	await socket.until(({ content }) => content === 'still here')
	await revoke(second.id)
	t.equal((await inTime(socket.closed, 'the connection', 10)).code, 4403)
})

t.test('a closed server closes who does not say who they are', async (t) => {
	mock.timers.enable({ apis: ['setTimeout'] })
	t.teardown(() => mock.timers.reset())
	const app = await startInProcess(t, { guests: false })
	const webSocketUrl = `${app.url.replace('http', 'ws')}/ws`
	const silent = await openWebSocket(t, webSocketUrl)
	mock.timers.tick(4_999)
	const hasty = await openWebSocket(t, webSocketUrl)
	t.match(await hasty.ask({ type: 'subscribe', room: 'general' }, 'error'), { code: 'not_authenticated' })
	t.equal((await hasty.closed).code, 4401)
	const empty = await openWebSocket(t, webSocketUrl)
	t.match(await empty.ask({ type: 'hello' }, 'error'), { code: 'not_authenticated' })
	t.equal((await empty.closed).code, 4401)
	t.equal(silent.socket.readyState, silent.socket.OPEN)
	mock.timers.tick(1)
	t.equal((await silent.closed).code, 4401)
	t.equal((await ask(app.url, '/events')).status, 401)
})

t.test('a guest cannot take the name of an account', async (t) => {
	const { name } = await somebody()
	isProblem(t, await ask(url, '/events', { headers: { 'Tailroom-User': name } }), 409, 'name_taken', /is taken/)
	const named = await open(t, { 'Tailroom-User': name })
	t.match(await named.next(), { type: 'error', code: 'name_taken' })
	t.equal((await named.closed).code, 4401)
	const socket = await open(t)
	for (const message of [
		{ type: 'subscribe', room: 'general', userId: name },
		{ type: 'publish', room: 'general', sender: name.toUpperCase(), content: 'as another' },
	]) {
		t.match(await socket.ask(message, 'error'), { code: 'name_taken' })
	}
	t.equal((await socket.ask({ type: 'hello' }, 'hello')).user, 'guest', 'nor is the connection bound to it')
})

t.test('a guest whose name an account is given loses the connection, and nobody else', async (t) => {
	const name = newName('soon')
	const headers = { 'Tailroom-User': name }
	const ending = [
		...(await followAll(t, headers)),
		await listen(t, url, 'text', '/rooms/general/events', { headers }),
		await listenByWebSocket(t, url, [{ type: 'subscribe', room: 'general', userId: name }]),
		await listenByWebSocket(t, url, [{ type: 'hello' }], { headers }),
	]
	const others = await followAll(t, { 'Tailroom-User': newName('guest') })
	await addPerson(url, owner, name, 'bot')
	await say('general', 'an account was made')
	for (const listener of ending) {
		const over = await inTime(listener.over, listener.name, 10)
		if (over.code === undefined) t.match(over, { reason: 'rights_lost', isWhole: true }, listener.name)
		else t.equal(over.code, 4403, listener.name)
		t.notOk(listener.contents.includes('an account was made'), listener.name)
	}
	for (const listener of others) await listener.untilContent('an account was made')
	t.equal((await ask(url, '/events', { headers })).status, 409)
})

t.test('who is a member neither joins nor leaves, who visits with an account does', async (t) => {
	const [member, visitor] = [await somebody(), await somebody()]
	const room = await newRoom('open')
	await addMember(url, owner, room, member.name)
	const witness = await listen(t, url, 'sse', `/rooms/${room}/events`, { headers: owner.headers })
	const everywhere = await listen(t, url, 'sse', '/events', { headers: owner.headers })
	for (const { name, headers } of [member, visitor]) {
		const socket = await open(t, headers)
		await socket.ask({ type: 'subscribe', room }, 'live')
		await everywhere.until(({ userId, state }) => userId === name && state === 'online')
		socket.socket.close()
		await everywhere.until(({ userId, state }) => userId === name && state === 'offline')
	}
	await witness.until(({ type, action }) => type === 'presence' && action === 'leave')
	t.same(
		witness.heard.filter(({ type }) => type === 'presence').map(({ userId, action }) => `${userId} ${action}`),
		[`${visitor.name} join`, `${visitor.name} leave`],
		'that the member is online is not said of the room',
	)
})

t.test('people are called by their names after a restart too', async (t) => {
	const first = await startServer(t, { guests: false })
	const olga = await setUp(first, 'olga')
	const bob = await addPerson(first.url, olga, 'bob', 'bot')
	const stream = await listen(t, first.url, 'sse', '/events', { headers: bob.headers })
	await first.post('general', 'from bob', bob.headers)
	await stream.untilContent('from bob')
	await first.stop()
	const again = await startServer(t, { guests: false, directory: first.directory })
	const past = await listen(t, again.url, 'ndjson', '/events?after=0&until=head', { headers: olga.headers })
	await past.over
	t.match(
		past.heard.find(({ type }) => type === 'message'),
		{ sender: 'bob', content: 'from bob' },
	)
	const members = past.heard.filter(({ type }) => type === 'member').map(({ userId, action }) => `${userId} ${action}`)
	t.same(members, ['olga add', 'bob add'])
	const live = await listen(t, again.url, 'text', '/events', { headers: olga.headers })
	await again.post('general', 'bob is back', bob.headers)
	t.match(await live.untilContent('bob is back'), { sender: 'bob' })
	const { json } = await ask(again.url, '/presence', { headers: olga.headers })
	t.ok(json.users.every(({ userId }: { userId: string }) => ['olga', 'bob'].includes(userId)))
})
