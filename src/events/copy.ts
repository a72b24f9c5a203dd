import { closeSync, openSync, readdirSync, rmSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { startThread } from '../program/threads.ts'
import { DamagedLog } from './damaged-log.ts'
import { putInPlace, removeDatabase } from './files.ts'

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
export async function copyLog<Result>(
	from: string,
	to: string,
	use: (copy: string) => Result | Promise<Result>,
): Promise<Result> {
	removeLeftovers(to)
	const copy = `${to}.partial-${process.pid}`
	// Mode first: SQLite fills a file that is there and empty.
	closeSync(openSync(copy, 'wx', 0o600))
	const remove = () => removeDatabase(copy)
	process.once('exit', remove)
	try {
		await copyOnThread({ from, to: copy })
		const result = await use(copy)
		putInPlace(copy, to)
		return result
	} finally {
		process.off('exit', remove)
		remove()
	}
}

/** What a process that was killed has left of copies to that name. */
function removeLeftovers(to: string): void {
	for (const name of readdirSync(dirname(to))) {
		if (name.startsWith(`${basename(to)}.`) && isAbandoned(name)) rmSync(join(dirname(to), name), { force: true })
	}
}

/** Whether a file is called like a copy that nobody on this machine is making any more. */
export function isAbandoned(name: string): boolean {
	const [, pid] = partial.exec(name) ?? []
	return pid !== undefined && !isRunning(Number(pid))
}

/** How a copy is called until it is complete. */
export const partial = /\.partial-([0-9]+)(?:-(?:journal|wal|shm))?$/

function isRunning(pid: number): boolean {
	try {
		process.kill(pid, 0)
		return true
	} catch (error) {
		return (error as NodeJS.ErrnoException).code === 'EPERM'
	}
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
