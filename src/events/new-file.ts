import { randomBytes } from 'node:crypto'
import { closeSync, openSync, readdirSync, rmSync, statSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { isInUse } from './database.ts'
import { putInPlace, removeDatabase } from './files.ts'
import { isThere } from './there.ts'

/**
 * Makes a file that has its name only when it is complete and on the disk. What `make` is given is the path
 * of an empty file, mode 0600, which it fills and closes.
 *
 * Until then there is nothing of that name. If it fails, or the process exits, nothing is left.
 */
export async function makeFile<Result>(name: string, make: (path: string) => Promise<Result>): Promise<Result> {
	if (!isThere(dirname(name))) throw new Error(`there is no directory ${dirname(name)}: make it first`)
	removeLeftovers(name)
	// In containers each process may have the same number.
	const path = `${name}.partial-${process.pid}-${randomBytes(3).toString('hex')}`
	// Mode first: SQLite fills a file that is there and empty.
	closeSync(openSync(path, 'wx', 0o600))
	const remove = () => removeDatabase(path)
	// The last that was begun is the first to go, so that a directory can follow its file.
	process.prependOnceListener('exit', remove)
	try {
		const result = await make(path)
		putInPlace(path, name)
		return result
	} finally {
		process.off('exit', remove)
		remove()
	}
}

/** What a process that was killed has left of files of that name. */
function removeLeftovers(to: string): void {
	for (const name of readdirSync(dirname(to))) {
		if (!name.startsWith(`${basename(to)}.`)) continue
		const path = join(dirname(to), name)
		// In another container, too, a process may have this number; what it is making it writes to, or has a lock on.
		const isLeft = isAbandoned(name) || (pidIn(name) === process.pid && isAtRest(path) && !isInUse(path))
		if (isLeft) rmSync(path, { force: true })
	}
}

/** Whether a file is called like one that nobody on this machine is making any more. */
export function isAbandoned(name: string): boolean {
	const pid = pidIn(name)
	return pid !== undefined && !isRunning(pid)
}

function isAtRest(path: string): boolean {
	return Date.now() - (statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0) > restMs
}

const restMs = 10_000

function pidIn(name: string): number | undefined {
	const [, pid] = partial.exec(name) ?? []
	return pid === undefined ? undefined : Number(pid)
}

/** How a file is called until it is complete. */
export const partial = /\.partial-([0-9]+)(?:-[0-9a-f]{6})?(?:-(?:journal|wal|shm))?$/

function isRunning(pid: number): boolean {
	try {
		process.kill(pid, 0)
		return true
	} catch (error) {
		return (error as NodeJS.ErrnoException).code === 'EPERM'
	}
}
