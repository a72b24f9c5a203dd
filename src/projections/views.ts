import { createHash } from 'node:crypto'
import type { Statement } from 'better-sqlite3'
import {
	type Database,
	lastTruncateMs,
	openBeside,
	openForBuilding,
	openForReading,
	openForWriting,
	tidyWal,
	truncateWal,
} from '../events/database.ts'
import type { LogHead, Position } from '../events/log.ts'
import { readProgramFile } from '../program/files.ts'

/** The tables of a views file, generated from db/views-schema.ts. */
const viewsSql: string = readProgramFile('db/views.sql').toString()

export interface Checkpoint {
	logId: string
	position: Position
	fingerprint: string
}

/** A views file: what can be read, and how far it is. */
export class Views {
	#database: Database
	readonly #statements = new Map<string, Statement>()
	#logId: string | undefined

	constructor(database: Database) {
		this.#database = database
	}

	/**
	 * Goes over to another file, for all who hold these views: between two turns, so that nobody is in a
	 * transaction or has a statement in hand. `other` is used up by it.
	 */
	become(other: Views): void {
		const superseded = this.#database
		this.#database = other.#database
		this.#statements.clear()
		this.#logId = undefined
		superseded.close()
	}

	/** Which log these views are of; never changes. */
	get logId(): string {
		this.#logId ??= this.checkpoint().logId
		return this.#logId
	}

	/** A prepared statement, kept for the next time. To be used in this turn: see `become`. */
	prepare(sql: string): Statement {
		let statement = this.#statements.get(sql)
		if (statement === undefined) {
			statement = this.#database.prepare(sql)
			this.#statements.set(sql, statement)
		}
		return statement
	}

	all<Row>(sql: string, ...values: unknown[]): Row[] {
		return this.prepare(sql).all(...values) as Row[]
	}

	get<Row>(sql: string, ...values: unknown[]): Row | undefined {
		return this.prepare(sql).get(...values) as Row | undefined
	}

	run(sql: string, ...values: unknown[]): void {
		this.prepare(sql).run(...values)
	}

	/** How far these views are. Within `snapshot` it belongs to the very rows that are read there. */
	checkpoint(): Checkpoint {
		const row = this.get<Checkpoint>('SELECT log_id AS logId, position, fingerprint FROM checkpoint')
		if (row === undefined)
			throw Object.assign(new Error('a views file without a checkpoint'), { code: 'SQLITE_CORRUPT' })
		return row
	}

	setCheckpoint({ position, fingerprint }: LogHead): void {
		this.run('UPDATE checkpoint SET position = ?, fingerprint = ?', position, fingerprint)
	}

	/** Reads in one transaction: state and checkpoint belong together. */
	snapshot<Result>(read: (checkpoint: Checkpoint) => Result): Result {
		this.#database.exec('BEGIN')
		try {
			return read(this.checkpoint())
		} finally {
			this.#database.exec('COMMIT')
		}
	}

	begin(): void {
		this.#database.exec('BEGIN IMMEDIATE')
	}

	commit(): void {
		this.#database.exec('COMMIT')
	}

	rollback(): void {
		// A full disk may have rolled back already.
		if (this.#database.inTransaction) this.#database.exec('ROLLBACK')
	}

	/** As EventLog.tidy. */
	tidy({ isIdle }: { isIdle: boolean }): boolean {
		return tidyWal(this.#database, isIdle)
	}

	close(): void {
		const isReader = this.#database.pragma('query_only', { simple: true }) === 1
		if (!isReader) truncateWal(this.#database, lastTruncateMs)
		this.#database.close()
	}
}

/** Opens a views file for the one writer, and makes its tables if they are missing. */
export function openViewsForWriting(path: string, logId: string, genesis: string): Views {
	return withTables(openForWriting(path, { durable: false }), logId, genesis)
}

/** Opens a new views file to fill it, as openForBuilding. */
export function openViewsForBuilding(path: string, logId: string, genesis: string): Views {
	return withTables(openForBuilding(path), logId, genesis)
}

export function openViewsForReading(path: string): Views {
	return new Views(openForReading(path))
}

/** Opens views to read them from another process, as openBeside. */
export function openViewsBeside(path: string): Views {
	return new Views(openBeside(path))
}

function withTables(database: Database, logId: string, genesis: string): Views {
	try {
		const isNew = database.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'checkpoint'").get() === undefined
		if (isNew) {
			database.transaction(() => {
				database.exec(viewsSql)
				database.prepare('INSERT INTO checkpoint VALUES (1, ?, 0, ?)').run(logId, genesis)
			})()
		}
		return new Views(database)
	} catch (error) {
		// A connection that is left open would take the files of the next one with it when it goes.
		database.close()
		throw error
	}
}

/** What the rows depend on besides the log: the tables and the versions of the projections. */
export function viewsFingerprint(projections: readonly { name: string; version: number }[]): string {
	const hash = createHash('sha256').update(viewsSql)
	for (const { name, version } of projections) hash.update(`\n${name} ${version}`)
	return hash.digest('hex').slice(0, 16)
}
