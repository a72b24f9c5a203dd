import { formatCursor } from '../events/cursor.ts'
import { DamagedLog } from '../events/damaged-log.ts'
import { restore } from '../events/restore.ts'
import { type Command, exitOnSignals } from './command.ts'
import { dataHelp, readArguments } from './data-directory.ts'
import { counted } from './progress.ts'

export const restoreCommand: Command = {
	summary: 'make a data directory of a backup',
	help: `Usage: tailroom restore <file> [options]

Checks all of a backup, then makes a data directory of it: a new one, or one that is empty. Never
overwrites. The first start builds the views. Clients that have seen more than the backup holds are told
so when they come back.

${dataHelp}
For example: tailroom restore /backups/tailroom-2026-11-22.db --data /var/lib/tailroom-restored
`,
	async run(args) {
		const { data, operands } = readArguments(args, ['file'])
		const [file] = operands as [string]
		exitOnSignals()
		const { events, head } = await restore(file, data).catch((error: unknown) => {
			throw error instanceof DamagedLog ? new Error(`${error.finding}. Choose another backup`) : error
		})
		process.stdout.write(
			`Restored ${counted(events, 'event')} to ${data}; the last one is ${formatCursor(head)}.\n` +
				`Start with: tailroom serve --data ${data}\n`,
		)
	},
}
