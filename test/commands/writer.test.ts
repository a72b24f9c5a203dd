import { join } from 'node:path'
import t, { type Test } from 'tap'
import { system } from '../../src/commands/actor.ts'
import type { Command } from '../../src/commands/catalogue.ts'
import { queueMax } from '../../src/commands/limits.ts'
import { startWriter } from '../../src/commands/writer.ts'
import { openLogForReading, openLogForWriting } from '../../src/events/sqlite-log.ts'
import { viewsPath } from '../../src/projections/files.ts'
import { openViewsForReading } from '../../src/projections/views.ts'
import '../helpers/bare-threads.ts'
import { temporaryDirectory } from '../helpers/directory.ts'
import { manyMessages } from '../helpers/events.ts'
import { ada } from '../helpers/specification.ts'
import { foreignConnection } from '../helpers/sqlite.ts'

const post = (content: string): Command => ({ type: 'PostMessage', room: 'general', content })
const openGeneral: Command = { type: 'OpenRoom', room: 'general' }

async function start(t: Test, headMoved: () => void = () => {}, directory = temporaryDirectory(t)) {
	const failed = (error: Error) => t.fail(String(error))
	const writer = await startWriter({ directory }, { headMoved, viewsReplaced() {}, failed })
	t.teardown(() => writer.stop())
	return { writer, directory }
}

// A thread takes its time to start, so these share one.
t.test('a writer that runs', async (t) => {
	const heads: number[] = []
	const { writer, directory } = await start(t, () => heads.push(views.checkpoint().position))
	const views = openViewsForReading(viewsPath(directory))
	t.teardown(() => views.close())

	t.test('what is answered is visible, and the head is said to have moved before', async (t) => {
		const answers = ['one', 'two', 'three'].map(async (content) => {
			const { position } = await writer.submit(ada, post(content))
			return { position, seen: views.checkpoint().position, told: heads.at(-1) }
		})
		for (const [index, { position, seen, told }] of (await Promise.all(answers)).entries()) {
			t.equal(position, index + 2)
			t.ok(seen >= index + 2)
			t.ok((told as number) >= index + 2)
		}
	})

	t.test('a refusal comes back as one, with its field', async (t) => {
		await t.rejects(writer.submit(ada, post(' ')), { code: 'content_empty', field: 'content', detail: /text/ })
	})

	t.test('a queue that is full takes no more, and what it has is answered', async (t) => {
		const taken = Array.from({ length: queueMax }, () => writer.submit(system, openGeneral))
		await t.rejects(writer.submit(system, openGeneral), { code: 'overloaded' })
		t.equal((await Promise.all(taken)).length, queueMax)
		t.same(await writer.submit(system, openGeneral), { position: undefined, replayed: false })
	})
})

t.test('a writer that stops answers what it has and takes nothing new, and the next one goes on', async (t) => {
	const { writer, directory } = await start(t)
	const taken = ['one', 'two'].map((content) => writer.submit(ada, post(content), content))
	const stopped = writer.stop()
	await t.rejects(writer.submit(ada, post('late')), { code: 'stopping' })
	t.match(await Promise.all(taken), [{ position: 2 }, { position: 3 }])
	await stopped

	const { writer: next } = await start(t, undefined, directory)
	t.equal(next.replayed, 0)
	t.same(await next.submit(ada, post('one'), 'one'), { position: 2, replayed: true })
	const log = openLogForReading(join(directory, 'log.db'))
	t.teardown(() => log.close())
	t.match(log.read({ after: 0, through: 9, limit: 9 }), [
		{ type: 'RoomOpened', data: { room: 'general' }, metadata: { actor: 'system' } },
		{ body: { content: 'one' } },
		{ body: { content: 'two' } },
	])
	t.equal(log.head().position, 3)
})

t.test('a log that cannot be opened is an error of the start', async (t) => {
	const directory = temporaryDirectory(t)
	const log = openLogForWriting(join(directory, 'log.db'))
	await log.append(0, manyMessages(1))
	log.close()
	foreignConnection(t, join(directory, 'log.db')).exec("INSERT INTO migrations (name, digest) VALUES ('later', '')")
	const starting = startWriter(
		{ directory },
		{ headMoved() {}, viewsReplaced() {}, failed: () => t.fail('it never ran') },
	)
	await t.rejects(starting, { message: /written by a newer version/ })
})
