import { dayMs } from '../commands/limits.ts'
import { backup } from '../events/backup.ts'
import { formatCursor } from '../events/cursor.ts'
import { type MadeBackup, makeBackupDirectory, makeBackupNow, makeBackups } from './backups-in-time.ts'
import { type Command, exitOnSignals, parseFlags, UsageError } from './command.ts'
import { age } from './config/values.ts'
import { dataDirectory, dataFlags, dataHelp, jsonFlag, jsonHelp } from './data-directory.ts'
import { counted } from './progress.ts'
import { report } from './report.ts'

export const backupCommand: Command = {
	summary: 'copy the log into a file, also beside a running server',
	help: `Usage: tailroom backup <file> [options]
       tailroom backup --to <dir> [--every <time>] [--keep <n>] [options]

Copies the log, which is everything, into a new file that only you can read. Works beside a running
server, under load too: what was acknowledged before is in it. Never overwrites.

With --to the file gets a name of its own in that directory, by the time in UTC. With --every it goes on
until it is stopped: whenever the newest backup there is older than that, it makes one. What fails is said
on stderr, and tried again. With --keep it removes the oldest that it has made there of this log, once the
new one is complete; no other file. A log that was restored elsewhere is the same log still: two servers of
it need two directories.

Texts that are erased later stay in backups that were made before: keep those no longer than you may.

  --to <dir>                where to; made if it is missing
  --every <time>            one each such time, until it is stopped: 1h, 30m, 1d
  --keep <n>                how many are kept there
${jsonHelp}${dataHelp}
For example: tailroom backup /backups/tailroom-$(date +%F).db --data /var/lib/tailroom
             tailroom backup --to /backups --every 1h --keep 48 --data /var/lib/tailroom
`,
	async run(args) {
		const { values, positionals } = parseFlags(args, {
			...dataFlags,
			...jsonFlag,
			to: { type: 'string' },
			every: { type: 'string' },
			keep: { type: 'string' },
		})
		const { to } = values
		const data = dataDirectory(values)
		const say = (made: MadeBackup) => {
			const { file, events, head, removed } = made
			report(values.json === true, { file, events, cursor: formatCursor(head), removed }, sentence(made))
		}
		const every = value('--every', values.every, interval)
		const keep = value('--keep', values.keep, keptCount)
		if (to === '') throw new UsageError('--to is empty: it must name a directory')
		if (to === undefined) {
			if (every !== undefined || keep !== undefined) throw new UsageError('--every and --keep need --to <dir>')
			const file = fileOf(positionals)
			exitOnSignals()
			return say({ ...(await backup(data, file)), file, removed: 0 })
		}
		if (positionals.length > 0)
			throw new UsageError(`either <file> or --to <dir>: nothing is known of "${positionals[0]}"`)
		makeBackupDirectory(to, data)
		const keeping = { data, to, ...(keep === undefined ? {} : { keep }) }
		if (every === undefined) {
			exitOnSignals()
			return await makeBackupNow(keeping, say)
		}
		// That is how it ends.
		for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(0))
		await makeBackups(keeping, every, say)
	},
}

function fileOf([file, surplus]: string[]): string {
	if (file === undefined) throw new UsageError('<file> is missing')
	if (surplus !== undefined) throw new UsageError(`nothing is known of "${surplus}"`)
	return file
}

function sentence({ file, removed, events, head }: MadeBackup): string {
	const also = removed === 0 ? '' : ` ${counted(removed, 'older backup')} removed.`
	return `Backed up ${counted(events, 'event')} to ${file}; the last one is ${formatCursor(head)}.${also}\n`
}

function value<Value>(flag: string, text: string | undefined, parse: (text: string) => Value): Value | undefined {
	try {
		return text === undefined ? undefined : parse(text)
	} catch (error) {
		throw new UsageError(`${flag}: ${(error as Error).message}, not ${JSON.stringify(text)}`)
	}
}

/** Names tell seconds apart. */
function interval(text: string): number {
	const ms = age(text)
	if (ms >= 1_000 && ms <= intervalMsMax) return ms
	throw new Error('must be a time from 1s to 366d')
}

const intervalMsMax = 366 * dayMs

function keptCount(text: string): number {
	if (/^0*[1-9][0-9]{0,4}$/.test(text) && Number(text) <= keptMax) return Number(text)
	throw new Error(`must be a whole number from 1 to ${keptMax}`)
}

/** Each of them is opened when the oldest are looked for. */
const keptMax = 10_000
