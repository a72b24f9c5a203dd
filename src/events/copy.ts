import { closeSync, openSync, rmSync } from 'node:fs'
import { Worker } from 'node:worker_threads'
import { DamagedLog } from './damaged-log.ts'
import { putInPlace } from './files.ts'

export interface CopyTask {
	from: string
	to: string
}

export type Copied = { failed?: string; isDamage?: boolean }

/**
 * Copies a log, beside whoever writes it, as it is at one moment. What `use` is given is the path of the
 * complete copy, mode 0600; when `use` has returned, the copy gets the name `to`, and is on the disk.
 *
 * Until then there is nothing of that name. If it fails, or the process exits, nothing is left.
 */
export async function copyLog<Result>(from: string, to: string, use: (copy: string) => Result): Promise<Result> {
	const copy = `${to}.partial-${process.pid}`
	// Mode first: SQLite fills a file that is there and empty.
	closeSync(openSync(copy, 'wx', 0o600))
	const remove = () => {
		for (const suffix of ['', '-journal']) rmSync(copy + suffix, { force: true })
	}
	process.once('exit', remove)
	try {
		await copyOnThread({ from, to: copy })
		const result = use(copy)
		putInPlace(copy, to)
		return result
	} finally {
		process.off('exit', remove)
		remove()
	}
}

/** On a thread, so that meanwhile the process hears signals. */
function copyOnThread(task: CopyTask): Promise<void> {
	const worker = new Worker(new URL('./copy-thread.ts', import.meta.url), { workerData: task })
	const done = Promise.withResolvers<void>()
	worker.once('message', ({ failed, isDamage }: Copied) => {
		// Its connection is closed only then.
		worker.once('exit', () => {
			if (failed === undefined) done.resolve()
			else if (isDamage) done.reject(new DamagedLog(task.from, undefined, `is damaged (${failed})`))
			else done.reject(new Error(`${task.from} could not be copied: ${failed}`))
		})
	})
	worker.once('error', done.reject)
	return done.promise
}
