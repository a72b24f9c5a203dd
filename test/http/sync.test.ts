import { join } from 'node:path'
import Fastify from 'fastify'
import t from 'tap'
import { openLogForWriting } from '../../src/events/sqlite-log.ts'
import { syncMembersMax } from '../../src/http/limits.ts'
import { ReadMarkers } from '../../src/http/read-markers.ts'
import { syncRoutes } from '../../src/http/routes/sync.ts'
import type { Services } from '../../src/http/services.ts'
import { catchUp } from '../../src/projections/projector.ts'
import { openViewsForReading } from '../../src/projections/views.ts'
import { joined, memberAdded, person } from '../helpers/account-events.ts'
import { temporaryDirectory } from '../helpers/directory.ts'
import { appendable, messagePosted, roomOpened } from '../helpers/events.ts'
import { startHouse } from '../helpers/house.ts'
import { ask, askJson, isProblem } from '../helpers/http.ts'
import { listen } from '../helpers/listener.ts'
import { type Account, addMember, addPerson, putRoom, removeMember } from '../helpers/people.ts'
import { startWriting } from '../helpers/sequencer.ts'
import { openWebSocket } from '../helpers/websocket.ts'

const { url, owner } = await startHouse(t)
let names = 0

function newName(kind: string): string {
	names += 1
	return `${kind}-${names}`
}

async function say(room: string, content: string, { headers }: Account = owner): Promise<void> {
	const { status, text } = await askJson(url, `/rooms/${room}/messages`, { content }, { headers })
	if (status !== 201) throw new Error(text)
}

/** What somebody is told who begins. */
async function sync(headers: Record<string, string>) {
	const { status, json, text } = await ask(url, '/sync', { headers })
	if (status !== 200) throw new Error(text)
	return json
}

function named(rooms: { room: string }[], name: string) {
	return rooms.find(({ room }) => room === name)
}

t.test('who begins is told of their rooms, of what is unread there, and of who they are', async (t) => {
	const bob = await addPerson(url, owner, newName('bob'))
	const [den, open, hidden] = [newName('den'), newName('open'), newName('hidden')]
	await putRoom(url, owner, den, { visibility: 'private', title: 'The den', topic: 'quiet' })
	await putRoom(url, owner, open)
	await putRoom(url, owner, hidden, { visibility: 'private' })
	await addMember(url, owner, den, bob.name)
	for (const content of ['one', `two, @${bob.name}`, 'three']) await say(den, content)
	await say(`@${bob.name}`, 'psst')
	await askJson(url, `/rooms/${den}/read`, { sequence: 1 }, { method: 'PUT', headers: bob.headers })
	await askJson(url, `/users/${bob.name}`, { displayName: 'Bob B.' }, { method: 'PATCH', headers: bob.headers })
	const told = await sync(bob.headers)
	t.equal(told.protocol, 1)
	t.same(told.user, { name: bob.name, displayName: 'Bob B.', role: 'member' })
	t.same(
		told.rooms.map(({ room }: { room: string }) => room),
		[`@${owner.name}`, den, 'general'],
		'those that they are in, and no open one besides',
	)
	t.same(named(told.rooms, den), {
		room: den,
		title: 'The den',
		topic: 'quiet',
		visibility: 'private',
		archived: false,
		sequence: 3,
		unread: 2,
		mentions: 1,
		role: 'member',
		read: 1,
		memberCount: 2,
		members: [
			{ userId: owner.name, role: 'moderator' },
			{ userId: bob.name, role: 'member' },
		],
	})
	t.match(named(told.rooms, `@${owner.name}`), {
		visibility: 'direct',
		sequence: 1,
		unread: 1,
		read: 0,
		memberCount: 2,
	})
	t.match(named((await sync(owner.headers)).rooms, `@${bob.name}`), { unread: 0, memberCount: 2 })
	for (const room of told.rooms) {
		const { cursor, ...alone } = (await ask(url, `/rooms/${room.room}`, bob)).json
		t.same(alone, room, `${room.room}, asked for alone`)
		t.equal(cursor, told.cursor)
	}
	t.equal(told.cursor.split('-')[0], String(told.position))

	const socket = await openWebSocket(t, `${url.replace('http', 'ws')}/ws`, bob.headers)
	const hello = await socket.ask({ type: 'hello' }, 'hello')
	t.same(told.limits, hello.limits)
	t.equal(told.heartbeatMs, hello.heartbeatMs)
	await socket.ask({ type: 'subscribe' }, 'live')
	await socket.until(({ userId, state }) => userId === bob.name && state === 'online')
	t.match((await sync(bob.headers)).presence.users, [{ userId: bob.name, state: 'online', since: Number }])

	await removeMember(url, owner, den, bob.name)
	t.equal(named((await sync(bob.headers)).rooms, den), undefined, 'nor one that they were in')
	isProblem(t, await ask(url, '/sync?x=1', bob), 400, 'malformed', /x is not known/)
})

t.test('a token for some rooms is told of them alone, and not of who is online', async (t) => {
	const bob = await addPerson(url, owner, newName('bob'))
	const den = newName('den')
	await putRoom(url, owner, den, { visibility: 'private' })
	await addMember(url, owner, den, bob.name)
	const { json } = await askJson(url, '/tokens', { rooms: [den], scope: 'read' }, bob)
	const told = await sync({ Authorization: `Bearer ${json.token}` })
	t.same(
		told.rooms.map(({ room }: { room: string }) => room),
		[den],
	)
	t.notOk('presence' in told)
	t.equal(told.user.name, bob.name)
})

t.test('of a large room it is told how many belong to it, and who they are is asked for', async (t) => {
	const room = newName('large')
	await putRoom(url, owner, room)
	for (let i = 1; i < syncMembersMax; i += 1) {
		await addMember(url, owner, room, (await addPerson(url, owner, newName('bot'), 'bot')).name)
	}
	const before = named((await sync(owner.headers)).rooms, room) as { memberCount?: number; members?: unknown[] }
	t.equal(before.memberCount, syncMembersMax)
	t.equal(before.members?.length, syncMembersMax)
	await addMember(url, owner, room, (await addPerson(url, owner, newName('bot'), 'bot')).name)
	const after = named((await sync(owner.headers)).rooms, room) as { memberCount?: number; members?: unknown[] }
	t.equal(after.memberCount, syncMembersMax + 1)
	t.notOk('members' in after)
	t.equal((await ask(url, `/rooms/${room}/members`, owner)).json.members.length, syncMembersMax + 1)
})

t.test('a stream after its cursor goes on exactly where it ends, whatever is said meanwhile', async (t) => {
	const bob = await addPerson(url, owner, newName('bob'))
	const den = newName('den')
	await putRoom(url, owner, den, { visibility: 'private' })
	await addMember(url, owner, den, bob.name)
	let goesOn = true
	const talking = (async () => {
		for (let i = 0; goesOn; i += 1) await say(den, `${i}`)
	})()
	for (let i = 0; i < 20; i += 1) {
		const { rooms, cursor, position } = await sync(bob.headers)
		const { sequence, unread } = named(rooms, den) as unknown as { sequence: number; unread: number }
		t.equal(unread, sequence)
		const stream = await listen(t, url, 'ndjson', `/events?after=${cursor}&until=head`, bob)
		await stream.over
		const messages = stream.heard.filter(({ type, room }) => type === 'message' && room === den)
		t.same(
			messages.map((message) => message.sequence),
			messages.map((_, index) => sequence + 1 + index),
		)
		t.ok(messages.every((message) => message.position > position))
	}
	goesOn = false
	await talking
})

t.test('what it tells is of one moment, whatever is written while it is read', async (t) => {
	const viewsPath = join(temporaryDirectory(t), 'views.db')
	const writing = startWriting(t, openLogForWriting(':memory:'), viewsPath)
	const { log } = writing
	await log.append(
		0,
		[joined('bob'), roomOpened(), memberAdded('bob'), messagePosted(1)].map((event) => appendable(event)),
	)
	catchUp(writing.views, log)
	const views = openViewsForReading(viewsPath)
	t.teardown(() => views.close())
	let written = 0
	const services = {
		log,
		views,
		delivery: { heartbeatMs: 1 },
		readMarkers: new ReadMarkers({
			views,
			floorIn: () => 0,
			writer: { submit: () => Promise.reject() },
			failed() {},
		}),
		nameOf() {
			written += 1
			void log.append(log.head().position, [appendable(messagePosted(1 + written))])
			catchUp(writing.views, log)
			return 'bob'
		},
	}
	const app = Fastify()
	app.decorateRequest('actor')
	app.addHook('onRequest', async (request) => {
		request.actor = person('bob')
	})
	syncRoutes(app, services as unknown as Services)
	const { rooms, position } = (await app.inject('/sync')).json()
	t.ok(written > 1)
	t.match({ position, rooms }, { position: 4, rooms: [{ sequence: 1, unread: 1 }] })
	t.match((await app.inject('/sync')).json(), { position: 4 + 2, rooms: [{ sequence: 3, unread: 3 }] })
})

t.test('a guest is told of the open rooms', async (t) => {
	const house = await startHouse(t, { guests: true })
	await putRoom(house.url, house.owner, 'open')
	await putRoom(house.url, house.owner, 'secret', { visibility: 'private' })
	const { json } = await ask(house.url, '/sync', { headers: { 'Tailroom-User': 'gus' } })
	t.same(json.user, { name: 'gus', displayName: 'gus', role: 'guest' })
	t.same(
		json.rooms.map(({ room, unread, memberCount }: Record<string, unknown>) => ({ room, unread, memberCount })),
		[
			{ room: 'general', unread: 0, memberCount: 1 },
			{ room: 'open', unread: 0, memberCount: 1 },
		],
	)
	t.notOk(json.rooms.some((room: object) => 'read' in room || 'role' in room))
	await askJson(house.url, '/rooms/new/messages', { content: 'hi' }, { headers: { 'Tailroom-User': 'gus' } })
	const again = await ask(house.url, '/sync', { headers: { 'Tailroom-User': 'gil' } })
	t.match(named(again.json.rooms, 'new'), { sequence: 1, unread: 0, mentions: 0, memberCount: 0, members: [] })
	t.same(json.presence, { users: [] })
})
