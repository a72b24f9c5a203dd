import { join } from 'node:path'
import t from 'tap'
import { startDeepReader } from '../../src/events/deep-reader.ts'
import type { LogRange } from '../../src/events/log.ts'
import { openLogForWriting } from '../../src/events/sqlite-log.ts'
import '../helpers/bare-threads.ts'
import { temporaryDirectory } from '../helpers/directory.ts'
import { manyMessages } from '../helpers/events.ts'

t.test('the deep reader gives what the log gives, in the order in which it is asked', async (t) => {
	const path = join(temporaryDirectory(t), 'log.db')
	const log = openLogForWriting(path)
	t.teardown(() => log.close())
	await log.append(0, manyMessages(20))
	const reader = startDeepReader(path, (error) => t.fail(String(error)))
	const ranges = [
		{ after: 0, through: 20, limit: 5 },
		{ after: 12, through: 14, limit: 50 },
		{ after: 20, through: 20, limit: 50 },
		{ after: 0, through: 20, limit: 50, streams: ['room-GENERAL'] },
		{ after: 0, through: 20, limit: 50, streams: ['room-OTHER'] },
		{ after: 3, through: 20, limit: 5, streams: ['room-OTHER', 'room-GENERAL'] },
	] satisfies LogRange[]
	const pages = await Promise.all(ranges.map((range) => reader.read(range)))
	t.same(
		pages,
		ranges.map((range) => log.read(range)),
	)

	await log.append(20, manyMessages(1), { erases: [1] })
	const last = reader.read({ after: 0, through: 21, limit: 50 })
	await reader.stop()
	t.same(await last, log.read({ after: 0, through: 21, limit: 50 }))
})

t.test('a deep reader that cannot read says so', async (t) => {
	const failed = Promise.withResolvers<Error>()
	const reader = startDeepReader(join(temporaryDirectory(t), 'log.db'), failed.resolve)
	void reader.read({ after: 0, through: 1, limit: 1 })
	t.match(await failed.promise, { code: 'SQLITE_CANTOPEN' })
})
