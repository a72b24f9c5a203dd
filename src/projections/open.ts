import { readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { isCorrupt, sqliteCode } from '../events/database.ts'
import type { LogReader } from '../events/log.ts'
import { catchUp, projections } from './projector.ts'
import { openViewsForWriting, type Views, viewsFingerprint } from './views.ts'

/** The views file that this version reads. */
export function viewsPath(directory: string): string {
	return join(directory, `views-${viewsFingerprint(projections)}.db`)
}

/**
 * Opens the views of a log and brings them up to its head.
 *
 * Current views replay nothing, views that are behind catch up, and views whose checkpoint the log
 * does not hold (it was restored from a copy) or that are damaged are discarded and built again.
 * Files of other versions are removed once these are complete.
 */
export function openViews(directory: string, log: LogReader): { views: Views; replayed: number } {
	const path = viewsPath(directory)
	const genesis = log.fingerprintAt(0) as string
	const opened = openCurrent(path, log, genesis) ?? openEmpty(path, log, genesis)
	removeSuperseded(directory, path)
	return opened
}

/** The views as they lie there, caught up; undefined if they must be built again. */
function openCurrent(path: string, log: LogReader, genesis: string): { views: Views; replayed: number } | undefined {
	let views: Views | undefined
	try {
		views = openViewsForWriting(path, log.logId, genesis)
		const { logId, position, fingerprint } = views.checkpoint()
		if (logId === log.logId && log.fingerprintAt(position) === fingerprint) {
			return { views, replayed: catchUp(views, log) }
		}
	} catch (error) {
		if (!isDamage(error)) {
			views?.close()
			throw error
		}
	}
	views?.close()
	return undefined
}

function openEmpty(path: string, log: LogReader, genesis: string): { views: Views; replayed: number } {
	removeDatabase(path)
	const views = openViewsForWriting(path, log.logId, genesis)
	try {
		return { views, replayed: catchUp(views, log) }
	} catch (error) {
		views.close()
		throw error
	}
}

/** What a torn or foreign file shows itself by. A full disk or a missing right is no damage. */
export function isDamage(error: unknown): boolean {
	return isCorrupt(error) || sqliteCode(error) === 'SQLITE_ERROR'
}

/** For views that turned out to be damaged: the next start builds them again. */
export function discardViews(directory: string): void {
	removeDatabase(viewsPath(directory))
}

function removeSuperseded(directory: string, current: string): void {
	for (const name of readdirSync(directory)) {
		const path = join(directory, name)
		if (/^views-[0-9a-f]+\.db$/.test(name) && path !== current) removeDatabase(path)
	}
}

function removeDatabase(path: string): void {
	for (const suffix of ['', '-wal', '-shm']) rmSync(path + suffix, { force: true })
}
