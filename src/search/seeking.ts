import { DamagedLog } from '../events/damaged-log.ts'
import { type Database, openForReading } from '../events/database.ts'
import type { LogReader, Position } from '../events/log.ts'
import { chooseTokens, Frequencies } from './choosing.ts'
import {
	behindMsMax,
	candidateCharsMax,
	candidatesMax,
	hitCharsMax,
	roomsShareMin,
	roomTokensMax,
	sampleMax,
	stepMsMax,
	stepMsMin,
	windowFirst,
	windowMax,
	windowMin,
} from './limits.ts'
import { type Highlights, highlightsIn, matches, type Term } from './match.ts'
import { dayMs } from './search-index.ts'
import { authorToken, roomToken, tokensFor } from './tokens.ts'

/** What is looked for, and where. */
export interface Wanted {
	terms: readonly Term[]
	/** In one of these. */
	roomIds: readonly string[]
	/** How many messages these rooms have, about. */
	messages: number
	/** Said by one of these; absent: by anybody. */
	authorIds?: readonly string[]
	/** Said at that time or later, and before that time, in Unix milliseconds. */
	afterMs?: number
	beforeMs?: number
	/** Posted before that position; absent: the newest. */
	before?: Position
	limit: number
}

/** A message that was found. Whether it may be shown, and still says this, is for others to see. */
export interface Hit {
	/** Where it was posted. */
	position: Position
	/** Where the text lies that was found. */
	textPosition: Position
	highlights: Highlights
}

export interface Found {
	/** The newest first. */
	hits: Hit[]
	/** There may be more before that position; absent: there is no more. */
	next?: Position
	/** The time was over before there was a page. */
	isCut: boolean
	/** What was said up to there was looked through. */
	position: Position
	/** The index is more than a moment behind the log. */
	isBehind: boolean
}

/** The index as those see it who search: through a connection that cannot write. */
export class IndexReader {
	readonly database: Database
	readonly log: LogReader
	readonly #statements
	#frequencies = new Frequencies([])
	/** Where the log was when the sample was taken. */
	#sampledAt = 0

	constructor(path: string, log: LogReader) {
		this.database = openForReading(path)
		this.log = log
		const { database } = this
		this.#statements = {
			checkpoint: database.prepare('SELECT position FROM checkpoint').pluck(),
			number: database.prepare('SELECT number FROM streams WHERE stream_id = ?').pluck(),
			last: database.prepare('SELECT max(position) FROM documents').pluck(),
			// Days are few, and a clock that was wrong for a moment has made one of them wide.
			first: database.prepare('SELECT min(first) FROM days WHERE day >= ?').pluck(),
			lastBefore: database.prepare('SELECT max(last) FROM days WHERE day < ?').pluck(),
			textAfter: database.prepare('SELECT text FROM documents WHERE position > ? ORDER BY position LIMIT 1').pluck(),
		}
	}

	position(): Position {
		return this.#statements.checkpoint.get() as Position
	}

	/** Of rooms and people; those of whom nothing is indexed have none. */
	numbersOf(streamIds: readonly string[]): number[] {
		return streamIds.map((id) => this.#statements.number.get(id)).filter((number) => number !== undefined) as number[]
	}

	lastPosition(): Position {
		return (this.#statements.last.get() as Position | null) ?? 0
	}

	/** Of messages from all over the log; looked at again when it has become twice as long. */
	frequencies(): Frequencies {
		const last = this.lastPosition()
		if (last >= 2 * this.#sampledAt) {
			const count = Math.min(sampleMax, last)
			const places = Array.from({ length: count }, (_, i) => Math.floor((i * last) / count))
			const sample = places.map((place) => this.#statements.textAfter.get(place) as string | undefined)
			this.#frequencies = new Frequencies(sample.filter((text) => text !== undefined))
			this.#sampledAt = Math.max(1, last)
		}
		return this.#frequencies
	}

	/** Between which positions it was said; there may be other times between them too. */
	rangeOf(afterMs: number, beforeMs: number): { first: Position; last: Position } {
		const first = this.#statements.first.get(Math.floor(afterMs / dayMs)) as Position | null
		const last = this.#statements.lastBefore.get(Math.ceil(beforeMs / dayMs)) as Position | null
		return { first: first ?? Number.POSITIVE_INFINITY, last: last ?? 0 }
	}

	close(): void {
		this.database.close()
	}
}

/**
 * Looks from the newest message down, a step at a time for who has something else to do in between, until there is a
 * page or the time is over. At least one step is taken, so whoever goes on gets to the end.
 */
export function* seek(reader: IndexReader, wanted: Wanted, msMax: number): Generator<void, Found> {
	const startedAt = performance.now()
	const position = reader.position()
	const told = { position, isBehind: isBehind(reader.log, position) }
	const hits: Hit[] = []
	let chars = 0
	const { afterMs = 0, beforeMs = timeMax } = wanted
	const { first, last } = reader.rangeOf(afterMs, beforeMs)
	const candidates = candidatesIn(reader, wanted)
	let through = Math.min(last, (wanted.before ?? Number.POSITIVE_INFINITY) - 1)
	let window = windowFirst
	while (candidates !== undefined && through >= first) {
		const stepAt = performance.now()
		const after = Math.max(first - 1, through - window)
		const { rows, isAll } = pageOf(candidates(through, after))
		for (const row of rows) {
			const found = matches(row.text, wanted.terms) ? hitAt(reader.log, row, wanted.terms) : undefined
			if (found !== undefined) hits.push(found.hit)
			chars += found?.chars ?? 0
			const isPage = hits.length === wanted.limit || chars > hitCharsMax
			if (isPage) return { hits, next: row.position, isCut: false, ...told }
			const isCut = found !== undefined && performance.now() - startedAt > msMax
			if (isCut) return { hits, next: row.position, isCut, ...told }
		}
		through = isAll ? after : (rows.at(-1) as Candidate).position - 1
		const now = performance.now()
		if (now - stepAt < stepMsMin) window = Math.min(2 * window, windowMax)
		else if (now - stepAt > stepMsMax) window = Math.max(window / 2, windowMin)
		if (through >= first && now - startedAt > msMax) return { hits, next: through + 1, isCut: true, ...told }
		yield
	}
	return { hits, isCut: false, ...told }
}

/** As far as a number goes. */
const timeMax = Number.MAX_SAFE_INTEGER

interface Candidate {
	position: Position
	textPosition: Position
	text: string
}

type Candidates = (through: Position, after: Position) => Iterable<Candidate>

/** Where messages may be that are wanted, the newest first; undefined: nowhere. */
function candidatesIn(reader: IndexReader, wanted: Wanted): Candidates | undefined {
	const { terms, roomIds, messages, authorIds, afterMs = 0, beforeMs = timeMax } = wanted
	const rooms = reader.numbersOf(roomIds)
	const authors = authorIds === undefined ? undefined : reader.numbersOf(authorIds)
	if (rooms.length === 0 || authors?.length === 0) return undefined
	const isNarrow = rooms.length <= roomTokensMax && messages < roomsShareMin * reader.lastPosition()
	const byToken = rooms.length === 1 || isNarrow
	const all = [
		...chooseTokens(
			terms.map(({ text }) => tokensFor(text)),
			reader.frequencies(),
			reader.lastPosition(),
		).map(quoted),
		...(authors === undefined ? [] : [anyOf(authors.map(authorToken))]),
		...(byToken ? [anyOf(rooms.map(roomToken))] : []),
	]
	const from = all.length === 0 ? 'documents' : 'hits JOIN documents ON documents.position = hits.rowid'
	const by = all.length === 0 ? 'documents.position' : 'hits.rowid'
	// FTS5 goes to a rowid where it is a whole number to SQLite, which what is bound is not.
	// Also where the rooms are in the tokens: a row says whose it is, a token only where to look.
	const sql = `SELECT documents.position, text_position AS textPosition, text FROM ${from}
		WHERE ${all.length === 0 ? '' : 'hits MATCH +? AND'} ${by} <= CAST(+? AS INTEGER) AND ${by} > CAST(+? AS INTEGER)
			AND documents.room IN (SELECT value FROM json_each(+?)) AND recorded_at >= +? AND recorded_at < +?
		ORDER BY ${by} DESC LIMIT ${candidatesMax}`
	const statement = reader.database.prepare(sql)
	const match = all.length === 0 ? [] : [all.join(' AND ')]
	const rest = [JSON.stringify(rooms), afterMs, beforeMs]
	return (through, after) => statement.iterate(...match, through, after, ...rest) as Iterable<Candidate>
}

/** A token as FTS5 takes it, whatever is in it: nothing of what somebody typed is syntax. */
function quoted(token: string): string {
	return `"${token.replaceAll('"', '""')}"`
}

function anyOf(tokens: readonly string[]): string {
	return `(${tokens.map(quoted).join(' OR ')})`
}

/** As many as are looked at in one step; `isAll`: there are no others. */
function pageOf(candidates: Iterable<Candidate>): { rows: Candidate[]; isAll: boolean } {
	const rows: Candidate[] = []
	let chars = 0
	for (const row of candidates) {
		rows.push(row)
		chars += row.text.length
		if (rows.length === candidatesMax || chars > candidateCharsMax) return { rows, isAll: false }
	}
	return { rows, isAll: true }
}

/** Undefined: its text is erased by now, or damaged. */
function hitAt(
	log: LogReader,
	{ position, textPosition }: Candidate,
	terms: readonly Term[],
): { hit: Hit; chars: number } | undefined {
	try {
		const event = log.at(textPosition)
		if (event?.type !== 'MessagePosted' && event?.type !== 'MessageEdited') return undefined
		const content = event.body?.content ?? ''
		const highlights = event.body === null ? undefined : highlightsIn(content, terms)
		return highlights && { hit: { position, textPosition, highlights }, chars: content.length }
	} catch (error) {
		if (error instanceof DamagedLog && error.position !== undefined) return undefined
		throw error
	}
}

function isBehind(log: LogReader, position: Position): boolean {
	try {
		const [missed] = log.readFacts({ after: position, through: Number.MAX_SAFE_INTEGER, limit: 1 })
		return missed !== undefined && missed.recordedAt < Date.now() - behindMsMax
	} catch (error) {
		// What comes next is damaged, and in a moment the index has passed it over.
		if (error instanceof DamagedLog && error.position !== undefined) return true
		throw error
	}
}
