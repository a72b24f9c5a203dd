import { startThread } from '../program/threads.ts'
import { DamagedLog } from './damaged-log.ts'
import { makeFile } from './new-file.ts'

export interface CopyTask {
	from: string
	to: string
}

export type Copied = { failed?: string; isDamage?: boolean }

/**
 * Copies a log, beside whoever writes it, as it is at one moment. What `use` is given is the path of the
 * complete copy, mode 0600; when `use` has returned, the copy gets the name `to`, as makeFile says.
 */
export async function copyLog<Result>(
	from: string,
	to: string,
	use: (copy: string) => Result | Promise<Result>,
): Promise<Result> {
	return await makeFile(to, async (copy) => {
		await copyOnThread({ from, to: copy })
		return await use(copy)
	})
}

/** On a thread, so that meanwhile the process hears signals. */
function copyOnThread(task: CopyTask): Promise<void> {
	const worker = startThread('events/copy-thread', { workerData: task })
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
