import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { RebuildUnderWay } from '../../src/commands/rebuilding.ts'
import { startWriter, type Writer } from '../../src/commands/writer.ts'
import { viewsPath } from '../../src/projections/files.ts'
import { verify } from '../../src/projections/verify.ts'
import { openViewsForReading, type Views } from '../../src/projections/views.ts'
import '../helpers/bare-threads.ts'
import { temporaryDirectory } from '../helpers/directory.ts'
import { bringViewsUp, filledDirectory } from '../helpers/filled-directory.ts'
import { ada } from '../helpers/specification.ts'
import { foreignConnection } from '../helpers/sqlite.ts'

/** A writer and somebody who reads what it writes, as a server has them. */
async function startReading(t: Test, directory: string): Promise<{ writer: Writer; views: Views; heads: number[] }> {
	const heads: number[] = []
	const look = () => heads.push(views.checkpoint().position)
	const writer = await startWriter(
		{ directory },
		{
			headMoved: look,
			viewsReplaced(path) {
				look()
				views.become(openViewsForReading(path))
				look()
			},
			failed: (error) => t.fail(String(error)),
		},
	)
	const views = openViewsForReading(viewsPath(directory))
	t.teardown(async () => {
		await writer.stop()
		views.close()
	})
	return { writer, views, heads }
}

function viewsFiles(directory: string): string[] {
	return readdirSync(directory).filter((name) => /^views-.*\.db$/.test(name))
}

t.test('a rebuild under load: nothing that was answered is missing, and no head goes back', async (t) => {
	const directory = await filledDirectory(t, 8_000)
	const wrong = foreignConnection(t, viewsPath(directory))
	wrong.exec('UPDATE rooms SET described_position = 1; DELETE FROM messages WHERE sequence BETWEEN 10 AND 20')
	wrong.close()
	const { writer, views, heads } = await startReading(t, directory)
	const before = viewsFiles(directory)

	let posting = true
	let answered = 0
	const sequenceOf = 'SELECT sequence FROM messages WHERE position = ?'
	const posters = Array.from({ length: 8 }, async (_, i) => {
		for (let n = 0; posting; n++) {
			const { position } = await writer.submit(ada, { type: 'PostMessage', room: 'general', content: `${i} ${n}` })
			answered += 1
			if (views.get(sequenceOf, position) === undefined) t.fail(`what was answered at ${position} is missing`)
		}
	})
	const progress: number[] = []
	for (let round = 0; round < 3; round++) {
		const { events } = await writer.rebuild((done, total) => progress.push(done / total))
		t.ok(events > 8_000)
		t.same(views.all('SELECT described_position FROM rooms'), [{ described_position: null }], 'the mistake is gone')
	}
	posting = false
	await Promise.all(posters)

	t.ok(answered > 100, `${answered} were answered meanwhile`)
	t.ok(progress.length > 10 && progress.every((share) => share > 0 && share <= 1))
	t.same(
		heads.filter((head, i) => head < (heads[i - 1] ?? 0)),
		[],
		'the head never goes back',
	)
	t.equal(views.checkpoint().position, 8_001 + answered)
	const after = viewsFiles(directory)
	t.equal(after.length, 1, 'the old files are removed')
	t.notSame(after, before)
	t.match(await verify(directory, () => {}), { views: { state: 'equal', position: 8_001 + answered } })
	await writer.stop()
	const { replayed } = await startWriter({ directory }, { headMoved() {}, viewsReplaced() {}, failed: t.fail }).then(
		async (next) => {
			await next.stop()
			return next
		},
	)
	t.equal(replayed, 0)
})

t.test('a second rebuild is refused while one is under way, and possible after it', async (t) => {
	const { writer } = await startReading(t, await filledDirectory(t, 4_000))
	const first = writer.rebuild(() => {})
	const error = await writer.rebuild(() => {}).catch((error: unknown) => error)
	t.type(error, RebuildUnderWay)
	t.match((error as Error).message, /wait until it is complete/)
	t.same(await first, { events: 4_001 })
	t.same(await writer.rebuild(() => {}), { events: 4_001 })
})

t.test('a writer that stops gives up a rebuild, and the views before are in force', async (t) => {
	const directory = await filledDirectory(t, 8_000)
	const { writer } = await startReading(t, directory)
	const begun = Promise.withResolvers<void>()
	const rebuilding = writer.rebuild(() => begun.resolve())
	const rejected = t.rejects(rebuilding, { message: /the rebuild was stopped/ })
	await begun.promise
	await writer.stop()
	await rejected
	await t.rejects(
		writer.rebuild(() => {}),
		{ code: 'stopping' },
	)
	t.match(viewsPath(directory), /views-[0-9a-f]{16}\.db$/)
	bringViewsUp(directory)
	t.equal(viewsFiles(directory).length, 1)
})

t.test('a rebuild that cannot be put in force leaves everything as it was, and says why', async (t) => {
	const directory = temporaryDirectory(t)
	const { writer, views } = await startReading(t, directory)
	await writer.submit(ada, { type: 'PostMessage', room: 'general', content: 'hello' })
	const other = foreignConnection(t, join(directory, 'log.db'))
	// The thread that builds cannot read this; the writer, which has read it, goes on.
	other.exec("DROP TRIGGER events_change_only_by_erasing; UPDATE events SET data = '{' WHERE position = 2")
	await t.rejects(
		writer.rebuild(() => {}),
		{ message: /position 2 of .*log\.db is damaged/ },
	)
	t.equal(viewsFiles(directory).length, 1)
	await writer.submit(ada, { type: 'PostMessage', room: 'general', content: 'life goes on' })
	t.equal(views.checkpoint().position, 3)
})
