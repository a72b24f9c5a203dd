import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, readdirSync, rmSync, watch } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { backup } from '../../src/events/backup.ts'
import { restore } from '../../src/events/restore.ts'
import { verify } from '../../src/projections/verify.ts'
import { startInProcess } from '../helpers/app.ts'
import { tailroom } from '../helpers/cli.ts'
import { temporaryDirectory } from '../helpers/directory.ts'
import { Follower } from '../helpers/follower.ts'
import { program } from '../helpers/program.ts'
import { fillLog, sameFrames, visibleFrames } from '../helpers/record.ts'
import { cleanEnvironment, type PostedFrame, startServer } from '../helpers/server.ts'
import { openSse } from '../helpers/sse.ts'
import { openWebSocket } from '../helpers/websocket.ts'
import { ask } from '../helpers/writer.ts'

/** Of a server in a process of its own, or in this one. */
type At = { url: string }

/** Posts them at once, and gives them in the order of the log. */
async function postMany({ url }: At, count: number, content: string): Promise<PostedFrame[]> {
	const posting = Array.from({ length: count }, async (_, n) => {
		const headers = { 'Content-Type': 'text/plain' }
		const { status, body } = await ask(`${url}/rooms/general/messages`, {
			method: 'POST',
			headers,
			body: `${content} ${n}`,
		})
		if (status !== 201) throw new Error(`${status} ${body}`)
		return JSON.parse(body) as PostedFrame
	})
	return (await Promise.all(posting)).sort((a, b) => a.position - b.position)
}

/** How each way to give a cursor is answered: `resumed`, `ahead`, `diverged`, `unknown`. */
async function answersTo(t: Test, { url }: At, cursor: string): Promise<string[]> {
	const room = `${url}/rooms/general/events`
	const overSse = async (address: string, headers: Record<string, string> = {}) => {
		const stream = await openSse(t, address, headers)
		const { id, data } = await stream.untilType('hello')
		stream.close()
		if (data.mode === 'reset') t.equal(Number.parseInt(id ?? '', 10), data.head, 'a reset begins at the head')
		return [data.reason ?? data.mode]
	}
	const overWebSocket = async () => {
		const socket = await openWebSocket(t, `${url.replace('http', 'ws')}/ws`)
		const answers: string[] = []
		for (const place of [{ room: 'general' }, {}]) {
			const subscribed = await socket.ask(
				{ type: 'subscribe', userId: 'reader', ...place, after: cursor },
				'subscribed',
			)
			answers.push(subscribed.reason ?? subscribed.mode)
		}
		socket.socket.terminate()
		return answers
	}
	const answers = await Promise.all([
		overSse(room, { 'Last-Event-ID': cursor }),
		overSse(`${room}?after=${cursor}`),
		overSse(`${url}/events`, { 'Last-Event-ID': cursor }),
		// What stands in the header counts, and is not healed by what stands in the address.
		overSse(`${room}?after=0`, { 'Last-Event-ID': cursor }),
		overWebSocket(),
	])
	return answers.flat()
}

async function all(t: Test, server: At, cursors: readonly string[], answer: string): Promise<void> {
	const each = cursors.map(async (cursor) =>
		t.same(await answersTo(t, server, cursor), Array(6).fill(answer), `${cursor} is ${answer}`),
	)
	await Promise.all(each)
}

t.test('a log that was restored from an older copy resumes what it holds and resets what it does not', async (t) => {
	const directory = join(temporaryDirectory(t), 'data')
	const copy = join(temporaryDirectory(t), 'copy')
	const before = await startInProcess(t, { directory })
	const kept = await postMany(before, 5, 'kept')
	await before.stop()
	cpSync(directory, copy, { recursive: true })

	const between = await startInProcess(t, { directory })
	const lost = await postMany(between, 10, 'lost')
	await between.stop()

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
	await all(t, after, [last.cursor, String(last.position + 1_000)], 'ahead')
	const other = await postMany(after, 20, 'other')
	t.ok((other.at(-1)?.position as number) > last.position, 'the head has passed all that was lost')
	await all(
		t,
		after,
		[lost[0], last].map((frame) => frame?.cursor as string),
		'diverged',
	)
	// The last one before the fork, and the first one after it, among them.
	await all(
		t,
		after,
		[kept[0], kept.at(-1), other[0], other.at(-1)].map((frame) => frame?.cursor as string),
		'resumed',
	)
	t.same((await page()).messages, [...kept, ...other])
	t.match(await room(), { sequence: 25 })

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
	t.match(
		after.errors(),
		/^[^\n]*the views had seen position 16 of a log that is not this one: it ends at 6\.[^\n]*\n$/,
	)
})

t.test('a cursor of another server, or what is none, is told so', async (t) => {
	const [server, other] = await Promise.all([startInProcess(t), startInProcess(t)])
	const [posted, foreign] = await Promise.all([postMany(server, 10, 'ours'), postMany(other, 3, 'theirs')])
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
	const lost = await postMany(before, 5, 'lost')
	t.equal(await before.stop(), 0)
	t.equal(before.errors(), '')

	const directory = join(place, 'data')
	const restored = await tailroom(['restore', file], { TAILROOM_DATA: directory })
	t.match(restored, { code: 0, stderr: /^$/ })
	const [first, second, ...rest] = restored.stdout.split('\n')
	t.equal(first, `Restored ${events} events to ${directory}; the last one is ${head}.`)
	t.match(second, /^What was erased after 2\S+Z is there again: .* --erasures-from\.$/)
	t.same(rest, [`Start with: tailroom serve --data ${directory}`, ''])
	t.match(await tailroom(['verify', '--data', directory]), { code: 0, stdout: /There are no views: the next start/ })
	const after = await startInProcess(t, { directory })
	await all(t, after, [head as string, kept[0]?.cursor as string], 'resumed')
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
	await after.stop()
	const again = join(place, 'again')
	await backup(directory, join(place, 'second.db'))
	await restore(join(place, 'second.db'), again)
	const third = await startInProcess(t, { directory: again })
	await all(t, third, [last.cursor], 'diverged')
	await all(t, third, [others.at(-1)?.cursor as string], 'resumed')
	t.match(await verify(again, () => {}), { views: { state: 'equal' } })
})

t.test('a backup that a signal ends in the middle leaves nothing of its name', async (t) => {
	const directory = join(temporaryDirectory(t), 'data')
	await fillLog(directory, ['general'], 10_000)
	for (const [signal, moment] of [
		['SIGKILL', 'change'],
		['SIGTERM', 'change'],
		['SIGINT', 'rename'],
	] as const) {
		const place = temporaryDirectory(t)
		const file = join(place, 'backup.db')
		const child = spawn(process.execPath, [program, 'backup', file, '--data', directory], {
			stdio: 'ignore',
			env: cleanEnvironment(),
		})
		let isKilled = false
		// When the copy appears, or is written to. Who asks twice would not let it finish.
		const watcher = watch(place, (kind) => {
			if (kind === moment && !isKilled) isKilled = child.kill(signal)
		})
		const [code] = await once(child, 'exit')
		watcher.close()
		const left = readdirSync(place)
		t.notOk(left.includes('backup.db'))
		if (signal === 'SIGKILL') t.ok(left.every((name) => /^backup\.db\.partial-\d+-[0-9a-f]{6}(-journal)?$/.test(name)))
		else t.same({ code, left }, { code: signal === 'SIGINT' ? 130 : 143, left: [] })
		t.match(await backup(directory, file), { events: 10_001 })
		t.same(readdirSync(place), ['backup.db'], `what ${signal} has left is in nobody's way`)
	}
})

t.test('mistakes on the command line are told apart from failures', async (t) => {
	const place = temporaryDirectory(t)
	const run = (...args: string[]) => tailroom(args, { TAILROOM_DATA: place })
	const each = ['backup', 'restore'].map(async (command) => {
		const [missing, many, help] = await Promise.all([run(command), run(command, 'a', 'b'), run(command, '--help')])
		t.match(missing, { code: 64, stdout: '', stderr: 'tailroom: <file> is missing\n' })
		t.match(many, { code: 64, stderr: /"b"/ })
		t.match(help, { code: 0, stdout: /^Usage: .*For example: tailroom /s, stderr: '' })
	})
	const [unknown, failed] = await Promise.all([run('verify', '--unknown'), run('verify'), ...each])
	t.match(unknown, { code: 64, stderr: /^tailroom: .*--unknown/ })
	t.match(failed, {
		code: 1,
		stdout: '',
		stderr: `tailroom: there is no log in ${place}: choose another --data directory\n`,
	})
})
