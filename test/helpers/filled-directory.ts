import { join } from 'node:path'
import type { Test } from 'tap'
import { openLogForWriting } from '../../src/events/sqlite-log.ts'
import { openViews } from '../../src/projections/open.ts'
import { temporaryDirectory } from './directory.ts'
import { fillLog } from './record.ts'

/** A data directory as a server leaves it that was stopped: a log of so many messages, and its views. */
export async function filledDirectory(t: Test, count: number, rooms: readonly string[] = ['general']): Promise<string> {
	const directory = join(temporaryDirectory(t), 'data')
	await fillLog(directory, rooms, count)
	bringViewsUp(directory)
	return directory
}

/** What a start does, without the server. */
export function bringViewsUp(directory: string): void {
	const log = openLogForWriting(join(directory, 'log.db'))
	openViews(directory, log).views.close()
	log.close()
}
