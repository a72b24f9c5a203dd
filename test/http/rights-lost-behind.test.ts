import { join } from 'node:path'
import t, { type Test } from 'tap'
import { temporaryDirectory } from '../helpers/directory.ts'
import { ask } from '../helpers/http.ts'
import { type Listener, listen, listenByWebSocket } from '../helpers/listener.ts'
import { type Account, addMember, addPerson, putRoom, removeMember, setUp } from '../helpers/people.ts'
import { fillLog } from '../helpers/record.ts'
import { startServer } from '../helpers/server.ts'
import { inTime } from '../helpers/writer.ts'

/** More than the sockets of both ends hold, so that who does not read is behind for as long as it likes. */
const filled = 1_500
const contentChars = 16_000

const directory = join(temporaryDirectory(t), 'data')
await fillLog(directory, ['deep'], filled, 'x'.repeat(contentChars))
const server = await startServer(t, { directory, guests: false })
const { url } = server
const owner = await setUp(server)
await addMember(url, owner, 'deep', 'owner', 'moderator')
await putRoom(url, owner, 'deep', { visibility: 'private' })

let people = 0

async function somebody(): Promise<Account> {
	people += 1
	const bot = await addPerson(url, owner, `bot-${people}`, 'bot')
	await addMember(url, owner, 'deep', bot.name)
	return bot
}

/** From the beginning, in ways that read and in ways that do not. */
async function behind(t: Test, { headers }: Account): Promise<{ stuck: Listener[]; reading: Listener[] }> {
	const subscribe = { type: 'subscribe', room: 'deep', after: 0 }
	const all = { type: 'subscribe', after: 0 }
	const path = '/rooms/deep/events?after=0'
	const stuck = { headers, holds: true }
	return {
		stuck: await Promise.all([
			listen(t, url, 'sse', path, stuck),
			listen(t, url, 'ndjson', '/events?room=deep&after=0', stuck),
			listen(t, url, 'text', path, stuck),
			listenByWebSocket(t, url, [subscribe], stuck),
		]),
		reading: await Promise.all([
			listen(t, url, 'sse', path, { headers }),
			listenByWebSocket(t, url, [{ type: 'hello' }], { headers }),
			listenByWebSocket(t, url, [{ type: 'hello' }], { headers }),
		]).then((listeners) => {
			listeners[1]?.send(subscribe)
			listeners[2]?.send(all)
			return listeners
		}),
	}
}

t.test('who is still catching up when a token is revoked hears nothing that comes later', async (t) => {
	const person = await somebody()
	const { json } = await ask(url, `/tokens?user=${person.name}`, { headers: owner.headers })
	const { stuck, reading } = await behind(t, person)
	const { status } = await ask(url, `/tokens/${json.tokens[0].id}`, { method: 'DELETE', headers: owner.headers })
	t.equal(status, 204)
	await server.post('deep', 'after', owner.headers)
	for (const listener of reading) await isOver(t, listener, { hearsRemoval: false })
	for (const listener of stuck) {
		listener.read()
		await isOver(t, listener, { hearsRemoval: false })
		t.ok(listener.contents.length < filled, `${listener.name} was behind: ${listener.contents.length}`)
	}
})

t.test('who is still catching up when they are removed hears of that, and nothing later', async (t) => {
	const person = await somebody()
	const { stuck, reading } = await behind(t, person)
	await removeMember(url, owner, 'deep', person.name)
	await server.post('deep', 'after', owner.headers)
	const [room, ...sockets] = reading as [Listener, Listener, Listener]
	await isOver(t, room, { hearsRemoval: true })
	for (const listener of stuck) {
		listener.read()
		if (listener.name.startsWith('WebSocket')) sockets.push(listener)
		else await isOver(t, listener, { hearsRemoval: true })
		t.ok(listener.contents.length < filled, `${listener.name} was behind: ${listener.contents.length}`)
	}
	for (const socket of sockets) {
		const follows = socket.heard.find(({ type }) => type === 'subscribed') ?? (await socket.untilType('subscribed'))
		if (follows.room === undefined) {
			await socket.untilType('live')
			t.notOk(socket.isOver, 'all rooms are followed on')
		} else {
			t.match(await socket.untilType('unsubscribed'), { room: 'deep', reason: 'rights_lost' })
			socket.send({ type: 'hello', ref: 'still here' })
			await socket.until(({ type }) => type === 'hello')
		}
		const ofRoom = socket.heard.filter(
			({ type, room }) => room === 'deep' && type !== 'subscribed' && type !== 'unsubscribed',
		)
		t.match(ofRoom.at(-1), { type: 'member', action: 'remove', userId: person.name })
		t.equal(socket.heard.filter(({ action }) => action === 'remove').length, 1)
		t.notOk(socket.contents.includes('after'))
	}
})

async function isOver(t: Test, listener: Listener, { hearsRemoval }: { hearsRemoval: boolean }): Promise<void> {
	const { name } = listener
	const over = await inTime(listener.over, name, 10)
	if (over.code === undefined) t.match(over, { reason: 'rights_lost', isWhole: true }, name)
	else t.equal(over.code, 4403, name)
	t.notOk(listener.contents.includes('after'), name)
	if (name.startsWith('text')) return
	const removals = listener.heard.filter(({ action }) => action === 'remove')
	t.equal(removals.length, hearsRemoval ? 1 : 0, name)
	if (hearsRemoval) t.equal(listener.heard.at(-2), removals[0], 'last')
}
