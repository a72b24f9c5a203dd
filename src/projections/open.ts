import { existsSync } from 'node:fs'
import { isDamage } from '../events/database.ts'
import { putInPlace, removeDatabase } from '../events/files.ts'
import type { LogReader } from '../events/log.ts'
import { buildViews } from './build.ts'
import { besidePath, buildingPath, builtPath, nextViewsPath, removeSuperseded, viewsPath } from './files.ts'
import { catchUp } from './projector.ts'
import { openViewsForWriting, type Views } from './views.ts'

/**
 * Opens the views of a log and brings them up to its head.
 *
 * Current views replay nothing, views that are behind catch up, and views whose checkpoint the log
 * does not hold (it was restored from a copy) or that are damaged are built again. Other files are
 * removed once these are complete.
 */
export function openViews(directory: string, log: LogReader): OpenedViews {
	takeUpBuilt(directory)
	const opened = openCurrent(viewsPath(directory), log)
	const { views, replayed } = 'views' in opened ? opened : openBuilt(directory, log)
	removeSuperseded(directory, viewsPath(directory))
	return { views, replayed, ...('warning' in opened ? { warning: opened.warning } : {}) }
}

export interface OpenedViews {
	views: Views
	replayed: number
	/** What the operator must know: the log has lost something that the views had seen. */
	warning?: string
}

/** Puts in force what was built for this version while another one ran, unless this one has been there before. */
function takeUpBuilt(directory: string): void {
	const built = besidePath(directory)
	if (!existsSync(built)) return
	if (existsSync(viewsPath(directory))) removeDatabase(built)
	else putInPlace(built, viewsPath(directory))
}

/** The views as they lie there, caught up; without `views` if they must be built again. */
function openCurrent(path: string, log: LogReader): OpenedViews | { warning?: string } {
	if (!existsSync(path)) return {}
	let views: Views | undefined
	try {
		views = openForLog(path, log)
		const { logId, position, fingerprint } = views.checkpoint()
		if (logId === log.logId && log.fingerprintAt(position) === fingerprint) {
			return { views, replayed: catchUp(views, log) }
		}
		views.close()
		const head = log.head().position
		const detail =
			`the views had seen position ${position} of a log that is not this one: it ends at ${head}. If you have not put a backup in ` +
			'its place, something that was acknowledged is lost: keep a copy of the directory before you go on'
		return logId === log.logId ? { warning: detail } : {}
	} catch (error) {
		if (!isDamage(error)) {
			views?.close()
			throw error
		}
	}
	views?.close()
	return {}
}

function openBuilt(directory: string, log: LogReader): { views: Views; replayed: number } {
	const path = nextViewsPath(directory)
	const steps = buildViews(buildingPath(path), log)
	let step = steps.next()
	while (step.done !== true) step = steps.next()
	putInPlace(buildingPath(path), path)
	return { views: openForLog(path, log), replayed: step.value }
}

/**
 * Puts views in force that were built beside those that are, and opens them at the head of the log.
 * Throws, and leaves the ones in force as they are, if that is not possible.
 */
export function openRebuilt(building: string, log: LogReader): { views: Views; path: string } {
	const path = builtPath(building)
	let views: Views | undefined
	try {
		putInPlace(building, path)
		views = openForLog(path, log)
		catchUp(views, log)
		return { views, path }
	} catch (error) {
		views?.close()
		removeDatabase(path)
		throw error
	}
}

function openForLog(path: string, log: LogReader): Views {
	return openViewsForWriting(path, log.logId, log.fingerprintAt(0) as string)
}
