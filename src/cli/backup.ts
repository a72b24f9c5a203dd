import { backup } from '../events/backup.ts'
import { formatCursor } from '../events/cursor.ts'
import { type Command, exitOnSignals } from './command.ts'
import { dataHelp, readArguments } from './data-directory.ts'
import { counted } from './progress.ts'

export const backupCommand: Command = {
	summary: 'copy the log into a file, also beside a running server',
	help: `Usage: tailroom backup <file> [options]

Copies the log, which is everything, into a new file that only you can read. Works beside a running
server, under load too: what was acknowledged before is in it. Never overwrites.

Texts that are erased later stay in backups that were made before: keep those no longer than you may.

${dataHelp}
For example: tailroom backup /backups/tailroom-$(date +%F).db --data /var/lib/tailroom
`,
	async run(args) {
		const { data, operands } = readArguments(args, ['file'])
		const [file] = operands as [string]
		exitOnSignals()
		const { events, head } = await backup(data, file)
		process.stdout.write(`Backed up ${counted(events, 'event')} to ${file}; the last one is ${formatCursor(head)}.\n`)
	},
}
