import t from 'tap'
import { startHouse } from '../helpers/house.ts'
import { ask, askJson, isProblem } from '../helpers/http.ts'
import { addMember, addPerson, putRoom, removeMember } from '../helpers/people.ts'
import { openSse } from '../helpers/sse.ts'
import { openWebSocket, type Received } from '../helpers/websocket.ts'

const { url, owner } = await startHouse(t, { heartbeatMs: 300 })
const { headers } = owner
const bob = await addPerson(url, owner, 'bob')
const webSocketUrl = `${url.replace('http', 'ws')}/ws`

const say = async (content: string, room = 'general') =>
	(await askJson(url, `/rooms/${room}/messages`, { content }, { headers })).json
const filtered = (filter: string, query = '') => `filter=${encodeURIComponent(filter)}${query}`
const deploys = 'type == "message" && content.contains("deploy")'

t.test('a filtered stream has what its filter wants, replayed and live, and moves its cursor on', async (t) => {
	const [first] = [await say('deploy one'), await say('lunch')]
	const stream = await openSse(t, `${url}/rooms/general/events?${filtered(deploys, '&after=0')}`, headers)
	await stream.untilType('live')
	await say('more lunch')
	const second = await say('deploy two')
	await stream.until(({ data }) => data.position === second.position)
	const last = await say('dessert')
	const mark = await stream.untilType('mark')
	t.ok(Number(mark.id?.split('-')[0]) >= last.position, 'what is not wanted is behind it all the same')
	const frames = stream.events.filter(({ data }) => !['hello', 'live', 'mark'].includes(data.type))
	t.same(
		frames.map(({ data }) => data),
		[first, second],
	)
})

t.test('who comes back with the cursor of a mark misses nothing and gets nothing twice', async (t) => {
	const path = `${url}/rooms/general/events?${filtered(deploys)}`
	const stream = await openSse(t, path, headers)
	await stream.untilType('live')
	await say('nothing')
	const { id } = await stream.untilType('mark')
	stream.close()
	const missed = await say('deploy three')
	const again = await openSse(t, path, { ...headers, 'Last-Event-ID': id as string })
	t.same((await again.untilType('message')).data, missed)
})

t.test('over WebSocket, by subscription', async (t) => {
	const socket = await openWebSocket(t, webSocketUrl, headers)
	await socket.ask({ type: 'subscribe', room: 'general', filter: deploys }, 'subscribed')
	await socket.ask({ type: 'subscribe', filter: 'type == "room"' }, 'subscribed')
	await say('lunch')
	const wanted = await say('deploy four')
	const heard: Received[] = []
	const said = await socket.until((received) => {
		if (received.type === 'message') heard.push(received)
		return received.position === wanted.position
	})
	t.same([said, heard.length], [wanted, 1])
	const refused = await socket.ask({ type: 'subscribe', room: 'general', filter: 'type ==', ref: 'f' }, 'error')
	t.match(refused, { code: 'malformed', error: /at character 8/, ref: 'f' })
	await say('deploy five')
	t.equal((await socket.untilType('message')).content, 'deploy five', 'what was followed before is followed still')
})

t.test('the same in every form', async (t) => {
	await say('deploy six')
	const path = `/rooms/general/events?${filtered('content == "deploy six"', '&after=0&until=head')}`
	const text = await ask(url, path, { headers: { ...headers, Accept: 'text/plain' } })
	t.match(text.text, /^\S+ \S+ {2}#general {2}owner: deploy six\n$/)
	const lines = (await ask(url, path, { headers: { ...headers, Accept: 'application/x-ndjson' } })).text
		.trim()
		.split('\n')
	t.same(
		lines.map((line) => JSON.parse(line).type),
		['hello', 'message', 'live'],
	)
})

t.test('one’s own removal comes, whatever is wanted', async (t) => {
	for (const replayed of [false, true]) {
		const room = `den-${replayed}`
		await putRoom(url, owner, room, { visibility: 'private' })
		await addMember(url, owner, room, 'bob')
		const before = (await ask(url, '/sync', bob)).json.cursor
		const path = `${url}/events?${filtered('false')}`
		const live = replayed ? undefined : await openSse(t, path, bob.headers)
		await live?.untilType('live')
		await say('never shown', room)
		await removeMember(url, owner, room, 'bob')
		const stream = live ?? (await openSse(t, `${path}&after=${before}`, bob.headers))
		const { data } = await stream.until(({ data }) => !['hello', 'live', 'mark'].includes(data.type))
		t.match(data, { type: 'member', action: 'remove', userId: 'bob', room })
	}
})

t.test('what is not recorded is filtered too', async (t) => {
	const [wants, not] = await Promise.all(
		['type == "typing" || type == "message"', 'type == "message"'].map(async (filter) => {
			const socket = await openWebSocket(t, webSocketUrl, headers)
			await socket.ask({ type: 'subscribe', room: 'general', filter }, 'subscribed')
			await socket.untilType('live')
			return socket
		}),
	)
	const typist = await openWebSocket(t, webSocketUrl, bob.headers)
	await typist.ask({ type: 'subscribe', room: 'general' }, 'subscribed')
	typist.send({ type: 'typing', room: 'general' })
	t.match(await wants?.next(), { type: 'typing', userId: 'bob' })
	await say('typed')
	t.match(await not?.until(({ type }) => type !== 'mark'), { type: 'message', content: 'typed' })
})

t.test('a filter is each one’s own view of a conversation', async (t) => {
	const stream = await openSse(t, `${url}/events?${filtered('room == "@owner"')}`, bob.headers)
	const other = await openSse(t, `${url}/events?${filtered('room == "@bob"')}`, headers)
	for (const each of [stream, other]) await each.untilType('live')
	await say('between us', '@bob')
	t.match((await stream.untilType('message')).data, { room: '@owner', content: 'between us' })
	t.match((await other.untilType('message')).data, { room: '@bob', content: 'between us' })
})

t.test('what is no filter is a 400 that says where, and leaves no consumer', async (t) => {
	for (const path of ['/events', '/rooms/general/events']) {
		const answer = await ask(url, `${path}?${filtered('type == "message" &&', '&consumer=none')}`, { headers })
		isProblem(t, answer, 400, 'malformed', /not understood.*at character 21/)
		t.equal(answer.json.fields[0].field, 'filter')
	}
	isProblem(t, await ask(url, '/events?filter=true&filter=true', { headers }), 400, 'malformed', /filter/)
	isProblem(t, await ask(url, '/events?filter=%ff%fe', { headers }), 400, 'malformed', /filter/)
	t.same((await ask(url, '/consumers', { headers })).json.consumers, [])
})

t.test('filters that are slow and texts that are long keep nobody from getting all that they want', async (t) => {
	const needle = `${'a'.repeat(90)}b`
	const slow = Array.from({ length: 8 }, () => `content.contains("${needle}")`).join(' || ')
	const sockets = await Promise.all(
		[`type == "message" && !(${slow})`, `type == "message" && (${slow} || true)`, 'type == "message"'].map(
			async (filter) => {
				const socket = await openWebSocket(t, webSocketUrl, headers)
				await socket.ask({ type: 'subscribe', room: 'general', filter }, 'subscribed')
				return socket
			},
		),
	)
	const publisher = await openWebSocket(t, webSocketUrl, headers)
	const content = 'a'.repeat(60_000)
	const count = 40
	for (let i = 0; i < count; i++) publisher.send({ type: 'publish', room: 'general', content: `${i} ${content}` })
	for (const socket of sockets) {
		for (let i = 0; i < count; i++) {
			const { content } = await socket.untilType('message')
			if (Number(content.split(' ')[0]) !== i) t.fail(`expected ${i}, got ${content.slice(0, 9)}`)
		}
	}
	t.pass('each in order and once')
})
