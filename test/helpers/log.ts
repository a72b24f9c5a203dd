import { join } from 'node:path'
import Database from 'better-sqlite3'

export interface LoggedEvent {
	position: number
	streamId: string
	type: string
	recordedAt: number
	// biome-ignore lint/suspicious/noExplicitAny: a test looks at what it expects
	body: any
}

/** What stands in the log of a server that runs or has stopped, after a position. */
export function eventsInLog(directory: string, after = 0): LoggedEvent[] {
	const database = new Database(join(directory, 'log.db'), { readonly: true })
	try {
		const sql = 'SELECT position, stream_id, type, recorded_at, body FROM events WHERE position > ? ORDER BY position'
		const rows = database.prepare(sql).raw().all(after) as [number, string, string, number, string | null][]
		return rows.map(([position, streamId, type, recordedAt, body]) => ({
			position,
			streamId,
			type,
			recordedAt,
			body: body === null ? null : JSON.parse(body),
		}))
	} finally {
		database.close()
	}
}
