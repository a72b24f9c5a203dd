import { join } from 'node:path'
import Database from 'better-sqlite3'

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
	const database = new Database(join(directory, 'lock.db'), { timeout: 0 })
	try {
		database.exec('BEGIN EXCLUSIVE')
	} catch (error) {
		database.close()
		if ((error as { code?: string }).code?.startsWith('SQLITE_BUSY')) throw new DirectoryInUse(directory)
		throw error
	}
	return { release: () => database.close() }
}
