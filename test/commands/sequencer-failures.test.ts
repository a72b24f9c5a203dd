import { join } from 'node:path'
import t from 'tap'
import { system } from '../../src/commands/actor.ts'
import { Sequencer } from '../../src/commands/sequencer.ts'
import { DamagedLog } from '../../src/events/damaged-log.ts'
import type { EventLog } from '../../src/events/log.ts'
import { openLogForWriting } from '../../src/events/sqlite-log.ts'
import { temporaryDirectory } from '../helpers/directory.ts'
import { startWriting, type Writing } from '../helpers/sequencer.ts'
import { connectionOf, rowsOf } from '../helpers/sqlite.ts'

/** From now on no view can take the message of the command with that id. */
function breakProjection(writing: Writing, commandId: string): void {
	writing.views.run(`
		CREATE TEMP TRIGGER "breaks ${commandId}" BEFORE INSERT ON main.messages WHEN NEW.message_id = '${commandId}'
		BEGIN
			SELECT RAISE(ABORT, 'a projection that is broken');
		END`)
}

t.test('a command that breaks a projection fails alone and leaves no event', async (t) => {
	const writing = startWriting(t)
	const batch = ['one', 'two', 'culprit', 'four', 'five'].map((content) => writing.post(content, { key: content }))
	breakProjection(writing, batch[2]?.id as string)

	const answers = await writing.run(...batch)

	t.match(answers, [
		{ done: true, position: 2, replayed: false },
		{ done: true, position: 3, replayed: false },
		{ done: false, code: 'internal', detail: new RegExp(batch[2]?.id as string) },
		{ done: true, position: 4, replayed: false },
		{ done: true, position: 5, replayed: false },
	])
	t.same(writing.texts(), ['one', 'two', 'four', 'five'])
	t.equal(writing.log.find(`${batch[2]?.actor.userId}:culprit`), undefined)
	t.same(writing.views.checkpoint(), { logId: writing.log.logId, ...writing.log.head() })
	t.equal(rowsOf(writing.views).messages?.length, 4)
	t.match(writing.failures, [{ type: 'PostMessage', error: { message: /a projection that is broken/ } }])
	t.notMatch(String(writing.failures[0]?.error), 'culprit', 'the text of a message is in no log of the server')
})

t.test('of a command that opens a room and then breaks, the room is not left behind', async (t) => {
	const writing = startWriting(t)
	const culprit = writing.post('culprit', { room: 'random' })
	breakProjection(writing, culprit.id)
	t.match(await writing.run(culprit), [{ done: false, code: 'internal' }])
	t.equal(writing.log.head().position, 0)
	t.same(rowsOf(writing.views).rooms, [])
	t.match(await writing.run(writing.post('hello', { room: 'random' })), [{ done: true, position: 2 }])
})

t.test('after a command that failed, its key can be used again', async (t) => {
	const writing = startWriting(t)
	const culprit = writing.post('hello', { key: 'k' })
	breakProjection(writing, culprit.id)
	await writing.run(culprit)
	t.match(await writing.run(writing.post('hello', { key: 'k' })), [{ done: true, replayed: false }])
})

/** No file of that connection may grow; undone by what is returned. */
function fillUp(database: ReturnType<typeof connectionOf>): () => void {
	const pages = database.pragma('page_count', { simple: true })
	database.pragma(`max_page_count = ${pages}`)
	return () => {
		database.pragma('max_page_count = 1000000')
	}
}

const large = 'x'.repeat(60_000)

for (const [what, choose] of [
	['the log', (writing: Writing) => connectionOf(writing.log)],
	['the views', (writing: Writing) => viewsConnection(writing)],
] as const) {
	t.test(`when there is no room for ${what}, a batch says so as a whole, and it goes on when there is`, async (t) => {
		const directory = temporaryDirectory(t)
		const writing = startWriting(t, openLogForWriting(join(directory, 'log.db')), join(directory, 'views.db'))
		await writing.run(writing.post('before'))
		const makeRoom = fillUp(choose(writing))
		// So many messages need new pages in every table.
		const batch = Array.from({ length: 200 }, (_, index) => writing.post(index === 0 ? large : 'x'))
		const answers = await writing.run(...batch)
		t.equal(answers.length, 200)
		t.ok(answers.every((answer) => !answer.done && answer.code === 'disk_full'))
		t.same(writing.texts(), ['before'])
		t.equal(rowsOf(writing.views).messages?.length, 1)

		makeRoom()
		t.match(await writing.run(writing.post('after')), [{ done: true, position: 3 }])
		t.same(writing.texts(), ['before', 'after'])
		t.same(writing.views.checkpoint(), { logId: writing.log.logId, ...writing.log.head() })
	})
}

/** The views keep their connection to themselves; a pragma reaches it as any other statement does. */
function viewsConnection({ views }: Writing): ReturnType<typeof connectionOf> {
	const pragma = (sql: string) => views.prepare(`PRAGMA ${sql}`).pluck().get()
	return { pragma } as unknown as ReturnType<typeof connectionOf>
}

/** The log, but that every append fails in this way. */
function failingLog(log: EventLog, code: string): EventLog & { appends: number } {
	return {
		appends: 0,
		logId: log.logId,
		head: () => log.head(),
		read: (range) => log.read(range),
		readFacts: (range) => log.readFacts(range),
		at: (position) => log.at(position),
		find: (eventId) => log.find(eventId),
		fingerprintAt: (position) => log.fingerprintAt(position),
		usedAt: (id) => log.usedAt(id),
		consumer: (userId, name) => log.consumer(userId, name),
		consumers: (userId) => log.consumers(userId),
		hindmostConsumer: (movedAfterMs, except) => log.hindmostConsumer(movedAfterMs, except),
		recordUses: (uses) => log.recordUses(uses),
		moveConsumers: (moves) => log.moveConsumers(moves),
		tidy: (options) => log.tidy(options),
		close: () => log.close(),
		append() {
			this.appends += 1
			return Promise.reject(Object.assign(new Error('the disk has failed'), { code }))
		},
	}
}

for (const code of ['SQLITE_IOERR_FSYNC', 'SQLITE_IOERR_WRITE', 'SQLITE_CORRUPT', 'SQLITE_NOTADB']) {
	t.test(`after ${code} nobody gets an answer and nothing is tried again`, async (t) => {
		const writing = startWriting(t)
		const log = failingLog(writing.log, code)
		const sequencer = new Sequencer(log, writing.views)
		await t.rejects(sequencer.run([writing.post('one'), writing.post('two')]), { code })
		t.equal(log.appends, 1)
		t.equal(writing.log.head().position, 0)
		t.same(rowsOf(writing.views).messages, [])
	})
}

t.test('a key whose event is damaged is answered so, and the others of the batch go on', async (t) => {
	const writing = startWriting(t)
	await writing.run(writing.post('hello', { key: 'k' }))
	const log = connectionOf(writing.log)
	log.exec("DROP TRIGGER events_change_only_by_erasing; UPDATE events SET body = '{}' WHERE position = 2")
	const answers = await writing.run(writing.post('before'), writing.post('hello', { key: 'k' }), writing.post('after'))
	t.match(answers, [
		{ done: true, position: 3 },
		{ done: false, code: 'log_damaged', detail: /tailroom verify/ },
		{ done: true, position: 4 },
	])
})

t.test('a file of the log that is damaged stops the writing', async (t) => {
	const writing = startWriting(t)
	const log = failingLog(writing.log, '')
	t.intercept(log, 'find', {
		value() {
			throw new DamagedLog('log.db', undefined, 'is damaged')
		},
	})
	const sequencer = new Sequencer(log, writing.views)
	await t.rejects(sequencer.run([writing.post('hello', { key: 'k' })]), { message: /^log.db is damaged: run/ })
	t.same(rowsOf(writing.views).messages, [])
})

t.test('views whose commit fails once the log has committed catch up, and the key knows its message', async (t) => {
	const writing = startWriting(t)
	await writing.run(writing.post('before'))
	const { views } = writing
	t.intercept(views, 'commit', {
		value() {
			views.rollback()
			Reflect.deleteProperty(views, 'commit')
			throw Object.assign(new Error('no room'), { code: 'SQLITE_FULL' })
		},
		configurable: true,
	})
	t.match(await writing.run(writing.post('hello', { key: 'k' })), [{ done: false, code: 'disk_full' }])
	t.equal(views.checkpoint().position, 2)
	t.match(await writing.run(writing.post('hello', { key: 'k' })), [{ done: true, position: 3, replayed: true }])
	t.same(writing.texts(), ['before', 'hello'])
	t.same(views.checkpoint(), { logId: writing.log.logId, ...writing.log.head() })
})

t.test('consumers that a full disk cannot keep are refused, and nothing stops', async (t) => {
	const writing = startWriting(t)
	await writing.run(writing.submit({ type: 'AddUser', name: 'bob', role: 'member', tokenHash: 'x' }, { actor: system }))
	const userId = writing.events().at(-1)?.streamId as string
	const log = {
		...failingLog(writing.log, ''),
		moveConsumers() {
			throw Object.assign(new Error('full'), { code: 'SQLITE_FULL' })
		},
	}
	const move = { userId, name: 'phone', position: 0, movedAt: 0 }
	t.match(new Sequencer(log, writing.views).moveConsumers([move]), [{ done: false, code: 'disk_full' }])
	t.match(new Sequencer(writing.log, writing.views).moveConsumers([move]), [{ done: true }])
	t.match(writing.log.consumers(userId), [{ name: 'phone' }])
})
