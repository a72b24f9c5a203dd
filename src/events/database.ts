import { existsSync, statSync } from 'node:fs'
import Database from 'better-sqlite3'
import { askOwnerOf, isKeptFromUs } from './there.ts'

export type { Database } from 'better-sqlite3'

/** Below this version a crash can corrupt a database in WAL mode (the WAL-reset bug). */
const sqliteVersionMin = '3.51.3'

/** How long a reader waits while a connection that opens recovers the WAL after a crash. */
const readerBusyTimeoutMs = 2_000

/** Memory for pages a connection: 16 MiB. */
const cacheKib = 16_384

/** Rows that are built in the order of the log land all over the indexes: 64 MiB. */
const buildingCacheKib = 65_536

/**
 * Opens the one connection that writes a file.
 *
 * `durable` is for truth: a commit returns when it is on the disk. Without it, for views, a power
 * cut may take back the last commits, never half of one.
 */
export function openForWriting(path: string, options: { durable: boolean }): Database.Database {
	// SQLite says so only at the first write, and without the name.
	if (isKeptFromUs(path)) throw keptFromUs(path)
	return open(path, { timeout: 0 }, (database) => {
		// secure_delete before anything is written: freed text is overwritten, not only forgotten.
		set(database, 'secure_delete', 1)
		set(database, 'journal_mode', path === ':memory:' ? 'memory' : 'wal')
		set(database, 'synchronous', options.durable ? synchronousFull : synchronousNormal)
		// Checkpoints happen when the writer decides, between two batches.
		set(database, 'wal_autocheckpoint', 0)
		// So that INSERT OR REPLACE meets the triggers that forbid deleting.
		set(database, 'recursive_triggers', 1)
		set(database, 'foreign_keys', 1)
		set(database, 'cache_size', -cacheKib)
		checkVersion(database)
	})
}

/**
 * Opens the one connection that fills a new file. Nothing of it is certain to be on the disk until it
 * is closed and the file synced; a process that is killed meanwhile leaves a file of no use.
 */
export function openForBuilding(path: string): Database.Database {
	return open(path, { timeout: 0 }, (database) => {
		set(database, 'secure_delete', 1)
		// A write-ahead log would write everything twice.
		set(database, 'journal_mode', 'memory')
		set(database, 'synchronous', synchronousOff)
		set(database, 'recursive_triggers', 1)
		set(database, 'foreign_keys', 1)
		set(database, 'cache_size', -buildingCacheKib)
		checkVersion(database)
	})
}

/** Opens a connection that can never write and never checkpoints. The file must exist. */
export function openForReading(path: string): Database.Database {
	return open(path, { readonly: true, fileMustExist: true, timeout: readerBusyTimeoutMs }, (database) => {
		set(database, 'query_only', 1)
		set(database, 'cache_size', -cacheKib)
	})
}

/**
 * Opens a connection that reads beside whoever writes, from another process: no file of the directory
 * is another one afterwards. The file must exist.
 */
export function openBeside(path: string): Database.Database {
	return beside(path, () => {})
}

/** As openBeside, and reads of a file that has lost its end what is left of it. */
export function openAsFarAsItGoes(path: string): Database.Database {
	return beside(path, (database) => {
		// Whoever repairs is let into a file that is shorter than it says. No write comes of it: query_only is set next.
		database.unsafeMode(true)
		set(database, 'writable_schema', 1)
	})
}

function beside(path: string, first: (database: Database.Database) => void): Database.Database {
	// A connection that may not write leaves the two files that it makes where nobody else is. Where they
	// are there already, nothing may be moved out of them.
	const readonly = existsSync(`${path}-wal`)
	return open(path, { readonly, fileMustExist: true, timeout: readerBusyTimeoutMs }, (database) => {
		first(database)
		set(database, 'query_only', 1)
		set(database, 'wal_autocheckpoint', 0)
		set(database, 'cache_size', -cacheKib)
	})
}

/** Whether a connection of any process on this file system reads or writes a file at this moment. True also where nobody can say. */
export function isInUse(path: string): boolean {
	let database: Database.Database | undefined
	try {
		database = new Database(path, { fileMustExist: true, timeout: 0 })
		database.exec('BEGIN EXCLUSIVE')
		return false
	} catch (error) {
		// Half a file, whose reader got as far as that.
		return !isDamage(error)
	} finally {
		database?.close()
	}
}

/** What goes wrong here is said with the name of the file: SQLite does not say it. */
function open(
	path: string,
	options: Database.Options,
	prepare: (database: Database.Database) => void,
): Database.Database {
	let database: Database.Database | undefined
	try {
		database = new Database(path, options)
		prepare(database)
		return database
	} catch (error) {
		database?.close()
		throw Object.assign(new Error(whyNotOpened(path, error), { cause: error }), { code: sqliteCode(error) })
	}
}

function whyNotOpened(path: string, error: unknown): string {
	if (isDiskFull(error)) return `${path}: the disk is full: make room first`
	if (/^SQLITE_(CANTOPEN|READONLY)/.test(sqliteCode(error)) && isKeptFromUs(path)) {
		return keptFromUs(path).message
	}
	return `${path}: ${(error as Error).message}`
}

function keptFromUs(path: string): Error {
	return new Error(`you may not read and write ${path}: ${askOwnerOf(path)}`)
}

const synchronousOff = 0
const synchronousNormal = 1
const synchronousFull = 2

/** Sets a pragma and asserts that it took: SQLite ignores what it does not like without a word. */
function set(database: Database.Database, name: string, value: string | number): void {
	database.pragma(`${name} = ${value}`)
	const actual = database.pragma(name, { simple: true })
	if (actual !== value) throw new Error(`SQLite did not take ${name} = ${value} for ${database.name}: it is ${actual}`)
}

/** The size of the write-ahead log beside a file. The size alone is asked: nothing is opened. */
export function walBytes(database: Database.Database): number {
	return statSync(`${database.name}-wal`, { throwIfNoEntry: false })?.size ?? 0
}

/** At the end the writer has nothing else to do than to wait for a reader that is in a page. */
export const lastTruncateMs = 1_000

/**
 * Moves the write-ahead log into the file and empties it. Does not wait for readers unless told to:
 * false if one was in the way, or if the disk has no room for the file to grow; what could be moved
 * has been moved.
 */
export function truncateWal(database: Database.Database, waitMs = 0): boolean {
	return checkpointWal(database, 'TRUNCATE', waitMs)
}

function checkpointWal(database: Database.Database, mode: 'PASSIVE' | 'TRUNCATE', waitMs: number): boolean {
	database.pragma(`busy_timeout = ${waitMs}`)
	try {
		const [result] = database.pragma(`wal_checkpoint(${mode})`) as [{ busy: number }]
		return result.busy === 0
	} catch (error) {
		// Nothing is lost: what was not moved is read from the write-ahead log, as before.
		if (isDiskFull(error)) return false
		throw error
	}
}

/** The write-ahead log is moved into the file when it has grown to this: small enough to be read quickly. */
const walBytesMax = 4 * 1024 * 1024
const walPagesMax = walBytesMax / 4_096

/** So large it gets only if a reader is in the way for longer than readers of a page are. */
export const walBytesMost: number = 4 * walBytesMax

/**
 * Those who read a page at a time are done with it in half of that. SQLite waits for the place of a reader, which the next
 * one may have taken meanwhile, who is not in the way; so it is to look again, and not to wait for longer.
 */
const readersMs = 20
const looksMax = 5

/** The size from which on readers are waited for, where that is not `walBytesMost`. */
const waitsFrom = new WeakMap<Database.Database, number>()

/**
 * Moves the write-ahead log into the file when that is due; true if there is nothing left to do.
 *
 * Under load it is moved and then overwritten from its beginning, because an fsync of a file that
 * grows takes twice as long. It is truncated when nobody is waiting: then `isIdle` is given.
 *
 * Of many who read a page at a time there may always be one at it, and then neither can be done. So beyond
 * `walBytesMost` they are waited for, which ends since who begins meanwhile is not in the way. For one
 * that stays that is no use: it is tried again each time that it has grown by as much.
 */
export function tidyWal(database: Database.Database, isIdle: boolean): boolean {
	const bytes = walBytes(database)
	if (bytes < walBytesMax) return true
	if (isIdle || bytes > walBytesMost) return emptyWal(database, bytes)
	const [{ log, checkpointed }] = database.pragma('wal_checkpoint(NOOP)') as [{ log: number; checkpointed: number }]
	if (log - checkpointed >= walPagesMax) checkpointWal(database, 'PASSIVE', 0)
	return false
}

/** Waits for readers where that is due. */
function emptyWal(database: Database.Database, bytes: number): boolean {
	const waits = bytes > (waitsFrom.get(database) ?? walBytesMost)
	let isEmpty = truncateWal(database)
	for (let look = 0; waits && !isEmpty && look < looksMax; look++) isEmpty = truncateWal(database, readersMs)
	if (isEmpty) waitsFrom.delete(database)
	else if (waits) waitsFrom.set(database, bytes + walBytesMost)
	return isEmpty
}

/** There is no room: in the file, or in the index of its write-ahead log, which is memory that a file lends. */
export function isDiskFull(error: unknown): boolean {
	return ['SQLITE_FULL', 'SQLITE_IOERR_SHMSIZE'].includes(sqliteCode(error))
}

/** A file whose content is not what SQLite has written. */
export function isCorrupt(error: unknown): boolean {
	return sqliteCode(error).startsWith('SQLITE_CORRUPT') || sqliteCode(error) === 'SQLITE_NOTADB'
}

/** What a torn or foreign file shows itself by. A full disk or a missing right is no damage. */
export function isDamage(error: unknown): boolean {
	return isCorrupt(error) || sqliteCode(error) === 'SQLITE_ERROR'
}

/** What SQLite said, without the name of the file. */
export function reasonOf(error: unknown): string {
	return (((error as Error).cause ?? error) as Error).message
}

/** SQLite's name for what went wrong; empty if it was something else. */
export function sqliteCode(error: unknown): string {
	return (error as { code?: string }).code ?? ''
}

function checkVersion(database: Database.Database): void {
	const version = database.prepare('SELECT sqlite_version()').pluck().get() as string
	if (compareVersions(version, sqliteVersionMin) < 0) {
		throw new Error(`Tailroom needs SQLite ${sqliteVersionMin} or newer, this is ${version}: run npm ci`)
	}
}

export function compareVersions(a: string, b: string): number {
	const left = a.split('.').map(Number)
	const right = b.split('.').map(Number)
	for (let i = 0; i < Math.max(left.length, right.length); i++) {
		const difference = (left[i] ?? 0) - (right[i] ?? 0)
		if (difference !== 0) return difference
	}
	return 0
}
