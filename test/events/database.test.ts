import { join } from 'node:path'
import Database from 'better-sqlite3'
import t from 'tap'
import { compareVersions, openForReading, openForWriting, walBytes } from '../../src/events/database.ts'
import { temporaryDirectory } from '../helpers/directory.ts'

const settings = (database: Database.Database) =>
	Object.fromEntries(
		['journal_mode', 'synchronous', 'secure_delete', 'wal_autocheckpoint', 'recursive_triggers'].map(
			(name) => [name, database.pragma(name, { simple: true })] as const,
		),
	)

const expected = { journal_mode: 'wal', secure_delete: 1, wal_autocheckpoint: 0, recursive_triggers: 1 }

t.test('truth is written with every commit on the disk, and freed text is overwritten', (t) => {
	const database = openForWriting(join(temporaryDirectory(t), 'a.db'), { durable: true })
	t.teardown(() => database.close())
	t.same(settings(database), { ...expected, synchronous: 2 })
	t.end()
})

t.test('what can be made again is written without waiting for the disk', (t) => {
	const database = openForWriting(join(temporaryDirectory(t), 'a.db'), { durable: false })
	t.teardown(() => database.close())
	t.same(settings(database), { ...expected, synchronous: 1 })
	t.end()
})

t.test('a setting that SQLite does not take is an error at the start', (t) => {
	const path = join(temporaryDirectory(t), 'a.db')
	const other = new Database(path)
	t.teardown(() => other.close())
	// Nobody can change the journal mode while somebody writes.
	other.exec('CREATE TABLE a (b); BEGIN IMMEDIATE')
	t.throws(() => openForWriting(path, { durable: true }))
	other.exec('ROLLBACK')
	openForWriting(path, { durable: true }).close()
	t.end()
})

t.test('a connection for reading writes nothing and moves nothing', (t) => {
	const path = join(temporaryDirectory(t), 'a.db')
	const writer = openForWriting(path, { durable: true })
	t.teardown(() => writer.close())
	writer.exec('CREATE TABLE a (b)')
	const reader = openForReading(path)
	t.teardown(() => reader.close())
	t.throws(() => reader.exec('INSERT INTO a VALUES (1)'), { code: /^SQLITE_READONLY/ })
	t.throws(() => reader.exec('CREATE TABLE c (d)'), { code: /^SQLITE_READONLY/ })
	const bytes = walBytes(writer)
	t.throws(() => reader.pragma('wal_checkpoint(TRUNCATE)'))
	t.equal(walBytes(writer), bytes)
	t.not(bytes, 0)
	t.end()
})

t.test('there is no reading of a file that does not exist, and none is made', (t) => {
	t.throws(() => openForReading(join(temporaryDirectory(t), 'a.db')), { code: 'SQLITE_CANTOPEN' })
	t.end()
})

t.test('this SQLite is none that can corrupt a file after a crash', (t) => {
	const database = new Database(':memory:')
	t.teardown(() => database.close())
	const version = database.prepare('SELECT sqlite_version()').pluck().get() as string
	t.ok(compareVersions(version, '3.51.3') >= 0)
	t.end()
})

t.test('versions compare number by number', (t) => {
	const sign = (a: string, b: string) => Math.sign(compareVersions(a, b))
	t.equal(sign('3.51.3', '3.51.3'), 0)
	t.equal(sign('3.51.2', '3.51.3'), -1)
	t.equal(sign('3.9.9', '3.51.3'), -1)
	t.equal(sign('3.51.10', '3.51.3'), 1)
	t.equal(sign('4.0', '3.51.3'), 1)
	t.equal(sign('3.51', '3.51.0'), 0)
	t.equal(sign('3.51', '3.51.3'), -1)
	t.end()
})
