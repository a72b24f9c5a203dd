import { join } from 'node:path'
import t from 'tap'
import { guestNamed } from '../../src/commands/actor.ts'
import { openLogForWriting } from '../../src/events/sqlite-log.ts'
import { openViews } from '../../src/projections/open.ts'
import { temporaryDirectory } from '../helpers/directory.ts'
import { filesHolding } from '../helpers/files.ts'
import { Writing } from '../helpers/sequencer.ts'

t.test('no text and no name is in the views, so erasing it in the log erases it everywhere', async (t) => {
	const directory = temporaryDirectory(t)
	const log = openLogForWriting(join(directory, 'log.db'))
	const { views } = openViews(directory, log)
	const writing = new Writing(log, views)
	const person = guestNamed('canary-name', log.logId)
	await writing.run(
		writing.post('canary-text', { actor: person }),
		writing.submit({ type: 'ChangePresence', person, state: 'online' }),
		writing.submit({ type: 'JoinRoom', person, roomId: 'room-command1' }),
	)
	t.equal(log.head().position, 4)
	t.same(filesHolding(directory, 'canary'), ['log.db-wal'])

	await log.append(4, [], { erases: [2, 3, 4] })
	t.equal(log.tidy({ isIdle: true }), true)
	t.same(filesHolding(directory, 'canary'), [])
	views.close()
	log.close()
	t.same(filesHolding(directory, 'canary'), [])
})

t.test('a batch that is rolled back leaves the views and their checkpoint as they were', (t) => {
	const log = openLogForWriting(':memory:')
	const { views } = new Writing(log, openViews(temporaryDirectory(t), log).views)
	const before = views.checkpoint()
	views.begin()
	views.run("INSERT INTO presences VALUES ('someone', 1, 'online', 0, 1)")
	views.setCheckpoint({ position: 1, fingerprint: 'another' })
	views.rollback()
	t.same(views.checkpoint(), before)
	t.same(views.all('SELECT * FROM presences'), [])
	views.rollback()
	views.close()
	log.close()
	t.end()
})
