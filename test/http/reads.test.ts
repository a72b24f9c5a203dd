import t, { type Test } from 'tap'
import { startInProcess } from '../helpers/app.ts'
import { startHouse } from '../helpers/house.ts'
import { type Answer, ask, askJson, isProblem } from '../helpers/http.ts'
import { type Listener, listen, listenByWebSocket } from '../helpers/listener.ts'
import { type Account, addMember, addPerson, putRoom, removeMember } from '../helpers/people.ts'
import { recordedEvents } from '../helpers/record.ts'
import { openWebSocket } from '../helpers/websocket.ts'

/** So long that nothing that waits is recorded, unless by the stop. */
const never = 3_600_000

const slow = await startHouse(t, { readMarkerEveryMs: never })
const { url, owner } = slow
const eager = await startHouse(t, { readMarkerEveryMs: 0 })
let names = 0

function newName(kind: string): string {
	names += 1
	return `${kind}-${names}`
}

/** Somebody new, in a new private room where the owner then says so much. */
async function reader(house: typeof eager, messages = 5): Promise<{ bob: Account; room: string }> {
	const bob = await addPerson(house.url, house.owner, newName('bob'))
	const room = newName('room')
	await putRoom(house.url, house.owner, room, { visibility: 'private' })
	await addMember(house.url, house.owner, room, bob.name)
	for (let i = 1; i <= messages; i += 1) await say(house, room, `${i}`)
	return { bob, room }
}

async function say(house: typeof eager, room: string, content: string, by = house.owner): Promise<void> {
	const { status, text } = await askJson(house.url, `/rooms/${room}/messages`, { content }, { headers: by.headers })
	if (status !== 201) throw new Error(text)
}

function mark(
	at: string,
	{ headers }: Account,
	room: string,
	how: 'read' | 'unread',
	sequence: unknown,
): Promise<Answer> {
	return askJson(at, `/rooms/${room}/${how}`, { sequence }, { method: 'PUT', headers })
}

async function roomOf(at: string, { headers }: Account, room: string) {
	return (await ask(at, `/rooms/${room}`, { headers })).json
}

t.test('what is unread is what others said since one came or read', async (t) => {
	const { bob, room } = await reader(slow)
	t.match(await roomOf(url, bob, room), { sequence: 5, unread: 5, mentions: 0 })
	t.match(await mark(url, bob, room, 'read', 2), { status: 200, json: { room, sequence: 2, unread: 3, mentions: 0 } })
	await say(slow, room, 'mine', bob)
	t.match(await roomOf(url, bob, room), { sequence: 6, unread: 3 }, 'nobody has to read what they wrote')
	t.same((await mark(url, bob, room, 'read', 4)).json, { room, sequence: 4, unread: 1, mentions: 0 })
	t.match(await roomOf(url, bob, room), { unread: 1 })
	const { json } = await ask(url, '/rooms', { headers: bob.headers })
	t.match(
		json.rooms.find((one: { room: string }) => one.room === room),
		{ unread: 1, mentions: 0 },
	)
	t.same((await mark(url, bob, room, 'read', 3)).json, { room, sequence: 4, unread: 1, mentions: 0 }, 'not back')
	t.same((await mark(url, bob, room, 'unread', 2)).json, { room, sequence: 1, unread: 4, mentions: 0 })
	t.same((await mark(url, bob, room, 'unread', 6)).json, { room, sequence: 5, unread: 0, mentions: 0 })
	t.match(await roomOf(url, owner, room), { unread: 1 }, 'the owner has read nothing of what Bob said')
	const eve = await addPerson(url, owner, newName('eve'))
	await addMember(url, owner, room, eve.name)
	t.match(await roomOf(url, eve, room), { sequence: 6, unread: 0 }, 'who comes has read everything')
})

t.test('nothing is unread for who only visits, until they say how far they have read', async (t) => {
	const room = newName('open')
	await putRoom(url, owner, room)
	await say(slow, room, 'hello')
	const visitor = await addPerson(url, owner, newName('visitor'))
	t.match(await roomOf(url, visitor, room), { sequence: 1, unread: 0 })
	t.match(await mark(url, visitor, room, 'read', 0), { json: { sequence: 0, unread: 1 } })
	t.match(await roomOf(url, visitor, room), { unread: 1 })
})

t.test('what is no number of a message of the room is refused', async (t) => {
	const { bob, room } = await reader(slow, 2)
	for (const [how, sequence] of [
		['read', 3],
		['unread', 3],
		['unread', 0],
		['read', Number.MAX_SAFE_INTEGER],
	] as const) {
		isProblem(t, await mark(url, bob, room, how, sequence), 422, 'sequence_unknown', /messages there are 1 to 2/)
	}
	for (const how of ['read', 'unread'] as const) {
		for (const sequence of [-1, 1.5, '1', null, undefined]) {
			isProblem(t, await mark(url, bob, room, how, sequence), 400, 'malformed', /sequence/)
		}
		const more = await askJson(url, `/rooms/${room}/${how}`, { sequence: 1, id: 'x' }, { method: 'PUT', ...bob })
		isProblem(t, more, 400, 'malformed', /id is not known/)
		isProblem(t, await mark(url, bob, `${room}?x=1`, how, 1), 400, 'malformed', /x is not known/)
		const [hidden, nothing] = [
			await mark(url, bob, 'nowhere', how, 9),
			await mark(url, await addPerson(url, owner, newName('eve')), room, how, 9),
		]
		isProblem(t, nothing, 404, 'not_found', /no room/)
		t.equal(nothing.text.replaceAll(room, 'nowhere'), hidden.text)
	}
	const socket = await openWebSocket(t, `${url.replace('http', 'ws')}/ws`, bob.headers)
	t.match(await socket.ask({ type: 'read', room, sequence: 3, ref: 1 }, 'error'), { code: 'sequence_unknown', ref: 1 })
	t.match(await socket.ask({ type: 'read', room }, 'error'), { code: 'malformed' })
	t.match(await socket.ask({ type: 'read', room: 'nowhere', sequence: 9 }, 'error'), { code: 'not_found' })
	t.same(await socket.ask({ type: 'read', room: ` ${room.toUpperCase()} `, sequence: 2 }, 'marked'), {
		type: 'marked',
		room,
		sequence: 2,
		unread: 0,
		mentions: 0,
	})
	t.match(await roomOf(url, bob, room), { unread: 0 })
})

t.test('what somebody reads while their marker waits is recorded by a clean stop', async (t) => {
	const house = await startHouse(t, { readMarkerEveryMs: never })
	const { bob, room } = await reader(house)
	for (const sequence of [1, 2, 4, 3]) await mark(house.url, bob, room, 'read', sequence)
	t.match(await roomOf(house.url, bob, room), { unread: 1 })
	const moved = () =>
		recordedEvents(house.directory).flatMap((event) => (event.type === 'ReadMarkerMoved' ? [event.data.sequence] : []))
	t.same(moved(), [1])
	await house.app.stop()
	t.same(moved(), [1, 4])
	const again = await startInProcess(t, { directory: house.directory, guests: false })
	t.match(await roomOf(again.url, bob, room), { unread: 1 })
})

/** Everything of one's own, in every way that there is. */
async function devices(t: Test, at: string, room: string, { headers }: Account, after = ''): Promise<Listener[]> {
	const cursor = after === '' ? {} : { after }
	const query = after === '' ? '' : `after=${after}`
	return await Promise.all([
		listen(t, at, 'sse', `/events?${query}`, { headers, name: 'all' }),
		listen(t, at, 'ndjson', `/events?room=general&room=${room}&${query}`, { headers, name: 'some' }),
		listen(t, at, 'sse', `/rooms/${room}/events?${query}`, { headers, name: 'one' }),
		listenByWebSocket(t, at, [{ type: 'subscribe', ...cursor }], { headers, name: 'all over WebSocket' }),
		listenByWebSocket(t, at, [{ type: 'subscribe', room, ...cursor }], { headers, name: 'one over WebSocket' }),
	])
}

/** What is heard of a room, as `5` for what is read and `: text` for what is said. */
function heardOf(room: string, { heard }: Listener): string[] {
	return heard
		.filter((frame) => frame.room === room && (frame.type === 'read' || frame.type === 'message'))
		.map(({ type, sequence, content, userId }) => (type === 'read' ? `${userId} ${sequence}` : `: ${content}`))
}

t.test(
	'what is read on one device is heard on all others of that person, live and resumed, and by nobody else',
	async (t) => {
		const { url, owner } = eager
		const { bob, room } = await reader(eager, 3)
		const eve = await addPerson(url, owner, newName('eve'))
		await addMember(url, owner, room, eve.name)
		const { cursor } = await roomOf(url, bob, room)
		const [mine, hers] = [await devices(t, url, room, bob), await devices(t, url, room, eve)]
		await mark(url, bob, room, 'read', 2)
		await say(eager, room, 'four')
		const socket = await openWebSocket(t, `${url.replace('http', 'ws')}/ws`, bob.headers)
		await socket.ask({ type: 'read', room, sequence: 4 }, 'marked')
		// It may have waited a moment.
		await mine[0]?.until(({ type, sequence }) => type === 'read' && sequence === 4)
		await mark(url, eve, room, 'unread', 1)
		await say(eager, room, 'five')
		await mark(url, bob, room, 'unread', 3)
		await say(eager, room, 'six')
		const bobs = [`${bob.name} 2`, ': four', `${bob.name} 4`, ': five', `${bob.name} 2`, ': six']
		const eves = [': four', `${eve.name} 0`, ': five', ': six']
		const late = [await devices(t, url, room, bob, cursor), await devices(t, url, room, eve, cursor)]
		for (const [listeners, expected] of [
			[mine, bobs],
			[hers, eves],
			[late[0], bobs],
			[late[1], eves],
		] as const) {
			for (const listener of listeners ?? []) {
				await listener.untilContent('six')
				t.same(heardOf(room, listener), expected, listener.name)
			}
		}
		const frame = (mine[0] as Listener).heard.find(({ type }) => type === 'read')
		t.match(frame, {
			type: 'read',
			room,
			userId: bob.name,
			sequence: 2,
			position: Number,
			cursor: String,
			timestamp: Number,
		})
		t.equal(frame.cursor.split('-')[0], String(frame.position))
		const all = (await ask(url, `/rooms/${room}/events?after=0&until=head`, eve)).text
		t.notMatch(all, `"userId":"${bob.name}","sequence"`)
		t.match(await roomOf(url, eve, room), { unread: 6 })
	},
)

t.test('each of two who talk hears what they have read themselves, by the other’s name', async (t) => {
	const { url, owner } = eager
	const [bob, eve] = [await addPerson(url, owner, newName('bob')), await addPerson(url, owner, newName('eve'))]
	t.same((await mark(url, bob, `@${eve.name}`, 'read', 0)).json, {
		room: `@${eve.name}`,
		sequence: 0,
		unread: 0,
		mentions: 0,
	})
	const hers = await devices(t, url, `@${bob.name}`, eve)
	const his = await devices(t, url, `@${eve.name}`, bob)
	for (const content of ['one', 'two', 'three']) await say(eager, `@${bob.name}`, content, eve)
	t.match(await roomOf(url, bob, `@${eve.name}`), { sequence: 3, unread: 3 })
	t.match(await roomOf(url, eve, `@${bob.name}`), { sequence: 3, unread: 0 })
	t.match(await mark(url, bob, `@${eve.name}`, 'read', 2), { status: 200, json: { room: `@${eve.name}`, unread: 1 } })
	await say(eager, `@${bob.name}`, 'four', eve)
	for (const [listeners, expected] of [
		[his, [': one', ': two', ': three', `${bob.name} 2`, ': four']],
		[hers, [': one', ': two', ': three', ': four']],
	] as const) {
		for (const listener of listeners) {
			await listener.untilContent('four')
			const other = listeners === his ? eve : bob
			t.same(heardOf(`@${other.name}`, listener), expected, listener.name)
		}
	}
})

t.test('a token for another room, and who was removed, hear nothing of what was read here', async (t) => {
	const { url, owner } = eager
	const { bob, room } = await reader(eager, 3)
	const issued = await askJson(url, '/tokens', { rooms: ['general'] }, bob)
	const narrow = { headers: { Authorization: `Bearer ${issued.json.token}` } }
	const { cursor } = await roomOf(url, bob, room)
	const listener = await listen(t, url, 'sse', `/events?after=${cursor}`, narrow)
	await mark(url, bob, room, 'read', 2)
	await removeMember(url, owner, room, bob.name)
	await say(eager, 'general', `the end of ${t.name}`)
	const removed = await listen(t, url, 'sse', `/events?after=${cursor}`, bob)
	for (const one of [listener, removed]) {
		await one.untilContent(`the end of ${t.name}`)
		t.same(heardOf(room, one), [], one.name)
	}
	t.equal((await mark(url, bob, room, 'read', 3)).status, 404)
})

t.test('to want to read again counts as a post, to read on does not', async (t) => {
	const house = await startHouse(t, { postsPerSecond: 1 })
	const { bob, room } = await reader(house, 3)
	for (let i = 0; i < 5; i += 1) {
		t.equal((await mark(house.url, bob, room, 'unread', 1 + (i % 3))).status, 200)
	}
	isProblem(t, await mark(house.url, bob, room, 'unread', 1), 429, 'rate_limited', /1 messages a second/)
	t.equal((await mark(house.url, bob, room, 'read', 3)).status, 200)
})

t.test('a guest has read nothing', async (t) => {
	const { url, owner, directory } = await startHouse(t, { guests: true })
	await askJson(url, '/rooms/general/messages', { content: 'hi' }, owner)
	for (const how of ['read', 'unread'] as const) {
		const answer = await askJson(url, `/rooms/general/${how}`, { sequence: 1 }, { method: 'PUT' })
		isProblem(t, answer, 403, 'forbidden', /Sign in/)
	}
	t.match((await ask(url, '/rooms/general')).json, { sequence: 1, unread: 0, mentions: 0 })
	t.notOk(recordedEvents(directory).some(({ type }) => type === 'ReadMarkerMoved'))
})
