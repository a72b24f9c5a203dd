import { cpSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { temporaryDirectory } from '../helpers/directory.ts'
import { Follower } from '../helpers/follower.ts'
import { sameFrames, visibleFrames } from '../helpers/record.ts'
import { type PostedFrame, type Server, startServer } from '../helpers/server.ts'
import { openSse } from '../helpers/sse.ts'
import { openWebSocket } from '../helpers/websocket.ts'
import { ask } from '../helpers/writer.ts'

async function postMany(server: Server, count: number, content: string): Promise<PostedFrame[]> {
	const posted: PostedFrame[] = []
	for (let n = 0; n < count; n++) posted.push(await server.post('general', `${content} ${n}`))
	return posted
}

/** How each way to give a cursor is answered: `resumed`, `ahead`, `diverged`, `unknown`. */
async function answersTo(t: Test, server: Server, cursor: string): Promise<string[]> {
	const room = `${server.url}/rooms/general/events`
	const streams = [
		await openSse(t, room, { 'Last-Event-ID': cursor }),
		await openSse(t, `${room}?after=${cursor}`),
		await openSse(t, `${server.url}/events`, { 'Last-Event-ID': cursor }),
		// What stands in the header counts, and is not healed by what stands in the address.
		await openSse(t, `${room}?after=0`, { 'Last-Event-ID': cursor }),
	]
	const answers: string[] = []
	for (const stream of streams) {
		const { id, data } = await stream.untilType('hello')
		stream.close()
		answers.push(data.reason ?? data.mode)
		if (data.mode === 'reset') t.equal(Number.parseInt(id ?? '', 10), data.head, 'a reset begins at the head')
	}
	const socket = await openWebSocket(t, server.webSocketUrl)
	for (const place of [{ room: 'general' }, {}]) {
		const subscribed = await socket.ask({ type: 'subscribe', userId: 'reader', ...place, after: cursor }, 'subscribed')
		answers.push(subscribed.reason ?? subscribed.mode)
	}
	socket.socket.terminate()
	return answers
}

async function all(t: Test, server: Server, cursors: readonly string[], answer: string): Promise<void> {
	for (const cursor of cursors)
		t.same(await answersTo(t, server, cursor), Array(6).fill(answer), `${cursor} is ${answer}`)
}

t.test('a log that was restored from an older copy resumes what it holds and resets what it does not', async (t) => {
	const directory = join(temporaryDirectory(t), 'data')
	const copy = join(temporaryDirectory(t), 'copy')
	const before = await startServer(t, { directory })
	const kept = await postMany(before, 5, 'kept')
	t.equal(await before.stop(), 0)
	cpSync(directory, copy, { recursive: true })

	const between = await startServer(t, { directory })
	const lost = await postMany(between, 30, 'lost')
	t.equal(await between.stop(), 0)

	// As an owner does it who restores the log alone: the views are ahead of it now.
	for (const name of readdirSync(directory)) if (/^log\.db/.test(name)) rmSync(join(directory, name))
	cpSync(join(copy, 'log.db'), join(directory, 'log.db'))
	const after = await startServer(t, { directory })
	const read = async (path: string) => JSON.parse((await ask(`${after.url}${path}`)).body)
	const page = () => read('/rooms/general/messages?limit=500')
	const room = () => read('/rooms/general')
	t.same((await page()).messages, kept, 'the history is that of the copy')
	t.match(await room(), { sequence: 5 })
	t.equal((await fetch(`${after.url}/rooms/general/messages/${lost[0]?.id}`)).status, 404)

	const last = lost.at(-1) as PostedFrame
	await all(t, after, [last.cursor], 'ahead')
	t.same(await answersTo(t, after, String(last.position + 1_000)), Array(6).fill('ahead'))
	const other = await postMany(after, 60, 'other')
	t.ok((other.at(-1)?.position as number) > last.position, 'the head has passed all that was lost')
	await all(
		t,
		after,
		[lost[0], lost[9], last].map((frame) => frame?.cursor as string),
		'diverged',
	)
	await all(
		t,
		after,
		kept.map(({ cursor }) => cursor),
		'resumed',
	)
	await all(t, after, other.map(({ cursor }) => cursor).slice(0, 3), 'resumed')
	t.same((await page()).messages, [...kept, ...other])
	t.match(await room(), { sequence: 65 })

	const cursor = kept[2]?.cursor as string
	const followers = (['sse', 'websocket'] as const).map(
		(transport) => new Follower({ name: transport, transport, rooms: ['general'], after: cursor }),
	)
	const lastPositions = new Map([['general', (await after.post('general', 'the last one')).position]])
	for (const follower of followers) {
		await follower.follow(after.url, { enough: () => follower.hasReached(lastPositions) })
		const [track] = follower.tracks as [(typeof follower.tracks)[number]]
		sameFrames(
			t,
			track.frames,
			track.expected(visibleFrames(directory)),
			`who resumes before the fork over ${track.name}`,
		)
	}
	t.equal(await after.stop(), 0)
	t.equal(after.errors(), '')
})

t.test('a cursor of another server, or what is none, is told so', async (t) => {
	const [server, other] = await Promise.all([startServer(t), startServer(t)])
	const [posted, foreign] = await Promise.all([postMany(server, 60, 'ours'), postMany(other, 5, 'theirs')])
	await all(
		t,
		server,
		foreign.map(({ cursor }) => cursor),
		'diverged',
	)
	await all(
		t,
		other,
		posted.slice(-1).map(({ cursor }) => cursor),
		'ahead',
	)
	await all(t, server, ['none', '-1', '3-', '3-zzzzzzzz', '03', '1e3', '99999999999999999999'], 'unknown')
	await all(t, server, ['999999999', '999999999-00000000'], 'ahead')
	await all(t, server, ['0', posted[0]?.cursor as string, String(posted[0]?.position)], 'resumed')
})
