import { syncBuiltinESMExports } from 'node:module'
import threads, { Worker, type WorkerOptions } from 'node:worker_threads'
import { cleanEnvironment } from './server.ts'

/*
 * What tap loads into a process, each thread of it would load again, which takes ten times as long as all that the thread
 * needs itself. Imported where threads are started in a test's own process: they begin there as they do without tap.
 */

class BareWorker extends Worker {
	constructor(file: string | URL, options: WorkerOptions = {}) {
		super(file, { execArgv: [], env: cleanEnvironment(), ...options })
	}
}

Object.assign(threads, { Worker: BareWorker })
syncBuiltinESMExports()
