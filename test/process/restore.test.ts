import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, readdirSync, rmSync, watch } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { tailroom } from '../helpers/cli.ts'
import { temporaryDirectory } from '../helpers/directory.ts'
import { filledDirectory } from '../helpers/filled-directory.ts'
import { Follower } from '../helpers/follower.ts'
import { sameFrames, visibleFrames } from '../helpers/record.ts'
import { type PostedFrame, type Server, startServer } from '../helpers/server.ts'
import { openSse } from '../helpers/sse.ts'
import { openWebSocket } from '../helpers/websocket.ts'
import { ask } from '../helpers/writer.ts'

const main = new URL('../../src/main.ts', import.meta.url).pathname

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

t.test('a backup that was made under load, restored by the commands, resets the lost future for ever', async (t) => {
	const place = temporaryDirectory(t)
	const file = join(place, 'backup.db')
	const before = await startServer(t)
	const kept = await postMany(before, 5, 'kept')
	let posting = true
	const posters = Array.from({ length: 4 }, async (_, poster) => {
		for (let n = 0; posting; n++) await before.post('general', `poster ${poster}, ${n}`)
	})
	const made = await tailroom(['backup', file, '--data', before.directory])
	posting = false
	await Promise.all(posters)
	t.match(made, { code: 0, stderr: /^$/ })
	const [, events, head] =
		/^Backed up ([\d,]+) events to .*backup\.db; the last one is (\d+-[0-9a-f]{8})\.\n$/.exec(made.stdout) ?? []
	t.ok(Number(events?.replaceAll(',', '')) >= 6, 'what was acknowledged before is in it')
	const lost = await postMany(before, 30, 'lost')
	t.equal(await before.stop(), 0)
	t.equal(before.errors(), '')

	const directory = join(place, 'data')
	const restored = await tailroom(['restore', file], { TAILROOM_DATA: directory })
	t.match(restored, { code: 0, stderr: /^$/ })
	t.equal(
		restored.stdout,
		`Restored ${events} events to ${directory}; the last one is ${head}.\nStart with: tailroom serve --data ${directory}\n`,
	)
	t.match(await tailroom(['verify', '--data', directory]), { code: 0, stdout: /There are no views: the next start/ })
	const after = await startServer(t, { directory })
	await all(t, after, [head as string, ...kept.map(({ cursor }) => cursor)], 'resumed')
	const last = lost.at(-1) as PostedFrame
	await all(t, after, [last.cursor], 'ahead')
	const others = await postMany(after, last.position - Number.parseInt(head as string, 10) + 5, 'other')
	t.ok((others.at(-1)?.position as number) > last.position, 'the head has passed all that was lost')
	await all(
		t,
		after,
		[lost[0], last].map((frame) => frame?.cursor as string),
		'diverged',
	)
	// Another start, and another backup, forget nothing of it.
	t.equal(await after.stop(), 0)
	const again = join(place, 'again')
	await tailroom(['backup', join(place, 'second.db'), '--data', directory])
	t.match(await tailroom(['restore', join(place, 'second.db'), '--data', again]), { code: 0 })
	const third = await startServer(t, { directory: again })
	await all(t, third, [last.cursor], 'diverged')
	await all(t, third, [others.at(-1)?.cursor as string], 'resumed')
	t.match(await tailroom(['verify', '--data', again]), { code: 0, stdout: /The views equal a replay/ })
})

for (const signal of ['SIGKILL', 'SIGTERM', 'SIGINT'] as const) {
	t.test(`a backup that ${signal} ends in the middle leaves nothing of its name`, async (t) => {
		const directory = await filledDirectory(t, 20_000)
		const place = temporaryDirectory(t)
		const args = [main, 'backup', join(place, 'backup.db'), '--data', directory]
		const child = spawn(process.execPath, args, { stdio: 'ignore' })
		const watcher = watch(place, () => child.kill(signal))
		const [code] = await once(child, 'exit')
		watcher.close()
		const left = readdirSync(place)
		t.notOk(left.includes('backup.db'))
		if (signal === 'SIGKILL') t.ok(left.every((name) => /^backup\.db\.partial-\d+(-journal)?$/.test(name)))
		else t.same({ code, left }, { code: signal === 'SIGINT' ? 130 : 143, left: [] })
		t.match(await tailroom(['backup', join(place, 'backup.db'), '--data', directory]), { code: 0 })
	})
}

t.test('mistakes on the command line are told apart from failures', async (t) => {
	const place = temporaryDirectory(t)
	for (const command of ['backup', 'restore']) {
		t.match(await tailroom([command]), { code: 64, stdout: '', stderr: 'tailroom: <file> is missing\n' })
		t.match(await tailroom([command, 'a', 'b']), { code: 64, stderr: /"b"/ })
		t.match(await tailroom([command, '--help']), { code: 0, stdout: /^Usage: .*For example: tailroom /s, stderr: '' })
	}
	t.match(await tailroom(['verify', '--unknown']), { code: 64, stderr: /^tailroom: .*--unknown/ })
	const failed = await tailroom(['verify'], { TAILROOM_DATA: place })
	t.match(failed, {
		code: 1,
		stdout: '',
		stderr: `tailroom: there is no log in ${place}: choose another --data directory\n`,
	})
})
