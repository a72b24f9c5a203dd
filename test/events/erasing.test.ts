import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import type { EventLog } from '../../src/events/log.ts'
import { openLogForReading, openLogForWriting } from '../../src/events/sqlite-log.ts'
import { temporaryDirectory } from '../helpers/directory.ts'
import { appendable, manyMessages, messagePosted } from '../helpers/events.ts'
import { filesHolding } from '../helpers/files.ts'
import { connectionOf } from '../helpers/sqlite.ts'

/** A log with an event at position 3 whose text is this. */
async function logHolding(t: Test, content: string): Promise<{ directory: string; log: EventLog }> {
	const directory = temporaryDirectory(t)
	const log = openLogForWriting(join(directory, 'log.db'))
	t.teardown(() => connectionOf(log).close())
	await log.append(0, [
		...manyMessages(2),
		appendable(messagePosted(3, { content, name: 'ada' })),
		...manyMessages(2, 4),
	])
	return { directory, log }
}

const erase = (log: EventLog, ...positions: number[]) => log.append(log.head().position, [], { erases: positions })

/** So long that SQLite keeps it in a chain of pages of its own. */
const large = 'a canary that sings '.repeat(2_000)

for (const [size, text] of [
	['a short text', 'canary: a name, a secret'],
	['a text of many pages', large],
] as const) {
	const canary = 'canary'

	t.test(`${size} that is erased is in no file once the log is tidy`, async (t) => {
		const { directory, log } = await logHolding(t, text)
		t.not(filesHolding(directory, canary).length, 0)
		await erase(log, 3)
		t.equal(log.tidy({ isIdle: true }), true)
		t.same(filesHolding(directory, canary), [])
	})

	t.test(`${size} that had reached the file itself is erased from there`, async (t) => {
		const { directory, log } = await logHolding(t, text)
		log.close()
		t.same(filesHolding(directory, canary), ['log.db'])
		const again = openLogForWriting(join(directory, 'log.db'))
		t.equal(again.tidy({ isIdle: true }), true)
		await erase(again, 3)
		t.equal(again.tidy({ isIdle: true }), true)
		t.same(filesHolding(directory, canary), [])
		again.close()
		t.same(filesHolding(directory, canary), [])
	})
}

t.test('a reader that looks at the text keeps it in the files until it is done', async (t) => {
	const { directory, log } = await logHolding(t, large)
	const reader = openLogForReading(join(directory, 'log.db'))
	connectionOf(reader).exec('BEGIN')
	reader.head()
	await erase(log, 3)
	t.equal(log.tidy({ isIdle: true }), false)
	t.not(filesHolding(directory, 'canary').length, 0)
	t.match(reader.read({ after: 2, through: 3, limit: 1 }), [{ body: { content: large } }])
	connectionOf(reader).exec('COMMIT')
	t.equal(log.tidy({ isIdle: true }), true)
	t.same(filesHolding(directory, 'canary'), [])
	t.equal(reader.read({ after: 2, through: 3, limit: 1 })[0]?.body, null)
	reader.close()
})

t.test('what was erased before a crash is tidied at the next start', async (t) => {
	const { directory, log } = await logHolding(t, large)
	const reader = openLogForReading(join(directory, 'log.db'))
	connectionOf(reader).exec('BEGIN')
	reader.head()
	await erase(log, 3)
	// A reader is in the way of the close too, as a kill would be.
	log.close()
	t.not(filesHolding(directory, 'canary').length, 0)
	reader.close()
	const again = openLogForWriting(join(directory, 'log.db'))
	t.teardown(() => again.close())
	t.equal(again.tidy({ isIdle: true }), true)
	t.same(filesHolding(directory, 'canary'), [])
})

t.test('a text is erased however it lay among the others', async (t) => {
	const directory = temporaryDirectory(t)
	const path = join(directory, 'log.db')
	const log = openLogForWriting(path)
	const sizes = [1, 8, 50, 130, 320, 800]
	// Long enough that no salt and no fingerprint holds it by chance.
	const mark = (position: number) => `<text ${position}>`
	const marked = (position: number) => mark(position).repeat(sizes[position % sizes.length] as number)
	const count = 200
	for (let position = 1; position <= count; position++) {
		// Now and then an earlier one goes, so that there are holes for the next to fall into.
		const erases = position % 5 === 0 ? [position - 4] : []
		await log.append(position - 1, [appendable(messagePosted(position, { content: marked(position) }))], { erases })
		if (position % 40 === 0) log.tidy({ isIdle: true })
	}
	const gone = Array.from({ length: count }, (_, index) => index + 1).filter((position) => position % 7 !== 0)
	await erase(log, ...gone)
	log.close()
	const kept = Array.from({ length: count }, (_, index) => index + 1).filter((position) => !gone.includes(position))
	const bytes = readFileSync(path)
	t.same(
		gone.filter((position) => bytes.includes(mark(position))),
		[],
	)
	t.ok(kept.some((position) => bytes.includes(mark(position))))
})
