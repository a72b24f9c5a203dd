import { createHash } from 'node:crypto'
import { BadExport } from './bad-export.ts'
import { Chain, lostText } from './chain.ts'
import { type Database, openForBuilding, reasonOf, sqliteCode } from './database.ts'
import {
	beginning,
	type CredentialUse,
	checkFormat,
	consumerLine,
	ending,
	eventLine,
	type StoredConsumer,
	useLine,
} from './export-lines.ts'
import type { LogContent } from './log-content.ts'
import { migrate } from './migrations.ts'
import type { StoredEvent } from './stored-events.ts'

/** What the first line of an export promises. */
export type Promised = LogContent & { logId: string }

/** Throws BadExport. */
export function readBeginning(line: string): Promised {
	return blaming(1, () => {
		checkFormat(line)
		return beginning.read(line)
	})
}

/** A log in a new file, made of the lines of an export after the first. Throws BadExport for one that is not right. */
export class ImportedLog {
	readonly #promised: Promised
	readonly #database: Database
	readonly #statements
	readonly #chain: Chain
	/** Of all lines so far. */
	readonly #hash = createHash('sha256')
	#lines = 1
	#events = 0
	#position = 0
	#isComplete = false

	/** `path` is an empty file. */
	constructor(path: string, firstLine: string, promised: Promised) {
		this.#promised = promised
		this.#chain = new Chain(promised.logId)
		this.#hash.update(`${firstLine}\n`)
		this.#database = openForBuilding(path)
		migrate(this.#database)
		this.#database.exec('BEGIN')
		this.#database.prepare('INSERT INTO log_identity (id, log_id) VALUES (1, ?)').run(promised.logId)
		this.#statements = {
			event: this.#database.prepare(
				`INSERT INTO events (position, stream_id, event_id, type, schema_version, recorded_at,
					metadata, data, body, salt, body_digest, fingerprint) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
			),
			consumer: this.#database.prepare('INSERT INTO consumers (user_id, name, position, moved_at) VALUES (?, ?, ?, ?)'),
			use: this.#database.prepare('INSERT INTO credential_uses (credential_id, used_at) VALUES (?, ?)'),
		}
	}

	/** So many there are so far. */
	get events(): number {
		return this.#events
	}

	/** The next line. */
	take(line: string): void {
		this.#lines += 1
		blaming(this.#lines, () => {
			if (this.#isComplete) throw new Error('comes after the last line of the export')
			if (line.startsWith('{"position":')) this.#takeEvent(eventLine.read(line))
			else if (line.startsWith('{"consumer":')) this.#takeConsumer(consumerLine.read(line).consumer)
			else if (line.startsWith('{"use":')) this.#takeUse(useLine.read(line).use)
			else if (line.startsWith('{"end":')) this.#end(ending.read(line).end.sha256)
			else throw new Error('is no line of an export')
		})
		if (!this.#isComplete) this.#hash.update(`${line}\n`)
	}

	#takeEvent(event: StoredEvent): void {
		const { position, streamId, eventId, type, schemaVersion, recordedAt } = event
		if (position <= this.#position) throw new Error('has a position that does not come after the one before it')
		try {
			this.#chain.next(event)
		} catch (error) {
			throw new Error(`is not what was exported (${(error as Error).message})`)
		}
		const envelope = [position, streamId, eventId, type, schemaVersion, recordedAt]
		const { metadata, data, body, salt, bodyDigest, fingerprint } = event
		this.#statements.event.run(...envelope, metadata, data, body, salt, bodyDigest, fingerprint)
		this.#position = position
		this.#events += 1
	}

	#takeConsumer({ userId, name, position, movedAt }: StoredConsumer): void {
		this.#statements.consumer.run(userId, name, position, movedAt)
	}

	#takeUse({ credentialId, usedAt }: CredentialUse): void {
		this.#statements.use.run(credentialId, usedAt)
	}

	#end(sha256: string): void {
		const { events, head } = this.#promised
		const isWhole = this.#events === events && this.#position === head.position
		if (!isWhole || this.#chain.fingerprint.toString('hex') !== head.fingerprint) {
			throw new Error(
				`comes after ${this.#events} events, and the first line promises ${events} up to ${head.position}`,
			)
		}
		const { unexplained } = this.#chain
		if (unexplained !== undefined) throw new Error(`comes too early: position ${unexplained} ${lostText}`)
		if (this.#hash.digest('hex') !== sha256) throw new Error('has another digest than the lines before it')
		this.#isComplete = true
	}

	/** When there are no more lines. */
	complete(): LogContent {
		if (!this.#isComplete) throw new BadExport(`it was cut off after line ${this.#lines}`)
		blaming(this.#lines, () => this.#database.exec('COMMIT'))
		const { events, head } = this.#promised
		return { events, head }
	}

	close(): void {
		this.#database.close()
	}
}

/** What is wrong with a line is said with its number. */
function blaming<Result>(number: number, read: () => Result): Result {
	try {
		return read()
	} catch (error) {
		const code = sqliteCode(error)
		if (code === '') throw new BadExport(`line ${number} ${(error as Error).message}`)
		if (code.startsWith('SQLITE_CONSTRAINT'))
			throw new BadExport(`line ${number} holds again what an earlier one holds`)
		throw new Error(`the log that is imported cannot be written: ${reasonOf(error)}`, { cause: error })
	}
}
