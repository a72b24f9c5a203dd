import { readdirSync, rmSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import t, { type Test } from 'tap'
import { DirectoryInUse, lockDirectory } from '../../src/events/lock.ts'
import { openLogForWriting } from '../../src/events/sqlite-log.ts'
import { buildingPath, nextViewsPath, viewsPath } from '../../src/projections/files.ts'
import { openRebuilt } from '../../src/projections/open.ts'
import { rebuildHere } from '../../src/projections/rebuild.ts'
import { verify } from '../../src/projections/verify.ts'
import '../helpers/bare-threads.ts'
import { flipIn } from '../helpers/damage.ts'
import { temporaryDirectory } from '../helpers/directory.ts'
import { appendable, roomOpened } from '../helpers/events.ts'
import { bringViewsUp, filledDirectory } from '../helpers/filled-directory.ts'
import { foreignConnection } from '../helpers/sqlite.ts'

const quietly = () => {}

/** The views files of a directory, without the version in their names. */
function viewsFiles(directory: string): string[] {
	return readdirSync(directory)
		.filter((name) => name.startsWith('views-'))
		.map((name) => name.replace(/^views-[0-9a-f]+/, 'views'))
		.sort()
}

async function isSound(t: Test, directory: string): Promise<void> {
	t.match(await verify(directory, quietly), { views: { state: 'equal' } })
}

t.test('views that are wrong are right after a rebuild, and those before are gone', async (t) => {
	const directory = await filledDirectory(t, 4_500)
	const wrong = foreignConnection(t, viewsPath(directory))
	wrong.exec('DELETE FROM messages WHERE sequence > 100')
	wrong.close()
	const steps: number[] = []
	t.same(await rebuildHere(directory, (done, total) => steps.push(done / total)), { events: 4_501 })
	t.same(viewsFiles(directory), ['views.2.db'])
	await isSound(t, directory)
	t.equal(steps.at(-1), 1)
	t.ok(steps.length >= 3, 'it says how far it is')
	bringViewsUp(directory)
	t.same(viewsFiles(directory), ['views.2.db'], 'a start goes on with them')
	await rebuildHere(directory, quietly)
	t.same(viewsFiles(directory), ['views.3.db'])
})

t.test('where there are no views they are built', async (t) => {
	const directory = temporaryDirectory(t)
	const log = openLogForWriting(join(directory, 'log.db'))
	await log.append(0, [appendable(roomOpened())])
	log.close()
	t.same(await rebuildHere(directory, quietly), { events: 1 })
	t.same(viewsFiles(directory), ['views.db'])
	await isSound(t, directory)
})

t.test('a text that is damaged keeps nobody from building the views, which say nothing of it', async (t) => {
	const directory = await filledDirectory(t, 20)
	flipIn(join(directory, 'log.db'), 'message 11')
	t.same(await rebuildHere(directory, quietly), { events: 21 })
	for (const name of readdirSync(directory)) if (name.startsWith('views-')) rmSync(join(directory, name))
	bringViewsUp(directory)
	t.same(viewsFiles(directory), ['views.db'])
})

t.test('a directory that is in use is left alone', async (t) => {
	const directory = await filledDirectory(t, 20)
	const lock = lockDirectory(directory)
	const error = await rebuildHere(directory, quietly).catch((error: unknown) => error)
	t.type(error, DirectoryInUse)
	lock.release()
	t.same(viewsFiles(directory), ['views.db'])
	t.same(await rebuildHere(directory, quietly), { events: 21 })
})

t.test('where there is no log nothing is made', async (t) => {
	const directory = temporaryDirectory(t)
	const missing = { message: /^there is no log in / }
	await t.rejects(rebuildHere(directory, quietly), missing)
	await t.rejects(rebuildHere(join(directory, 'nowhere'), quietly), missing)
	t.notOk(readdirSync(directory).includes('log.db'))
	writeFileSync(join(directory, 'views-0123456789abcdef.db'), 'views')
	await t.rejects(rebuildHere(directory, quietly), { message: /log\.db is missing, but .*Restore a backup/ })
})

t.test('a rebuild that fails leaves the views in force, and nothing else', async (t) => {
	const directory = await filledDirectory(t, 20)
	const log = openLogForWriting(join(directory, 'log.db'))
	// No view can take this: a second room of the same name.
	await log.append(21, [appendable(roomOpened('general', 'room-SECOND'))])
	log.close()
	await t.rejects(rebuildHere(directory, quietly), { code: /^SQLITE_CONSTRAINT/ })
	t.same(viewsFiles(directory), ['views.db'])
	await rebuildHere(directory, quietly).catch(() => t.pass('the directory is free again'))
})

t.test('what a rebuild left that was killed is removed at the next start', async (t) => {
	const directory = await filledDirectory(t, 20)
	const building = buildingPath(nextViewsPath(directory))
	t.match(basename(building), /^views-[0-9a-f]{16}\.2\.building\.db$/)
	for (const suffix of ['', '-journal']) writeFileSync(building + suffix, 'half of it')
	t.match(basename(viewsPath(directory)), /^views-[0-9a-f]{16}\.db$/, 'it is not in force')
	bringViewsUp(directory)
	t.same(viewsFiles(directory), ['views.db'])
	await isSound(t, directory)
})

t.test('of two complete views the later ones are in force', async (t) => {
	const directory = await filledDirectory(t, 20)
	const log = openLogForWriting(join(directory, 'log.db'))
	t.teardown(() => log.close())
	const building = buildingPath(nextViewsPath(directory))
	writeFileSync(building, 'no views')
	t.throws(() => openRebuilt(building, log))
	t.same(viewsFiles(directory), ['views.db'], 'those that cannot be opened leave the ones before')

	await log.append(21, [appendable(roomOpened('harbour', 'room-HARBOUR'))])
	writeFileSync(building, '')
	const { views, path } = openRebuilt(building, log)
	t.equal(views.checkpoint().position, 22)
	t.equal(path, viewsPath(directory))
	views.close()
	t.same(viewsFiles(directory), ['views.2.db', 'views.db'], 'as after a kill before the old ones were removed')
	await isSound(t, directory)
	bringViewsUp(directory)
	t.same(viewsFiles(directory), ['views.2.db'])
})
