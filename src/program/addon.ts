import { mkdtempSync, openSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { getRawAsset } from 'node:sea'
import { getEnvironmentData, isMainThread, setEnvironmentData } from 'node:worker_threads'

/** What SQLite is called in the binary, and what tells each thread where it has been written. */
const addonKey = 'better_sqlite3.node'
const folderPrefix = 'tailroom-sqlite-'

/** SQLite as it lies in the binary, for the thread that asks. */
export function loadAddon(): unknown {
	const path = placeAddon()
	const loaded = { exports: {} }
	try {
		process.dlopen(loaded, path)
	} catch (error) {
		throw new Error(
			`SQLite cannot be loaded from ${tmpdir()}: ${(error as Error).message}. ` +
				'If programs may not run from there, set TMPDIR to a folder from which they may.',
		)
	}
	return loaded.exports
}

/**
 * Writes SQLite where nobody else can, once a process, and gives the path by which each thread loads it: two copies of
 * SQLite in a process do not know of each other's locks, and damage a database that both have open.
 */
export function placeAddon(): string {
	const known = getEnvironmentData(addonKey)
	if (typeof known === 'string') return known
	if (!isMainThread) throw new Error('a thread was started before SQLite was written')
	const path = process.platform === 'linux' ? writeWithoutName() : writeWithName()
	setEnvironmentData(addonKey, path)
	return path
}

/** The file has no name any more when it is loaded: nobody can change it, and nothing is left of it, however this ends. */
function writeWithoutName(): string {
	const folder = makeFolder()
	try {
		const descriptor = openSync(write(folder), 'r')
		rmSync(folder, { recursive: true })
		check(readFileSync(descriptor))
		return `/proc/self/fd/${descriptor}`
	} finally {
		rmSync(folder, { recursive: true, force: true })
	}
}

/** Where a file that is loaded keeps its name, a later start removes it. */
function writeWithName(): string {
	for (const name of readdirSync(tmpdir())) if (name.startsWith(folderPrefix)) removeUnused(join(tmpdir(), name))
	const file = write(makeFolder())
	check(readFileSync(file))
	return file
}

function makeFolder(): string {
	return orSay(() => mkdtempSync(join(tmpdir(), folderPrefix)))
}

function write(folder: string): string {
	const file = join(folder, addonKey)
	orSay(() => writeFileSync(file, asset(), { mode: 0o400, flag: 'wx' }))
	return file
}

function orSay<Result>(write: () => Result): Result {
	try {
		return write()
	} catch (error) {
		throw new Error(
			`SQLite cannot be written to ${tmpdir()}: ${(error as Error).message}. ` +
				'It needs 3 MB in a folder for temporary files: set TMPDIR to one.',
		)
	}
}

function check(written: Buffer): void {
	if (!written.equals(asset()))
		throw new Error(`what was written to ${tmpdir()} is not what is there: it is not loaded`)
}

function asset(): Buffer {
	return Buffer.from(getRawAsset(addonKey))
}

/** That of a process that still runs cannot be removed. */
function removeUnused(folder: string): void {
	try {
		rmSync(folder, { recursive: true })
	} catch {}
}
