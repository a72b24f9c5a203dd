import t, { type Test } from 'tap'
import { startServerHere } from '../helpers/app.ts'
import { type Answer, ask, askJson } from '../helpers/http.ts'
import { type Form, type Listener, listen, listenByWebSocket } from '../helpers/listener.ts'
import {
	type Account,
	addMember,
	addPerson,
	password,
	putRoom,
	removeMember,
	setUp,
	signIn,
} from '../helpers/people.ts'
import { openWebSocket } from '../helpers/websocket.ts'
import { inTime } from '../helpers/writer.ts'

const server = await startServerHere(t, { guests: false })
const { url } = server
const owner = await setUp(server)
const witness = await addPerson(url, owner, 'witness')
let people = 0

/** Somebody new, who is in two private rooms with the owner and the witness. */
async function somebody() {
	people += 1
	const name = `person-${people}`
	const person = await addPerson(url, owner, name)
	const rooms = { den: `${name}-den`, attic: `${name}-attic` }
	for (const room of Object.values(rooms)) {
		await putRoom(url, owner, room, { visibility: 'private' })
		for (const member of [name, witness.name]) await addMember(url, owner, room, member)
	}
	return { person, rooms }
}

type Rooms = { den: string; attic: string }

/** What a client proves who it is by: headers, or what it says first over WebSocket. */
interface Credential {
	headers: Record<string, string>
	token?: string
}

const streams: readonly [Form, (rooms: Rooms) => string][] = [
	['sse', ({ den }) => `/rooms/${den}/events`],
	['sse', () => '/events'],
	['sse', ({ den, attic }) => `/events?room=${den}&room=${attic}`],
	['ndjson', ({ den }) => `/rooms/${den}/events`],
	['ndjson', () => '/events'],
	['text', ({ den }) => `/rooms/${den}/events`],
	['text', () => '/events'],
]

const subscriptions: readonly ((rooms: Rooms) => Record<string, unknown>[])[] = [
	({ den }) => [{ type: 'subscribe', room: den }],
	() => [{ type: 'subscribe' }],
	({ den, attic }) => [
		{ type: 'subscribe', room: den },
		{ type: 'subscribe', room: attic },
	],
	() => [{ type: 'hello' }],
]

/** Follows in every way that there is. */
async function everyWay(t: Test, rooms: Rooms, { headers, token }: Credential): Promise<Listener[]> {
	const hello = token === undefined ? [] : [{ type: 'hello', token }]
	return await Promise.all([
		...streams.map(([form, path]) => listen(t, url, form, path(rooms), { headers })),
		...subscriptions.map((messages) => listenByWebSocket(t, url, messages(rooms), { headers })),
		...(token === undefined
			? []
			: subscriptions.map((messages) => listenByWebSocket(t, url, [...hello, ...messages(rooms)]))),
	])
}

/** Whether anything is followed there, and not only a connection open. */
function follows({ heard }: Listener): boolean {
	return !heard.some(({ type }) => type === 'hello') || heard.some(({ type }) => type === 'live')
}

/** Says something in both rooms. */
async function say(rooms: Rooms, ...contents: string[]): Promise<void> {
	await Promise.all(
		contents.flatMap((content) => [
			server.post(rooms.den, content, owner.headers),
			server.post(rooms.attic, content, owner.headers),
		]),
	)
}

/** What follows from something that ends what these listeners hear, and nothing that those do. */
async function endsDelivery(
	t: Test,
	rooms: Rooms,
	{ ending, goingOn }: { ending: readonly Listener[]; goingOn: readonly Listener[] },
	cause: () => Promise<unknown>,
): Promise<void> {
	const before = `${t.name}: before`
	await say(rooms, before)
	for (const listener of [...ending, ...goingOn].filter(follows)) await listener.untilContent(before)
	await cause()
	const at = performance.now()
	const after = [1, 2, 3].map((number) => `${t.name}: after ${number}`)
	await say(rooms, ...after)
	for (const listener of ending) {
		const { name } = listener
		const over = await inTime(listener.over, name, 10)
		t.ok(over.at - at < 1_000, `${name} has ended ${Math.round(over.at - at)} ms after the answer`)
		if (over.code === undefined) t.match(over, { reason: 'rights_lost', isWhole: true }, name)
		else t.equal(over.code, 4403, name)
		t.same(
			listener.contents.filter((content) => after.includes(content)),
			[],
			`${name} has heard nothing that came after`,
		)
	}
	for (const listener of goingOn.filter(follows)) {
		for (const content of after) await listener.untilContent(content)
		t.notOk(listener.isOver, `${listener.name} goes on`)
	}
}

/** Nobody comes in with a credential that holds no longer. */
async function isShutOut(t: Test, rooms: Rooms, { headers, token }: Credential, cursor: string): Promise<void> {
	for (const [form, path] of streams) {
		const answer = await ask(url, path(rooms), { headers: { ...headers, 'Last-Event-ID': cursor } })
		t.equal(answer.status, 401, `${form} of ${path(rooms)}`)
	}
	const socket = await openWebSocket(t, server.webSocketUrl, headers)
	t.match(await socket.next(), { type: 'error', code: 'not_authenticated' })
	t.equal((await socket.closed).code, 4401)
	if (token === undefined) return
	const saying = await openWebSocket(t, server.webSocketUrl)
	t.match(await saying.ask({ type: 'hello', token }, 'error'), { code: 'not_authenticated' })
	t.equal((await saying.closed).code, 4401)
}

function isDone(answer: Answer): void {
	if (answer.status >= 300) throw new Error(`${answer.status} ${answer.text}`)
}

async function remove(path: string, headers: Record<string, string>): Promise<void> {
	isDone(await ask(url, path, { method: 'DELETE', headers }))
}

async function change(path: string, value: object, headers: Record<string, string>): Promise<void> {
	isDone(await askJson(url, path, value, { method: 'PATCH', headers }))
}

async function ban({ headers }: Account, room: string, name: string): Promise<void> {
	isDone(await askJson(url, `/rooms/${room}/bans/${name}`, { reason: 'spam' }, { method: 'PUT', headers }))
}

/** A token of somebody's with less rights or a shorter life. */
async function issueToken(person: Account, given: object = {}): Promise<Credential & { token: string; id: string }> {
	const { json } = await askJson(url, '/tokens', { name: 'another', scope: 'full', ...given }, person)
	return { token: json.token, id: json.id, headers: { Authorization: `Bearer ${json.token}` } }
}

async function sessionId(headers: Record<string, string>): Promise<string> {
	const { json } = await ask(url, '/sessions', { headers })
	return json.sessions.find(({ current }: { current: boolean }) => current).id
}

/** Everything that somebody can hold, and which of it a cause takes away. */
interface Held {
	person: Account
	first: { Cookie: string }
	second: { Cookie: string }
	token: Credential & { token: string; id: string }
}

type Part = 'first' | 'second' | 'token' | 'ownToken'

const causes: Record<string, { ends: readonly Part[]; happens(held: Held): Promise<unknown> }> = {
	'signed out': {
		ends: ['first'],
		happens: ({ first }) => remove('/sessions/current', first),
	},
	'a session ended from elsewhere': {
		ends: ['first'],
		happens: async ({ first, second }) => remove(`/sessions/${await sessionId(first)}`, second),
	},
	'all sessions ended by oneself': {
		ends: ['first', 'second'],
		happens: ({ person }) => remove('/sessions', person.headers),
	},
	'all sessions ended by an administrator': {
		ends: ['first', 'second'],
		happens: ({ person }) => remove(`/users/${person.name}/sessions`, owner.headers),
	},
	'signed in again in the same browser': {
		ends: ['first'],
		happens: async ({ person, first }) => {
			isDone(await askJson(url, '/sessions', { name: person.name, password }, { headers: first }))
		},
	},
	'token revoked by oneself': {
		ends: ['token'],
		happens: ({ first, token }) => remove(`/tokens/${token.id}`, first),
	},
	'token revoked by itself': {
		ends: ['token'],
		happens: ({ token }) => remove(`/tokens/${token.id}`, token.headers),
	},
	'token revoked by an administrator': {
		ends: ['token'],
		happens: ({ token }) => remove(`/tokens/${token.id}`, owner.headers),
	},
	'password changed by oneself': {
		ends: ['first', 'second', 'token', 'ownToken'],
		happens: ({ first }) =>
			change('/users/me', { password: 'quite another password', currentPassword: password }, first),
	},
	'password changed by an administrator': {
		ends: ['first', 'second', 'token', 'ownToken'],
		happens: ({ person }) => change(`/users/${person.name}`, { password: 'quite another password' }, owner.headers),
	},
	deactivated: {
		ends: ['first', 'second', 'token', 'ownToken'],
		happens: ({ person }) => change(`/users/${person.name}`, { active: false }, owner.headers),
	},
	'erased by oneself': {
		ends: ['first', 'second', 'token', 'ownToken'],
		happens: ({ first }) => remove('/users/me', first),
	},
	'erased by an administrator': {
		ends: ['first', 'second', 'token', 'ownToken'],
		happens: ({ person }) => remove(`/users/${person.name}?messages=true`, owner.headers),
	},
}

for (const [name, { ends, happens }] of Object.entries(causes)) {
	t.test(name, async (t) => {
		const { person, rooms } = await somebody()
		const held = {
			person,
			first: await signIn(url, person.name),
			second: await signIn(url, person.name),
			token: await issueToken(person),
		}
		const parts: Record<Part, Credential> = {
			first: { headers: held.first },
			second: { headers: held.second },
			token: held.token,
			ownToken: person,
		}
		const ending: Listener[] = []
		const goingOn = await everyWay(t, rooms, witness)
		for (const [part, credential] of Object.entries(parts)) {
			const group = ends.includes(part as Part) ? ending : goingOn
			group.push(...(await everyWay(t, rooms, credential)))
		}
		const { cursor } = await server.post(rooms.den, 'to resume from', owner.headers)
		await endsDelivery(t, rooms, { ending, goingOn }, () => happens(held))
		for (const part of ends) await isShutOut(t, rooms, parts[part], cursor)
	})
}

/** What becomes of listeners who may hear `den` no longer, and may still hear `attic`. */
async function losesDen(
	t: Test,
	rooms: Rooms,
	credential: Credential,
	{ isMember, cause, endsBoth }: { isMember: boolean; cause: () => Promise<unknown>; endsBoth?: true },
): Promise<void> {
	const { den, attic } = rooms
	const { headers } = credential
	const others = await everyWay(t, rooms, witness)
	const ending = await Promise.all([
		...(['sse', 'ndjson', 'text'] as const).map((form) => listen(t, url, form, `/rooms/${den}/events`, { headers })),
		listen(t, url, 'sse', `/events?room=${den}`, { headers }),
	])
	const all = await Promise.all([
		...(['sse', 'ndjson', 'text'] as const).map((form) => listen(t, url, form, '/events', { headers })),
		listenByWebSocket(t, url, [{ type: 'subscribe' }], { headers }),
	])
	const both = await Promise.all([
		listen(t, url, 'sse', `/events?room=${den}&room=${attic}`, { headers }),
		listenByWebSocket(t, url, subscriptions[2]?.(rooms) ?? [], { headers }),
	])
	const denOnly = await listenByWebSocket(t, url, [{ type: 'subscribe', room: den }], { headers })
	const idle = await listenByWebSocket(t, url, [{ type: 'hello' }], { headers })

	const { cursor } = await server.post(den, 'before', owner.headers)
	for (const listener of [...ending, ...both, denOnly]) await listener.untilContent('before')
	await cause()
	const at = performance.now()
	await say(rooms, 'after')
	await server.post(attic, 'the last', owner.headers)

	const unsubscribed = { type: 'unsubscribed', room: den, reason: 'rights_lost' }
	for (const listener of ending) {
		const over = await inTime(listener.over, listener.name, 10)
		t.ok(over.at - at < 1_000, `${listener.name} has ended ${Math.round(over.at - at)} ms after the answer`)
		t.match(over, { reason: 'rights_lost', isWhole: true }, listener.name)
		t.notOk(listener.contents.includes('after'), listener.name)
		if (listener.name.startsWith('text')) continue
		const last = listener.heard.slice(isMember ? -2 : -1).map(({ type, action }) => [type, action].join(' ').trim())
		t.same(last, isMember ? ['member remove', 'bye'] : ['bye'], listener.name)
	}
	// No frame tells of the end of a ban, so what names several rooms ends too.
	if (endsBoth === true) t.match(await inTime(both[0].over, both[0].name, 10), { reason: 'rights_lost', isWhole: true })
	for (const listener of [...(endsBoth === true ? both.slice(1) : both), ...(isMember ? all : [])]) {
		await listener.untilContent('the last')
		t.notOk(listener.isOver, listener.name)
		const afterwards = listener.heard.slice(listener.heard.findLastIndex(({ content }) => content === 'before') + 1)
		const inDen = afterwards.filter(({ room }) => room === den)
		const expected = [
			...(isMember && !listener.name.startsWith('text') ? [{ type: 'member', action: 'remove' }] : []),
			...(listener === both[1] ? [unsubscribed] : []),
		]
		t.match(inDen, expected, listener.name)
		t.equal(inDen.length, expected.length, listener.name)
		t.same(
			afterwards.filter(({ type, room }) => type === 'message' && room === attic).map(({ content }) => content),
			['after', 'the last'],
		)
	}
	t.match(await denOnly.untilType('unsubscribed'), unsubscribed)
	for (const socket of [denOnly, idle]) {
		socket.send({ type: 'get_history', room: attic, limit: 1 })
		t.match(await socket.untilType('history'), { messages: [{ content: 'the last' }] }, 'the connection goes on')
		socket.send({ type: 'subscribe', room: den, ref: 'again' })
		t.match(await socket.untilType('error'), { code: 'not_found', ref: 'again' })
		t.notOk(socket.contents.includes('after'))
	}
	for (const listener of others.filter(follows)) {
		await listener.untilContent('after')
		t.notOk(listener.isOver, listener.name)
	}

	for (const path of [`/rooms/${den}/events`, `/events?room=${den}`]) {
		const answer = await ask(url, path, { headers: { ...headers, 'Last-Event-ID': cursor } })
		t.equal(answer.status, 404, path)
	}
	const some = await listen(t, url, 'sse', `/events?room=${den}&room=${attic}&after=${cursor}&until=head`, { headers })
	t.same((await some.untilType('hello')).refused, [den])
	await some.over
	t.same(some.contents, ['after', 'the last'], 'the room that is left')
	const resumed = await listen(t, url, 'sse', '/events?after=0&until=head', { headers })
	await resumed.over
	t.match(
		resumed.heard.filter(({ room }) => room === den),
		isMember ? [{ type: 'member', action: 'remove' }] : [],
		'of what was heard there nothing is left but the own removal',
	)
	t.equal(resumed.heard.filter(({ room }) => room === den).length, isMember ? 1 : 0)
}

t.test('removed from a room', async (t) => {
	const { person, rooms } = await somebody()
	await losesDen(t, rooms, person, { isMember: true, cause: () => removeMember(url, owner, rooms.den, person.name) })
})

t.test('left a room by oneself', async (t) => {
	const { person, rooms } = await somebody()
	const headers = await signIn(url, person.name)
	const cause = () => remove(`/rooms/${rooms.den}/members/me`, headers)
	await losesDen(t, rooms, { headers }, { isMember: true, cause })
})

t.test('a room made private for those who are not in it', async (t) => {
	const { rooms } = await somebody()
	for (const room of Object.values(rooms)) await putRoom(url, owner, room, { visibility: 'open' })
	people += 1
	const visitor = await addPerson(url, owner, `person-${people}`)
	const cause = () => putRoom(url, owner, rooms.den, { visibility: 'private' })
	await losesDen(t, rooms, visitor, { isMember: false, cause })
})

t.test('banned from a private room', async (t) => {
	const { person, rooms } = await somebody()
	await losesDen(t, rooms, person, {
		isMember: true,
		cause: () => ban(owner, rooms.den, person.name),
		endsBoth: true,
	})
})

t.test('banned from an open room, as its member and as somebody who only looks in', async (t) => {
	const { person, rooms } = await somebody()
	for (const room of Object.values(rooms)) await putRoom(url, owner, room, { visibility: 'open' })
	await losesDen(t, rooms, person, {
		isMember: true,
		cause: () => ban(owner, rooms.den, person.name),
		endsBoth: true,
	})
	people += 1
	const visitor = await addPerson(url, owner, `person-${people}`)
	await losesDen(t, rooms, visitor, {
		isMember: false,
		cause: () => ban(owner, rooms.den, visitor.name),
		endsBoth: true,
	})
})

t.test('both rooms lost: a stream of the two ends with the second', async (t) => {
	const { person, rooms } = await somebody()
	const { headers } = person
	const stream = await listen(t, url, 'sse', `/events?room=${rooms.den}&room=${rooms.attic}`, { headers })
	await removeMember(url, owner, rooms.den, person.name)
	await server.post(rooms.attic, 'still here', owner.headers)
	await stream.untilContent('still here')
	t.notOk(stream.isOver)
	await removeMember(url, owner, rooms.attic, person.name)
	t.match(await inTime(stream.over, stream.name, 10), { reason: 'rights_lost', isWhole: true })
	t.match(stream.heard.slice(-2), [{ type: 'member', action: 'remove', room: rooms.attic }, { type: 'bye' }])
})

t.test('an open room that one is removed from is heard on by its name, and in all rooms no longer', async (t) => {
	const { person, rooms } = await somebody()
	await putRoom(url, owner, rooms.den, { visibility: 'open' })
	const { headers } = person
	const byName = await Promise.all([
		listen(t, url, 'sse', `/rooms/${rooms.den}/events`, { headers }),
		listen(t, url, 'sse', `/events?room=${rooms.den}`, { headers }),
		listenByWebSocket(t, url, [{ type: 'subscribe', room: rooms.den }], { headers }),
	])
	const all = await Promise.all([
		listen(t, url, 'sse', '/events', { headers }),
		listenByWebSocket(t, url, [{ type: 'subscribe' }], { headers }),
	])
	await removeMember(url, owner, rooms.den, person.name)
	await server.post(rooms.den, 'after', owner.headers)
	await server.post(rooms.attic, 'the last', owner.headers)
	for (const listener of byName) {
		await listener.untilContent('after')
		t.equal(listener.heard.filter(({ action }) => action === 'remove').length, 1, listener.name)
	}
	for (const listener of all) {
		await listener.untilContent('the last')
		t.notOk(listener.contents.includes('after'), listener.name)
		t.equal(listener.heard.filter(({ action }) => action === 'remove').length, 1, listener.name)
	}
})

t.test('in silent rooms streams end by themselves', async (t) => {
	const { person, rooms } = await somebody()
	const listeners = await everyWay(t, rooms, person)
	await change(`/users/${person.name}`, { active: false }, owner.headers)
	const at = performance.now()
	for (const listener of listeners) {
		const over = await inTime(listener.over, listener.name, 10)
		t.ok(over.at - at < 1_000, listener.name)
	}
})
