import { copyFileSync, mkdirSync, readdirSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { type Keeping, type MadeBackup, makeBackup, makeBackupDirectory } from '../../src/cli/backups-in-time.ts'
import { backupName, newestBackup } from '../../src/events/kept-backups.ts'
import { logIdOf } from '../../src/events/log-content.ts'
import '../helpers/bare-threads.ts'
import { temporaryDirectory } from '../helpers/directory.ts'
import { fillLog } from '../helpers/record.ts'

const hourMs = 60 * 60 * 1_000
const noon = Date.parse('2026-11-22T12:00:00Z')

async function aLog(t: Test): Promise<{ data: string; logId: string }> {
	const data = join(temporaryDirectory(t), 'data')
	await fillLog(data, ['general'], 3)
	return { data, logId: logIdOf(join(data, 'log.db')) as string }
}

async function make(keeping: Keeping, now: number): Promise<MadeBackup> {
	const made: MadeBackup[] = []
	await makeBackup(keeping, (backup) => made.push(backup), now)
	return made[0] as MadeBackup
}

t.test('of the backups in a directory the newest are kept, and nobody else’s file is touched', async (t) => {
	const [{ data, logId }, other] = await Promise.all([aLog(t), aLog(t)])
	const to = join(temporaryDirectory(t), 'backups')
	makeBackupDirectory(to)
	t.equal(statSync(to).mode & 0o777, 0o700)
	const name = (hours: number) => backupName(logId, noon + hours * hourMs)
	t.match(name(0), /^tailroom-2026-11-22T12-00-00Z-[0-9a-f]{8}\.db$/)

	await make({ data, to }, noon)
	t.match(await make({ data, to }, noon + hourMs), { events: 4, removed: 0 })
	const theirs = await make({ ...other, to }, noon)
	copyFileSync(join(to, name(0)), join(to, 'by-hand.db'))
	// Called like one of ours and none, ours and called like another's, and another's called like ours.
	writeFileSync(join(to, name(-1)), 'mine')
	copyFileSync(join(to, name(0)), join(to, backupName(other.logId, noon - hourMs)))
	copyFileSync(theirs.file, join(to, name(-2)))
	mkdirSync(join(to, name(-3)))
	const before = readdirSync(to)

	t.match(await make({ data, to, keep: 2 }, noon + 2 * hourMs), { removed: 1 })
	const expected = [...before.filter((file) => file !== name(0)), name(2)].sort()
	t.same(readdirSync(to).sort(), expected)
	t.match(await make({ data, to, keep: 1 }, noon - 10 * hourMs), { removed: 2 })
	t.ok(readdirSync(to).includes(name(-10)), 'the one just made stays, whatever the clock says')
	await t.rejects(make({ data, to, keep: 1 }, noon - 10 * hourMs), { message: /is there already/ })
})

t.test('the newest is one that is whole, of this log, and not of the future', async (t) => {
	const { data, logId } = await aLog(t)
	const to = temporaryDirectory(t)
	t.equal(newestBackup(to, logId, noon), undefined)
	const { file } = await make({ data, to }, noon - hourMs)
	await make({ data, to }, noon + hourMs)
	writeFileSync(join(to, backupName(logId, noon)), '')
	t.same(newestBackup(to, logId, noon), { path: file, madeAt: noon - hourMs })
})

t.test('what a killed process has left of a backup goes; what one is writing stays', async (t) => {
	const { data, logId } = await aLog(t)
	const to = temporaryDirectory(t)
	const now = Date.now()
	const partials = {
		abandoned: `${backupName(logId, noon)}.partial-999999999`,
		journal: `${backupName(logId, noon)}.partial-999999999-journal`,
		young: `${backupName(logId, noon + hourMs)}.partial-999999999`,
		running: `${backupName(logId, noon)}.partial-${process.pid}`,
		another: `${backupName('0'.repeat(32), noon)}.partial-999999999`,
		foreign: 'photos.db.partial-999999999',
	}
	for (const [what, name] of Object.entries(partials)) {
		writeFileSync(join(to, name), '')
		if (what !== 'young') utimesSync(join(to, name), now / 1_000, (now - 24 * hourMs) / 1_000)
	}
	const { file } = await make({ data, to }, now)
	const { abandoned, journal, ...kept } = partials
	t.same(
		new Set(readdirSync(to).map((name) => join(to, name))),
		new Set([...Object.values(kept).map((name) => join(to, name)), file]),
	)
})

t.test('a directory that cannot be one is told at once', async (t) => {
	const place = temporaryDirectory(t)
	writeFileSync(join(place, 'file'), '')
	t.throws(() => makeBackupDirectory(join(place, 'file')), { message: /is no directory/ })
	t.throws(() => makeBackupDirectory(join(place, 'not-mounted', 'backups')), { message: /there is no directory/ })
	await t.rejects(
		makeBackup({ data: place, to: place }, () => {}),
		{ message: /there is no log in/ },
	)
	t.same(readdirSync(place), ['file'])
})
