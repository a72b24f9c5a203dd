import { join } from 'node:path'
import t, { type Test } from 'tap'
import { DamagedLog } from '../../src/events/damaged-log.ts'
import { startDeepReader } from '../../src/events/deep-reader.ts'
import type { LogReader } from '../../src/events/log.ts'
import { openLogForReading, openLogForWriting } from '../../src/events/sqlite-log.ts'
import '../helpers/bare-threads.ts'
import { flipIn, tamperWithLog, tearPage } from '../helpers/damage.ts'
import { temporaryDirectory } from '../helpers/directory.ts'
import { appendable, manyMessages, messagePosted } from '../helpers/events.ts'

/** A directory whose closed log holds four messages; the third one says `the text of three`. */
async function directoryWithLog(t: Test): Promise<string> {
	const directory = temporaryDirectory(t)
	const log = openLogForWriting(join(directory, 'log.db'))
	const third = appendable(messagePosted(3, { content: 'the text of three', name: 'ada' }), { eventId: 'three' })
	await log.append(0, [...manyMessages(2), third, ...manyMessages(1, 4)])
	log.close()
	return directory
}

function openAgain(t: Test, directory: string): LogReader {
	const log = openLogForReading(join(directory, 'log.db'))
	t.teardown(() => log.close())
	return log
}

/** What every way to read the third event ends with. */
function waysToRead(log: LogReader): (() => unknown)[] {
	return [
		() => log.at(3),
		() => log.find('three'),
		() => log.read({ after: 0, through: 4, limit: 10 }),
		() => log.read({ after: 0, through: 4, limit: 10, streams: ['room-GENERAL'] }),
	]
}

function damaged(t: Test, read: () => unknown): void {
	let thrown: unknown
	try {
		read()
	} catch (error) {
		thrown = error
	}
	t.type(thrown, DamagedLog)
	t.match(thrown, {
		position: 3,
		message: /^position 3 of .*log\.db is damaged \(.*\): run tailroom verify, then restore/,
	})
	t.notMatch((thrown as Error).message, 'the text', 'the text itself is not in the error')
}

for (const [what, damage] of [
	['a text in which a bit is another', (directory: string) => flipIn(join(directory, 'log.db'), 'the text of three')],
	[
		'another text',
		(directory: string) => tamperWithLog(directory, `UPDATE events SET body = '{"content":"no"}' WHERE position = 3`),
	],
	[
		'another salt',
		(directory: string) => tamperWithLog(directory, 'UPDATE events SET salt = randomblob(16) WHERE position = 3'),
	],
	[
		'another digest',
		(directory: string) =>
			tamperWithLog(directory, 'UPDATE events SET body_digest = randomblob(32) WHERE position = 3'),
	],
	[
		'a salt that is gone',
		(directory: string) => tamperWithLog(directory, 'UPDATE events SET salt = NULL WHERE position = 3'),
	],
	[
		'a digest that is gone',
		(directory: string) => tamperWithLog(directory, 'UPDATE events SET body_digest = NULL WHERE position = 3'),
	],
	[
		'a text that is gone without its salt',
		(directory: string) => tamperWithLog(directory, 'UPDATE events SET body = NULL WHERE position = 3'),
	],
	[
		'facts that are no JSON',
		(directory: string) => tamperWithLog(directory, "UPDATE events SET data = '{' WHERE position = 3"),
	],
	[
		'a cause that is no JSON',
		(directory: string) => tamperWithLog(directory, "UPDATE events SET metadata = 'x' WHERE position = 3"),
	],
	[
		'a text that is bytes',
		(directory: string) => tamperWithLog(directory, 'UPDATE events SET body = CAST(body AS BLOB) WHERE position = 3'),
	],
] as const) {
	t.test(`${what} is never read as if it were what was written, and the others are read`, async (t) => {
		const directory = await directoryWithLog(t)
		damage(directory)
		const log = openAgain(t, directory)
		for (const read of waysToRead(log)) damaged(t, read)
		t.match(log.at(4), { body: { content: 'hello' } })
		t.equal(log.read({ after: 0, through: 2, limit: 10 }).length, 2)
		t.equal(log.head().position, 4)
	})
}

t.test('facts are read where a text is damaged, and not where they are', async (t) => {
	const directory = await directoryWithLog(t)
	const facts = () => {
		const log = openLogForReading(join(directory, 'log.db'))
		try {
			return log.readFacts({ after: 0, through: 4, limit: 10 })
		} finally {
			log.close()
		}
	}
	flipIn(join(directory, 'log.db'), 'the text of three')
	t.match(
		facts().map(({ position, body, data }) => [position, body, (data as { sequence: number }).sequence]),
		[1, 2, 3, 4].map((n) => [n, null, n]),
	)
	tamperWithLog(directory, "UPDATE events SET data = '{' WHERE position = 3")
	damaged(t, facts)
})

t.test('a page of the log that is torn is damage of the log, which names its file', async (t) => {
	const directory = await directoryWithLog(t)
	tearPage(join(directory, 'log.db'), 'events')
	const thrown = t.throws(() => openAgain(t, directory).at(3)) as unknown as Error
	t.type(thrown, DamagedLog)
	t.match(thrown, { position: undefined, message: /^\/.*log\.db is damaged \(.*malformed\): run tailroom verify/ })
})

t.test('a torn page of what stands beside the events is damage of the log too, and not of the views', async (t) => {
	const directory = await directoryWithLog(t)
	tearPage(join(directory, 'log.db'), 'sqlite_autoindex_credential_uses_1')
	t.type(
		t.throws(() => openAgain(t, directory).usedAt('a session')),
		DamagedLog,
	)
})

t.test('the deep reader says what is damaged, and goes on', async (t) => {
	const directory = await directoryWithLog(t)
	flipIn(join(directory, 'log.db'), 'the text of three')
	const reader = startDeepReader(join(directory, 'log.db'), (error) => t.fail(error.message))
	const error = await reader.read({ after: 0, through: 4, limit: 10 }).catch((error: unknown) => error)
	t.type(error, DamagedLog)
	t.match(error, { position: 3, message: /^position 3 of / })
	t.equal((await reader.read({ after: 3, through: 4, limit: 10 })).length, 1)
	await reader.stop()
})

t.test('a file that is no log says so with its name', (t) => {
	const directory = temporaryDirectory(t)
	const path = join(directory, 'none.db')
	t.throws(() => openLogForReading(path), { code: 'SQLITE_CANTOPEN', message: new RegExp(`^${path}: `) })
	t.end()
})
