import {
	chmodSync,
	copyFileSync,
	existsSync,
	mkdirSync,
	readdirSync,
	readlinkSync,
	rmSync,
	statSync,
	symlinkSync,
	writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import t from 'tap'
import { backup } from '../../src/events/backup.ts'
import { DamagedLog } from '../../src/events/damaged-log.ts'
import { openForWriting } from '../../src/events/database.ts'
import { checkedContent } from '../../src/events/log-content.ts'
import { migrate, readMigrations } from '../../src/events/migrations.ts'
import { restore } from '../../src/events/restore.ts'
import { openLogForWriting } from '../../src/events/sqlite-log.ts'
import { viewsPath } from '../../src/projections/files.ts'
import { verify } from '../../src/projections/verify.ts'
import '../helpers/bare-threads.ts'
import { flipIn, tamperWithLog, tearPage } from '../helpers/damage.ts'
import { temporaryDirectory } from '../helpers/directory.ts'
import { appendable, messagePosted } from '../helpers/events.ts'
import { filesHolding, snapshotOfFiles } from '../helpers/files.ts'
import { filledDirectory } from '../helpers/filled-directory.ts'
import { fillLog, readLog, recordedEvents } from '../helpers/record.ts'

const mode = (path: string) => statSync(path).mode & 0o777

t.test('a backup that is restored is the same log, and nobody else’s to read', async (t) => {
	const directory = await filledDirectory(t, 300, ['general', 'harbour'])
	const before = snapshotOfFiles(directory)
	const backups = temporaryDirectory(t)
	const file = join(backups, 'backup.db')
	const head = readLog(directory, (log) => log.head())
	t.same(await backup(directory, file), { events: 302, head })
	t.same(readdirSync(backups), ['backup.db'])
	t.equal(mode(file), 0o600)

	const restored = join(backups, 'new', 'data')
	t.same(await restore(file, restored), { events: 302, head })
	t.same(
		readdirSync(restored).filter((name) => !name.startsWith('lock.db')),
		['log.db'],
	)
	t.equal(mode(restored), 0o700)
	t.equal(mode(join(restored, 'log.db')), 0o600)
	t.same(recordedEvents(restored), recordedEvents(directory))
	t.equal(
		readLog(restored, ({ logId }) => logId),
		readLog(directory, ({ logId }) => logId),
	)
	t.same(
		Object.keys(snapshotOfFiles(directory)).filter((name) => !/-(shm|wal)$/.test(name)),
		Object.keys(before),
	)
})

t.test('a restored log goes on after its head, and refuses what the original refused', async (t) => {
	const directory = await filledDirectory(t, 20)
	const file = join(temporaryDirectory(t), 'backup.db')
	await backup(directory, file)
	const restored = temporaryDirectory(t)
	await restore(file, restored)
	const log = openLogForWriting(join(restored, 'log.db'))
	t.teardown(() => log.close())
	await log.append(21, [appendable(messagePosted(21, undefined, { roomId: 'room-general' }))])
	t.equal(log.head().position, 22)
	await t.rejects(
		log.append(22, [appendable(messagePosted(22), { eventId: 'filled-3' })]),
		{ code: /^SQLITE_CONSTRAINT/ },
		'an event id of the backup is taken',
	)
})

t.test('a backup does not overwrite, and neither does a restore', async (t) => {
	const directory = await filledDirectory(t, 3)
	const backups = temporaryDirectory(t)
	const file = join(backups, 'backup.db')
	writeFileSync(file, 'mine')
	await t.rejects(backup(directory, file), { message: /backup\.db is there already: a backup never overwrites/ })
	t.same(snapshotOfFiles(backups), { 'backup.db': Buffer.from('mine').toString('base64') })

	const link = join(backups, 'link.db')
	symlinkSync(join(backups, 'nowhere'), link)
	await t.rejects(backup(directory, link), { message: /link\.db is there already/ })
	t.equal(readlinkSync(link), join(backups, 'nowhere'))
	rmSync(link)

	const good = join(backups, 'good.db')
	await backup(directory, good)
	const before = snapshotOfFiles(directory)
	await t.rejects(restore(good, directory), { message: /data is not empty: a restore never overwrites/ })
	t.same(snapshotOfFiles(directory), before)
	const other = temporaryDirectory(t)
	writeFileSync(join(other, 'notes.txt'), 'mine')
	await t.rejects(restore(good, other), { message: /is not empty/ })
	t.same(readdirSync(other), ['notes.txt'])
})

t.test('what is not there is said', async (t) => {
	const directory = temporaryDirectory(t)
	await t.rejects(backup(directory, join(directory, 'backup.db')), { message: /^there is no log in / })
	await t.rejects(restore(join(directory, 'backup.db'), join(directory, 'data')), {
		message: /^there is no .*backup\.db$/,
	})
	const filled = await filledDirectory(t, 3)
	await t.rejects(backup(filled, join(directory, 'nowhere', 'backup.db')), {
		message: /^there is no directory .*nowhere: make/,
	})
	t.same(readdirSync(directory), [])
})

for (const [what, damage, message] of [
	[
		'a text that was changed',
		(file: string) => flipIn(file, 'message 11'),
		/^position 13 of .*backup\.db is not what was written/,
	],
	['a torn page', (file: string) => tearPage(file, 'events_by_stream'), /backup\.db is damaged/],
	[
		'a torn table',
		(file: string) => tearPage(file, 'events'),
		/backup\.db is damaged|backup\.db is no log of Tailroom, or damaged/,
	],
	[
		'half of a file',
		(file: string) => writeFileSync(file, 'SQLite format 3\0'),
		/backup\.db is no log of Tailroom, or damaged/,
	],
	[
		'something else',
		(file: string) => writeFileSync(file, 'no database at all'.repeat(1_000)),
		/backup\.db is no log of Tailroom, or damaged/,
	],
	['an empty file', (file: string) => writeFileSync(file, ''), /backup\.db is no log of Tailroom/],
] as const) {
	t.test(`a backup with ${what} is not restored, and nothing is left of it`, async (t) => {
		const directory = await filledDirectory(t, 500)
		const place = temporaryDirectory(t)
		const file = join(place, 'backup.db')
		await backup(directory, file)
		damage(file)
		const error = (await restore(file, join(place, 'data')).catch((error: unknown) => error)) as Error
		t.match(error.message, message)
		t.same(readdirSync(place), ['backup.db'])
	})
}

for (const [change, message] of [
	[
		`CREATE TABLE copies (body); CREATE TRIGGER copier AFTER INSERT ON events BEGIN INSERT INTO copies VALUES (NEW.body); END`,
		/is not as Tailroom makes it: the table "copies" is none of its own/,
	],
	['DROP TRIGGER events_are_never_deleted', /the trigger "events_are_never_deleted" is missing/],
	[
		`DROP TRIGGER log_identity_never_changes;
		CREATE TRIGGER log_identity_never_changes BEFORE UPDATE ON log_identity BEGIN SELECT 1; END`,
		/the trigger "log_identity_never_changes" is another than its own/,
	],
	['DROP INDEX events_by_stream', /the index "events_by_stream" is missing/],
] as const) {
	t.test(`a log is neither sound, nor backed up or restored, after ${change.slice(0, 40)}…`, async (t) => {
		const directory = await filledDirectory(t, 3)
		const place = temporaryDirectory(t)
		const file = join(place, 'backup.db')
		await backup(directory, file)
		const path = join(directory, 'log.db')
		for (const changed of [path, file]) {
			const database = new Database(changed)
			database.exec(change)
			database.close()
		}
		await t.rejects(restore(file, join(place, 'data')), { message })
		await t.rejects(backup(directory, join(place, 'another.db')), { message })
		await t.rejects(
			verify(directory, () => {}),
			{ message },
		)
		t.same(readdirSync(place), ['backup.db'])
	})
}

t.test('what SQLite keeps for itself, and an older version, are no difference', async (t) => {
	const directory = temporaryDirectory(t)
	const path = join(directory, 'log.db')
	const older = openForWriting(path, { durable: true })
	migrate(older, readMigrations().slice(0, 2))
	older.exec("INSERT INTO log_identity VALUES (1, 'an older one'); ANALYZE")
	older.close()
	t.match(await checkedContent(path), { events: 0 })
})

t.test('views, and a log of a newer version, are not restored', async (t) => {
	const directory = await filledDirectory(t, 3)
	const place = temporaryDirectory(t)
	await t.rejects(restore(viewsPath(directory), join(place, 'data')), { message: /no log of Tailroom/ })
	tamperWithLog(directory, "INSERT INTO migrations (name, digest) VALUES ('9999_later', '')")
	await backup(directory, join(place, 'backup.db')).then(
		() => t.fail('the version that runs is older'),
		(error: Error) => t.match(error.message, /written by a newer version/),
	)
	copyFileSync(join(directory, 'log.db'), join(place, 'copy.db'))
	await t.rejects(restore(join(place, 'copy.db'), join(place, 'data')), { message: /written by a newer version/ })
	t.same(readdirSync(place), ['copy.db'])
})

t.test('a log that SQLite cannot read is not backed up, and no file is left', async (t) => {
	const directory = await filledDirectory(t, 500)
	const place = temporaryDirectory(t)
	tearPage(join(directory, 'log.db'), 'events')
	const error = await backup(directory, join(place, 'backup.db')).catch((error: unknown) => error)
	t.type(error, DamagedLog)
	t.same(readdirSync(place), [])
})

t.test('what was erased is in no backup that is made later', async (t) => {
	const directory = await filledDirectory(t, 20)
	const log = openLogForWriting(join(directory, 'log.db'))
	await log.append(21, [appendable(messagePosted(21, { content: 'canary-text', name: 'ada' }))])
	const erased = { streamId: 'server', type: 'AddressesErased' as const, data: { positions: [22] }, body: null }
	const envelope = { eventId: 'erased', schemaVersion: 1, recordedAt: 0, metadata: { actor: 'system' } }
	await log.append(22, [{ ...erased, ...envelope }], { erases: [22] })
	t.teardown(() => log.close())
	const place = temporaryDirectory(t)
	await backup(directory, join(place, 'backup.db'))
	t.same(filesHolding(place, 'canary'), [])
})

t.test('what is erased after a restore is in no corner of the restored log', async (t) => {
	const directory = join(temporaryDirectory(t), 'data')
	await fillLog(directory, ['general'], 300, 'canary')
	const file = join(temporaryDirectory(t), 'backup.db')
	await backup(directory, file)
	const restored = temporaryDirectory(t)
	await restore(file, restored)
	const log = openLogForWriting(join(restored, 'log.db'))
	t.teardown(() => log.close())
	const { position } = log.head()
	const erases = Array.from({ length: position }, (_, index) => index + 1)
	const erased = { streamId: 'server', type: 'TextsErased' as const, data: { reason: 'person' as const, erases } }
	await log.append(position, [appendable({ ...erased, body: null })], { erases })
	t.ok(log.tidy({ isIdle: true }))
	t.same(filesHolding(restored, 'canary'), [])
})

t.test('a restore into an empty directory closes it to others', async (t) => {
	const place = temporaryDirectory(t)
	await backup(await filledDirectory(t, 3), join(place, 'backup.db'))
	const directory = join(place, 'data')
	mkdirSync(directory)
	chmodSync(directory, 0o755)
	await restore(join(place, 'backup.db'), directory)
	t.equal(mode(directory), 0o700)
	t.ok(existsSync(join(directory, 'log.db')))
})
