import { hash } from 'node:crypto'
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { erasedBy } from '../events/catalogue.ts'
import { type Database, isDamage, lastTruncateMs, openForWriting, tidyWal, truncateWal } from '../events/database.ts'
import { removeDatabase } from '../events/files.ts'
import type { LogHead, LogReader, Position, RecordedEvent } from '../events/log.ts'
import { fold } from './fold.ts'
import { authorToken, roomToken, tokenizer, tokensOf } from './tokens.ts'

/**
 * The texts of messages as they are now, folded, each under the position of its posting, and the tokens that
 * they are found by. A contentless FTS5 table needs what was indexed to take it away again, which is why the
 * texts are kept. `secure-delete` takes it out of the segments at once; without, it would stay until they are merged, and
 * some of it even then.
 */
const tables = `
CREATE TABLE checkpoint (id INTEGER PRIMARY KEY CHECK (id = 1), log_id TEXT NOT NULL, position INTEGER NOT NULL,
	fingerprint TEXT NOT NULL);
-- Rooms and people by numbers, which are short.
CREATE TABLE streams (number INTEGER PRIMARY KEY, stream_id TEXT NOT NULL UNIQUE);
CREATE TABLE documents (position INTEGER PRIMARY KEY, room INTEGER NOT NULL, sequence INTEGER NOT NULL,
	author INTEGER NOT NULL, recorded_at INTEGER NOT NULL, text_position INTEGER NOT NULL, text TEXT NOT NULL);
CREATE INDEX documents_by_sequence ON documents (room, sequence);
-- Between which positions lies what was said on a day.
CREATE TABLE days (day INTEGER PRIMARY KEY, first INTEGER NOT NULL, last INTEGER NOT NULL);
CREATE VIRTUAL TABLE hits USING fts5 (tokens, content = '', columnsize = 0, detail = none,
	tokenize = "${tokenizer.replaceAll('"', '""')}");
INSERT INTO hits (hits, rank) VALUES ('secure-delete', 1);
`

/** Raised when the same log gives another index: another folding, other tokens. */
const version = 2

export const dayMs = 86_400_000

/** Where the index of this version lies. Another Unicode folds otherwise. */
export function indexPath(directory: string): string {
	const made = `${tables}\n${version} ${process.versions.unicode}`
	return join(directory, `search-${hash('sha256', made, 'hex').slice(0, 16)}.db`)
}

/** Removes the indexes of other versions. */
export function removeOtherIndexes(directory: string): void {
	for (const name of readdirSync(directory)) {
		// A process that is killed while it removes one leaves what stood beside it.
		const database = /^(search-[0-9a-f]+\.db)(-wal|-shm|-journal)?$/.exec(name)?.[1]
		const path = database === undefined ? undefined : join(directory, database)
		if (path !== undefined && path !== indexPath(directory)) removeDatabase(path)
	}
}

/** What can be searched, and how far it is: the one connection that writes it. */
export class SearchIndex {
	protected readonly database: Database
	readonly #statements
	readonly #numbers = new Map<string, number>()
	/** Texts that are gone from the tables may lie in the write-ahead log, also from before a crash. */
	#holdsErasedText = true

	private constructor(database: Database) {
		this.database = database
		const columns = 'position, room, author, text_position AS textPosition, text'
		this.#statements = {
			checkpoint: database.prepare('SELECT log_id AS logId, position, fingerprint FROM checkpoint'),
			setCheckpoint: database.prepare('UPDATE checkpoint SET position = ?, fingerprint = ?'),
			number: database.prepare('SELECT number FROM streams WHERE stream_id = ?').pluck(),
			addNumber: database.prepare('INSERT INTO streams (stream_id) VALUES (?) RETURNING number').pluck(),
			at: database.prepare(`SELECT ${columns} FROM documents WHERE position = ?`),
			find: database.prepare(`SELECT ${columns} FROM documents WHERE room = ? AND sequence = ?`),
			add: database.prepare('INSERT INTO documents VALUES (?, ?, ?, ?, ?, ?, ?)'),
			change: database.prepare('UPDATE documents SET text_position = ?, text = ? WHERE position = ?'),
			remove: database.prepare('DELETE FROM documents WHERE position = ?'),
			addTokens: database.prepare('INSERT INTO hits (rowid, tokens) VALUES (?, ?)'),
			removeTokens: database.prepare("INSERT INTO hits (hits, rowid, tokens) VALUES ('delete', ?, ?)"),
			addToDay: database.prepare(
				`INSERT INTO days VALUES (?, ?, ?) ON CONFLICT DO UPDATE
				SET first = min(first, excluded.first), last = max(last, excluded.last)`,
			),
		}
	}

	/**
	 * Opens the index of a log in a file. One that is damaged, or has seen another log than this, is discarded: then
	 * it begins anew, empty.
	 */
	static open(path: string, log: LogReader): SearchIndex {
		const existing = existsSync(path) ? SearchIndex.#openExisting(path, log) : undefined
		if (existing !== undefined) return existing
		removeDatabase(path)
		const database = openForWriting(path, { durable: false })
		try {
			database.transaction(() => {
				database.exec(tables)
				database.prepare('INSERT INTO checkpoint VALUES (1, ?, 0, ?)').run(log.logId, log.fingerprintAt(0))
			})()
			return new SearchIndex(database)
		} catch (error) {
			database.close()
			throw error
		}
	}

	static #openExisting(path: string, log: LogReader): SearchIndex | undefined {
		let database: Database | undefined
		try {
			database = openForWriting(path, { durable: false })
			const index = new SearchIndex(database)
			const { logId, position, fingerprint } = index.checkpoint()
			if (logId === log.logId && log.fingerprintAt(position) === fingerprint) return index
		} catch (error) {
			if (!isDamage(error)) {
				database?.close()
				throw error
			}
		}
		database?.close()
		return undefined
	}

	checkpoint(): IndexCheckpoint {
		const checkpoint = this.#statements.checkpoint.get()
		if (checkpoint !== undefined) return checkpoint as IndexCheckpoint
		throw Object.assign(new Error('an index without a checkpoint'), { code: 'SQLITE_CORRUPT' })
	}

	/** Takes events that follow the checkpoint, all or none; `head` is the last position that this brings it to. */
	append(events: readonly RecordedEvent[], { position, fingerprint }: LogHead): void {
		this.#change(() => {
			for (const event of events) this.#apply(event)
			this.#statements.setCheckpoint.run(position, fingerprint)
		})
	}

	/** Takes away the messages that were posted at these positions, all or none, as far as they are here. */
	remove(positions: readonly Position[]): void {
		this.#change(() => {
			for (const position of positions) this.#remove(position)
		})
	}

	/** How many messages are here. Looks at all of them. */
	count(): number {
		return this.database.prepare('SELECT count(*) FROM documents').pluck().get() as number
	}

	#change(change: () => void): void {
		try {
			this.database.transaction(change).immediate()
		} catch (error) {
			// Some of them may be of what was rolled back.
			this.#numbers.clear()
			throw error
		}
	}

	#apply(event: RecordedEvent): void {
		// A text that is erased by now was never here, or goes with the event that erases it.
		if (event.type === 'MessagePosted') {
			if (event.body === null) return
			const { position, streamId, recordedAt, data, body } = event
			const [room, author] = [this.#numberOf(streamId), this.#numberOf(data.userId)]
			const text = fold(body.content)
			this.#statements.add.run(position, room, data.sequence, author, recordedAt, position, text)
			this.#statements.addTokens.run(position, allTokens({ room, author, text }))
			this.#statements.addToDay.run(Math.floor(recordedAt / dayMs), position, position)
		} else if (event.type === 'MessageEdited') {
			const document = this.#statements.find.get(this.#numberOf(event.streamId), event.data.sequence) as Document
			if (event.body === null || document === undefined) return
			const text = fold(event.body.content)
			this.#removeTokens(document)
			this.#statements.change.run(event.position, text, document.position)
			this.#statements.addTokens.run(document.position, allTokens({ ...document, text }))
		} else {
			for (const position of erasedBy(event)) this.#remove(position)
		}
	}

	#remove(position: Position): void {
		const document = this.#statements.at.get(position) as Document | undefined
		if (document === undefined) return
		this.#removeTokens(document)
		this.#statements.remove.run(position)
	}

	#removeTokens(document: Document): void {
		this.#statements.removeTokens.run(document.position, allTokens(document))
		this.#holdsErasedText = true
	}

	#numberOf(streamId: string): number {
		let number = this.#numbers.get(streamId)
		if (number === undefined) {
			const { number: find, addNumber } = this.#statements
			number = (find.get(streamId) ?? addNumber.get(streamId)) as number
			if (this.#numbers.size >= numbersKept) this.#numbers.clear()
			this.#numbers.set(streamId, number)
		}
		return number
	}

	/** As EventLog.tidy. */
	tidy({ isIdle }: { isIdle: boolean }): boolean {
		if (!this.#holdsErasedText) return tidyWal(this.database, isIdle)
		const done = truncateWal(this.database)
		if (done) this.#holdsErasedText = false
		return done
	}

	close(): void {
		truncateWal(this.database, lastTruncateMs)
		this.database.close()
	}
}

export interface IndexCheckpoint extends LogHead {
	logId: string
}

interface Document {
	position: Position
	room: number
	author: number
	textPosition: Position
	text: string
}

/** People and rooms whose numbers are kept in memory. */
const numbersKept = 10_000

/** The same for the same document, whenever: what was added is what is taken away. */
function allTokens({ room, author, text }: Pick<Document, 'room' | 'author' | 'text'>): string {
	return [...tokensOf(text), roomToken(room), authorToken(author)].join(' ')
}
