import {
	copyFileSync,
	existsSync,
	mkdirSync,
	readdirSync,
	rmSync,
	symlinkSync,
	utimesSync,
	writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { startWriter } from '../../src/commands/writer.ts'
import { backup } from '../../src/events/backup.ts'
import { restore } from '../../src/events/restore.ts'
import { openLogForWriting } from '../../src/events/sqlite-log.ts'
import { openViews } from '../../src/projections/open.ts'
import '../helpers/bare-threads.ts'
import { temporaryDirectory } from '../helpers/directory.ts'
import { filledDirectory } from '../helpers/filled-directory.ts'

/** Of a process that is no more: the highest that Linux gives is 2^22. */
const deadPid = 2 ** 22 + 1

t.test('what a killed restore has left is in nobody’s way, and no new log begins there', async (t) => {
	const directory = await filledDirectory(t, 20)
	const file = join(temporaryDirectory(t), 'a.backup')
	const { head } = await backup(directory, file)
	const target = join(temporaryDirectory(t), 'restored')
	mkdirSync(target)
	for (const name of ['lock.db', 'lock.db-journal', `log.db.partial-${deadPid}`]) writeFileSync(join(target, name), '')

	const events = { headMoved() {}, viewsReplaced() {}, failed() {} }
	await t.rejects(startWriter({ directory: target }, events), {
		message: /a restore or an import was interrupted here/,
	})
	t.notOk(existsSync(join(target, 'log.db')))
	t.same((await restore(file, target)).head, head)
	t.notOk(readdirSync(target).some((name) => name.includes('partial')))

	const linked = join(temporaryDirectory(t), 'linked')
	mkdirSync(linked)
	symlinkSync(file, join(linked, `x.partial-${deadPid}`))
	await t.rejects(restore(file, linked), { message: /not empty/ }, 'a link is nobody’s leftover')

	writeFileSync(join(target, 'something.else'), '')
	rmSync(join(target, 'log.db'))
	await t.rejects(restore(file, target), { message: /not empty/ })
})

t.test('a backup removes what a killed one of its name has left, and nothing of one that is at work', async (t) => {
	const directory = await filledDirectory(t, 20)
	const folder = temporaryDirectory(t)
	const [dead, alive, other] = [`a.partial-${deadPid}`, `a.partial-${process.ppid}`, `b.partial-${deadPid}`]
	// In a container each process may have the same number.
	const sameNumber = `a.partial-${process.pid}`
	const atWork = `a.partial-${process.pid}-0a1b2c`
	for (const name of [dead, alive, other, sameNumber, atWork]) writeFileSync(join(folder, name), '')
	utimesSync(join(folder, sameNumber), 0, 0)
	await backup(directory, join(folder, 'a'))
	t.same(readdirSync(folder).sort(), ['a', alive, other, atWork].sort())
})

t.test('a log that ends before what the views had seen is not taken in silence', async (t) => {
	const directory = await filledDirectory(t, 20)
	const file = join(temporaryDirectory(t), 'a.backup')
	await backup(directory, file)
	const open = () => {
		const log = openLogForWriting(join(directory, 'log.db'))
		const { views, warning } = openViews(directory, log)
		return { log, views, warning }
	}
	const before = open()
	t.equal(before.warning, undefined)
	const envelope = { eventId: 'one more', schemaVersion: 1, recordedAt: 0, metadata: { actor: 'system' } }
	const event = { streamId: 'server', type: 'InvitationRevoked', data: { invitationId: 'none' }, body: null } as const
	await before.log.append(before.log.head().position, [{ ...event, ...envelope }])
	before.views.close()
	before.log.close()
	const caughtUp = open()
	caughtUp.views.close()
	caughtUp.log.close()

	for (const suffix of ['', '-wal', '-shm']) rmSync(join(directory, `log.db${suffix}`), { force: true })
	copyFileSync(file, join(directory, 'log.db'))
	const after = open()
	t.match(after.warning, /had seen position 22 .* ends at 21\. .*keep a copy/)
	after.views.close()
	after.log.close()
	const again = open()
	t.equal(again.warning, undefined, 'it is said once')
	again.views.close()
	again.log.close()
})
