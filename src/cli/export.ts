import { formatCursor } from '../events/cursor.ts'
import { exportTo, exportToFile } from '../events/export.ts'
import { type Command, exitOnSignals } from './command.ts'
import { dataHelp, jsonHelp, readArguments } from './data-directory.ts'
import { counted, showProgress } from './progress.ts'
import { report } from './report.ts'

export const exportCommand: Command = {
	summary: 'write the log as lines of JSON, also beside a running server',
	help: `Usage: tailroom export [<file>] [options]

Writes the log, which is everything, as lines of JSON: into a new file that only you can read and that is
never overwritten, or to standard output. Works beside a running server. tailroom import makes the same
log of it again, in the same bytes; docs/operations.md says what the lines are.

It is as secret as the data directory: hooks can be used by whoever reads it, and passwords guessed at
leisure. Texts that are erased later stay in it.

${jsonHelp}${dataHelp}
For example: tailroom export --data /var/lib/tailroom | gzip > /backups/tailroom-$(date +%F).ndjson.gz
`,
	async run(args) {
		const { data, operands, json } = readArguments(args, ['[file]'])
		const [file] = operands
		exitOnSignals()
		const progress = showProgress('exporting')
		try {
			if (file === undefined) return await exportToPipe(data, progress.at)
			const { events, head } = await exportToFile(data, file, { onProgress: progress.at })
			progress.end()
			const cursor = formatCursor(head)
			const text = `Exported ${counted(events, 'event')} to ${file}; the last one is ${cursor}.\n`
			report(json, { file, events, cursor }, text)
		} finally {
			progress.end()
		}
	},
}

async function exportToPipe(data: string, onProgress: (done: number, total: number) => void): Promise<void> {
	try {
		// What is shown would stand between the lines.
		await exportTo(process.stdout, data, process.stdout.isTTY ? {} : { onProgress })
	} catch (error) {
		// Once nobody reads any more, that is the end, and no failure: so it is with `| head`.
		if ((error as NodeJS.ErrnoException).code !== 'EPIPE') throw error
	}
}
