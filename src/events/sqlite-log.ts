import { randomBytes } from 'node:crypto'
import type { Statement } from 'better-sqlite3'
import { DamagedLog } from './damaged-log.ts'
import {
	type Database,
	isCorrupt,
	isDamage,
	lastTruncateMs,
	openBeside,
	openForReading,
	openForWriting,
	reasonOf,
	tidyWal,
	truncateWal,
} from './database.ts'
import { bodyDigest, digestBytes, genesisFingerprint, nextFingerprint } from './fingerprint.ts'
import {
	type AppendableEvent,
	type Consumer,
	type ConsumerMove,
	type EventLog,
	HeadMoved,
	type LogHead,
	type LogRange,
	type LogReader,
	type Position,
	pageBytesMax,
	type RecordedEvent,
} from './log.ts'
import { checkIsMigrated, migrate, refuseNewer } from './migrations.ts'
import { checkBody, checkLink, proofColumn, proofOf, saltBytes } from './proof.ts'

/** Opens a log for reading. The file must exist: the writer makes it. */
export function openLogForReading(path: string): LogReader {
	return blamingLog(path, () => opened(openForReading(path), (database) => new SqliteLogReader(database)))
}

/** Opens a log to read it from another process, as openBeside. Throws if it is of another version. */
export function openLogBeside(path: string): LogReader {
	return blamingLog(path, () =>
		opened(openBeside(path), (database) => {
			checkIsMigrated(database)
			return new SqliteLogReader(database)
		}),
	)
}

/** Opens the log for writing; makes it, or migrates it forward, as needed. */
export function openLogForWriting(path: string): EventLog {
	return blamingLog(path, () => {
		refuseNewer(path)
		return opened(openForWriting(path, { durable: true }), (database) => {
			migrate(database)
			database
				.prepare('INSERT INTO log_identity (id, log_id) SELECT 1, ? WHERE NOT EXISTS (SELECT 1 FROM log_identity)')
				.run(randomBytes(16).toString('hex'))
			return new SqliteLog(database)
		})
	})
}

function opened<Log>(database: Database, use: (database: Database) => Log): Log {
	try {
		return use(database)
	} catch (error) {
		database.close()
		throw error
	}
}

/** What SQLite cannot make sense of is said of the log, so that nobody takes it for damage to the views. */
function blamingLog<Result>(file: string, use: () => Result): Result {
	try {
		return use()
	} catch (error) {
		if (!isDamage(error)) throw error
		throw damagedFile(file, error)
	}
}

function damagedFile(file: string, error: unknown): DamagedLog {
	return new DamagedLog(file, undefined, `is damaged (${reasonOf(error)})`)
}

class SqliteLogReader implements LogReader {
	readonly logId: string
	protected readonly database: Database
	readonly #genesis: Buffer
	readonly #statements

	constructor(database: Database) {
		this.database = database
		this.logId = database.prepare('SELECT log_id FROM log_identity').pluck().get() as string
		this.#genesis = genesisFingerprint(this.logId)
		const columns = eventColumns
		const range = 'position > ? AND position <= ? ORDER BY position LIMIT ?'
		this.#statements = {
			head: database.prepare('SELECT position, fingerprint FROM events ORDER BY position DESC LIMIT 1'),
			read: database.prepare(`SELECT ${proven} FROM events WHERE ${range}`),
			before: database
				.prepare('SELECT fingerprint FROM events WHERE position <= ? ORDER BY position DESC LIMIT 1')
				.pluck(),
			readStream: database.prepare(readingStreams(columns, 1)),
			readTwoStreams: database.prepare(readingStreams(columns, 2)),
			readFacts: database.prepare(`SELECT ${facts} FROM events WHERE ${range}`),
			at: database.prepare(`SELECT ${columns} FROM events WHERE position = ?`),
			find: database.prepare(`SELECT ${columns} FROM events WHERE event_id = ?`),
			fingerprint: database.prepare('SELECT fingerprint FROM events WHERE position = ?').pluck(),
			usedAt: database.prepare('SELECT used_at FROM credential_uses WHERE credential_id = ?').pluck(),
			consumer: database.prepare(`SELECT ${consumerColumns} FROM consumers WHERE user_id = ? AND name = ?`),
			hindmost: database
				.prepare(
					`SELECT min(position) FROM (SELECT name, position, moved_at FROM consumers LIMIT ?)
					WHERE moved_at > ? AND name NOT GLOB ?`,
				)
				.pluck(),
			consumers: database.prepare(`SELECT ${consumerColumns} FROM consumers WHERE user_id = +? ORDER BY name`),
		}
	}

	head(): LogHead {
		const row = this.#get<{ position: number; fingerprint: Buffer }>(this.#statements.head)
		if (row === undefined) return { position: 0, fingerprint: this.#genesis.toString('hex') }
		return { position: row.position, fingerprint: row.fingerprint.toString('hex') }
	}

	read({ after, through, streams, limit }: LogRange): RecordedEvent[] {
		return this.#blamed(() => {
			const { read, readStream, readTwoStreams } = this.#statements
			const rows =
				streams === undefined
					? read.iterate(after, through, limit)
					: (streams.length === 1 ? readStream : readTwoStreams).iterate(
							...streams.flatMap((stream) => [stream, after, through]),
							limit,
						)
			const events: RecordedEvent[] = []
			let bytes = 0
			// Where all are read, the one before is the last that was.
			let previous = streams === undefined ? (this.#statements.before.get(after) as Buffer | undefined) : undefined
			for (const row of rows as Iterable<EventRow>) {
				if (streams === undefined) row.previous = previous ?? null
				events.push(this.#understood(row, (row) => recordedEvent(row, this.#genesis)))
				previous = row.proof.subarray(-digestBytes)
				bytes += row.body?.length ?? 0
				if (bytes > pageBytesMax) break
			}
			return events
		})
	}

	readFacts({ after, through, limit }: Omit<LogRange, 'streams'>): RecordedEvent[] {
		return this.#blamed(() => {
			const rows = this.#statements.readFacts.all(after, through, limit) as FactsRow[]
			return rows.map((row) => this.#understood(row, factsOf))
		})
	}

	at(position: Position): RecordedEvent | undefined {
		const row = this.#get<EventRow>(this.#statements.at, position)
		return row && this.#understood(row, (row) => recordedEvent(row, this.#genesis))
	}

	find(eventId: string): RecordedEvent | undefined {
		const row = this.#get<EventRow>(this.#statements.find, eventId)
		return row && this.#understood(row, (row) => recordedEvent(row, this.#genesis))
	}

	fingerprintAt(position: Position): string | undefined {
		if (position === 0) return this.#genesis.toString('hex')
		return this.#get<Buffer>(this.#statements.fingerprint, position)?.toString('hex')
	}

	#get<Row>(statement: Statement, ...values: unknown[]): Row | undefined {
		return this.#blamed(() => statement.get(...values)) as Row | undefined
	}

	#blamed<Result>(use: () => Result): Result {
		return blamingLog(this.database.name, use)
	}

	#understood<Row extends FactsRow>(row: Row, read: (row: Row) => RecordedEvent): RecordedEvent {
		try {
			return read(row)
		} catch (error) {
			throw new DamagedLog(this.database.name, row.position, `is damaged (${(error as Error).message})`)
		}
	}

	usedAt(credentialId: string): number | undefined {
		return this.#get<number>(this.#statements.usedAt, credentialId)
	}

	consumer(userId: string, name: string): Consumer | undefined {
		return this.#get<Consumer>(this.#statements.consumer, userId, name)
	}

	consumers(userId: string): Consumer[] {
		return this.#blamed(() => this.#statements.consumers.all(userId) as Consumer[])
	}

	hindmostConsumer(movedAfterMs: number, except: string): Position | undefined {
		return this.#get<number>(this.#statements.hindmost, consumersLookedAtMax, movedAfterMs, except) ?? undefined
	}

	close(): void {
		this.database.close()
	}
}

class SqliteLog extends SqliteLogReader implements EventLog {
	#head: LogHead
	#holdsErasedText = true
	readonly #insert
	readonly #erase
	readonly #recordUse
	readonly #consumers

	constructor(database: Database) {
		super(database)
		this.#head = super.head()
		this.#insert = database.prepare(
			`INSERT INTO events (position, stream_id, event_id, type, schema_version, recorded_at,
				metadata, data, body, salt, body_digest, fingerprint) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		)
		this.#recordUse = database.prepare('REPLACE INTO credential_uses VALUES (?, ?)')
		const insert = 'INSERT INTO consumers (user_id, name, position, moved_at) VALUES (?, ?, ?, ?)'
		const update = 'ON CONFLICT DO UPDATE SET position = excluded.position, moved_at = excluded.moved_at'
		this.#consumers = {
			on: database.prepare(`${insert} ${update} WHERE excluded.position > position`),
			to: database.prepare(`${insert} ${update}`),
			make: database.prepare(`${insert} ON CONFLICT DO NOTHING`),
			remove: database.prepare('DELETE FROM consumers WHERE user_id = ? AND name = ?'),
			forget: database.prepare('DELETE FROM consumers WHERE user_id = ?'),
		}
		this.#erase = database.prepare('UPDATE events SET body = NULL, salt = NULL WHERE position = ?')
	}

	override head(): LogHead {
		return this.#head
	}

	async append(
		after: Position,
		events: readonly AppendableEvent[],
		{ erases = [], moves = [], forgets = [] }: Parameters<EventLog['append']>[2] = {},
	): Promise<void> {
		if (after !== this.#head.position) throw new HeadMoved(after, this.#head.position)
		let head: ChainEnd = { position: after, fingerprint: Buffer.from(this.#head.fingerprint, 'hex') }
		this.database.exec('BEGIN IMMEDIATE')
		try {
			const salts = randomBytes(saltBytes * events.length)
			for (const [index, event] of events.entries()) {
				const salt = salts.subarray(saltBytes * index, saltBytes * (index + 1))
				head = this.#insertAfter(head, event, salt)
			}
			for (const position of erases) this.#erase.run(position)
			this.#move(moves)
			for (const { userId, name } of forgets) {
				if (name === undefined) this.#consumers.forget.run(userId)
				else this.#consumers.remove.run(userId, name)
			}
			if (erases.length > 0 || forgets.length > 0) this.#holdsErasedText = true
			this.database.exec('COMMIT')
		} catch (error) {
			// A failed fsync or a full disk may have rolled back already.
			if (this.database.inTransaction) this.database.exec('ROLLBACK')
			throw isCorrupt(error) ? damagedFile(this.database.name, error) : error
		}
		this.#head = { position: head.position, fingerprint: head.fingerprint.toString('hex') }
	}

	#insertAfter(head: ChainEnd, event: AppendableEvent, newSalt: Buffer): ChainEnd {
		const position = head.position + 1
		const { streamId, eventId, type, schemaVersion, recordedAt } = event
		const metadata = JSON.stringify(event.metadata)
		const data = JSON.stringify(event.data)
		const body = event.body === null ? null : JSON.stringify(event.body)
		const salt = body === null ? null : newSalt
		const digest = body === null || salt === null ? null : bodyDigest(salt, body)
		const fingerprint = nextFingerprint(head.fingerprint, {
			position,
			streamId,
			eventId,
			type,
			schemaVersion,
			recordedAt,
			metadata,
			data,
			bodyDigest: digest,
		})
		const envelope = [position, streamId, eventId, type, schemaVersion, recordedAt]
		this.#insert.run(...envelope, metadata, data, body, salt, digest, fingerprint)
		return { position, fingerprint }
	}

	recordUses(uses: readonly (readonly [credentialId: string, usedAt: number])[]): void {
		this.database.transaction(() => {
			for (const use of uses) this.#recordUse.run(...use)
		})()
	}

	moveConsumers(moves: readonly ConsumerMove[]): void {
		this.database.transaction(() => this.#move(moves))()
	}

	#move(moves: readonly ConsumerMove[]): void {
		const { on, to, make, remove } = this.#consumers
		for (const { userId, name, position, how, movedAt } of moves) {
			if (position === undefined) remove.run(userId, name)
			else ({ on, to, make })[how ?? 'on'].run(userId, name, position, movedAt)
		}
	}

	tidy({ isIdle }: { isIdle: boolean }): boolean {
		if (!this.#holdsErasedText) return tidyWal(this.database, isIdle)
		const done = truncateWal(this.database)
		if (done) this.#holdsErasedText = false
		return done
	}

	override close(): void {
		truncateWal(this.database, lastTruncateMs)
		super.close()
	}
}

/** It takes a few milliseconds to look at so many, and there is no index by which they could be fewer. */
const consumersLookedAtMax = 10_000

const consumerColumns = 'name, position, moved_at AS movedAt'

interface ChainEnd {
	position: Position
	fingerprint: Buffer
}

interface FactsRow {
	position: number
	stream_id: string
	event_id: string
	type: string
	schema_version: number
	recorded_at: number
	metadata: string
	data: string
}

export interface EventRow extends FactsRow {
	body: string | null
	/** As `proofColumn`. */
	proof: Buffer
	/** null before the first event. */
	previous: Buffer | null
}

/** Of the event before, wherever that is: a link of the chain is proven where it is read. */
const previousColumn = `(SELECT before.fingerprint FROM events AS before
	WHERE before.position < events.position ORDER BY before.position DESC LIMIT 1) AS previous`

const facts = 'position, stream_id, event_id, type, schema_version, recorded_at, metadata, data'
const proven = `${facts}, body, ${proofColumn}`

/** Of an `EventRow`. */
export const eventColumns = `${proven}, ${previousColumn}`

/**
 * Reads so many streams as if they were one: each in its order by the index, and only as far as the merged
 * page goes. For each are bound its id, after and through, and at last the limit.
 */
export function readingStreams(columns: string, count: number): string {
	const one = `SELECT ${columns} FROM events WHERE stream_id = ? AND position > ? AND position <= ?`
	return `${Array(count).fill(one).join(' UNION ALL ')} ORDER BY position LIMIT ?`
}

/** What is told of an event is what was written: its facts by the chain, its text by its digest. Throws where it is not. */
export function recordedEvent(row: EventRow, genesis: Buffer): RecordedEvent {
	const proof = proofOf(row.proof)
	const { position, metadata, data, type } = row
	const envelope = { streamId: row.stream_id, eventId: row.event_id, schemaVersion: row.schema_version }
	const facts = { position, ...envelope, type, recordedAt: row.recorded_at, metadata, data }
	checkLink(row.previous ?? genesis, { ...facts, bodyDigest: proof.bodyDigest }, proof.fingerprint)
	checkBody(row.body, proof)
	const body = row.body === null ? null : parsed('body', row.body)
	return event(row, proof.fingerprint.toString('hex'), body)
}

function factsOf(row: FactsRow): RecordedEvent {
	return event(row, '', null)
}

function event(row: FactsRow, fingerprint: string, body: unknown): RecordedEvent {
	return {
		position: row.position,
		fingerprint,
		streamId: row.stream_id,
		eventId: row.event_id,
		type: row.type,
		schemaVersion: row.schema_version,
		recordedAt: row.recorded_at,
		metadata: parsed('metadata', row.metadata),
		data: parsed('data', row.data),
		body,
	} as RecordedEvent
}

function parsed(column: string, json: string): unknown {
	try {
		return JSON.parse(json)
	} catch {
		// Not the parser's own words, which cite what it read.
		throw new Error(`its ${column} is no JSON`)
	}
}
