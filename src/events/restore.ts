import { chmodSync, existsSync, mkdirSync, readdirSync, rmdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { copyLog, partial } from './copy.ts'
import { lockDirectory } from './lock.ts'
import { checkedContent, type LogContent, logContent } from './log-content.ts'

/**
 * Makes a data directory of a backup: into an empty directory or a new one, and only when all of the
 * backup was checked. Gives what it holds then. The views are made by the next start.
 *
 * `amend` is given the path of the log before it is one: what is erased there was never in the directory.
 *
 * Rejects with DamagedLog for the first event that is not what was written, and leaves nothing then.
 */
export async function restore(
	file: string,
	directory: string,
	amend: (log: string) => Promise<void> = async () => {},
): Promise<LogContent> {
	if (!existsSync(file)) throw new Error(`there is no ${file}`)
	const isNew = !existsSync(directory)
	if (!isNew && !isEmpty(directory)) {
		throw new Error(`${directory} is not empty: a restore never overwrites, choose a new --data directory`)
	}
	const content = await checkedContent(file)
	mkdirSync(directory, { recursive: true, mode: 0o700 })
	chmodSync(directory, 0o700)
	const lock = lockDirectory(directory)
	let isRestored = false
	try {
		const log = join(directory, 'log.db')
		if (existsSync(log)) throw new Error(`${directory} is not empty any more: a restore never overwrites`)
		const restored = await copyLog(file, log, async (copy) => {
			const { head } = logContent(copy)
			if (head.fingerprint !== content.head.fingerprint) throw new Error(`${file} was changed meanwhile`)
			await amend(copy)
			return logContent(copy)
		})
		isRestored = true
		return restored
	} finally {
		lock.release()
		if (!isRestored) removeLock(directory, isNew)
	}
}

/** What a restore that was killed has left is not in the way. */
function isEmpty(directory: string): boolean {
	return readdirSync(directory).every((name) => /^lock\.db(-journal)?$/.test(name) || partial.test(name))
}

/** So that the same directory can be restored into again. */
function removeLock(directory: string, isNew: boolean): void {
	for (const suffix of ['', '-journal']) rmSync(join(directory, `lock.db${suffix}`), { force: true })
	if (isNew && readdirSync(directory).length === 0) rmdirSync(directory)
}
