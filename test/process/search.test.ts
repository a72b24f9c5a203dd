import { once } from 'node:events'
import { copyFileSync, existsSync, readdirSync, rmSync, watch, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { backup } from '../../src/events/backup.ts'
import { openLogForReading, openLogForWriting } from '../../src/events/sqlite-log.ts'
import { indexPath, SearchIndex } from '../../src/search/search-index.ts'
import { startServerHere } from '../helpers/app.ts'
import { tailroom } from '../helpers/cli.ts'
import { tamperWithLog, tearPage } from '../helpers/damage.ts'
import { temporaryDirectory } from '../helpers/directory.ts'
import { appendable, messagePosted } from '../helpers/events.ts'
import { filesHolding } from '../helpers/files.ts'
import { filledDirectory } from '../helpers/filled-directory.ts'
import { ask } from '../helpers/http.ts'
import { addPerson, setUp } from '../helpers/people.ts'
import { contentOf } from '../helpers/search-index.ts'
import { allIndexed, found, search } from '../helpers/searching.ts'
import { launchServer, type PostedFrame, startServer } from '../helpers/server.ts'
import { until } from '../helpers/until.ts'

/** What the index of a directory without a server holds, having been brought up by nobody. */
function indexIn(directory: string): { position: number; messages: number } {
	const log = openLogForReading(join(directory, 'log.db'))
	const index = SearchIndex.open(indexPath(directory), log)
	try {
		return { position: index.checkpoint().position, messages: contentOf(index).length }
	} finally {
		index.close()
		log.close()
	}
}

t.test('a server that is killed while it indexes goes on from where the index is, and loses nothing', async (t) => {
	const count = 6_000
	const directory = await filledDirectory(t, count)
	const reached: number[] = []
	for (let round = 0; round < 3; round++) {
		await killWhileIndexing(t, directory)
		const { position, messages } = indexIn(directory)
		// The room was opened by the first event.
		t.equal(messages, Math.max(0, position - 1), `what is indexed is what was said up to ${position}`)
		reached.push(position)
	}
	t.same(
		reached,
		[...reached].sort((a, b) => a - b),
		'it never begins anew',
	)
	t.ok((reached[0] as number) < count, `killed at ${reached}`)

	const server = await startServer(t, { directory })
	await allIndexed(server.url)
	t.same(await found(server.url, '"message 5999"'), ['message 5999'])
	t.match((await search(server.url, 'message', {}, '&limit=1')).json, { complete: true, next: Number })
	t.equal(await server.stop(), 0)
	t.same(indexIn(directory), { position: count + 1, messages: count })
})

/** Starts a server and kills it when something was written to its index a few times. */
async function killWhileIndexing(t: Test, directory: string): Promise<void> {
	const watcher = watch(directory)
	let writes = 0
	const reached = new Promise<void>((resolve) => {
		watcher.on('change', (_type, name) => {
			writes += String(name).startsWith('search-') ? 1 : 0
			if (writes === 16) resolve()
		})
	})
	const { child, listening } = launchServer(t, { directory })
	const exited = once(child, 'exit')
	await Promise.all([reached, listening])
	child.kill('SIGKILL')
	await exited
	watcher.close()
}

t.test('while a log is indexed for the first time, the server serves and says how far it is', async (t) => {
	// So many that they are not all indexed before the first search, also on a busy machine.
	const count = 20_000
	const directory = await filledDirectory(t, count)
	const server = await startServer(t, { directory })
	const query = `"message ${count - 1}"`
	const [{ status, json }, { json: first }] = await Promise.all([ask(server.url, '/readyz'), search(server.url, query)])
	t.match({ status, json }, { status: 200, json: { status: 'ready', head: count + 1 } })
	t.match(first, { complete: false, messages: [] })
	t.ok(first.position < count + 1, `at ${first.position}`)
	const posted = await server.post('general', 'message of just now')
	t.equal(posted.sequence, count + 1)
	await allIndexed(server.url)
	const last = (await search(server.url, query)).json
	t.match(last, { complete: true, position: count + 2, messages: [{ sequence: count, highlights: [[0, 13]] }] })
})

t.test('after a restore of an older copy, and with another log, nothing is found that is not there', async (t) => {
	const server = await startServerHere(t)
	const { directory, url } = server
	await server.post('general', 'said before the copy')
	const copy = join(temporaryDirectory(t), 'copy.db')
	await backup(directory, copy)
	await server.post('general', 'said after the copy')
	await allIndexed(url)
	t.same(await found(url, 'copy'), ['said after the copy', 'said before the copy'])
	await server.stop()

	for (const name of readdirSync(directory)) if (/^log\.db/.test(name)) rmSync(join(directory, name))
	copyFileSync(copy, join(directory, 'log.db'))
	const restored = await startServer(t, { directory })
	await restored.post('general', 'said in another turn')
	await restored.post('general', 'and one more, so that it is longer')
	await allIndexed(restored.url)
	t.same(await found(restored.url, 'copy'), ['said before the copy'])
	t.same(await found(restored.url, 'said'), ['said in another turn', 'said before the copy'])
	t.equal(await restored.stop(), 0)
	t.equal(restored.errors().includes('search'), false, 'that is no failure')

	const elsewhere = join(temporaryDirectory(t), 'data')
	t.match(await tailroom(['restore', copy, '--data', elsewhere]), { code: 0 })
	t.equal(existsSync(indexPath(elsewhere)), false, 'a backup has no index')
})

t.test('an index that is damaged while the server runs is made again', async (t) => {
	const directory = await filledDirectory(t, 3_000)
	const first = await startServerHere(t, { directory })
	await allIndexed(first.url)
	await first.stop()
	// Not what is looked at when it is opened.
	tearPage(indexPath(directory), 'hits_data')
	const server = await startServer(t, { directory })
	t.equal((await server.post('general', 'after the damage')).sequence, 3_001)
	await until(async () => {
		const { status, json } = await search(server.url, '"message 2999"')
		if (status !== 200 && status !== 503) throw new Error(`${status}`)
		return status === 200 && json.complete && json.messages.length === 1
	})
	t.same(await found(server.url, 'damage'), ['after the damage'])
	t.match(server.errors(), /SQLITE_CORRUPT|malformed/)
	t.equal(await server.stop(), 0)
	t.equal(indexIn(directory).messages, 3_001)
})

t.test('an event that is torn is not found, and what follows it is', async (t) => {
	const directory = await filledDirectory(t, 1_000)
	const first = await startServerHere(t, { directory })
	await allIndexed(first.url)
	await first.stop()
	for (const suffix of ['', '-wal']) rmSync(indexPath(directory) + suffix, { force: true })
	writeFileSync(join(directory, 'search-0123456789abcdef.db-wal'), 'of another version')
	tamperWithLog(directory, "UPDATE events SET data = '{' WHERE position = 501")
	const server = await startServerHere(t, { directory })
	await allIndexed(server.url)
	t.same(await found(server.url, '"message 999"'), ['message 999'])
	t.same(await found(server.url, '"message 499"'), [])
	await server.stop()
	t.notOk(
		readdirSync(directory).some((name) => name.startsWith('search-0123')),
		'what another version has left is gone',
	)
})

t.test('what is erased without a server is in no file when the command ends', async (t) => {
	const server = await startServerHere(t)
	const { url, directory } = server
	const owner = await setUp(server)
	const ada = await addPerson(url, owner, 'ada')
	for (let i = 0; i < 5; i++) await server.post('general', `a canary ${i}`, ada.headers)
	await allIndexed(url)
	await server.stop()
	t.same(filesHolding(directory, 'canary').sort(), ['log.db', indexPath(directory).split('/').at(-1)])
	t.match(await tailroom(['user', 'erase', 'ada', '--messages', '--data', directory]), { code: 0 })
	t.same(filesHolding(directory, 'canary'), [])
})

t.test('what is erased far ahead of the index is gone from it at once', async (t) => {
	const directory = await filledDirectory(t, 3_000)
	const first = await startServerHere(t, { directory })
	const owner = await setUp(first)
	const canary = await first.post('general', 'a canary', owner.headers)
	await allIndexed(first.url)
	await first.stop()
	// As a server would leave it that was killed just now: the message deleted, and much said since.
	await appendTo(directory, canary, 8_000)
	const server = await startServer(t, { directory })
	await until(() => filesHolding(directory, 'canary').length === 0)
	const { json } = await search(server.url, 'message', owner.headers)
	t.equal(json.complete, false, `the index is at ${json.position}`)
})

async function appendTo(directory: string, { id, position, sequence }: PostedFrame, count: number): Promise<void> {
	const log = openLogForWriting(join(directory, 'log.db'))
	const said = Array.from({ length: count }, (_, i) => {
		const more = { roomId: 'room-general', messageId: `more-${i}` }
		return appendable(messagePosted(sequence + 1 + i, { content: `message ${i}`, name: 'ada' }, more), {
			eventId: `more-${i}`,
		})
	})
	const data = { room: 'general', messageId: id, sequence, reason: 'author' as const, erases: [position] }
	const deleted = { streamId: 'room-general', type: 'MessageDeleted', data, body: null } as const
	await log.append(log.head().position, [...said, appendable(deleted)], { erases: [position] })
	log.close()
}

t.test('a server is started again and its index is not made anew', async (t) => {
	const directory = await filledDirectory(t, 2_000)
	for (let start = 0; start < 2; start++) {
		const server = await startServerHere(t, { directory })
		if (start === 1) {
			t.match((await search(server.url, '"message 1999"')).json, { complete: true, messages: [{}] })
		}
		await allIndexed(server.url)
		await server.stop()
		t.same(
			readdirSync(directory).filter((name) => name.startsWith('search-')),
			[indexPath(directory).split('/').at(-1)],
			'one file is left',
		)
	}
})
