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
			database.prepare('VACUUM INTO ?').run(to)
			return {}
		} finally {
			database.close()
		}
	} catch (error) {
		return { failed: reasonOf(error), isDamage: isDamage(error) }
	}
}
