import type { Database } from './database.ts'
import type { FingerprintedRow } from './fingerprint.ts'
import type { Position } from './log.ts'
import { type Proof, proofColumn, proofOf } from './proof.ts'

/** All that the log holds of an event, as it is stored: its JSON is text. */
export interface StoredEvent extends FingerprintedRow, Proof {
	/** null also once the text is erased. */
	body: string | null
}

/** Those in (after, through], oldest first, at most `limit`. The connection is busy until the last was taken. */
export function* storedEvents(
	database: Database,
	{ after, through, limit }: { after: Position; through: Position; limit: number },
): Generator<StoredEvent> {
	const rows = database.prepare(select).raw().iterate(after, through, limit) as IterableIterator<Row>
	for (const row of rows) yield storedEvent(row)
}

const select = `SELECT position, stream_id, event_id, type, schema_version, recorded_at, metadata, data, body, ${proofColumn}
	FROM events WHERE position > ? AND position <= ? ORDER BY position LIMIT ?`

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

function storedEvent(row: Row): StoredEvent {
	const { salt, bodyDigest, fingerprint } = proofOf(row[9])
	return {
		position: row[0],
		streamId: row[1],
		eventId: row[2],
		type: row[3],
		schemaVersion: row[4],
		recordedAt: row[5],
		metadata: row[6],
		data: row[7],
		body: row[8],
		salt,
		bodyDigest,
		fingerprint,
	}
}
