import { once } from 'node:events'
import { connect } from 'node:net'
import { join } from 'node:path'
import t from 'tap'
import { consumersMax } from '../../src/commands/limits.ts'
import { openLogForReading } from '../../src/events/sqlite-log.ts'
import { startHouse } from '../helpers/house.ts'
import { ask, askJson, isProblem } from '../helpers/http.ts'
import { type Account, addMember, addPerson, putRoom, removeMember } from '../helpers/people.ts'
import { recordedEvents } from '../helpers/record.ts'
import { openSse } from '../helpers/sse.ts'
import { until } from '../helpers/until.ts'
import { openWebSocket } from '../helpers/websocket.ts'

const { url, directory, owner } = await startHouse(t)
const webSocketUrl = `${url.replace('http', 'ws')}/ws`

let people = 0
/** Somebody new, so that no test meets the consumers of another. */
const somebody = () => addPerson(url, owner, `reader-${people++}`)

const say = async (content: string, room = 'general') =>
	(await askJson(url, `/rooms/${room}/messages`, { content }, { headers: owner.headers })).json
const put = ({ headers }: Account, name: string, cursor: unknown) =>
	askJson(url, `/consumers/${name}`, { cursor }, { method: 'PUT', headers })
const get = ({ headers }: Account, path = '/consumers') => ask(url, path, { headers })

t.test('a consumer begins where it is named first, and says how far it is behind', async (t) => {
	const reader = await somebody()
	t.same((await get(reader)).json, { consumers: [] })
	const stream = await openSse(t, `${url}/rooms/general/events?consumer=Phone`, reader.headers)
	const hello = await stream.untilType('hello')
	const { json } = await get(reader, '/consumers/phone')
	t.match(json, { name: 'phone', cursor: hello.id, position: hello.data.from })
	const said = await say('one')
	const { position, behind, movedAtMs } = (await get(reader)).json.consumers[0]
	t.ok(behind >= said.position - position)
	t.ok(Math.abs(Date.now() - movedAtMs) < 60_000)
	const moved = await put(reader, 'phone', said.cursor)
	t.match(moved, { status: 200, json: { cursor: said.cursor, position: said.position, behind: 0 } })
})

t.test('what was sent and not acknowledged is sent again, and nothing that was', async (t) => {
	const reader = await somebody()
	const stream = () => openSse(t, `${url}/rooms/general/events?consumer=phone`, reader.headers)
	const first = await stream()
	await first.untilType('live')
	const said = [await say('one'), await say('two'), await say('three')]
	await first.until(({ data }) => data.position === said[2].position)
	first.close()
	t.equal((await put(reader, 'phone', said[0].cursor)).status, 200)
	const second = await stream()
	t.match((await second.untilType('hello')).data, { mode: 'resumed', from: said[0].position })
	await second.untilType('live')
	const again = second.events.filter(({ data }) => data.type === 'message').map(({ data }) => data.content)
	t.same(again, ['two', 'three'])
})

t.test('over WebSocket an ack moves on the consumer of its subscription, and never back', async (t) => {
	const reader = await somebody()
	const socket = await openWebSocket(t, webSocketUrl, reader.headers)
	const subscribed = await socket.ask({ type: 'subscribe', room: 'general', consumer: 'bot' }, 'subscribed')
	await socket.untilType('live')
	await say('one')
	const [one, two] = [await socket.untilType('message'), (await say('two')) && (await socket.untilType('message'))]
	t.equal((await get(reader, '/consumers/bot')).json.position, subscribed.position, 'sending alone moves nothing')
	const acked = await socket.ask({ type: 'ack', room: 'general', cursor: two.cursor }, 'acked')
	t.same(acked, { type: 'acked', room: 'general', consumer: 'bot', cursor: two.cursor })
	t.equal((await get(reader, '/consumers/bot')).json.position, two.position)
	const back = await socket.ask({ type: 'ack', room: 'general', cursor: one.cursor }, 'acked')
	t.equal(back.cursor, two.cursor, 'it says where it is')
	t.equal((await get(reader, '/consumers/bot')).json.position, two.position)

	const all = await socket.ask({ type: 'subscribe', consumer: 'bot' }, 'subscribed')
	t.match(all, { mode: 'resumed', position: two.position, cursor: two.cursor })
	t.match(await socket.ask({ type: 'ack', cursor: two.position }, 'acked'), { consumer: 'bot', cursor: two.cursor })
})

t.test('an ack without a subscription that names a consumer says so', async (t) => {
	const reader = await somebody()
	const socket = await openWebSocket(t, webSocketUrl, reader.headers)
	const refused = async (message: object, code: string) =>
		t.match(await socket.ask({ ref: 1, ...message }, 'error'), { code, ref: 1, error: /./ })
	await refused({ type: 'ack', cursor: 0 }, 'consumer_unnamed')
	await socket.ask({ type: 'subscribe', room: 'general' }, 'subscribed')
	await refused({ type: 'ack', room: 'general', cursor: 0 }, 'consumer_unnamed')
	await socket.ask({ type: 'subscribe', room: 'general', consumer: 'bot' }, 'subscribed')
	await refused({ type: 'ack', cursor: 0 }, 'consumer_unnamed')
	await refused({ type: 'ack', room: 'general', cursor: 'nonsense' }, 'malformed')
	await refused({ type: 'ack', room: 'general', cursor: 999_999 }, 'cursor_unusable')
	await refused({ type: 'ack', room: 'general', cursor: '1-00000000' }, 'cursor_unusable')
	await refused({ type: 'ack', room: 'general' }, 'malformed')
	await refused({ type: 'subscribe', room: 'general', consumer: 'no name' }, 'name_invalid')
	await socket.ask({ type: 'unsubscribe', room: 'general' }, 'unsubscribed')
	await refused({ type: 'ack', room: 'general', cursor: 0 }, 'consumer_unnamed')
})

t.test(
	'where to start: the cursor that was sent goes before the one that is kept, and that before a tail',
	async (t) => {
		const reader = await somebody()
		const [one, two, three] = [await say('one'), await say('two'), await say('three')]
		await put(reader, 'phone', two.cursor)
		const from = async (query: string, headers: Record<string, string> = {}) => {
			const stream = await openSse(t, `${url}/rooms/general/events?${query}`, { ...reader.headers, ...headers })
			return (await stream.untilType('hello')).data.from
		}
		t.equal(await from('consumer=phone&tail=1'), two.position)
		t.equal(await from(`consumer=phone&after=${one.cursor}`), one.position)
		t.equal(await from('consumer=phone', { 'Last-Event-ID': one.cursor }), one.position)
		t.equal(await from('consumer=another&tail=1'), three.position - 1)
		t.equal((await get(reader, '/consumers/another')).json.position, three.position - 1, 'made where the stream began')
		t.equal((await get(reader, '/consumers/phone')).json.position, two.position, 'a start moves nothing')
	},
)

t.test('a consumer can be put anywhere, so that all is sent again, and be removed', async (t) => {
	const reader = await somebody()
	const said = await say('one')
	t.match(await put(reader, 'replay', said.cursor), { status: 201, json: { position: said.position } })
	t.match(await put(reader, 'replay', 0), { status: 200, json: { position: 0 } })
	const stream = await openSse(t, `${url}/rooms/general/events?consumer=replay`, reader.headers)
	t.equal((await stream.untilType('message')).data.sequence, 1)
	t.equal((await ask(url, '/consumers/replay', { method: 'DELETE', headers: reader.headers })).status, 204)
	isProblem(t, await get(reader, '/consumers/replay'), 404, 'not_found', /replay/)
	const again = await ask(url, '/consumers/replay', { method: 'DELETE', headers: reader.headers })
	isProblem(t, again, 404, 'not_found', /replay/)
})

t.test('what is no name or no cursor is refused, and makes nothing', async (t) => {
	const reader = await somebody()
	for (const name of ['-', 'a b', 'x'.repeat(65), '%00', 'é']) {
		isProblem(t, await put(reader, encodeURIComponent(name), 0), 400, 'name_invalid', /1 to 64/)
	}
	isProblem(t, await put(reader, 'x', 'nonsense'), 400, 'malformed', /cursor/)
	isProblem(t, await put(reader, 'x', '1-00000000'), 422, 'cursor_unusable', /another log/)
	isProblem(t, await put(reader, 'x', 999_999), 422, 'cursor_unusable', /ahead/)
	isProblem(t, await put(reader, 'x', -1), 400, 'malformed', /cursor/)
	const stream = await ask(url, '/rooms/general/events?consumer=', { headers: reader.headers })
	isProblem(t, stream, 400, 'name_invalid', /1 to 64/)
	const hidden = await ask(url, '/rooms/nowhere/events?consumer=x', { headers: reader.headers })
	isProblem(t, hidden, 404, 'not_found', /nowhere/)
	t.same((await get(reader)).json.consumers, [])
})

t.test('one has as many as one can have, also where they are made at once', async (t) => {
	const reader = await somebody()
	const answers = await Promise.all(Array.from({ length: consumersMax + 3 }, (_, i) => put(reader, `c${i}`, 0)))
	t.equal(answers.filter(({ status }) => status === 201).length, consumersMax)
	isProblem(t, await put(reader, 'one-more', 0), 422, 'limit_reached', new RegExp(`${consumersMax}`))
	t.equal((await get(reader)).json.consumers.length, consumersMax)
	t.equal(
		(await put(reader, (await get(reader)).json.consumers[0].name, 1)).status,
		200,
		'those there are can be moved',
	)
})

t.test('consumers are their user’s, whatever they are called', async (t) => {
	const [ada, bob] = [await somebody(), await somebody()]
	await put(ada, 'phone', 0)
	isProblem(t, await get(bob, '/consumers/phone'), 404, 'not_found', /./)
	await put(bob, 'phone', 1)
	t.equal((await get(ada, '/consumers/phone')).json.position, 0)
})

t.test('a consumer shows no more than one may see now', async (t) => {
	const reader = await somebody()
	await putRoom(url, owner, 'vault', { visibility: 'private' })
	await addMember(url, owner, 'vault', reader.name)
	await put(reader, 'phone', (await say('seen', 'vault')).cursor)
	await say('never seen', 'vault')
	await removeMember(url, owner, 'vault', reader.name)
	const stream = await openSse(t, `${url}/events?consumer=phone&until=head`, reader.headers)
	const types = (await stream.rest()).map(({ data }) => data.type)
	t.notOk(types.includes('message'))
	t.ok(types.includes('member'))
})

t.test('who is erased has no consumers, and one that is on its way is not kept', async (t) => {
	const reader = await somebody()
	await put(reader, 'phone', 0)
	const joined = recordedEvents(directory).findLast(({ type }) => type === 'UserJoined')
	const userId = joined?.streamId as string
	const socket = await openWebSocket(t, webSocketUrl, reader.headers)
	await socket.ask({ type: 'subscribe', room: 'general', consumer: 'phone' }, 'subscribed')
	const erasing = ask(url, `/users/${reader.name}`, { method: 'DELETE', headers: owner.headers })
	for (let i = 0; i < 50; i++) socket.send({ type: 'ack', room: 'general', cursor: 1 })
	t.equal((await erasing).status, 204)
	t.equal((await socket.closed).code, 4403)
	const log = openLogForReading(join(directory, 'log.db'))
	t.teardown(() => log.close())
	t.same(log.consumers(userId), [])
})

t.test('who leaves in the moment their consumer is made leaves nothing behind', async (t) => {
	const house = await startHouse(t)
	const eve = await addPerson(house.url, house.owner, 'eve')
	const { hostname, port } = new URL(house.url)
	for (let i = 0; i < 50; i++) {
		const socket = connect(Number(port), hostname)
		await once(socket, 'connect')
		socket.write(
			`GET /events?consumer=c${i} HTTP/1.1\r\nHost: localhost\r\nAuthorization: ${eve.headers.Authorization}\r\n\r\n`,
		)
		await new Promise((resolve) => setImmediate(resolve))
		socket.destroy()
	}
	// Who is there is asked until all that went has been heard of.
	const isThere = async () => {
		const { users } = (await ask(house.url, '/presence', { headers: house.owner.headers })).json
		return users.some(({ userId }: { userId: string }) => userId === 'eve')
	}
	await until(async () => (await ask(house.url, '/consumers', { headers: eve.headers })).json.consumers.length > 0)
	await until(async () => !(await isThere()))
})

t.test('a token that only reads, or is for some rooms, moves no webhook', async (t) => {
	const robot = await addPerson(url, owner, 'robot', 'bot')
	const webhook = { url: 'https://bot.example.org/', user: 'robot' }
	const { consumer } = (await askJson(url, '/webhooks', webhook, { headers: owner.headers })).json
	for (const less of [{ scope: 'read' }, { scope: 'full', rooms: ['general'] }]) {
		const { token } = (await askJson(url, '/tokens', { user: 'robot', ...less }, { headers: owner.headers })).json
		const narrow = { ...robot, headers: { Authorization: `Bearer ${token}` } }
		isProblem(t, await put(narrow, consumer, 0), 403, 'forbidden', /./)
		t.equal((await put(narrow, 'its-own', 0)).status < 300, true)
	}
	t.equal((await put(robot, consumer, 0)).status, 200)
	isProblem(t, await put(robot, 'webhook-of-nobody', 0), 404, 'not_found', /webhook-of-nobody/)
})
