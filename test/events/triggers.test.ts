import { join } from 'node:path'
import type Database from 'better-sqlite3'
import t, { type Test } from 'tap'
import { openForWriting } from '../../src/events/database.ts'
import { openLogForWriting } from '../../src/events/sqlite-log.ts'
import { temporaryDirectory } from '../helpers/directory.ts'
import { manyMessages } from '../helpers/events.ts'
import { foreignConnection } from '../helpers/sqlite.ts'

/** A file with three events, of which the second is erased. */
async function logFile(t: Test): Promise<string> {
	const path = join(temporaryDirectory(t), 'log.db')
	const log = openLogForWriting(path)
	await log.append(0, manyMessages(3), { erases: [2] })
	log.close()
	return path
}

/** Each statement is refused with that reason, and changes nothing. */
function refuses(t: Test, database: Database.Database, reason: RegExp, statements: readonly string[]): void {
	const content = () => ['events', 'log_identity'].map((name) => database.prepare(`SELECT * FROM ${name}`).all())
	const before = content()
	for (const sql of statements) t.throws(() => database.exec(sql), { message: reason }, sql)
	t.same(content(), before)
}

const onlyGrows = /the log only grows/

const row = (position: number | 'NULL', eventId: string) =>
	`(${position}, 'room-1', '${eventId}', 'MessagePosted', 1, 1, '{}', '{}', NULL, NULL, NULL, x'00')`

t.test('no column of an event changes, for any program', async (t) => {
	const database = foreignConnection(t, await logFile(t))
	const columns = database.prepare("SELECT name FROM pragma_table_info('events')").pluck().all() as string[]
	t.equal(columns.length, 12)
	refuses(
		t,
		database,
		onlyGrows,
		columns.flatMap((name) => [
			`UPDATE events SET ${name} = 99 WHERE position = 1`,
			// Along with an erasure, nothing else changes either.
			...(name === 'body' || name === 'salt'
				? []
				: [`UPDATE events SET ${name} = 99, body = NULL, salt = NULL WHERE position = 1`]),
		]),
	)
})

t.test('a body goes together with its salt, and not in part', async (t) => {
	const database = foreignConnection(t, await logFile(t))
	refuses(t, database, onlyGrows, [
		'UPDATE events SET body = NULL WHERE position = 1',
		'UPDATE events SET salt = NULL WHERE position = 1',
		`UPDATE events SET body = '', salt = NULL WHERE position = 1`,
		`UPDATE events SET body = '{"content":""}' WHERE position = 1`,
		'UPDATE events SET body_digest = NULL, body = NULL, salt = NULL WHERE position = 1',
	])
})

t.test('erasing is the one change, and it is never undone', async (t) => {
	const database = foreignConnection(t, await logFile(t))
	database.exec('UPDATE events SET body = NULL, salt = NULL WHERE position = 1')
	t.equal(database.prepare('SELECT body FROM events WHERE position = 1').pluck().get(), null)
	refuses(t, database, onlyGrows, [
		`UPDATE events SET body = '{"content":"hello"}' WHERE position = 1`,
		`UPDATE events SET body = '{"content":"hello"}', salt = x'00' WHERE position = 2`,
		`UPDATE events SET salt = x'00' WHERE position = 2`,
	])
})

t.test('no event is deleted', async (t) => {
	const database = foreignConnection(t, await logFile(t))
	refuses(t, database, onlyGrows, [
		'DELETE FROM events',
		'DELETE FROM events WHERE position = 2',
		'DELETE FROM events WHERE position = 3',
	])
})

t.test('nothing is put in at or below the head', async (t) => {
	const database = foreignConnection(t, await logFile(t))
	refuses(
		t,
		database,
		/the log only grows|CHECK constraint/,
		[-1, 0, 1, 2, 3].map((position) => `INSERT INTO events VALUES ${row(position, 'new')}`),
	)
	database.exec(`INSERT INTO events VALUES ${row(4, 'new')}`)
	t.throws(() => database.exec(`INSERT INTO events VALUES ${row(4, 'newer')}`), { message: onlyGrows })
})

t.test('nothing replaces an event: not on a connection of ours', async (t) => {
	const database = openForWriting(await logFile(t), { durable: true })
	t.teardown(() => database.close())
	const [first] = database.prepare('SELECT event_id FROM events').pluck().all() as string[]
	refuses(t, database, onlyGrows, [
		`INSERT OR REPLACE INTO events VALUES ${row(1, 'new')}`,
		`INSERT OR REPLACE INTO events VALUES ${row(3, 'new')}`,
		// Replacing by the event's id would delete the old one under a new position.
		`INSERT OR REPLACE INTO events VALUES ${row(4, first as string)}`,
		`REPLACE INTO events VALUES ${row('NULL', first as string)}`,
		`UPDATE OR REPLACE events SET event_id = '${first}' WHERE position = 2`,
	])
})

t.test('an event id is in the log once', async (t) => {
	const database = foreignConnection(t, await logFile(t))
	const [first] = database.prepare('SELECT event_id FROM events').pluck().all() as string[]
	refuses(t, database, /UNIQUE constraint/, [`INSERT INTO events VALUES ${row(4, first as string)}`])
	database.exec(`INSERT OR IGNORE INTO events VALUES ${row(4, first as string)}`)
	t.equal(database.prepare('SELECT count(*) FROM events').pluck().get(), 3)
})

t.test('a log keeps its identity', async (t) => {
	const database = foreignConnection(t, await logFile(t))
	refuses(t, database, /a log keeps its identity/, [
		`UPDATE log_identity SET log_id = 'another'`,
		'UPDATE log_identity SET id = 2',
		'DELETE FROM log_identity',
		`INSERT INTO log_identity VALUES (2, 'another')`,
		`INSERT INTO log_identity VALUES (1, 'another')`,
		`INSERT OR REPLACE INTO log_identity VALUES (1, 'another')`,
	])
})
