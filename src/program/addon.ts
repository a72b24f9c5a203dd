import { closeSync, fstatSync, mkdtempSync, openSync, readdirSync, readSync, rmSync, writeFileSync } from 'node:fs'
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
		const { descriptor } = write(folder)
		return `/proc/self/fd/${descriptor}`
	} finally {
		rmSync(folder, { recursive: true, force: true })
	}
}

/** Where a file that is loaded keeps its name, a later start removes it. */
function writeWithName(): string {
	for (const name of readdirSync(tmpdir())) if (name.startsWith(folderPrefix)) removeUnused(join(tmpdir(), name))
	const { file, descriptor } = write(makeFolder())
	closeSync(descriptor)
	return file
}

function makeFolder(): string {
	return orSay(() => mkdtempSync(join(tmpdir(), folderPrefix)))
}

/**
 * The descriptor is that of the file which this has made, wherever its name leads by now: whose folder for temporary files
 * it is can put another one there, but not write to this one.
 */
function write(folder: string): { file: string; descriptor: number } {
	const file = join(folder, addonKey)
	const descriptor = orSay(() => {
		const made = openSync(file, 'wx+', 0o600)
		writeFileSync(made, asset())
		return made
	})
	const written = Buffer.alloc(asset().length)
	readSync(descriptor, written, 0, written.length, 0)
	if (written.equals(asset()) && fstatSync(descriptor).size === written.length) return { file, descriptor }
	throw new Error(`what was written to ${tmpdir()} is not what is there: it is not loaded`)
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

function asset(): Buffer {
	return Buffer.from(getRawAsset(addonKey))
}

/** That of a process that still runs cannot be removed. */
function removeUnused(folder: string): void {
	try {
		rmSync(folder, { recursive: true })
	} catch {}
}
