import { join } from 'node:path'
import t from 'tap'
import { isDirect } from '../../src/events/direct.ts'
import type { RecordedEvent } from '../../src/events/log.ts'
import { startHouse } from '../helpers/house.ts'
import { type Answer, ask, askJson } from '../helpers/http.ts'
import { type Listener, listen, listenByWebSocket } from '../helpers/listener.ts'
import { addPerson } from '../helpers/people.ts'
import { recordedEvents } from '../helpers/record.ts'
import { openWebSocket, type Received } from '../helpers/websocket.ts'

/*
 * Ada and Bob talk. Everybody else tries every way in, and finds what is there where nobody talks.
 */

const secret = 'what nobody else may know'
const unknownId = '01K00000000000000000000000'

const { url, directory, owner } = await startHouse(t, { guests: true, presenceGraceMs: 0 })
const socketPath = join(directory, 'control.sock')
const [ada, bob, cid, admin] = await Promise.all([
	addPerson(url, owner, 'ada'),
	addPerson(url, owner, 'bob'),
	addPerson(url, owner, 'cid'),
	addPerson(url, owner, 'admin', 'admin'),
])

/** Who is not one of the two, or not as one of the two. */
interface Outsider {
	name: string
	headers: Record<string, string>
	/** The machine's administration. */
	socketPath?: string
}

const limited = await askJson(url, '/tokens', { user: 'ada', scope: 'full', rooms: ['general'] }, { socketPath })
const outsiders: readonly Outsider[] = [
	{ name: 'another', headers: cid.headers },
	{ name: 'an admin', headers: admin.headers },
	{ name: 'the owner', headers: owner.headers },
	{ name: 'a token of ada for a room', headers: { Authorization: `Bearer ${limited.json.token}` } },
	{ name: 'a guest', headers: { 'Tailroom-User': 'gil' } },
	{ name: 'the control socket', headers: {}, socketPath },
]
const online = outsiders.filter(({ socketPath }) => socketPath === undefined)

/** Everything that can be heard, by every way. */
async function listenEveryWay({ headers, name }: Outsider, after?: string): Promise<Listener[]> {
	const query = after === undefined ? '' : `?after=${after}`
	const from = after === undefined ? {} : { after }
	return await Promise.all([
		listen(t, url, 'sse', `/events${query}`, { headers, name: `${name}: all, SSE` }),
		listen(t, url, 'ndjson', `/rooms/general/events${query}`, { headers, name: `${name}: a room, NDJSON` }),
		listenByWebSocket(t, url, [{ type: 'subscribe', ...from }], { headers, name: `${name}: all, WebSocket` }),
	])
}

async function said(by: { headers: Record<string, string> }, room: string, body: object): Promise<string> {
	const { status, json, text } = await askJson(url, `/rooms/${room}/messages`, body, { headers: by.headers })
	if (status !== 201) throw new Error(`${status} ${text}`)
	return json.id
}

/** What a list of rooms says, but for how far the log is. */
async function roomsOf({ headers, ...at }: Outsider): Promise<unknown> {
	return (await ask(url, '/rooms', { headers, ...at })).json.rooms
}

function direct(): RecordedEvent[] {
	return recordedEvents(directory).filter(({ streamId }) => streamId.includes('direct-'))
}

const roomsBefore = await Promise.all(outsiders.map(roomsOf))
const live = (await Promise.all(online.map((outsider) => listenEveryWay(outsider)))).flat()

const first = await said(ada, '@bob', { content: secret })
const second = await said(bob, '@ada', { content: `${secret}, @cid`, replyTo: first })
const notebook = await said(ada, '@me', { content: secret })
const ids = [first, second, notebook]
const typing = await openWebSocket(t, `${url.replace('http', 'ws')}/ws`, ada.headers)
typing.send({ type: 'typing', room: '@bob' })
await typing.ask({ type: 'edit', room: '@bob', id: first, content: `${secret} at all` }, 'edited')
await typing.ask({ type: 'react', room: '@bob', id: second, emoji: '👍' }, 'reacted')
await typing.ask({ type: 'read', room: '@bob', sequence: 2 }, 'marked')
const streamIds = [...new Set(direct().map(({ streamId }) => streamId))]
await said(owner, 'general', { content: 'the end' })

/** What must be in nothing that an outsider is told. */
const hidden = [secret, 'DirectOpened', ...ids, ...streamIds]

/** What of that is told, but for what was asked for, which an answer may repeat. */
function tells(told: string, asked = ''): string[] {
	return hidden.filter((what) => told.includes(what) && !asked.includes(what))
}

t.test('nobody hears them, live or by a cursor', async (t) => {
	const resumed = (await Promise.all(online.map((outsider) => listenEveryWay(outsider, '0')))).flat()
	for (const listener of [...live, ...resumed]) {
		await listener.untilContent('the end')
		t.same(tells(JSON.stringify(listener.heard)), [], listener.name)
		t.same(
			listener.heard.filter(({ type, room = '' }) => type === 'typing' || room.startsWith('@')),
			[],
			listener.name,
		)
	}
})

t.test('no list has them, and no room counts them', async (t) => {
	for (const [at, outsider] of outsiders.entries()) {
		const counted = JSON.stringify(roomsBefore[at]).replace('"sequence":0', '"sequence":1')
		const rooms = JSON.stringify(await roomsOf(outsider))
		t.equal(rooms.replace(/"unread":\d+/, '"unread":0'), counted.replace(/"unread":\d+/, '"unread":0'), outsider.name)
	}
})

/** Every address that is read, with every name that somebody could think of. */
const names = ['general', '@ada', '@bob', '@me', '@cid', 'direct', ...streamIds]
const head = recordedEvents(directory).length
const readings = [
	...['/rooms', '/users', '/presence', '/tokens', '/invites', '/sessions', '/audit?limit=500'],
	...['after=0', 'tail=500'].map((from) => `/events?${from}&until=head`),
	...names.flatMap((name) => [
		`/events?room=general&room=${name}&after=0&until=head`,
		...[
			'',
			'/messages',
			'/messages?limit=500',
			`/messages?at=${head}`,
			'/messages?around=1',
			'/members',
			'/presence',
		].map((path) => `/rooms/${name}${path}`),
		`/rooms/${name}/events?after=0&until=head`,
		`/rooms/${name}/events?tail=500&until=head`,
		`/rooms/${name}/messages?replyTo=${first}`,
		...ids.flatMap((id) => ['', '/replies'].map((what) => `/rooms/${name}/messages/${id}${what}`)),
	]),
]

t.test('nobody finds them by any address', async (t) => {
	for (const { name, headers, ...at } of outsiders) {
		for (const path of readings) {
			const asked = { headers: { ...headers, Accept: 'application/x-ndjson' }, ...at }
			const { status, text } = await ask(url, path, asked)
			t.same([tells(text, path), status >= 500], [[], false], `${name}: ${path}`)
		}
	}
})

t.test('a stream that names a conversation refuses it as one with nobody', async (t) => {
	const headers = outsiders[3]?.headers ?? {}
	for (const path of ['/events?room=NAME', '/events?room=general&room=NAME&until=head']) {
		const [hers, nobodys] = await Promise.all(
			['@bob', '@nob'].map(async (name) => {
				const { status, text } = await ask(url, path.replace('NAME', name), { headers })
				return `${status} ${text.replaceAll(name, 'NAME').replace(/^retry: .*$/m, '')}`
			}),
		)
		t.equal(hers, nobodys, path)
		t.match(hers, /NAME/)
	}
})

/** What can be tried with the id of a message, in any room that is not its own. */
const tries: readonly ((room: string, id: string) => readonly [string, string, object?])[] = [
	(room, id) => ['GET', `/rooms/${room}/messages/${id}`],
	(room, id) => ['GET', `/rooms/${room}/messages/${id}/replies`],
	(room, id) => ['PATCH', `/rooms/${room}/messages/${id}`, { content: 'another' }],
	(room, id) => ['DELETE', `/rooms/${room}/messages/${id}`],
	(room, id) => ['PUT', `/rooms/${room}/messages/${id}/reactions/${encodeURIComponent('👍')}`],
	(room, id) => ['DELETE', `/rooms/${room}/messages/${id}/reactions/${encodeURIComponent('👍')}`],
	(room, id) => ['POST', `/rooms/${room}/messages`, { content: 'an answer', replyTo: id }],
	(room, id) => ['GET', `/rooms/${room}/messages?replyTo=${id}`],
]

function shown({ status, headers: { date, 'x-request-id': _id, ...headers }, text }: Answer, id: string): string {
	return JSON.stringify({ status, headers, text }).replaceAll(id, 'ID')
}

t.test('the id of a message is nothing outside of its conversation, to the two neither', async (t) => {
	const places = [
		...outsiders.map((outsider) => [outsider, ['general', '@ada', '@bob']] as const),
		...[ada, bob].map((one) => [one, ['general', '@cid', '@me']] as const),
	]
	for (const [{ name, headers, ...at }, rooms] of places) {
		for (const room of rooms) {
			for (const attempt of tries) {
				const asking = async (id: string) => {
					const [method, path, body] = attempt(room, id)
					const asked = { method, headers, ...('socketPath' in at ? { socketPath } : {}) }
					return shown(await (body === undefined ? ask(url, path, asked) : askJson(url, path, body, asked)), id)
				}
				const [method, path] = attempt(room, 'ID')
				t.equal(await asking(first), await asking(unknownId), `${name}: ${method} ${path}`)
			}
		}
	}
})

t.test('over WebSocket it is the same', async (t) => {
	const ended = (received: Received) => received.type === 'unsubscribed'
	for (const { name, headers } of online) {
		const socket = await openWebSocket(t, `${url.replace('http', 'ws')}/ws`, headers)
		const told = async (message: object) => {
			const from = socket.received.length
			socket.send(message)
			socket.send({ type: 'unsubscribe', room: 'none' })
			await socket.until(ended)
			const answers = socket.received.slice(from).filter(({ type }) => type !== 'presence')
			return JSON.stringify(answers)
		}
		for (const message of [
			{ type: 'edit', room: 'general', content: 'another' },
			{ type: 'delete', room: 'general' },
			{ type: 'react', room: 'general', emoji: '👍' },
		]) {
			const answers = [await told({ ...message, id: first }), await told({ ...message, id: unknownId })]
			t.equal(answers[0], answers[1], `${name}: ${message.type}`)
		}
		const reply = { type: 'publish', room: 'general', content: 'an answer' }
		t.equal(await told({ ...reply, replyTo: first }), await told({ ...reply, replyTo: unknownId }), `${name}: reply`)
		for (const room of names) {
			for (const type of ['get_history', 'subscribe', 'typing']) {
				const asked = type === 'subscribe' ? { type, room, after: 0 } : { type, room }
				t.same(tells(await told(asked), room), [], `${name}: ${type} ${room}`)
			}
		}
	}
})

t.test('all that was tried has left nothing in it', async (t) => {
	const types = direct().map(({ type }) => type)
	t.same(types, [
		...['DirectOpened', 'MessagePosted', 'MessagePosted', 'DirectOpened', 'MessagePosted'],
		...['MessageEdited', 'ReactionAdded', 'ReadMarkerMoved'],
	])
	t.notOk(
		direct().some(({ streamId, data }) => isDirect(streamId) && 'room' in data),
		'and no event says what a conversation is called',
	)
	t.same(
		direct().flatMap(({ data }) => ('mentions' in data ? (data.mentions ?? []) : [])),
		[],
		'nobody is called upon who cannot see it',
	)
})
