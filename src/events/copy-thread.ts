import { parentPort, workerData } from 'node:worker_threads'
import type { Copied, CopyTask } from './copy.ts'
import { isDamage, openBeside, reasonOf } from './database.ts'

const { from, to } = workerData as CopyTask
parentPort?.postMessage(copied())

function copied(): Copied {
	try {
		const database = openBeside(from)
		try {
			// One read transaction: whatever is written meanwhile is not in it. And no text that was erased is.
			database.pragma('query_only = 0')
			// The copy is filled as this connection says: else pages that SQLite has made room in keep old bytes
			// of texts, which would stay there when those are erased after a restore.
			database.pragma('secure_delete = 1')
			database.prepare('VACUUM INTO ?').run(to)
			return {}
		} finally {
			database.close()
		}
	} catch (error) {
		return { failed: reasonOf(error), isDamage: isDamage(error) }
	}
}
