import { copyFileSync, cpSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import t, { type Test } from 'tap'
import { DamagedLog } from '../../src/events/damaged-log.ts'
import { openLogForWriting } from '../../src/events/sqlite-log.ts'
import { viewsPath } from '../../src/projections/files.ts'
import { type Verified, verify } from '../../src/projections/verify.ts'
import '../helpers/bare-threads.ts'
import { flipIn, tamperWithLog, tearPage } from '../helpers/damage.ts'
import { temporaryDirectory } from '../helpers/directory.ts'
import { appendable, messagePosted } from '../helpers/events.ts'
import { snapshotOfFiles } from '../helpers/files.ts'
import { bringViewsUp, filledDirectory } from '../helpers/filled-directory.ts'

const filled = await filledDirectory(t, 20)

/** A directory of twenty messages, each test's own. */
function copyOfFilled(t: Test): string {
	const directory = join(temporaryDirectory(t), 'data')
	cpSync(filled, directory, { recursive: true })
	return directory
}

/** Verifies, and expects that nothing of it is left anywhere. */
async function verified(t: Test, directory: string): Promise<Verified> {
	const temporary = temporaryDirectory(t)
	const before = snapshotOfFiles(directory)
	const restore = useTemporary(temporary)
	try {
		return await verify(directory, () => {})
	} finally {
		restore()
		t.same(readdirSync(temporary), [], 'the temporary directory is removed')
		t.same(snapshotOfFiles(directory), before, 'nothing in the data directory is another')
	}
}

/** Temporary directories are made in this one until that is undone. */
function useTemporary(directory: string): () => void {
	const { TMPDIR } = process.env
	process.env.TMPDIR = directory
	return () => {
		if (TMPDIR === undefined) delete process.env.TMPDIR
		else process.env.TMPDIR = TMPDIR
	}
}

async function fails(t: Test, directory: string, message: RegExp): Promise<void> {
	const error = await verified(t, directory).catch((error: unknown) => error)
	t.type(error, Error)
	t.match((error as Error).message, message)
}

function changeViews(directory: string, sql: string): void {
	const database = new Database(viewsPath(directory))
	database.exec(sql)
	database.close()
}

async function append(directory: string, ...events: Parameters<typeof appendable>[0][]): Promise<void> {
	const log = openLogForWriting(join(directory, 'log.db'))
	await log.append(
		log.head().position,
		events.map((event) => appendable(event)),
	)
	log.close()
}

t.test('a sound directory is sound, and stays as it is', async (t) => {
	const directory = await filledDirectory(t, 4_500, ['general', 'harbour'])
	t.same(await verified(t, directory), { events: 4_502, head: 4_502, views: { state: 'equal', position: 4_502 } })
	const steps: number[][] = []
	await verify(directory, (done, total) => steps.push([done, total]))
	t.same(steps.at(-1), [4_502, 4_502])
	t.ok(steps.length >= 3, 'it says how far it is')
})

t.test('a text that an event has erased is no damage, one that is merely gone is', async (t) => {
	const directory = copyOfFilled(t)
	const log = openLogForWriting(join(directory, 'log.db'))
	const head = log.head().position
	const event = { streamId: 'server', type: 'AddressesErased' as const, data: { positions: [3, 7] }, body: null }
	const envelope = { eventId: 'erased', schemaVersion: 1, recordedAt: 0, metadata: { actor: 'system' } }
	await log.append(head, [{ ...event, ...envelope }], { erases: [3, 7] })
	log.close()
	t.match(await verified(t, directory), { events: 22, views: { state: 'equal' } })

	const again = openLogForWriting(join(directory, 'log.db'))
	await again.append(head + 1, [], { erases: [5] })
	again.close()
	await t.rejects(
		verify(directory, () => {}),
		{ message: /position 5 .*no event says that it was erased/ },
	)
})

for (const [what, sql, place] of [
	['a text', `UPDATE events SET body = '{"content":"no"}' WHERE position = 9`, /position 9 .*text is not the one/],
	['a salt', 'UPDATE events SET salt = randomblob(16) WHERE position = 9', /position 9 .*text is not the one/],
	[
		'a digest',
		'UPDATE events SET body_digest = randomblob(32) WHERE position = 9',
		/position 9 .*fingerprint does not follow/,
	],
	[
		'a fact',
		`UPDATE events SET data = replace(data, 'guest-filler', 'guest-other') WHERE position = 9`,
		/position 9 .*fingerprint/,
	],
	['a time', 'UPDATE events SET recorded_at = recorded_at + 1 WHERE position = 9', /position 9 .*fingerprint/],
	['a cause', `UPDATE events SET metadata = '{"actor":"other"}' WHERE position = 9`, /position 9 .*fingerprint/],
	['a fingerprint', 'UPDATE events SET fingerprint = randomblob(32) WHERE position = 9', /position 9 .*fingerprint/],
	['a missing event', 'DELETE FROM events WHERE position = 9', /position 10 .*fingerprint/],
	['a place', 'UPDATE events SET position = 99 WHERE position = 10', /position 11 .*fingerprint/],
	['the identity', "UPDATE log_identity SET log_id = 'other'", /position 1 .*fingerprint/],
] as const) {
	t.test(`${what} that was changed is found, and the first of several`, async (t) => {
		const directory = copyOfFilled(t)
		// A later one, too: it is the first that is told.
		tamperWithLog(directory, `${sql}; UPDATE events SET body = 'x' WHERE position = 12`)
		const error = await verified(t, directory).catch((error: unknown) => error)
		t.type(error, DamagedLog)
		t.match((error as DamagedLog).finding, place)
	})
}

t.test('an event that is cut off at the end shows by the views, and by nothing else', async (t) => {
	const directory = copyOfFilled(t)
	tamperWithLog(directory, 'DELETE FROM events WHERE position > 18')
	await fails(t, directory, /have seen position 21, but the log ends at 18: .*Restore a newer backup.*tailroom rebuild/)
})

for (const name of ['events', 'events_by_stream', 'log_identity']) {
	t.test(`a torn page of ${name} is found`, async (t) => {
		const directory = await filledDirectory(t, 500)
		tearPage(join(directory, 'log.db'), name)
		const error = await verify(directory, () => {}).catch((error: unknown) => error)
		t.type(error, DamagedLog)
		t.match((error as DamagedLog).finding, /log\.db is damaged/)
	})
}

t.test('what is no log at all is said so', async (t) => {
	const directory = await filledDirectory(t, 3)
	const path = join(directory, 'log.db')
	rmSync(path)
	await fails(t, directory, /^there is no log in .*: choose another --data directory$/)
	writeFileSync(path, '')
	await fails(t, directory, /is empty: no log was begun there/)
	writeFileSync(path, 'no database at all'.repeat(1_000))
	await fails(t, directory, /log\.db is damaged \(file is not a database\)/)
	await t.rejects(
		verify(join(directory, 'nowhere'), () => {}),
		{ message: /^there is no log in / },
	)
})

for (const [what, sql, message] of [
	[
		'a value that is another',
		'UPDATE messages SET position = 3 WHERE sequence = 9',
		/a replay gives another position \(table messages, room_id "room-general", sequence 9, event at position 10\)/,
	],
	[
		'a row that is missing',
		'DELETE FROM messages WHERE sequence = 9',
		/a row is missing \(table messages, .*sequence 9, event at position 10\)/,
	],
	[
		'the last row missing',
		'DELETE FROM messages WHERE sequence = 20',
		/a row is missing \(table messages, .*sequence 20/,
	],
	[
		'a row too many',
		"INSERT INTO messages VALUES ('room-general', 5000, 'x', 5, 'guest-x', 1, 1, NULL, NULL, NULL)",
		/a row that a replay does not give \(table messages, .*sequence 5000/,
	],
	[
		'one too many and one missing',
		"UPDATE messages SET room_id = 'room-a' WHERE sequence = 9",
		/does not give \(table messages, room_id "room-a", sequence 9/,
	],
	[
		'a room',
		'UPDATE rooms SET sequence = 3',
		/a replay gives another sequence \(table rooms, room_id "room-general", event at position 1\)/,
	],
	[
		'somebody who is there',
		"INSERT INTO presences VALUES ('guest-x', 4, 'online', 0, 1)",
		/does not give \(table presences, user_id "guest-x", event at position 4\)/,
	],
	['an index that is missing', 'DROP INDEX messages_by_room_position', /table messages_by_room_position/],
	['a table that is missing', 'DROP TABLE visitors', /table visitors/],
] as const) {
	t.test(`views with ${what} differ from a replay`, async (t) => {
		const directory = copyOfFilled(t)
		changeViews(directory, sql)
		const error = (await verified(t, directory).catch((error: unknown) => error)) as Error
		t.match(error.message, message)
		t.match(error.message, /^the views in \/.*views-.*db differ from a replay .*Run tailroom rebuild$/)
	})
}

t.test('views that are behind equal a replay as far as they are', async (t) => {
	const directory = copyOfFilled(t)
	await append(directory, messagePosted(21, undefined, { roomId: 'room-general' }))
	t.same(await verified(t, directory), { events: 22, head: 22, views: { state: 'equal', position: 21 } })
})

t.test('where there are no views, or those of another version, it is said', async (t) => {
	const directory = copyOfFilled(t)
	renameSync(viewsPath(directory), join(directory, `views-${'0'.repeat(16)}.db`))
	t.match(await verified(t, directory), { events: 21, views: { state: 'other version' } })
	rmSync(join(directory, `views-${'0'.repeat(16)}.db`))
	t.match(await verified(t, directory), { events: 21, views: { state: 'none' } })
})

t.test('views of another log, or of another course of this one, are said to be so', async (t) => {
	const [directory, other] = await Promise.all([filledDirectory(t, 20), filledDirectory(t, 20)])
	copyFileSync(viewsPath(other), viewsPath(directory))
	await fails(t, directory, /^the views belong to another log: run tailroom rebuild$/)

	const copy = join(other, '..', 'copy.db')
	copyFileSync(join(other, 'log.db'), copy)
	await append(other, messagePosted(21, undefined, { roomId: 'room-general' }))
	bringViewsUp(other)
	copyFileSync(copy, join(other, 'log.db'))
	await append(
		other,
		...[21, 22].map((n) => messagePosted(n, undefined, { roomId: 'room-general', messageId: `other-${n}` })),
	)
	await fails(t, other, /^the views have seen another event at position 22 .*tailroom rebuild$/)
})

for (const [what, damage] of [
	['torn', (path: string) => tearPage(path, 'messages')],
	['torn in an index', (path: string) => tearPage(path, 'messages_message_id_unique')],
	['something else', (path: string) => writeFileSync(path, 'no database at all'.repeat(1_000))],
	['an empty file', (path: string) => writeFileSync(path, '')],
] as const) {
	t.test(`views that are ${what} are told from a damaged log`, async (t) => {
		const directory = await filledDirectory(t, 500)
		damage(viewsPath(directory))
		const error = (await verify(directory, () => {}).catch((error: unknown) => error)) as Error
		t.not(error instanceof DamagedLog, true)
		t.match(error.message, /^the views in \/.*views-.*db are damaged \(.*\): run tailroom rebuild$/)
	})
}

t.test('a text that is damaged is said before views that differ', async (t) => {
	const directory = copyOfFilled(t)
	changeViews(directory, 'DELETE FROM messages WHERE sequence = 2')
	flipIn(join(directory, 'log.db'), 'message 11')
	await fails(t, directory, /^position 13 of .*its text is not the one/)
})

t.test('a log of a newer version, or of an older one, is not judged', async (t) => {
	const directory = await filledDirectory(t, 3)
	tamperWithLog(directory, "INSERT INTO migrations (name, digest) VALUES ('9999_later', '')")
	await fails(t, directory, /was written by a newer version/)
	tamperWithLog(directory, 'DELETE FROM migrations WHERE number > 1')
	await fails(t, directory, /of an older version of Tailroom: start this version once/)
})

t.test('the temporary directory is nobody else’s', async (t) => {
	const directory = copyOfFilled(t)
	const temporary = temporaryDirectory(t)
	t.teardown(useTemporary(temporary))
	let mode = 0
	await verify(directory, () => {
		mode = statSync(join(temporary, readdirSync(temporary)[0] as string)).mode
	})
	t.equal(mode & 0o777, 0o700)
})
