import { randomBytes } from 'node:crypto'
import { type Database, lastTruncateMs, openForReading, openForWriting, tidyWal, truncateWal } from './database.ts'
import { bodyDigest, genesisFingerprint, nextFingerprint } from './fingerprint.ts'
import {
	type AppendableEvent,
	type EventLog,
	HeadMoved,
	type LogHead,
	type LogRange,
	type LogReader,
	type Position,
	pageBytesMax,
	type RecordedEvent,
} from './log.ts'
import { migrate } from './migrations.ts'

const saltBytes = 16

/** Opens a log for reading. The file must exist: the writer makes it. */
export function openLogForReading(path: string): LogReader {
	return new SqliteLogReader(openForReading(path))
}

/** Opens the log for writing; makes it, or migrates it forward, as needed. */
export function openLogForWriting(path: string): EventLog {
	const database = openForWriting(path, { durable: true })
	try {
		migrate(database)
		database
			.prepare('INSERT INTO log_identity (id, log_id) SELECT 1, ? WHERE NOT EXISTS (SELECT 1 FROM log_identity)')
			.run(randomBytes(16).toString('hex'))
		return new SqliteLog(database)
	} catch (error) {
		database.close()
		throw error
	}
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
		const columns =
			'position, stream_id, event_id, type, schema_version, recorded_at, metadata, data, body, fingerprint'
		const range = 'position > ? AND position <= ? ORDER BY position LIMIT ?'
		this.#statements = {
			head: database.prepare('SELECT position, fingerprint FROM events ORDER BY position DESC LIMIT 1'),
			read: database.prepare(`SELECT ${columns} FROM events WHERE ${range}`),
			readStream: database.prepare(`SELECT ${columns} FROM events WHERE stream_id = ? AND ${range}`),
			at: database.prepare(`SELECT ${columns} FROM events WHERE position = ?`),
			find: database.prepare(`SELECT ${columns} FROM events WHERE event_id = ?`),
			fingerprint: database.prepare('SELECT fingerprint FROM events WHERE position = ?').pluck(),
			usedAt: database.prepare('SELECT used_at FROM credential_uses WHERE credential_id = ?').pluck(),
		}
	}

	head(): LogHead {
		const row = this.#statements.head.get() as { position: number; fingerprint: Buffer } | undefined
		if (row === undefined) return { position: 0, fingerprint: this.#genesis.toString('hex') }
		return { position: row.position, fingerprint: row.fingerprint.toString('hex') }
	}

	read({ after, through, stream, limit }: LogRange): RecordedEvent[] {
		const rows =
			stream === undefined
				? this.#statements.read.iterate(after, through, limit)
				: this.#statements.readStream.iterate(stream, after, through, limit)
		const events: RecordedEvent[] = []
		let bytes = 0
		for (const row of rows as Iterable<EventRow>) {
			events.push(recordedEvent(row))
			bytes += row.body?.length ?? 0
			if (bytes > pageBytesMax) break
		}
		return events
	}

	at(position: Position): RecordedEvent | undefined {
		const row = this.#statements.at.get(position) as EventRow | undefined
		return row && recordedEvent(row)
	}

	find(eventId: string): RecordedEvent | undefined {
		const row = this.#statements.find.get(eventId) as EventRow | undefined
		return row && recordedEvent(row)
	}

	fingerprintAt(position: Position): string | undefined {
		if (position === 0) return this.#genesis.toString('hex')
		const fingerprint = this.#statements.fingerprint.get(position) as Buffer | undefined
		return fingerprint?.toString('hex')
	}

	usedAt(credentialId: string): number | undefined {
		return this.#statements.usedAt.get(credentialId) as number | undefined
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

	constructor(database: Database) {
		super(database)
		this.#head = super.head()
		this.#insert = database.prepare(
			`INSERT INTO events (position, stream_id, event_id, type, schema_version, recorded_at,
				metadata, data, body, salt, body_digest, fingerprint) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		)
		this.#recordUse = database.prepare('REPLACE INTO credential_uses VALUES (?, ?)')
		this.#erase = database.prepare('UPDATE events SET body = NULL, salt = NULL WHERE position = ?')
	}

	override head(): LogHead {
		return this.#head
	}

	async append(
		after: Position,
		events: readonly AppendableEvent[],
		{ erases = [] }: { erases?: readonly Position[] } = {},
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
			if (erases.length > 0) this.#holdsErasedText = true
			this.database.exec('COMMIT')
		} catch (error) {
			// A failed fsync or a full disk may have rolled back already.
			if (this.database.inTransaction) this.database.exec('ROLLBACK')
			throw error
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

interface ChainEnd {
	position: Position
	fingerprint: Buffer
}

interface EventRow {
	position: number
	stream_id: string
	event_id: string
	type: string
	schema_version: number
	recorded_at: number
	metadata: string
	data: string
	body: string | null
	fingerprint: Buffer
}

function recordedEvent(row: EventRow): RecordedEvent {
	return {
		position: row.position,
		fingerprint: row.fingerprint.toString('hex'),
		streamId: row.stream_id,
		eventId: row.event_id,
		type: row.type,
		schemaVersion: row.schema_version,
		recordedAt: row.recorded_at,
		metadata: JSON.parse(row.metadata),
		data: JSON.parse(row.data),
		body: row.body === null ? null : JSON.parse(row.body),
	} as RecordedEvent
}
