import { readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
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
	let views = openIfOfThisLog(path, log, genesis)
	if (views === undefined) {
		removeDatabase(path)
		views = openViewsForWriting(path, log.logId, genesis)
	}
	const replayed = catchUp(views, log)
	removeSuperseded(directory, path)
	return { views, replayed }
}

function openIfOfThisLog(path: string, log: LogReader, genesis: string): Views | undefined {
	let views: Views | undefined
	try {
		views = openViewsForWriting(path, log.logId, genesis)
		const { logId, position, fingerprint } = views.checkpoint()
		if (logId === log.logId && log.fingerprintAt(position) === fingerprint) return views
	} catch (error) {
		if (!isDamage(error)) throw error
	}
	views?.close()
	return undefined
}

/** What a torn or foreign file shows itself by. A full disk or a missing right is no damage. */
function isDamage(error: unknown): boolean {
	const code = (error as { code?: string }).code ?? ''
	return code.startsWith('SQLITE_CORRUPT') || code === 'SQLITE_NOTADB' || code === 'SQLITE_ERROR'
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
