import { createHash } from 'node:crypto'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import type { EventLog } from '../../src/events/log.ts'
import { openLogForReading, openLogForWriting, readingStreams } from '../../src/events/sqlite-log.ts'
import { temporaryDirectory } from '../helpers/directory.ts'
import { eventLogContract } from '../helpers/event-log-contract.ts'
import { appendable, manyMessages, messagePosted, roomOpened } from '../helpers/events.ts'
import { connectionOf, foreignConnection } from '../helpers/sqlite.ts'

const open = (directory: string) => openLogForWriting(join(directory, 'log.db'))

t.test('SQLite keeps the contract of the log', (t) => {
	eventLogContract(t, open)
	t.end()
})

function openLog(t: Test, directory = temporaryDirectory(t)): { log: EventLog; path: string } {
	const log = open(directory)
	t.teardown(() => log.close())
	return { log, path: join(directory, 'log.db') }
}

t.test('the log is written durably', (t) => {
	const { log } = openLog(t)
	t.equal(connectionOf(log).pragma('synchronous', { simple: true }), 2)
	t.end()
})

t.test('a reader sees an append when it has resolved, and none before', async (t) => {
	const { log, path } = openLog(t)
	const reader = openLogForReading(path)
	t.teardown(() => reader.close())
	const before = reader.head()
	const appending = log.append(0, manyMessages(2))
	await appending
	t.equal(before.position, 0)
	t.same(reader.head(), log.head())
	t.equal(reader.logId, log.logId)
	t.same(reader.read({ after: 0, through: 2, limit: 10 }), log.read({ after: 0, through: 2, limit: 10 }))
})

t.test('there is no reader of a log that does not exist', (t) => {
	t.throws(() => openLogForReading(join(temporaryDirectory(t), 'log.db')), { code: 'SQLITE_CANTOPEN' })
	t.end()
})

t.test('an append that fails at its commit leaves the log as it was', async (t) => {
	const { log } = openLog(t)
	await log.append(0, manyMessages(1))
	const head = log.head()
	// A deferred foreign key is an error that SQLite gives at the commit.
	connectionOf(log).exec(`
		CREATE TEMP TABLE parent (id INTEGER PRIMARY KEY);
		CREATE TEMP TABLE child (id REFERENCES parent DEFERRABLE INITIALLY DEFERRED);
		CREATE TEMP TRIGGER breaks AFTER INSERT ON main.events WHEN NEW.event_id = 'breaks' BEGIN
			INSERT INTO child VALUES (1);
		END`)
	await t.rejects(log.append(1, [...manyMessages(1), appendable(messagePosted(3), { eventId: 'breaks' })]), {
		code: 'SQLITE_CONSTRAINT_FOREIGNKEY',
	})
	t.same(log.head(), head)
	await log.append(1, manyMessages(1))
	t.equal(log.read({ after: 0, through: 99, limit: 99 }).length, 2)
})

/**
 * The fingerprints that the stored columns must have, worked out here from the written rule alone:
 * SHA-256(previous ‖ `<bytes>:<column>` of each column ‖ body digest, 32 zero bytes without one).
 */
function chainOf(t: Test, path: string): { stored: string[]; expected: string[]; digests: boolean[] } {
	const database = foreignConnection(t, path)
	const sha256 = (...parts: (string | Buffer)[]) =>
		parts.reduce((hash, part) => hash.update(part), createHash('sha256')).digest()
	const logId = database.prepare('SELECT log_id FROM log_identity').pluck().get() as string
	const rows = database.prepare('SELECT * FROM events ORDER BY position').all() as Record<string, unknown>[]
	let previous = sha256('tailroom log ', logId)
	const expected: string[] = []
	for (const row of rows) {
		const names = ['position', 'stream_id', 'event_id', 'type', 'schema_version', 'recorded_at', 'metadata', 'data']
		const columns = names.map((name) => `${Buffer.from(String(row[name])).length}:${row[name]}`)
		previous = sha256(previous, ...columns, (row.body_digest as Buffer | null) ?? Buffer.alloc(32))
		expected.push(previous.toString('hex'))
	}
	const digests = rows
		.filter(({ body }) => body !== null)
		.map(({ salt, body, body_digest }) => sha256(salt as Buffer, body as string).equals(body_digest as Buffer))
	return { stored: rows.map(({ fingerprint }) => (fingerprint as Buffer).toString('hex')), expected, digests }
}

t.test('anybody can check the chain from the stored columns, also after an erasure', async (t) => {
	const directory = temporaryDirectory(t)
	const log = open(directory)
	// Of a character that is more than one byte, the bytes count.
	const opened = appendable(roomOpened(), { eventId: 'größer 👋' })
	await log.append(0, [opened, ...manyMessages(3)])
	await log.append(4, [appendable(messagePosted(4, { content: 'größer: 漢字 👋', name: 'zoë' }))], { erases: [3] })
	await log.append(5, manyMessages(2, 5), { erases: [5] })
	const head = log.head()
	log.close()
	const { stored, expected, digests } = chainOf(t, join(directory, 'log.db'))
	t.equal(stored.length, 7)
	t.same(stored, expected)
	t.equal(stored.at(-1), head.fingerprint)
	// The room has no body, two bodies are erased.
	t.same(digests, [true, true, true, true])
})

t.test('an erased body takes its salt with it, and equal texts have unequal digests', async (t) => {
	const { log } = openLog(t)
	await log.append(0, [
		appendable(messagePosted(1, { content: 'yes' })),
		appendable(messagePosted(2, { content: 'yes' })),
	])
	await log.append(2, [], { erases: [1] })
	const rows = connectionOf(log).prepare('SELECT body, salt, body_digest FROM events').all() as Record<string, Buffer>[]
	t.equal(rows[0]?.body, null)
	t.equal(rows[0]?.salt, null)
	t.equal(rows[0]?.body_digest?.length, 32)
	t.equal(rows[1]?.salt?.length, 16)
	t.notSame(rows[0]?.body_digest, rows[1]?.body_digest)
})

t.test('reads of the log go by an index', (t) => {
	const { log } = openLog(t)
	const plan = (sql: string) => {
		const steps = connectionOf(log).prepare(`EXPLAIN QUERY PLAN ${sql}`).all() as { detail: string }[]
		return steps.map(({ detail }) => detail).join('; ')
	}
	const range = 'position > 1 AND position <= 2 ORDER BY position LIMIT 3'
	t.match(plan(`SELECT * FROM events WHERE ${range}`), 'SEARCH events USING INTEGER PRIMARY KEY')
	t.match(plan(`SELECT * FROM events WHERE stream_id = 'a' AND ${range}`), 'USING INDEX events_by_stream')
	t.notMatch(plan(`SELECT * FROM events WHERE stream_id = 'a' AND ${range}`), 'TEMP B-TREE')
	t.match(plan("SELECT * FROM events WHERE event_id = 'a'"), 'USING INDEX events_event_id_unique')
	for (const count of [1, 2]) {
		const steps = plan(readingStreams('position, type', count).replaceAll('?', "'1'"))
		t.equal(steps.split('USING INDEX events_by_stream (stream_id=? AND position>?').length - 1, count, steps)
		t.notMatch(steps, /SCAN|TEMP B-TREE/)
	}
	t.end()
})
