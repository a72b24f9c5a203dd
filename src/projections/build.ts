import { removeDatabase } from '../events/files.ts'
import type { LogReader, Position } from '../events/log.ts'
import { catchUpInSteps, replayBatch } from './projector.ts'
import { openViewsForBuilding, type Views } from './views.ts'

/** How far a build is: positions of the log. */
export interface BuildProgress {
	done: Position
	total: Position
}

/**
 * Builds the views of a log in a new file, a step at a time, and gives the number of events that were
 * replayed. Where the log grows meanwhile, the last few may be left for who opens the file.
 *
 * The file is closed and has no others beside it when this ends; if it does not end, it is of no use
 * and is removed.
 */
export function* buildViews(path: string, log: LogReader): Generator<BuildProgress, number> {
	removeDatabase(path)
	let isComplete = false
	let views: Views | undefined
	try {
		views = openViewsForBuilding(path, log.logId, log.fingerprintAt(0) as string)
		let events = 0
		let done = 0
		for (let total = log.head().position; done < total; total = headToReach(log, done)) {
			for (const step of catchUpInSteps(views, log, total)) {
				events += step.events
				done = step.position
				yield { done, total }
			}
		}
		isComplete = true
		return events
	} finally {
		views?.close()
		if (!isComplete) removeDatabase(path)
	}
}

/** The head, or where we are if that is near enough: a log that is being written to has no end. */
function headToReach(log: LogReader, done: Position): Position {
	const { position } = log.head()
	return position - done > replayBatch ? position : done
}
