import type { Test } from 'tap'
import type { LogReader } from '../../src/events/log.ts'
import { Indexing } from '../../src/search/indexing.ts'
import { SearchIndex } from '../../src/search/search-index.ts'
import { connectionOf } from './sqlite.ts'

/** What an index holds of a message: what its tables say, and by which tokens it is really found. */
export interface IndexedMessage {
	position: number
	roomId: string
	authorId: string
	sequence: number
	recordedAt: number
	textPosition: number
	text: string
	/** In order; without those of the room and the author, whose numbers say nothing. */
	tokens: string[]
}

/** An index of a log in memory, or in a file, as far as the log goes. Closed with the test. */
export function startIndex(t: Test, log: LogReader, path = ':memory:'): SearchIndex {
	const index = SearchIndex.open(path, log)
	t.teardown(() => index.close())
	catchUp(index, log)
	return index
}

export function catchUp(index: SearchIndex, log: LogReader): void {
	const indexing = new Indexing(index, log)
	while (indexing.next() === 'more') {
		// Batch by batch.
	}
}

/** All that an index holds, by position. Throws where the tables and the tokens do not belong together. */
export function contentOf(index: SearchIndex): IndexedMessage[] {
	const database = connectionOf(index)
	database.exec("INSERT INTO hits (hits) VALUES ('integrity-check')")
	database.exec("CREATE VIRTUAL TABLE IF NOT EXISTS temp.found USING fts5vocab('main', 'hits', 'instance')")
	const found = database.prepare('SELECT term, doc FROM temp.found ORDER BY doc, term').all() as {
		term: string
		doc: number
	}[]
	const byDocument = Map.groupBy(found, ({ doc }) => doc)
	const rows = database
		.prepare(
			`SELECT position, rooms.stream_id AS roomId, authors.stream_id AS authorId, sequence, recorded_at AS recordedAt,
				text_position AS textPosition, text, room, author FROM documents
			JOIN streams AS rooms ON rooms.number = room JOIN streams AS authors ON authors.number = author ORDER BY position`,
		)
		.all() as (Omit<IndexedMessage, 'tokens'> & { room: number; author: number })[]
	const documents = rows.map(({ room, author, ...message }) => {
		const tokens = new Set(byDocument.get(message.position)?.map(({ term }) => term))
		if (!tokens.delete(`\x02${room}`)) throw new Error(`${message.position} is not found by its room`)
		if (!tokens.delete(`\x03${author}`)) throw new Error(`${message.position} is not found by its author`)
		return { ...message, tokens: [...tokens].sort() }
	})
	if (byDocument.size !== documents.length) throw new Error('something is found that is not there')
	return documents
}
