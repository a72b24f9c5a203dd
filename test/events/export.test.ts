import { mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Writable } from 'node:stream'
import { isDeepStrictEqual } from 'node:util'
import t from 'tap'
import { DamagedLog } from '../../src/events/damaged-log.ts'
import { exportTo, exportToFile } from '../../src/events/export.ts'
import { openLogForWriting } from '../../src/events/sqlite-log.ts'
import { verify } from '../../src/projections/verify.ts'
import '../helpers/bare-threads.ts'
import { flipIn, tamperWithLog, tearPage } from '../helpers/damage.ts'
import { temporaryDirectory } from '../helpers/directory.ts'
import { appendable, messagePosted } from '../helpers/events.ts'
import { exported, imported } from '../helpers/exporting.ts'
import { snapshotOfFiles } from '../helpers/files.ts'
import { filledDirectory } from '../helpers/filled-directory.ts'
import { readLog, recordedEvents } from '../helpers/record.ts'

const mode = (path: string) => statSync(path).mode & 0o777

t.test('a log that is exported and imported is the same log, and nobody else’s to read', async (t) => {
	const directory = await filledDirectory(t, 300, ['general', 'harbour'])
	const log = openLogForWriting(join(directory, 'log.db'))
	log.moveConsumers([
		{ userId: 'user-b', name: 'phone', position: 17, movedAt: 1_790_000_000_000 },
		{ userId: 'user-a', name: 'deploy-bot', position: 300, movedAt: 1 },
	])
	log.recordUses([
		['token-z', 2],
		['session-a', 1_790_000_000_001],
	])
	log.close()
	const before = snapshotOfFiles(directory)
	const exports = temporaryDirectory(t)
	const file = join(exports, 'log.ndjson')
	const progress: [number, number][] = []
	const onProgress = (done: number, total: number) => progress.push([done, total])
	const content = await exportToFile(directory, file, { onProgress })
	t.same(progress.at(-1), [302, 302])
	t.same(readdirSync(exports), ['log.ndjson'])
	t.equal(mode(file), 0o600)
	t.ok(isDeepStrictEqual(snapshotOfFiles(directory), before), 'its directory is as it was')
	t.same(content, { events: 302, head: readLog(directory, (log) => log.head()) })

	const place = join(temporaryDirectory(t), 'new', 'data')
	const bytes = await readFile(file)
	t.same(await imported(bytes, place), content)
	t.same(readdirSync(place).sort(), ['lock.db', 'log.db'])
	t.equal(mode(place), 0o700)
	t.equal(mode(join(place, 'log.db')), 0o600)
	t.same(recordedEvents(place), recordedEvents(directory))
	t.match(await verify(place, () => {}), { events: 302, views: { state: 'none' } })
	t.equal(
		readLog(place, ({ logId }) => logId),
		readLog(directory, ({ logId }) => logId),
	)
	readLog(place, (log) => {
		t.match(log.consumer('user-b', 'phone'), { position: 17, movedAt: 1_790_000_000_000 })
		t.match(log.consumer('user-a', 'deploy-bot'), { position: 300, movedAt: 1 })
		t.equal(log.usedAt('session-a'), 1_790_000_000_001)
	})
	t.ok(bytes.equals(await exported(place)), 'the same bytes')
})

t.test('an imported log goes on after its head, and refuses what the original refused', async (t) => {
	const directory = await filledDirectory(t, 20)
	const place = temporaryDirectory(t)
	await imported(await exported(directory), place)
	const log = openLogForWriting(join(place, 'log.db'))
	t.teardown(() => log.close())
	await log.append(21, [appendable(messagePosted(21))])
	t.equal(log.head().position, 22)
	await t.rejects(log.append(22, [appendable(messagePosted(22), { eventId: 'filled-3' })]), {
		code: /^SQLITE_CONSTRAINT/,
	})
})

t.test('an empty log is exported too', async (t) => {
	const directory = temporaryDirectory(t)
	openLogForWriting(join(directory, 'log.db')).close()
	const bytes = await exported(directory)
	t.equal(bytes.toString().trim().split('\n').length, 2)
	const place = join(temporaryDirectory(t), 'data')
	t.match(await imported(bytes, place), { events: 0, head: { position: 0 } })
	t.ok(bytes.equals(await exported(place)))
})

t.test('a line is an event as people read it, and says no more of an erased text than its digest', async (t) => {
	const directory = temporaryDirectory(t)
	const log = openLogForWriting(join(directory, 'log.db'))
	const texts = ['kept', 'canary'].map((content, i) => appendable(messagePosted(i + 1, { content, name: 'ada' })))
	await log.append(0, texts)
	const erased = { streamId: 'server', type: 'TextsErased' as const, data: { reason: 'person' as const, erases: [2] } }
	await log.append(2, [appendable({ ...erased, body: null })], { erases: [2] })
	log.close()
	const bytes = await exported(directory)
	const [, kept, gone, erasing] = bytes.toString().split('\n')
	t.match(JSON.parse(kept as string), {
		position: 1,
		type: 'MessagePosted',
		data: { room: 'general', sequence: 1 },
		body: { content: 'kept', name: 'ada' },
		salt: /^[0-9a-f]{32}$/,
		fingerprint: /^[0-9a-f]{64}$/,
	})
	t.match(JSON.parse(gone as string), { position: 2, body: null, salt: undefined, bodyDigest: /^[0-9a-f]{64}$/ })
	t.match(JSON.parse(erasing as string), { type: 'TextsErased', body: null, bodyDigest: undefined })
	t.notMatch(bytes.toString(), /canary/)
	const place = join(temporaryDirectory(t), 'data')
	await imported(bytes, place)
	t.ok(bytes.equals(await exported(place)))
})

t.test('an export is of one moment, whatever is written and erased meanwhile', async (t) => {
	const directory = await filledDirectory(t, 3_000)
	const log = openLogForWriting(join(directory, 'log.db'))
	t.teardown(() => log.close())
	const before = await exported(directory)
	let hasChanged = false
	const change = async () => {
		hasChanged = true
		log.moveConsumers([{ userId: 'user-a', name: 'phone', position: 7, movedAt: 8 }])
		const { position } = log.head()
		const erases = [10, position - 1]
		const erased = { streamId: 'server', type: 'TextsErased' as const, data: { reason: 'person' as const, erases } }
		await log.append(position, [appendable({ ...erased, body: null })], { erases })
	}
	const onProgress = () => void (hasChanged || change())
	const bytes = await exported(directory, { onProgress })
	t.ok(hasChanged)
	t.ok(bytes.equals(before))
	t.notOk(bytes.equals(await exported(directory)))
})

t.test('nobody who reads slowly keeps the log of a server from being tidied', async (t) => {
	const directory = await filledDirectory(t, 20_000)
	const log = openLogForWriting(join(directory, 'log.db'))
	t.teardown(() => log.close())
	const before = await exported(directory)
	const taken: Buffer[] = []
	let take = () => {}
	const output = new Writable({
		write(chunk, _encoding, done) {
			taken.push(chunk)
			take = done
			if (isRead) done()
		},
	})
	let isRead = false
	const read = Promise.withResolvers<void>()
	const exporting = exportTo(output, directory, {
		patienceMs: 20,
		onProgress: (done, total) => void (done === total && read.resolve()),
	})
	await read.promise
	// The last lines were read though hardly any were taken.
	await log.append(20_001, [appendable(messagePosted(20_001))])
	while (!log.tidy({ isIdle: true })) await new Promise((resolve) => setImmediate(resolve))
	t.ok(Buffer.concat(taken).length < before.length / 4)
	isRead = true
	take()
	await exporting
	t.ok(Buffer.concat(taken).equals(before))
})

t.test('an export does not overwrite, and says what is not there', async (t) => {
	const directory = await filledDirectory(t, 3)
	const place = temporaryDirectory(t)
	const file = join(place, 'log.ndjson')
	await t.rejects(exportToFile(place, file), { message: /^there is no log in / })
	await t.rejects(exportToFile(directory, join(place, 'nowhere', 'log.ndjson')), { message: /^there is no directory / })
	writeFileSync(file, 'mine')
	await t.rejects(exportToFile(directory, file), {
		message: /log\.ndjson is there already: an export never overwrites/,
	})
	t.same(snapshotOfFiles(place), { 'log.ndjson': Buffer.from('mine').toString('base64') })
})

t.test('a log that is not what was written is not exported, and no file is left', async (t) => {
	const place = temporaryDirectory(t)
	const damages: [string, (log: string) => void, RegExp][] = [
		['a text', (log) => flipIn(log, 'message 11'), /^position 13 of .* is not what was written/],
		['a page', (log) => tearPage(log, 'events'), / is damaged/],
	]
	for (const [what, damage, message] of damages) {
		const directory = await filledDirectory(t, 500)
		damage(join(directory, 'log.db'))
		const error = await exportToFile(directory, join(place, 'log.ndjson')).catch((error: unknown) => error)
		t.type(error, DamagedLog, what)
		t.match((error as Error).message, message)
	}
	const directory = await filledDirectory(t, 5)
	tamperWithLog(directory, 'UPDATE events SET body = NULL, salt = NULL WHERE position = 3')
	await t.rejects(exportToFile(directory, join(place, 'log.ndjson')), { message: /position 3 .* no event says/ })
	t.same(readdirSync(place), [])
})

t.test('who does not write any more ends it, and nothing is left', async (t) => {
	const directory = await filledDirectory(t, 5_000)
	const broken = new Writable({
		write(_chunk, _encoding, done) {
			done(Object.assign(new Error('write EPIPE'), { code: 'EPIPE' }))
		},
	})
	await t.rejects(exportTo(broken, directory), { code: 'EPIPE', message: /cannot be written: write EPIPE/ })
	const place = join(temporaryDirectory(t), 'exports')
	mkdirSync(place, { mode: 0o500 })
	if (process.getuid?.() !== 0) await t.rejects(exportToFile(directory, join(place, 'a')), { code: 'EACCES' })
	t.same(readdirSync(place), [])
})
