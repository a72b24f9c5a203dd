import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { putInPlace } from '../events/files.ts'
import { lockDirectory } from '../events/lock.ts'
import type { Position } from '../events/log.ts'
import { openLogForWriting } from '../events/sqlite-log.ts'
import { startThread } from '../program/threads.ts'
import { type BuildProgress, buildViews } from './build.ts'
import { buildingPath, nextViewsPath, removeSuperseded } from './files.ts'
import { checkLogIsThere } from './lost-log.ts'

/** Told how far a rebuild is: positions of the log. */
export type OnProgress = (done: Position, total: Position) => void

/**
 * Builds the views of a directory anew where no server runs, and puts them in force. Rejects with
 * DirectoryInUse where one does. Interrupted at any moment, either the old or the new views are in force.
 */
export async function rebuildHere(directory: string, onProgress: OnProgress): Promise<{ events: number }> {
	const path = join(directory, 'log.db')
	if (!existsSync(directory)) throw new Error(`there is no log in ${directory}: choose another --data directory`)
	const lock = lockDirectory(directory)
	try {
		checkLogIsThere(directory)
		if (!existsSync(path)) throw new Error(`there is no log in ${directory}: choose another --data directory`)
		const log = openLogForWriting(path)
		try {
			const views = nextViewsPath(directory)
			const steps = buildViews(buildingPath(views), log)
			let step = steps.next()
			for (; step.done !== true; step = steps.next()) {
				onProgress(step.value.done, step.value.total)
				// So that a signal is heard.
				await nextTurn()
			}
			putInPlace(buildingPath(views), views)
			removeSuperseded(directory, views)
			return { events: step.value }
		} finally {
			log.close()
		}
	} finally {
		lock.release()
	}
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
