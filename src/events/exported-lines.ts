import { createHash } from 'node:crypto'
import { Chain, checkExplained, follow } from './chain.ts'
import { DamagedLog } from './damaged-log.ts'
import { type Database, isDamage, openBeside, reasonOf } from './database.ts'
import {
	beginning,
	type CredentialUse,
	consumerLine,
	ending,
	eventLine,
	type StoredConsumer,
	useLine,
} from './export-lines.ts'
import { contentOf, type LogContent } from './log-content.ts'
import { checkIsMigrated } from './migrations.ts'
import { type StoredEvent, storedEvents } from './stored-events.ts'

/** So much is read before it is handed on. */
const chunkChars = 256 * 1024

/** Some lines of an export, and how far it is with them: in events. */
export interface ExportedLines {
	bytes: Buffer
	done: number
	/** What the log holds. */
	content: LogContent
}

/**
 * The lines of an export of a log as it is at one moment, beside whoever writes it. Until the last lines were taken, the writer cannot empty its write-ahead log.
 *
 * Each event proves itself before it is given, so that what is exported can be imported. Throws DamagedLog.
 */
export function* exportedLines(path: string): Generator<ExportedLines> {
	let database: Database | undefined
	try {
		database = openBeside(path)
		checkIsMigrated(database)
		// One read transaction: all is of one moment.
		database.exec('BEGIN')
		yield* inChunks(database)
	} catch (error) {
		if (!isDamage(error)) throw error
		throw new DamagedLog(path, undefined, `is damaged (${reasonOf(error)})`)
	} finally {
		database?.close()
	}
}

function* inChunks(database: Database): Generator<ExportedLines> {
	const content = contentOf(database)
	const logId = database.prepare('SELECT log_id FROM log_identity').pluck().get() as string
	const hash = createHash('sha256')
	let text = ''
	let lines = 0
	const taken = () => {
		const bytes = Buffer.from(text)
		hash.update(bytes)
		text = ''
		return { bytes, done: Math.min(lines, content.events), content }
	}
	for (const line of linesOf(database, { logId, ...content })) {
		text += `${line}\n`
		lines += 1
		if (text.length >= chunkChars) yield taken()
	}
	yield taken()
	yield {
		bytes: Buffer.from(`${ending.write({ end: { sha256: hash.digest('hex') } })}\n`),
		done: content.events,
		content,
	}
}

type Identified = LogContent & { logId: string }

function* linesOf(database: Database, content: Identified): Generator<string> {
	yield beginning.write({ format: 'tailroom log', version: 1, ...content })
	yield* eventLines(database, content)
	const consumers =
		'SELECT user_id AS userId, name, position, moved_at AS movedAt FROM consumers ORDER BY user_id, name'
	for (const consumer of database.prepare(consumers).iterate()) {
		yield consumerLine.write({ consumer: consumer as StoredConsumer })
	}
	const uses = 'SELECT credential_id AS credentialId, used_at AS usedAt FROM credential_uses ORDER BY credential_id'
	for (const use of database.prepare(uses).iterate()) yield useLine.write({ use: use as CredentialUse })
}

function* eventLines(database: Database, { logId, head }: Identified): Generator<string> {
	const { name: path } = database
	const chain = new Chain(logId)
	for (const event of storedEvents(database, { after: 0, through: head.position, limit: -1 })) {
		follow(chain, event, path)
		yield lineOf(event, path)
	}
	checkExplained(chain, path)
}

/** One that gives the same event again. */
function lineOf(event: StoredEvent, path: string): string {
	const line = eventLine.write(event)
	try {
		eventLine.read(line)
		return line
	} catch (error) {
		throw new Error(`position ${event.position} of ${path} cannot be exported: it ${(error as Error).message}`)
	}
}
