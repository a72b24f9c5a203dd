import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { copyFileSync, existsSync, mkdirSync, readdirSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import {
	type Keeping,
	type MadeBackup,
	makeBackup,
	makeBackupDirectory,
	makeBackupNow,
} from '../../src/cli/backups-in-time.ts'
import { backup } from '../../src/events/backup.ts'
import { backupName, freeTime, newestBackup } from '../../src/events/kept-backups.ts'
import { logIdOf } from '../../src/events/log-content.ts'
import '../helpers/bare-threads.ts'
import { checkout } from '../helpers/checkout.ts'
import { temporaryDirectory } from '../helpers/directory.ts'
import { fillLog } from '../helpers/record.ts'
import { cleanEnvironment } from '../helpers/server.ts'

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

t.test('what a clock that was ahead has made goes before what is of the past', async (t) => {
	const { data, logId } = await aLog(t)
	const to = join(temporaryDirectory(t), 'backups')
	makeBackupDirectory(to, data)
	const name = (hours: number) => backupName(logId, noon + hours * hourMs)
	for (const hours of [0, 48, 49]) await make({ data, to }, noon + hours * hourMs)
	t.match(await make({ data, to, keep: 3 }, noon + hourMs), { removed: 1 })
	t.same(readdirSync(to).sort(), [name(0), name(1), name(49)])
	await make({ data, to, keep: 3 }, noon + 2 * hourMs)
	t.same(readdirSync(to).sort(), [name(0), name(1), name(2)])
})

t.test('of the backups in a directory the newest are kept, and nobody else’s file is touched', async (t) => {
	const [{ data, logId }, other] = await Promise.all([aLog(t), aLog(t)])
	const to = join(temporaryDirectory(t), 'backups')
	makeBackupDirectory(to, data)
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

t.test('what a killed process has left of a backup goes; what one is making stays', async (t) => {
	const { data, logId } = await aLog(t)
	const to = temporaryDirectory(t)
	const now = Date.now()
	// In another container it may have the number that this process has here.
	const name = (hours: number, pid = process.pid) => `${backupName(logId, noon + hours * hourMs)}.partial-${pid}`
	const half = { half: name(0), journal: `${name(0)}-journal`, alone: `${name(1, 999_999_999)}-journal` }
	const kept = {
		young: name(2, 999_999_999),
		another: `${backupName('0'.repeat(32), noon)}.partial-999999999`,
		foreign: 'photos.db.partial-999999999',
		filled: name(3),
		checked: name(4),
	}
	const before = (now - 60_000) / 1_000
	for (const [what, file] of Object.entries({ ...half, ...kept })) {
		writeFileSync(join(to, file), what === 'half' ? `SQLite format 3\0${'half a page'.repeat(90)}` : '')
		if (what !== 'young') utimesSync(join(to, file), before, before)
	}
	const filling = await otherProcess(t, join(to, kept.filled), 'BEGIN IMMEDIATE; CREATE TABLE a (b)')
	rmSync(join(to, kept.checked))
	await backup(data, join(to, kept.checked))
	const checking = await otherProcess(t, join(to, kept.checked), 'BEGIN; SELECT * FROM events')
	for (const file of [kept.filled, kept.checked]) utimesSync(join(to, file), before, before)
	const { file } = await make({ data, to }, now)
	const left = readdirSync(to).filter((each) => !/-(journal|wal|shm)$/.test(each))
	t.same(left.map((each) => join(to, each)).sort(), [...Object.values(kept).map((each) => join(to, each)), file].sort())
	t.notOk(existsSync(join(to, half.journal)) || existsSync(join(to, half.alone)))

	for (const each of [filling, checking]) {
		each.kill('SIGKILL')
		await once(each, 'exit')
	}
	await make({ data, to }, now + 60_000)
	t.notOk(readdirSync(to).some((each) => each.startsWith(kept.filled) || each.startsWith(kept.checked)))
})

/** It has that transaction open until it is killed. */
async function otherProcess(t: Test, file: string, sql: string): Promise<ChildProcess> {
	const script = `const database = new (require('better-sqlite3'))(process.argv[1])
		database.exec(process.argv[2])
		setInterval(() => database.inTransaction, 1000)
		console.log('open')`
	const child = spawn(process.execPath, ['-e', script, file, sql], { cwd: checkout, env: cleanEnvironment() })
	t.teardown(() => child.kill('SIGKILL'))
	await once(child.stdout, 'data')
	return child
}

t.test('of the same second two are made, and called by two', async (t) => {
	const { data, logId } = await aLog(t)
	const to = temporaryDirectory(t)
	const made: string[] = []
	const one = () => makeBackupNow({ data, to }, ({ file }) => made.push(file))
	await Promise.all([one(), one()])
	await one()
	t.same(
		readdirSync(to).map((name) => join(to, name)),
		made.toSorted(),
	)
	t.equal(new Set(made).size, 3)
	writeFileSync(join(to, `${backupName(logId, noon)}.partial-1`), '')
	t.equal(freeTime(to, logId, noon), noon + 1_000)
})

t.test('a directory that cannot be one is told at once', async (t) => {
	const place = temporaryDirectory(t)
	writeFileSync(join(place, 'file'), '')
	t.throws(() => makeBackupDirectory(join(place, 'file'), place), { message: /is no directory/ })
	t.throws(() => makeBackupDirectory(join(place, 'not-mounted', 'backups'), place), {
		message: /there is no directory/,
	})
	t.throws(() => makeBackupDirectory(`${place}/.`, place), { message: /is the data directory itself/ })
	await t.rejects(
		makeBackup({ data: place, to: place }, () => {}),
		{ message: /there is no log in/ },
	)
	t.same(readdirSync(place), ['file'])
})
