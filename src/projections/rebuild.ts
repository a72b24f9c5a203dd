import { join } from 'node:path'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { putInPlace, removeDatabase } from '../events/files.ts'
import { lockDirectory } from '../events/lock.ts'
import type { Position } from '../events/log.ts'
import { openLogBeside, openLogForWriting } from '../events/sqlite-log.ts'
import { isThere } from '../events/there.ts'
import { startThread } from '../program/threads.ts'
import { type BuildProgress, buildViews } from './build.ts'
import { besidePath, buildingBesidePath, buildingPath, nextViewsPath, removeSuperseded } from './files.ts'
import { checkLogIsThere } from './lost-log.ts'

/** Told how far a rebuild is: positions of the log. */
export type OnProgress = (done: Position, total: Position) => void

/**
 * Builds the views of a directory anew where no server runs, and puts them in force. Rejects with
 * DirectoryInUse where one does. Interrupted at any moment, either the old or the new views are in force.
 */
export async function rebuildHere(directory: string, onProgress: OnProgress): Promise<{ events: number }> {
	const path = join(directory, 'log.db')
	if (!isThere(directory)) throw new Error(`there is no log in ${directory}: choose another --data directory`)
	const lock = lockDirectory(directory)
	try {
		checkLogIsThere(directory)
		if (!isThere(path)) throw new Error(`there is no log in ${directory}: choose another --data directory`)
		const log = openLogForWriting(path)
		try {
			const views = nextViewsPath(directory)
			const events = await run(buildViews(buildingPath(views), log), onProgress)
			putInPlace(buildingPath(views), views)
			removeSuperseded(directory, views)
			return { events }
		} finally {
			log.close()
		}
	} finally {
		lock.release()
	}
}

/**
 * Builds the views of this version beside a server of another one, which goes on with its own. The next start of this
 * version begins where they end. Rejects if the log itself is of an older version.
 */
export async function buildBeside(directory: string, onProgress: OnProgress): Promise<{ events: number }> {
	const log = openLogBeside(join(directory, 'log.db'))
	const building = buildingBesidePath(directory)
	const remove = () => removeDatabase(building)
	process.once('exit', remove)
	try {
		const events = await run(buildViews(building, log), onProgress)
		putInPlace(building, besidePath(directory))
		return { events }
	} finally {
		process.off('exit', remove)
		log.close()
	}
}

/** A step after the other, so that a signal is heard. */
async function run(steps: ReturnType<typeof buildViews>, onProgress: OnProgress): Promise<number> {
	let step = steps.next()
	for (; step.done !== true; step = steps.next()) {
		onProgress(step.value.done, step.value.total)
		await nextTurn()
	}
	return step.value
}

export interface Build {
	/**
	 * Resolves when the file is complete and on the disk. Rejects if it failed: then it is gone; or was stopped:
	 * then the next rebuild or start removes it.
	 */
	built: Promise<{ events: number; path: string }>
	stop(): Promise<void>
}

export type FromBuild = BuildProgress | { events: number; path: string }

/** Builds views on a thread of its own, in a file that is not in force, while others write and read. */
export function startBuild(directory: string, onProgress: OnProgress): Build {
	const worker = startThread('projections/rebuild-thread', { workerData: { directory } })
	const built = Promise.withResolvers<{ events: number; path: string }>()
	worker.on('message', (message: FromBuild) => {
		if ('events' in message) built.resolve(message)
		else onProgress(message.done, message.total)
	})
	worker.once('error', built.reject)
	worker.once('exit', () => built.reject(new Error('the rebuild was stopped')))
	return {
		built: built.promise,
		async stop() {
			await worker.terminate()
		},
	}
}
