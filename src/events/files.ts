import { closeSync, fsyncSync, openSync, renameSync, rmSync } from 'node:fs'
import { dirname } from 'node:path'

/**
 * Gives a complete file its name, which then holds the whole file or what it held before, also after a
 * power cut. No connection may be open on it: SQLite would lose its locks.
 */
export function putInPlace(path: string, name: string): void {
	syncFile(path)
	renameSync(path, name)
	syncDirectory(dirname(name))
}

/** Returns when what was written to the file is on the disk. */
export function syncFile(path: string): void {
	const file = openSync(path, 'r+')
	try {
		fsyncSync(file)
	} finally {
		closeSync(file)
	}
}

/** With what SQLite keeps beside it. No connection may be open on it. */
export function removeDatabase(path: string): void {
	for (const suffix of ['', '-wal', '-shm', '-journal']) rmSync(path + suffix, { force: true })
}

/** Names are on the disk only with their directory. Windows sees to that itself, and cannot be asked to. */
function syncDirectory(path: string): void {
	if (process.platform === 'win32') return
	const directory = openSync(path, 'r')
	try {
		fsyncSync(directory)
	} finally {
		closeSync(directory)
	}
}
