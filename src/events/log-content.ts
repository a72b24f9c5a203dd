import { startChecker } from './checker.ts'
import { type Database, isDamage, openBeside, reasonOf } from './database.ts'
import { genesisFingerprint } from './fingerprint.ts'
import type { LogHead } from './log.ts'
import { isMigrated } from './migrations.ts'

export interface LogContent {
	events: number
	head: LogHead
}

/**
 * What a file holds that nobody writes. Throws if it is no log of Tailroom, or one of a newer version;
 * an older one is good, for the next start brings it up to date.
 */
export function logContent(path: string): LogContent {
	let database: Database | undefined
	try {
		database = openBeside(path)
		// The first thing to know: who wrote it. Throws for a newer version.
		isMigrated(database)
		return contentOf(database)
	} catch (error) {
		if (!isDamage(error)) throw error
		throw new Error(`${path} is no log of Tailroom, or damaged (${reasonOf(error)})`)
	} finally {
		database?.close()
	}
}

/** Which log a file holds; undefined if it is none of Tailroom's, or cannot be read. */
export function logIdOf(path: string, open: (path: string) => Database = openBeside): string | undefined {
	let database: Database | undefined
	try {
		database = open(path)
		return database.prepare('SELECT log_id FROM log_identity').pluck().get() as string | undefined
	} catch {
		return undefined
	} finally {
		database?.close()
	}
}

/** What a log holds. */
export function contentOf(database: Database): LogContent {
	const logId = database.prepare('SELECT log_id FROM log_identity').pluck().get() as string | undefined
	if (logId === undefined) throw new Error(`${database.name} is no log of Tailroom`)
	const events = database.prepare('SELECT count(*) FROM events').pluck().get() as number
	const last = database.prepare('SELECT position, fingerprint FROM events ORDER BY position DESC LIMIT 1').get() as
		| { position: number; fingerprint: Buffer }
		| undefined
	const { position, fingerprint } = last ?? { position: 0, fingerprint: genesisFingerprint(logId) }
	return { events, head: { position, fingerprint: fingerprint.toString('hex') } }
}

/** As logContent, of a file that was checked from its beginning to its end. Rejects with DamagedLog. */
export async function checkedContent(file: string): Promise<LogContent> {
	const content = logContent(file)
	const checker = startChecker()
	try {
		await checker.log(file, content.head.position)
		return content
	} finally {
		await checker.stop()
	}
}
