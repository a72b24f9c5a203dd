import { join } from 'node:path'
import Database from 'better-sqlite3'
import t, { type Test } from 'tap'
import { migrate, readMigrations } from '../../src/events/migrations.ts'
import { openLogForWriting } from '../../src/events/sqlite-log.ts'
import { temporaryDirectory } from '../helpers/directory.ts'
import { manyMessages } from '../helpers/events.ts'
import { snapshotOfFiles } from '../helpers/files.ts'

/** Every migration that a log out there may have had. It is only ever added to, at its end. */
const published = [
	{ name: '0000_the_log', digest: 'a4e22455b681a4964575b77f73fabf61e41d856e94020be1eba2cdc9201bc32f' },
	{
		name: '0001_only_erasing_changes_the_log',
		digest: 'ed9eea5dea2393a5f4fea6e25031f9fcb410f123d90851de05e83c9a90dd37c3',
	},
]

const memory = (t: Test) => {
	const database = new Database(':memory:')
	t.teardown(() => database.close())
	return database
}

t.test('a migration that was published is never changed, removed or moved', (t) => {
	const known = readMigrations().map(({ name, digest }) => ({ name, digest }))
	t.same(known.slice(0, published.length), published)
	t.end()
})

t.test('a log remembers which migrations it has had', (t) => {
	const database = memory(t)
	migrate(database)
	const had = database.prepare('SELECT name, digest FROM migrations ORDER BY number').all()
	t.same(
		had,
		readMigrations().map(({ name, digest }) => ({ name, digest })),
	)
	migrate(database)
	t.same(database.prepare('SELECT name, digest FROM migrations ORDER BY number').all(), had)
	t.end()
})

const step = (name: string, sql: string) => ({ name, sql, digest: `digest of ${sql}` })

t.test('an older log is brought forward and keeps its rows', (t) => {
	const database = memory(t)
	const first = step('first', 'CREATE TABLE a (b)')
	migrate(database, [first])
	database.exec('INSERT INTO a VALUES (1)')
	migrate(database, [first, step('second', 'ALTER TABLE a ADD COLUMN c DEFAULT 2')])
	t.same(database.prepare('SELECT * FROM a').all(), [{ b: 1, c: 2 }])
	t.end()
})

t.test('a migration that fails leaves nothing of itself, and those before it stay', (t) => {
	const database = memory(t)
	const [first, broken] = [
		step('first', 'CREATE TABLE a (b)'),
		step('second', 'CREATE TABLE c (d); CREATE TABLE a (b)'),
	]
	t.throws(() => migrate(database, [first, broken]), { message: /already exists/ })
	t.same(database.prepare("SELECT name FROM sqlite_schema WHERE name IN ('a', 'c')").pluck().all(), ['a'])
	migrate(database, [first, step('second', 'CREATE TABLE c (d)')])
	t.same(database.prepare('SELECT name FROM migrations ORDER BY number').pluck().all(), ['first', 'second'])
	t.end()
})

/** A log as a server leaves it, on which somebody then did this. */
async function logOnWhich(t: Test, sql: string): Promise<string> {
	const directory = temporaryDirectory(t)
	const log = openLogForWriting(join(directory, 'log.db'))
	await log.append(0, manyMessages(3))
	log.close()
	const database = new Database(join(directory, 'log.db'))
	database.exec(sql)
	database.close()
	return directory
}

for (const [what, sql, message] of [
	[
		'a log that a newer version wrote',
		"INSERT INTO migrations (name, digest) VALUES ('9999_later', 'digest')",
		/written by a newer version of Tailroom: start that version/,
	],
	[
		'a log whose migration was another one of that name',
		"UPDATE migrations SET digest = 'another' WHERE number = 1",
		/has had the migration 0000_the_log in another form/,
	],
	[
		'a log that has had a migration under another name',
		"UPDATE migrations SET name = 'another' WHERE number = 2",
		/has had the migration another in another form/,
	],
] as const) {
	t.test(`${what} is refused and left as it is`, async (t) => {
		const directory = await logOnWhich(t, sql)
		const before = snapshotOfFiles(directory)
		t.throws(() => openLogForWriting(join(directory, 'log.db')), { message })
		t.same(snapshotOfFiles(directory), before)
	})
}
