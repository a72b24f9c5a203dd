import { existsSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { isDamage, openBeside } from '../events/database.ts'
import { partial } from '../events/new-file.ts'
import { viewsIn } from './files.ts'
import { openViewsBeside } from './views.ts'

/**
 * Throws where a new log would begin in the place of one that is lost: it is missing or empty, but the
 * views that were made of it, or its write-ahead log, are still there.
 */
export function checkLogIsThere(directory: string): void {
	const log = join(directory, 'log.db')
	const views = viewsIn(directory).map((name) => join(directory, name))
	const content = contentOf(log)
	if (content === 'events') return
	if (content === 'nothing' && readdirSync(directory).some((name) => partial.test(name))) {
		const detail = 'a restore or an import was interrupted here. Repeat it, or empty the directory to begin anew'
		throw new Error(`${log} is ${existsSync(log) ? 'empty' : 'missing'}: ${detail}`)
	}
	const witnesses =
		content === 'identity alone'
			? views.filter(hasSeenEvents)
			: [...views, ...(content === 'nothing' && sizeOf(`${log}-wal`) > 0 ? [`${log}-wal`] : [])]
	if (witnesses.length === 0) return
	const isOne = witnesses.length === 1
	throw new Error(
		`${log} is ${existsSync(log) ? 'empty' : 'missing'}, but ${witnesses.join(' and ')} ${isOne ? 'shows' : 'show'} ` +
			'that there was a log, and no new one is begun in its place. Restore a backup: tailroom restore <file> ' +
			`--data <a new directory>. Or remove ${isOne ? 'that file' : 'those files'} to begin anew`,
	)
}

/** A start that was interrupted leaves a log with its identity and without events. */
function contentOf(path: string): 'nothing' | 'no log' | 'identity alone' | 'events' {
	if (sizeOf(path) === 0) return 'nothing'
	try {
		const database = openBeside(path)
		try {
			const tables = "SELECT count(*) FROM sqlite_schema WHERE name IN ('events', 'log_identity')"
			if (database.prepare(tables).pluck().get() !== 2) return 'no log'
			if (database.prepare('SELECT 1 FROM events LIMIT 1').get() !== undefined) return 'events'
			return database.prepare('SELECT 1 FROM log_identity').get() === undefined ? 'no log' : 'identity alone'
		} finally {
			database.close()
		}
	} catch (error) {
		// What is damaged is not empty: who opens it for more will say so.
		if (isDamage(error)) return 'events'
		throw error
	}
}

function hasSeenEvents(path: string): boolean {
	try {
		const views = openViewsBeside(path)
		try {
			return views.checkpoint().position > 0
		} finally {
			views.close()
		}
	} catch (error) {
		if (isDamage(error)) return false
		throw error
	}
}

function sizeOf(path: string): number {
	return statSync(path, { throwIfNoEntry: false })?.size ?? 0
}
