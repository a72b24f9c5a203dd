import { lstatSync, utimesSync } from 'node:fs'
import { join } from 'node:path'
import { copyLog } from './copy.ts'
import { openBeside } from './database.ts'
import { checkedContent, type LogContent } from './log-content.ts'
import { refuseNewer } from './migrations.ts'
import { isThere } from './there.ts'

/** There is a file of that name. */
export class BackupIsThere extends Error {}

/**
 * Copies the log of a directory into a file of its own, beside a server that writes or without one.
 * What was acknowledged before is in it. Gives what the copy holds. Rejects with DamagedLog where the
 * log is not what was written: of that there is no backup that could be restored.
 *
 * Never overwrites. Interrupted at any moment, there is no half backup of that name.
 */
export async function backup(directory: string, file: string): Promise<LogContent> {
	const log = join(directory, 'log.db')
	if (!isThere(log)) throw new Error(`there is no log in ${directory}: choose another --data directory`)
	if (isTaken(file)) throw new BackupIsThere(`${file} is there already: a backup never overwrites, choose another name`)
	refuseNewer(log)
	return await copyLog(log, file, async (copy) => {
		// Nobody is to find out only when it is needed.
		const content = await whileInUse(copy, () => checkedContent(copy))
		if (isTaken(file)) throw new BackupIsThere(`${file} has appeared meanwhile: a backup never overwrites`)
		return content
	})
}

/** Also as a link to something that is not there, for that would be overwritten. */
function isTaken(file: string): boolean {
	return isThere(file) || lstatSync(file, { throwIfNoEntry: false }) !== undefined
}

/** Meanwhile, and a few seconds longer, nobody takes the file for one that was abandoned. */
async function whileInUse<Result>(path: string, use: () => Promise<Result>): Promise<Result> {
	const reader = openBeside(path)
	try {
		reader.exec('BEGIN; SELECT 1 FROM sqlite_schema')
		return await use()
	} finally {
		reader.close()
		utimesSync(path, new Date(), new Date())
	}
}
