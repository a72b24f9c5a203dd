import { copyLog } from './copy.ts'
import { checkedContent, type LogContent, logContent } from './log-content.ts'
import { checkIsFree, makeDirectory } from './new-directory.ts'
import { isThere } from './there.ts'

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
	if (!isThere(file)) throw new Error(`there is no ${file}`)
	checkIsFree(directory, 'a restore')
	const content = await checkedContent(file)
	return await makeDirectory(directory, 'a restore', (log) =>
		copyLog(file, log, async (copy) => {
			const { head } = logContent(copy)
			if (head.fingerprint !== content.head.fingerprint) throw new Error(`${file} was changed meanwhile`)
			await amend(copy)
			return logContent(copy)
		}),
	)
}
