import { join } from 'node:path'
import Database from 'better-sqlite3'
import { isThere } from './there.ts'

/** Another process owns the data directory. */
export class DirectoryInUse extends Error {
	constructor(directory: string) {
		super(`another Tailroom is running on ${directory}: stop it, or choose another --data directory`)
	}
}

/**
 * Takes the data directory for this process until `release`, or until the process ends in any way:
 * the lock is the operating system's, so a killed server leaves none behind.
 */
export function lockDirectory(directory: string): { release(): void } {
	const database = new Database(join(directory, 'lock.db'), { timeout: lookedAtMs })
	try {
		// Nothing is written to it: it takes no room, and so it can be taken on a disk that is full.
		database.pragma('journal_mode = MEMORY')
		database.exec('BEGIN EXCLUSIVE')
	} catch (error) {
		database.close()
		if ((error as { code?: string }).code?.startsWith('SQLITE_BUSY')) throw new DirectoryInUse(directory)
		throw error
	}
	// Who made the directory, and failed, has removed the file that this has waited for.
	if (!isThere(join(directory, 'lock.db'))) {
		database.close()
		return lockDirectory(directory)
	}
	return { release: () => database.close() }
}

/** Whether a process has the data directory. For the moment in which that is looked at, no other can take it. */
export function isDirectoryTaken(directory: string): boolean {
	const path = join(directory, 'lock.db')
	if (!isThere(path)) return false
	const database = new Database(path, { readonly: true, fileMustExist: true, timeout: 0 })
	try {
		database.prepare('SELECT 1 FROM sqlite_schema').get()
		return false
	} catch (error) {
		if ((error as { code?: string }).code?.startsWith('SQLITE_BUSY')) return true
		throw error
	} finally {
		database.close()
	}
}

/** Longer nobody looks whether a directory is taken: only who has it for longer is in the way. */
const lookedAtMs = 100
