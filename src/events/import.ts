import { BadExport } from './bad-export.ts'
import { lineBytesMax } from './export-lines.ts'
import { ImportedLog, readBeginning } from './imported-log.ts'
import { lineBatches } from './line-batches.ts'
import type { LogContent } from './log-content.ts'
import { checkIsFree, makeDirectory } from './new-directory.ts'
import { makeFile } from './new-file.ts'

/**
 * Makes a data directory of an export: into an empty directory or a new one, and only when each line of the
 * export was checked. Gives what it holds. The views are made by the next start.
 *
 * Rejects with BadExport for the first line that is not what was exported, and leaves nothing then.
 */
export async function importLog(
	input: AsyncIterable<Buffer>,
	directory: string,
	onProgress: (done: number, total: number) => void = () => {},
): Promise<LogContent> {
	checkIsFree(directory, 'an import')
	const batches = lineBatches(input, lineBytesMax)
	try {
		const first = await batches.next()
		// What is no export at all makes no directory.
		if (first.done) throw new BadExport('it is empty')
		const [firstLine = '', ...lines] = first.value
		const promised = readBeginning(firstLine)
		return await makeDirectory(directory, 'an import', (log) =>
			makeFile(log, async (path) => {
				const imported = new ImportedLog(path, firstLine, promised)
				try {
					for (const line of lines) imported.take(line)
					for await (const lines of batches) {
						for (const line of lines) imported.take(line)
						onProgress(imported.events, promised.events)
					}
					return imported.complete()
				} finally {
					imported.close()
				}
			}),
		)
	} finally {
		await batches.return(undefined)
	}
}
