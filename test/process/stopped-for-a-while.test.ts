import { join } from 'node:path'
import t from 'tap'
import { type Following, follow } from '../../src/client/node.ts'
import { openChat, openRoom, sameAsServer } from '../helpers/chats.ts'
import { temporaryDirectory } from '../helpers/directory.ts'
import { ask, askJson } from '../helpers/http.ts'
import { addPerson, setUp } from '../helpers/people.ts'
import { startQuickServer } from '../helpers/quick-server.ts'
import { openSse } from '../helpers/sse.ts'
import { until } from '../helpers/until.ts'
import { openWebSocket } from '../helpers/websocket.ts'

/** Longer than what both sides wait for: a heartbeat is 300 ms, the patience of a client 750, the grace time 100. */
const stillMs = 1_500

t.test('a server that stands still for longer than anybody waits loses nobody and nothing', async (t) => {
	const directory = join(temporaryDirectory(t), 'data')
	const server = await startQuickServer(t, directory)
	const { url } = server
	const owner = await setUp({ url, directory })
	const [bob, cleo, dan, eve] = await Promise.all(
		['bob', 'cleo', 'dan', 'eve'].map((name) => addPerson(url, owner, name)),
	)
	if (!bob || !cleo || !dan || !eve) throw new Error('not all are there')
	const say = async (content: string) =>
		(await askJson(url, '/rooms/general/messages', { content }, { headers: owner.headers })).json

	// Two that wait for ever, and two that give up and come back.
	const stream = await openSse(t, `${url}/events`, bob.headers)
	await stream.untilType('live')
	const socket = await openWebSocket(t, `${url.replace('http', 'ws')}/ws`, cleo.headers)
	await socket.ask({ type: 'subscribe' }, 'live')
	const overSse = await openChat(t, { url, token: dan.token, transport: 'sse' })
	const overWebSocket = await openChat(t, { url, token: eve.token, transport: 'websocket' })
	const timelines = [await openRoom(overSse, 'general'), await openRoom(overWebSocket, 'general')]
	const { cursor } = await say('first')
	const followings = (['sse', 'websocket'] as const).map((transport) => {
		const following = follow({ url, token: owner.token, rooms: ['general'], after: cursor, transport })
		t.teardown(() => following.close())
		return following
	})

	await say('before')
	process.kill(server.pid, 'SIGSTOP')
	// It is asked while it stands still, and answers when it goes on.
	const meanwhile = say('meanwhile')
	await new Promise((resolve) => setTimeout(resolve, stillMs))
	process.kill(server.pid, 'SIGCONT')
	await meanwhile
	await say('after')
	const contents = ['before', 'meanwhile', 'after']

	const last = contents.at(-1)
	await stream.until(({ data }) => data.content === last)
	await socket.until(({ content }) => content === last)
	t.same(
		stream.events.flatMap(({ data }) => data.content ?? []),
		['first', ...contents],
		'a stream',
	)
	t.same(
		socket.received.flatMap(({ content }) => content ?? []),
		['first', ...contents],
		'a WebSocket',
	)
	for (const following of followings) t.same(await texts(following, contents.length), contents, 'the client')
	await sameAsServer(t, url, dan, overSse, [timelines[0] as never])
	await sameAsServer(t, url, eve, overWebSocket, [timelines[1] as never])

	const online = async (): Promise<string[]> => {
		const { json } = await ask(url, '/presence', { headers: owner.headers })
		const there: { userId: string }[] = json.users.filter(({ state }: { state: string }) => state === 'online')
		return there.map(({ userId }) => userId).sort()
	}
	// Who has heard enough is gone a moment later.
	await until(async () => !(await online()).includes('owner'))
	t.same(await online(), ['bob', 'cleo', 'dan', 'eve'])
	const gone = [...stream.events.map(({ data }) => data), ...socket.received].filter(({ state }) => state === 'offline')
	t.same(
		gone.filter(({ userId }) => userId === 'bob' || userId === 'cleo'),
		[],
		'who stayed never left',
	)
})

/** The texts of the next so many messages. */
async function texts(frames: Following, count: number): Promise<string[]> {
	const found: string[] = []
	for await (const frame of frames) {
		if (frame.type === 'message') found.push(frame.content)
		if (found.length === count) break
	}
	return found
}
