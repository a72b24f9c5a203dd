import { once } from 'node:events'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { startServerHere } from '../helpers/app.ts'
import { temporaryDirectory } from '../helpers/directory.ts'
import { ask, askJson, isProblem } from '../helpers/http.ts'
import { eventsInLog } from '../helpers/log.ts'
import { type AnyServer, startServer } from '../helpers/server.ts'
import { openSse } from '../helpers/sse.ts'
import { until } from '../helpers/until.ts'
import { openWebSocket, type Received, type WebSocketReader } from '../helpers/websocket.ts'

// They mostly wait for a grace time to pass.
t.jobs = 4

const graceMs = 600
const flags = ['--presence-grace', `${graceMs}ms`]
/** For those who look at one room alone, which is their own. */
const shared = await startServerHere(t, { presenceGraceMs: graceMs })

async function follow(t: Test, server: AnyServer, room: string, userId: string): Promise<WebSocketReader> {
	const socket = await openWebSocket(t, server.webSocketUrl)
	await socket.ask({ type: 'subscribe', room, userId }, 'live')
	return socket
}

/** The next joins and leaves that somebody sees of others, as `ada join`. */
function movements(all: Received[], room: string): string[] {
	return all
		.filter((frame) => frame.type === 'presence' && frame.room === room && frame.userId !== 'witness')
		.map(({ userId, action }) => `${userId} ${action}`)
}

function moved(socket: WebSocketReader, userId: string, action: string): Promise<Received> {
	return socket.until((frame) => frame.type === 'presence' && frame.userId === userId && frame.action === action)
}

async function closed({ socket }: WebSocketReader, cleanly: boolean): Promise<void> {
	const gone = once(socket, 'close')
	if (cleanly) socket.close()
	else socket.terminate()
	await gone
}

t.test('who comes joins once and who goes leaves once, however many connections there are', async (t) => {
	const room = 'often'
	const witness = await follow(t, shared, room, 'witness')
	const all = [
		await follow(t, shared, room, 'ada'),
		await follow(t, shared, room, 'ada'),
		await follow(t, shared, room, 'ada'),
	]
	const joined = await moved(witness, 'ada', 'join')
	t.match(joined, { room, state: 'online', position: Number, timestamp: Number })
	t.notOk('cursor' in joined)
	await closed(all[0] as WebSocketReader, true)
	await closed(all[1] as WebSocketReader, true)
	await (all[2] as WebSocketReader).ask({ type: 'unsubscribe', room }, 'unsubscribed')
	await moved(witness, 'ada', 'leave')
	const back = await (all[2] as WebSocketReader).ask({ type: 'subscribe', room }, 'live')
	t.ok(back)
	await moved(witness, 'ada', 'join')
	t.same(movements(witness.received, room), ['ada join', 'ada leave', 'ada join'])
	t.same(
		eventsInLog(shared.directory)
			.filter(({ body }) => body?.name === 'ada')
			.map(({ type }) => type),
		['PresenceChanged', 'VisitorJoined', 'VisitorLeft', 'VisitorJoined'],
		'online all the time, in one event',
	)
})

t.test('a clean goodbye counts at once, a broken connection after the grace time', async (t) => {
	const slow = await startServerHere(t, { presenceGraceMs: 60_000 })
	const witness = await follow(t, slow, 'general', 'witness')
	const polite = await follow(t, slow, 'general', 'polite')
	await closed(polite, true)
	const left = await moved(witness, 'polite', 'leave')
	t.equal(left.state, 'offline')

	const room = 'broken'
	const other = await follow(t, shared, room, 'witness')
	const broken = await follow(t, shared, room, 'broken')
	const reader = await openSse(t, `${shared.url}/rooms/${room}/events`, { 'Tailroom-User': 'reader' })
	await reader.untilType('live')
	await moved(other, 'reader', 'join')
	const at = Date.now()
	await closed(broken, false)
	reader.close()
	const isLeave = ({ type, action }: Received) => type === 'presence' && action === 'leave'
	for (let i = 0; i < 2; i += 1) await other.until(isLeave)
	const leaves = other.received.filter(isLeave)
	t.same(leaves.map(({ userId }) => userId).sort(), ['broken', 'reader'])
	for (const { timestamp } of leaves) t.ok(timestamp - at >= graceMs - 50, `${timestamp - at} ms later`)
})

t.test('who is back within the grace time never left', async (t) => {
	const room = 'back'
	const witness = await follow(t, shared, room, 'witness')
	for (let i = 0; i < 3; i += 1) {
		const bea = await follow(t, shared, room, 'bea')
		const reader = await openSse(t, `${shared.url}/rooms/${room}/events`, { 'Tailroom-User': 'bea' })
		await reader.untilType('live')
		reader.close()
		await closed(bea, false)
	}
	const bea = await follow(t, shared, room, 'bea')
	const marker = await follow(t, shared, room, 'marker')
	await closed(marker, false)
	await moved(witness, 'marker', 'leave')
	t.same(movements(witness.received, room), ['bea join', 'marker join', 'marker leave'])
	await closed(bea, true)
	await moved(witness, 'bea', 'leave')
})

t.test('a reader of a stream is present, in its room alone; one who takes a copy is not', async (t) => {
	const server = await startServerHere(t, { presenceGraceMs: graceMs })
	const witness = await openWebSocket(t, server.webSocketUrl)
	await witness.ask({ type: 'subscribe', userId: 'witness' }, 'live')
	await (await openSse(t, `${server.url}/events?after=0&until=head`, { 'Tailroom-User': 'copyist' })).rest()
	await ask(server.url, '/rooms/general/messages', { headers: { 'Tailroom-User': 'browser' } })
	const wide = await openSse(t, `${server.url}/events`, { 'Tailroom-User': 'wide' })
	await wide.untilType('live')
	const online = await witness.until(({ type, userId }) => type === 'presence' && userId === 'wide')
	t.match(online, { action: 'state', state: 'online' })
	t.notOk('room' in online)
	const narrow = await openSse(t, `${server.url}/rooms/general/events`, { 'Tailroom-User': 'narrow' })
	await narrow.untilType('live')
	t.match(await moved(witness, 'narrow', 'join'), { room: 'general', state: 'online' })
	const seen = new Set(witness.received.filter(({ type }) => type === 'presence').map(({ userId }) => userId))
	t.same([...seen].sort(), ['narrow', 'wide', 'witness'])
	t.same(movements(witness.received, 'general'), ['narrow join'])

	const lists = async (path: string) => {
		const { users, position } = (await ask(server.url, path)).json
		t.type(position, 'number')
		return users.map(({ userId, state }: Received) => `${userId} ${state}`).sort()
	}
	t.same(await lists('/presence'), ['narrow online', 'wide online', 'witness online'])
	t.same(await lists('/rooms/general/presence'), ['narrow online'])
})

t.test('away and online are what one says of oneself, for as long as one is there', async (t) => {
	const server = await startServerHere(t, { presenceGraceMs: graceMs })
	const witness = await openWebSocket(t, server.webSocketUrl)
	await witness.ask({ type: 'subscribe', userId: 'witness' }, 'live')
	const put = (state: string, user = 'ada') =>
		askJson(server.url, '/presence', { state }, { method: 'PUT', headers: { 'Tailroom-User': user } })
	const list = async (path: string) => (await ask(server.url, path)).json
	const state = (wanted: string) =>
		witness.until((frame) => frame.userId === 'ada' && frame.action === 'state' && frame.state === wanted)

	isProblem(t, await put('away'), 422, 'not_connected', /stream/)
	const ada = await follow(t, server, 'general', 'ada')
	await state('online')
	t.match(await put('away'), { status: 200, json: { userId: 'ada', state: 'away' } })
	const away = await state('away')
	const everybody = await list('/presence')
	t.match(
		everybody.users.find(({ userId }: Received) => userId === 'ada'),
		{ userId: 'ada', state: 'away', since: away.timestamp },
	)
	t.ok(everybody.position >= away.position, 'the snapshot says which frames are in it')
	t.match((await list('/rooms/general/presence')).users, [{ userId: 'ada', state: 'away', since: Number }])
	await put('away')
	await put('online')
	await state('online')
	t.match(await put('online'), { status: 200 })
	await closed(ada, true)
	await state('offline')
	// That they have left the room is another event.
	await until(async () => (await list('/rooms/general/presence')).users.length === 0)
	t.notOk((await list('/presence')).users.some(({ userId }: Received) => userId === 'ada'))
	const states = eventsInLog(server.directory).filter(
		({ type, body }) => type === 'PresenceChanged' && body.name === 'ada',
	)
	t.equal(states.length, 4, 'saying the same again is no event')
})

t.test('a guest who gives a name is then present under it alone', async (t) => {
	const room = 'named'
	const witness = await follow(t, shared, room, 'witness')
	const socket = await openWebSocket(t, shared.webSocketUrl)
	await socket.ask({ type: 'subscribe', room }, 'live')
	await moved(witness, 'guest', 'join')
	await socket.ask({ type: 'publish', room, sender: 'cleo', content: 'hi' }, 'published')
	await moved(witness, 'guest', 'leave')
	const { users } = (await ask(shared.url, `/rooms/${room}/presence`)).json
	t.same(users.map(({ userId }: Received) => userId).sort(), ['cleo', 'witness'])
})

for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
	t.test(`a restart by ${signal} makes no burst, and who does not come back leaves`, async (t) => {
		const directory = join(temporaryDirectory(t), 'data')
		const patient = { directory, flags: ['--presence-grace', '1m'] }
		const first = await startServer(t, patient)
		const names = Array.from({ length: 5 }, (_, i) => `visitor-${i}`)
		for (const name of names) await follow(t, first, 'general', name)
		const reader = await openSse(t, `${first.url}/rooms/general/events`, { 'Tailroom-User': 'reader' })
		await reader.untilType('live')
		const everybody = [...names, 'reader'].sort()
		const inLog = (type: string, after = 0) => eventsInLog(directory, after).filter((event) => event.type === type)
		await until(() => inLog('VisitorJoined').length >= everybody.length)
		await first.stop(signal)
		const head = eventsInLog(directory).at(-1)?.position as number

		const second = await startServer(t, patient)
		const present = async () =>
			(await ask(second.url, '/rooms/general/presence')).json.users.map(({ userId }: Received) => userId).sort()
		t.same(await present(), everybody, 'they are still there')
		for (const name of names) await follow(t, second, 'general', name)
		const again = await openSse(t, `${second.url}/rooms/general/events`, { 'Tailroom-User': 'reader' })
		await again.untilType('live')
		await second.post('general', 'hello')
		t.same(await present(), everybody)
		t.same(
			eventsInLog(directory, head).map(({ type }) => type),
			['MessagePosted'],
			'who is back never left',
		)
		await second.stop(signal)

		const startedAt = Date.now()
		await startServer(t, { directory, flags })
		await until(() => inLog('VisitorLeft').length >= everybody.length)
		const left = eventsInLog(directory, head + 1)
		const whoDid = (type: string) =>
			left
				.filter((event) => event.type === type)
				.map(({ body }) => body.name)
				.sort()
		t.same(whoDid('PresenceChanged'), everybody)
		t.same(whoDid('VisitorLeft'), everybody)
		const firstLeftMs = (left[0]?.recordedAt as number) - startedAt
		t.ok(firstLeftMs >= 2 * graceMs, `${firstLeftMs} ms after the start`)
	})
}
