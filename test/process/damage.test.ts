import { copyFileSync, cpSync, existsSync, readdirSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { viewsPath } from '../../src/projections/files.ts'
import { verify } from '../../src/projections/verify.ts'
import { startInProcess } from '../helpers/app.ts'
import { tailroom } from '../helpers/cli.ts'
import { flipIn, tamperWithLog, tearPage } from '../helpers/damage.ts'
import { temporaryDirectory } from '../helpers/directory.ts'
import { snapshotOfFiles } from '../helpers/files.ts'
import { bringViewsUp, filledDirectory } from '../helpers/filled-directory.ts'
import { ask, isProblem } from '../helpers/http.ts'
import { recordedEvents } from '../helpers/record.ts'
import { launchServer, startServer } from '../helpers/server.ts'
import { isSound } from '../helpers/sound.ts'
import { openSse } from '../helpers/sse.ts'
import { openWebSocket } from '../helpers/websocket.ts'

/** What `verify` finds wrong. */
async function finding(directory: string): Promise<string> {
	return await verify(directory, () => {}).then(
		() => 'nothing',
		(error: Error) => error.message,
	)
}

/** Why a server does not start, which it says and nothing else. */
async function refusal(t: Test, directory: string): Promise<string> {
	const { listening, child } = launchServer(t, { directory })
	const error = (await listening.catch((error: unknown) => error)) as Error
	t.match(error.message, /^the server ended with 1: tailroom: [^\n]*\n$/)
	t.equal(child.exitCode, 1)
	return error.message
}

/** The same of a start in this process. */
async function refusalHere(t: Test, directory: string): Promise<string> {
	const error = (await startInProcess(t, { directory }).catch((error: unknown) => error)) as Error
	t.type(error, Error)
	return error.message
}

async function postHere(url: string, content: string): Promise<number> {
	const answer = await ask(url, '/rooms/general/messages', { headers: { 'Content-Type': 'text/plain' }, body: content })
	if (answer.status !== 201) throw new Error(answer.text)
	return answer.json.position
}

t.test('a text in which a bit was flipped is shown to nobody, and everything else is', async (t) => {
	const directory = await filledDirectory(t, 20)
	// The first letter of it: what would be shown is as good a text as any.
	flipIn(join(directory, 'log.db'), 'message 12')
	const server = await startServer(t, { directory })
	const seen: string[] = []
	const get = async (path: string) => {
		const answer = await ask(server.url, path)
		seen.push(answer.text)
		return answer
	}

	isProblem(t, await get('/rooms/general/messages/filled-12'), 500, 'log_damaged', /not shown\. .*tailroom verify/)
	isProblem(t, await get('/rooms/general/messages'), 500, 'log_damaged', /not shown/)
	t.match((await get('/rooms/general/messages/filled-11')).json, { content: 'message 11' })
	t.match((await get('/rooms/general/messages?before=12')).json, { messages: { length: 11 } })

	const sse = await openSse(t, `${server.url}/rooms/general/events?after=0`)
	t.match((await sse.rest()).at(-1), { event: 'bye', data: { type: 'bye', reason: 'log_damaged' } })
	const text = await get('/events?after=0&until=head')
	t.match(text.text, /"type":"bye","reason":"log_damaged"/)
	seen.push(JSON.stringify(sse.events))

	const socket = await openWebSocket(t, server.webSocketUrl)
	socket.send({ type: 'subscribe', room: 'general', after: '0' })
	t.match(await socket.untilType('bye'), { room: 'general', reason: 'log_damaged' })
	t.match(await socket.ask({ type: 'get_history', room: 'general' }, 'error'), { code: 'log_damaged' })
	const live = await openSse(t, `${server.url}/rooms/general/events?after=14`)
	t.match((await live.untilType('live')).data, { type: 'live' })
	const posted = await server.post('general', 'life goes on')
	t.equal((await live.until(({ data }) => data.content === 'life goes on')).data.position, posted.position)

	seen.push(JSON.stringify(socket.received), server.errors())
	t.notMatch(seen.join('\n'), 'essage 12', 'neither the text nor the one that it was')
	t.match(server.errors(), /position 14 of .*log\.db is damaged \(its text is not the one that was written\)/)
	t.match(await tailroom(['verify', '--data', directory]), {
		code: 1,
		stdout: '',
		stderr:
			/^tailroom: position 14 of .*log\.db is not what was written \(its text.*\)\. Restore a backup: tailroom restore [^\n]*\n$/,
	})
	t.equal(await server.stop(), 0)
})

t.test('a damaged text that lies far behind ends the stream that comes to it, and not the server', async (t) => {
	const directory = await filledDirectory(t, 4_000)
	flipIn(join(directory, 'log.db'), 'message 1000"')
	const server = await startInProcess(t, { directory })
	const stream = await openSse(t, `${server.url}/events?after=0`)
	const events = await stream.rest()
	t.match(events.at(-1)?.data, { type: 'bye', reason: 'log_damaged' })
	t.notMatch(JSON.stringify(events), 'essage 1000"')
	t.equal((await ask(server.url, '/healthz')).status, 200)
	const later = await openSse(t, `${server.url}/events?after=1002`)
	await later.untilType('live')
	t.equal(later.events.filter(({ data }) => data.type === 'message').length, 2_999)
})

for (const [what, sql] of [
	['a fingerprint', 'UPDATE events SET fingerprint = randomblob(32) WHERE position = 9'],
	['a fact', `UPDATE events SET data = replace(data, 'guest-filler', 'guest-other') WHERE position = 9`],
] as const) {
	t.test(`${what} that was changed is found by verify, beside the server too`, async (t) => {
		const directory = await filledDirectory(t, 20)
		tamperWithLog(directory, sql)
		const server = await startInProcess(t, { directory })
		await postHere(server.url, 'life goes on')
		t.match(await finding(directory), /^position 9 of .* fingerprint does not follow .*restore a backup/)
		await server.stop()
	})
}

t.test('a page of the log that is torn keeps the server from starting, and costs no view', async (t) => {
	const directory = await filledDirectory(t, 500)
	tearPage(join(directory, 'log.db'), 'events')
	const views = viewsPath(directory)
	const { ino } = statSync(views)
	for (const start of [refusal, refusalHere]) {
		t.match(await start(t, directory), /log\.db is damaged \(.*malformed\): run tailroom verify, then restore a backup/)
		t.equal(statSync(views).ino, ino, 'the views are the same file')
	}
	t.match(await finding(directory), /log\.db is damaged \(.*malformed\): .*restore a backup/)
})

t.test('an index of the log that is torn stops the writing, and costs no view', async (t) => {
	const directory = await filledDirectory(t, 500)
	tearPage(join(directory, 'log.db'), 'events_event_id_unique')
	const views = viewsPath(directory)
	const { ino } = statSync(views)
	const { child, listening } = launchServer(t, { directory })
	const server = await listening
	const exited = new Promise((resolve) => child.once('exit', resolve))
	await server.post('general', 'cannot be kept').catch(() => {})
	t.equal(await exited, 70)
	t.match(server.errors(), /log\.db is damaged \(.*malformed\): run tailroom verify, then restore a backup/)
	t.equal(statSync(views).ino, ino, 'the views are the same file')
	t.equal(recordedEvents(directory).length, 501)
	t.match(await finding(directory), /log\.db is damaged \(/)
})

t.test('views of another log are built again', async (t) => {
	const [directory, other] = await Promise.all([filledDirectory(t, 20), filledDirectory(t, 20)])
	copyFileSync(viewsPath(other), viewsPath(directory))
	t.equal(await finding(directory), 'the views belong to another log: run tailroom rebuild')
	const server = await startInProcess(t, { directory })
	await isSound(t, directory)
	await server.stop()
})

const killed = await startServer(t)
await Promise.all(Array.from({ length: 20 }, (_, n) => killed.post('general', `message ${n}`)))
await killed.stop('SIGKILL')

/** A directory whose server was killed with all that it wrote still in the write-ahead log. */
function killedServer(t: Test): { directory: string; wal: string } {
	const directory = join(temporaryDirectory(t), 'data')
	cpSync(killed.directory, directory, { recursive: true })
	return { directory, wal: join(directory, 'log.db-wal') }
}

t.test(
	'a write-ahead log that is cut off loses the end of the log: verify says so, and it goes on from there',
	async (t) => {
		const { directory, wal } = killedServer(t)
		truncateSync(wal, Math.floor(statSync(wal).size * 0.7))
		t.match(
			await finding(directory),
			/the views have seen position 21, but the log ends at \d+: .*Restore a newer backup/,
		)
		const server = await startServer(t, { directory })
		const kept = recordedEvents(directory).length
		t.ok(kept > 0 && kept < 21, `${kept} of 21 events are left`)
		const { position } = await server.post('general', 'life goes on')
		t.equal(position, kept + 1)
		await isSound(t, directory)
		t.equal(await server.stop(), 0)
		t.match(
			server.errors(),
			/^[^\n]*the views had seen position 21 of a log that is not this one: it ends at \d+\.[^\n]*\n$/,
		)
	},
)

t.test('verify reads what a killed server left, and moves nothing', async (t) => {
	const { directory } = killedServer(t)
	const before = snapshotOfFiles(directory)
	await isSound(t, directory)
	const after = snapshotOfFiles(directory)
	t.same(Object.keys(after), Object.keys(before))
	// What processes tell each other there is no content.
	const files = Object.keys(before).filter((name) => !name.endsWith('-shm'))
	for (const name of files) t.equal(after[name], before[name], `${name} is as it was`)
})

for (const [what, lose] of [
	['missing', (path: string) => rmSync(path)],
	['empty', (path: string) => writeFileSync(path, '')],
] as const) {
	t.test(`a log that is ${what} while its views are there is not begun anew`, async (t) => {
		const directory = await filledDirectory(t, 20)
		lose(join(directory, 'log.db'))
		const before = snapshotOfFiles(directory)
		const refused = await refusalHere(t, directory)
		t.match(refused, new RegExp(`log\\.db is ${what}, but /.*views-.*db shows that there was a log`))
		t.match(refused, /tailroom restore <file> --data <a new directory>. Or remove that file to begin anew/)
		const after = Object.entries(snapshotOfFiles(directory)).filter(([name]) => !name.startsWith('lock.db'))
		t.same(Object.fromEntries(after), before)
		rmSync(viewsPath(directory))
		// Elsewhere, for this process holds the lock of a start that has failed.
		const anew = temporaryDirectory(t)
		cpSync(directory, anew, { recursive: true, filter: (path) => !path.includes('lock.db') })
		await (await startInProcess(t, { directory: anew })).stop()
		t.equal(recordedEvents(anew).length, 1)
	})
}

t.test('a log that has lost all its events is not begun anew, and one that never had any is', async (t) => {
	const directory = await filledDirectory(t, 20)
	tamperWithLog(directory, 'DELETE FROM events')
	t.match(await refusalHere(t, directory), /log\.db is empty, but .*views-.*db shows that there was a log/)

	// As a first start leaves it that was killed before the first room.
	const fresh = temporaryDirectory(t)
	bringViewsUp(fresh)
	await (await startInProcess(t, { directory: fresh })).stop()
	t.equal(recordedEvents(fresh).length, 1)
})

t.test('a log that is missing while its write-ahead log is there is not begun anew', async (t) => {
	const { directory, wal } = killedServer(t)
	for (const name of readdirSync(directory)) if (name !== 'log.db-wal') rmSync(join(directory, name))
	const { size } = statSync(wal)
	t.match(await refusalHere(t, directory), /log\.db is missing, but .*log\.db-wal shows that there was a log/)
	t.equal(statSync(wal).size, size)
	t.notOk(existsSync(join(directory, 'log.db')))
})

t.test('verify finds nothing wrong beside a server that writes all the time', async (t) => {
	const server = await startServer(t)
	let writing = true
	const writers = Array.from({ length: 2 }, async () => {
		for (let n = 0; writing; n++) await server.post('general', `message ${n}`)
	})
	const [{ code, stdout, stderr }] = await Promise.all([
		tailroom(['verify', '--data', server.directory]),
		isSound(t, server.directory).then(() => isSound(t, server.directory)),
	])
	t.match({ code, stdout, stderr }, { code: 0, stdout: /^Sound: .* The views equal a replay/, stderr: /^$/ })
	writing = false
	await Promise.all(writers)
	await isSound(t, server.directory)
	t.equal(await server.stop(), 0)
	t.equal(server.errors(), '')
})
