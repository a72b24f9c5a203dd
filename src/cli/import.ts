import { createReadStream } from 'node:fs'
import { BadExport } from '../events/bad-export.ts'
import { formatCursor } from '../events/cursor.ts'
import { importLog } from '../events/import.ts'
import { isThere } from '../events/there.ts'
import { type Command, exitOnSignals, UsageError } from './command.ts'
import { dataHelp, jsonHelp, readArguments } from './data-directory.ts'
import { counted, showProgress } from './progress.ts'
import { report } from './report.ts'

export const importCommand: Command = {
	summary: 'make a data directory of lines of JSON that were exported',
	help: `Usage: tailroom import [<file>] [options]

Makes a data directory of what tailroom export has written, from a file or from standard input: a new
directory, or one that is empty. Never overwrites. Each line is checked, and where one is not what was
exported, nothing is left. Positions, cursors and passwords are those of the log that was exported; what was
revoked since is valid again. The first start builds the views.

${jsonHelp}${dataHelp}
For example: gunzip -c /backups/tailroom-2026-11-22.ndjson.gz | tailroom import --data /var/lib/tailroom-imported
`,
	async run(args) {
		const { data, operands, json } = readArguments(args, ['[file]'])
		const [file] = operands
		if (file === undefined && process.stdin.isTTY) throw new UsageError('name a file, or send one to standard input')
		if (file !== undefined && !isThere(file)) throw new Error(`there is no ${file}`)
		exitOnSignals()
		const progress = showProgress('importing')
		try {
			const input = file === undefined ? process.stdin : createReadStream(file)
			const { events, head } = await importLog(input, data, progress.at)
			progress.end()
			const cursor = formatCursor(head)
			const text =
				`Imported ${counted(events, 'event')} to ${data}; the last one is ${cursor}.\n` +
				`Start with: tailroom serve --data ${data}\n`
			report(json, { data, events, cursor }, text)
		} catch (error) {
			progress.end()
			if (!(error instanceof BadExport)) throw error
			throw new Error(`${file ?? 'standard input'}: ${error.message}. Nothing was imported`)
		}
	},
}
