import { type EventFact, erasedBy, erasingTypes } from './catalogue.ts'
import { DamagedLog } from './damaged-log.ts'
import { type Database, isDamage, openBeside, reasonOf } from './database.ts'
import { genesisFingerprint } from './fingerprint.ts'
import type { Position } from './log.ts'
import { checkBody, checkLink, proofColumn, proofOf } from './proof.ts'

/** Long enough to be quick, short enough that a writer's write-ahead log can be emptied in between. */
const pageEvents = 2_000

/**
 * Checks that the events of a log are what was written, up to a position: every fingerprint follows from
 * the one before it and from its event, and every body that is there is the one that its digest is of. A
 * body that is gone while its digest is left must have been erased by a later event.
 *
 * Gives the number of events. Throws DamagedLog, for the first event that is not what was written.
 */
export function checkChain(path: string, through: Position): number {
	// Where SQLite itself stumbles, it is said how far it came.
	let position = 0
	let database: Database | undefined
	try {
		database = openBeside(path)
		const logId = database.prepare('SELECT log_id FROM log_identity').pluck().get() as string
		let fingerprint = genesisFingerprint(logId)
		let events = 0
		const erasures = new Erasures()
		for (const row of rowsOf(database, 0, through)) {
			fingerprint = checked(path, row, fingerprint)
			erasures.see(row)
			position = row[0]
			events += 1
		}
		// What was erased while this went on is accounted for behind the end.
		if (erasures.unexplained !== undefined) {
			for (const row of rowsOf(database, through, Number.MAX_SAFE_INTEGER)) erasures.see(row)
		}
		if (erasures.unexplained !== undefined) {
			throw new DamagedLog(path, erasures.unexplained, 'has lost its text, and no event says that it was erased')
		}
		return events
	} catch (error) {
		if (!isDamage(error)) throw error
		throw new DamagedLog(path, undefined, `is damaged after position ${position} (${reasonOf(error)})`)
	} finally {
		database?.close()
	}
}

/** Bodies that are gone, until an event is seen that has erased them. */
class Erasures {
	readonly #gone = new Set<Position>()

	/** The first body that is gone, and nobody knows why. */
	get unexplained(): Position | undefined {
		return this.#gone.values().next().value
	}

	see([position, , , type, , , , data, body, proof]: Row): void {
		if (body === null && proofOf(proof).bodyDigest !== null) this.#gone.add(position)
		if (!erasingTypes.has(type)) return
		for (const erased of erasedBy({ type, data: JSON.parse(data) } as EventFact)) this.#gone.delete(erased)
	}
}

type Row = [
	position: number,
	streamId: string,
	eventId: string,
	type: string,
	schemaVersion: number,
	recordedAt: number,
	metadata: string,
	data: string,
	body: string | null,
	proof: Buffer,
]

function* rowsOf(database: Database, from: Position, through: Position): Generator<Row> {
	const page = database
		.prepare(
			`SELECT position, stream_id, event_id, type, schema_version, recorded_at, metadata, data, body, ${proofColumn}
			FROM events WHERE position > ? AND position <= ? ORDER BY position LIMIT ?`,
		)
		.raw()
	let after = from
	for (;;) {
		const rows = page.all(after, through, pageEvents) as Row[]
		const last = rows.at(-1)
		if (last === undefined) return
		yield* rows
		after = last[0]
	}
}

/** The fingerprint of the row, which must follow from the one before. */
function checked(path: string, row: Row, previous: Buffer): Buffer {
	const [position, streamId, eventId, type, schemaVersion, recordedAt, metadata, data, body] = row
	try {
		const proof = proofOf(row[9])
		const columns = { position, streamId, eventId, type, schemaVersion, recordedAt, metadata, data }
		checkLink(previous, { ...columns, bodyDigest: proof.bodyDigest }, proof.fingerprint)
		checkBody(body, proof)
		return proof.fingerprint
	} catch (error) {
		throw new DamagedLog(path, position, `is not what was written (${(error as Error).message})`)
	}
}
