import { readdirSync, statSync } from 'node:fs'
import { basename, dirname, extname, join, resolve } from 'node:path'
import { erasingTypes } from './catalogue.ts'
import { type Database, isDamage, openAsFarAsItGoes, reasonOf } from './database.ts'
import { genesisFingerprint } from './fingerprint.ts'
import type { LogHead, Position, RecordedEvent } from './log.ts'
import { logIdOf } from './log-content.ts'
import { isMigrated } from './migrations.ts'
import { partial } from './new-file.ts'
import { type EventRow, eventColumns, recordedEvent } from './sqlite-log.ts'
import { isThere } from './there.ts'

/** Told in words what is not what was written; `cutFile` is the path where nothing after it can be read. */
export type TellDamage = (finding: string, cutFile?: string) => void

/** A log as a file holds it, of this version or an older one, from which is read what was erased. */
export interface LogCopy {
	readonly path: string
	readonly head: LogHead
	/** When its last event was recorded, in Unix milliseconds; undefined: it has none. */
	readonly lastAt: number | undefined
	/** Why nothing can be read behind `head`, where it is not the end, in words. */
	readonly cut: string | undefined
	/** As that of a LogReader; undefined also where the file is damaged. */
	fingerprintAt(position: Position): string | undefined
	/**
	 * The events after a position that erase something, the oldest first. Those that are not what was written are left
	 * out, and `damaged` is told of each in words; where the file cannot be read there is no more.
	 */
	erasing(after: Position, damaged: TellDamage): Generator<RecordedEvent>
	/** The number of the last message that a stream had at a position; 0 if it had none. */
	sequenceAt(streamId: string, position: Position): number
	/** The numbers of those who are erased, by their streams. */
	erasedNumbers(): Map<string, number>
	close(): void
}

/**
 * Opens those of which none is the beginning of another one, for what it knows the other one knows too. `damaged` is
 * told of each that cannot be read, in words.
 */
export function openNewestCopies(paths: readonly string[], damaged: TellDamage): LogCopy[] {
	let newest: LogCopy[] = []
	for (const path of paths) {
		let copy: LogCopy
		try {
			copy = openLogCopy(path)
		} catch (error) {
			damaged((error as Error).message, path)
			continue
		}
		if (copy.cut !== undefined) damaged(copy.cut, path)
		const older = newest.filter(({ head }) => holds(copy, head))
		const isOlder = older.length === 0 && newest.some((other) => holds(other, copy.head))
		for (const each of isOlder ? [copy] : older) each.close()
		if (!isOlder) newest = [...newest.filter((other) => !older.includes(other)), copy]
	}
	return newest
}

/** Whether a log has that event, and so all before it too. */
export function holds(log: Pick<LogCopy, 'fingerprintAt'>, { position, fingerprint }: LogHead): boolean {
	return log.fingerprintAt(position) === fingerprint
}

/** Throws if the file is no log of Tailroom, or one of a newer version. */
export function openLogCopy(path: string): LogCopy {
	const database = openAsFarAsItGoes(path)
	try {
		isMigrated(database)
		return logCopy(path, database)
	} catch (error) {
		database.close()
		throw isDamage(error) ? new Error(`${path} is damaged (${reasonOf(error)})`) : error
	}
}

function logCopy(path: string, database: Database): LogCopy {
	const genesis = genesisFingerprint(database.prepare('SELECT log_id FROM log_identity').pluck().get() as string)
	const fingerprint = database.prepare('SELECT fingerprint FROM events WHERE position = ?').pluck()
	const { last, cut } = lastEvent(database)
	return {
		path,
		head: { position: last?.position ?? 0, fingerprint: (last?.fingerprint ?? genesis).toString('hex') },
		lastAt: last?.recorded_at,
		cut,
		fingerprintAt(position) {
			if (position === 0) return genesis.toString('hex')
			try {
				return (fingerprint.get(position) as Buffer | undefined)?.toString('hex')
			} catch (error) {
				if (isDamage(error)) return undefined
				throw error
			}
		},
		erasing: (after, damaged) => erasingEvents(database, genesis, after, damaged),
		sequenceAt(streamId, position) {
			const sql = `SELECT data ->> 'sequence' FROM events WHERE stream_id = ? AND position <= ? AND type = 'MessagePosted'
				ORDER BY position DESC LIMIT 1`
			return (database.prepare(sql).pluck().get(streamId, position) as number | undefined) ?? 0
		},
		erasedNumbers() {
			const sql = "SELECT stream_id, data ->> 'number' FROM events WHERE type = 'UserErased'"
			return new Map(database.prepare(sql).raw().all() as [string, number][])
		},
		close: () => database.close(),
	}
}

interface LastEvent {
	position: number
	fingerprint: Buffer
	recorded_at: number
}

/** The last event, or where the end cannot be read, the last that can be read from the beginning on. */
function lastEvent(database: Database): { last: LastEvent | undefined; cut: string | undefined } {
	const columns = 'SELECT position, fingerprint, recorded_at FROM events ORDER BY position'
	try {
		return { last: database.prepare(`${columns} DESC LIMIT 1`).get() as LastEvent | undefined, cut: undefined }
	} catch (error) {
		if (!isDamage(error)) throw error
	}
	let last: LastEvent | undefined
	try {
		for (const event of database.prepare(columns).iterate()) last = event as LastEvent
	} catch (error) {
		if (!isDamage(error) || last === undefined) throw error
		return { last, cut: damagedAfter(database.name, last.position, error) }
	}
	return { last, cut: undefined }
}

function damagedAfter(path: string, position: Position, error: unknown): string {
	return `${path} is damaged after position ${position} (${reasonOf(error)})`
}

function* erasingEvents(
	database: Database,
	genesis: Buffer,
	after: Position,
	damaged: TellDamage,
): Generator<RecordedEvent> {
	const types = [...erasingTypes]
	const next = database.prepare(
		`SELECT ${eventColumns} FROM events WHERE position > ? AND type IN (${types.map(() => '?')})
		ORDER BY position LIMIT ${pageEvents}`,
	)
	let position = after
	for (;;) {
		let rows: EventRow[]
		try {
			rows = next.all(position, ...types) as EventRow[]
		} catch (error) {
			if (!isDamage(error)) throw error
			return damaged(damagedAfter(database.name, position, error), database.name)
		}
		if (rows.length === 0) return
		for (const row of rows) {
			position = row.position
			let event: RecordedEvent | undefined
			try {
				event = recordedEvent(row, genesis)
			} catch (error) {
				damaged(`position ${position} of ${database.name} is not what was written (${(error as Error).message})`)
			}
			if (event !== undefined) yield event
		}
	}
}

const pageEvents = 200

/** Files in which something newer of the same log may stand: those of the same kind beside a backup, if they hold it. */
export function copiesBeside(file: string): string[] {
	const directory = dirname(resolve(file))
	const names = readdirSync(directory).filter((name) => name !== basename(file) && extname(name) === extname(file))
	const paths = names.map((name) => join(directory, name))
	return copiesOf(logIdOf(file), paths)
}

/** What is meant by a path: a data directory, a backup, or a directory of backups. Throws if it holds nothing of that log. */
export function copiesNamed(path: string, file: string): string[] {
	if (!isThere(path)) throw new Error(`there is no ${path}`)
	const logId = logIdOf(file)
	const copies = copiesOf(logId, filesMeant(path))
	if (copies.length > 0 || logId === undefined) return copies
	throw new Error(
		`${path} holds nothing of the log that ${file} is a backup of, or it cannot be read: name another, or leave it out, ` +
			'and erase by hand what was erased since',
	)
}

/** Whether a path is that of the log of a data directory, and no backup's. */
export function isOfDataDirectory(path: string): boolean {
	return basename(path) === logName
}

const logName = 'log.db'

function filesMeant(path: string): string[] {
	if (!statSync(path).isDirectory()) return [path]
	const log = join(path, logName)
	return isThere(log) ? [log] : readdirSync(path).map((name) => join(path, name))
}

function copiesOf(logId: string | undefined, paths: readonly string[]): string[] {
	const files = paths.filter((path) => statSync(path, { throwIfNoEntry: false })?.isFile() && !partial.test(path))
	return files.filter((path) => logId !== undefined && logIdOf(path, openAsFarAsItGoes) === logId)
}
