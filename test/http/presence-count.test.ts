import t from 'tap'
import { startInProcess } from '../helpers/app.ts'
import { startHouse } from '../helpers/house.ts'
import { ask, askJson } from '../helpers/http.ts'
import { addPerson, putRoom } from '../helpers/people.ts'
import { openSse } from '../helpers/sse.ts'
import { openWebSocket } from '../helpers/websocket.ts'

const webSocketUrl = (url: string) => `${url.replace('http', 'ws')}/ws`
const small = { toldOneByOneMax: 2, presenceCountMs: 50 }

t.test('a crowd is told as a count over SSE and WebSocket, and the snapshot agrees', async (t) => {
	const { url } = await startInProcess(t, small)
	const reader = await openSse(t, `${url}/rooms/general/events`, { 'Tailroom-User': 'reader' })
	const witness = await openWebSocket(t, webSocketUrl(url))
	await witness.ask({ type: 'subscribe', userId: 'witness' }, 'live')
	const names = ['ada', 'bob', 'cyd', 'dan']
	const sockets = await Promise.all(names.map(() => openWebSocket(t, webSocketUrl(url))))
	for (const [index, socket] of sockets.entries()) {
		await socket.ask({ type: 'subscribe', room: 'general', userId: names[index] }, 'live')
	}

	const isFive = ({ type, present }: { type: string; present: number }) => type === 'presence_count' && present === 5
	const counted = await witness.until(isFive)
	t.same(Object.keys(counted).sort(), ['position', 'present', 'room', 'timestamp', 'type'])
	const event = await reader.until(({ data }) => isFive(data))
	t.match(event, { event: 'presence_count', id: undefined, data: { room: 'general' } })
	await sockets[0]?.until(isFive)
	const { users, position } = (await ask(url, '/rooms/general/presence')).json
	t.equal(users.length, 5)
	t.ok(counted.position <= position)

	for (const socket of sockets) socket.socket.close()
	const last = await witness.until(({ type, present }) => type === 'presence_count' && present <= 2)
	await reader.until(({ data }) => data.position === last.position || data.present === 1 || data.action === 'leave')
	t.notOk(
		witness.received.some(({ action, userId }) => action === 'leave' && userId === 'ada'),
		'the first to leave was one of many',
	)
})

t.test('how many are in a private room is for its members', async (t) => {
	const { url, owner } = await startHouse(t, { toldOneByOneMax: 0, presenceCountMs: 20 })
	const ann = await addPerson(url, owner, 'ann')
	const bob = await addPerson(url, owner, 'bob')
	await putRoom(url, owner, 'plans')
	const inside = await openWebSocket(t, webSocketUrl(url), owner.headers)
	await inside.ask({ type: 'subscribe', room: 'plans' }, 'live')
	const outside = await openSse(t, `${url}/events?room=general&room=plans`, ann.headers)
	await outside.untilType('live')
	const visitor = await openWebSocket(t, webSocketUrl(url), bob.headers)
	await visitor.ask({ type: 'subscribe', room: 'plans' }, 'live')
	await outside.until(({ data }) => data.type === 'presence_count' && data.present === 2)

	await putRoom(url, owner, 'plans', { visibility: 'private' })
	const { position } = await inside.untilType('room')
	t.match(await inside.until((frame) => frame.type === 'presence_count' && frame.present === 1), { room: 'plans' })
	await askJson(url, '/rooms/general/messages', { content: 'hi' }, { headers: owner.headers })
	await outside.untilType('message')
	t.notOk(outside.events.some(({ data }) => data.room === 'plans' && data.position >= position))
	t.equal((await ask(url, '/rooms/plans/presence', { headers: ann.headers })).status, 404)
	t.match((await ask(url, '/rooms/plans/presence', owner)).json.users, [{ userId: 'owner', state: 'online' }])
})
