import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { isDamage, reasonOf } from '../../events/database.ts'
import { isMigrated } from '../../events/migrations.ts'
import { openLogBeside } from '../../events/sqlite-log.ts'
import { viewsIn, viewsPath } from '../../projections/files.ts'
import { checkCheckpoint } from '../../projections/verify.ts'
import { openViewsBeside } from '../../projections/views.ts'
import { type Check, type Finding, ok, problem, warning } from './check.ts'
import { beside } from './log.ts'

export const viewsCheck: Check = {
	name: 'views',
	look({ directory, server }) {
		const isRunning = server.is === 'answering'
		const path = viewsPath(directory)
		if (!existsSync(join(directory, 'log.db'))) return undefined
		if (!existsSync(path)) return missingFinding(viewsIn(directory).length > 0, isRunning)
		// What is to be said of a log of another version is said of it.
		if (beside(directory, (log) => isMigrated(log)) !== true) return undefined
		try {
			return backlogFinding(backlog(directory, path), isRunning)
		} catch (error) {
			if (isDamage(error)) return damageFinding(path, reasonOf(error), isRunning)
			throw error
		}
	},
}

/** What is damaged here is not the log: of that it was said before. */
function damageFinding(path: string, reason: string, isRunning: boolean): Finding {
	const says = `The views in ${path} are damaged (${reason})`
	if (isRunning) return problem(`${says}: run tailroom rebuild, which builds new ones from the log`)
	return warning(`${says}: the next start discards them, and builds new ones from the log`)
}

function missingFinding(areOthers: boolean, isRunning: boolean): Finding {
	if (isRunning) {
		return warning('The server that runs is of another version than this command: use the one that it was started with')
	}
	if (areOthers) return ok('The views are of another version, and the next start builds new ones')
	return ok('There are no views, and the next start builds them')
}

/** How many positions the views are behind. Throws where they are not those of this log. */
function backlog(directory: string, path: string): number {
	const views = openViewsBeside(path)
	try {
		// First, for the log is ahead of them, and goes on.
		const checkpoint = views.checkpoint()
		const log = openLogBeside(join(directory, 'log.db'))
		try {
			checkCheckpoint(checkpoint, log)
			return log.head().position - checkpoint.position
		} finally {
			log.close()
		}
	} finally {
		views.close()
	}
}

/** So far a server that works can be behind at the moment at which it is looked at: a batch or two. */
const backlogMax = 2_000

export function backlogFinding(behind: number, isRunning: boolean): Finding {
	if (!isRunning && behind > 0) return ok(`The views are ${behind} events behind, and the next start catches up`)
	if (behind <= backlogMax) return ok('The views are those of this log, and have all of it')
	return warning(
		`The views are ${behind} events behind while a server runs: it catches up, or its log says why it does not`,
	)
}
