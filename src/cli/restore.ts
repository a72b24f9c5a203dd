import { type ErasedAgain, eraseAgain } from '../commands/erase-again.ts'
import { formatCursor } from '../events/cursor.ts'
import { DamagedLog } from '../events/damaged-log.ts'
import { copiesBeside, copiesNamed } from '../events/log-copies.ts'
import { restore } from '../events/restore.ts'
import { isThere } from '../events/there.ts'
import { type Command, exitOnSignals, parseFlags, UsageError } from './command.ts'
import { complain } from './complain.ts'
import { dataDirectory, dataFlags, dataHelp, jsonFlag, jsonHelp } from './data-directory.ts'
import { counted } from './progress.ts'
import { report } from './report.ts'

export const restoreCommand: Command = {
	summary: 'make a data directory of a backup',
	help: `Usage: tailroom restore <file> [--erasures-from <path>] [options]

Checks all of a backup, then makes a data directory of it: a new one, or one that is empty. Never
overwrites. The first start builds the views. Clients that have seen more than the backup holds are told
so when they come back.

What was erased since (messages, people, the history of rooms) is erased again, as far as newer backups of
the same log say, that lie beside the file, or what --erasures-from names. Name the old data directory if
it is there, damaged or not: it knows best.

  --erasures-from <path>    an old data directory, a newer backup, or a directory of backups; as often as needed
${jsonHelp}${dataHelp}
For example: tailroom restore /backups/tailroom-2026-11-22.db --erasures-from ./data.old --data ./data
`,
	async run(args) {
		const { values, positionals } = parseFlags(args, {
			...dataFlags,
			...jsonFlag,
			'erasures-from': { type: 'string', multiple: true },
		})
		const [file, surplus] = positionals
		if (file === undefined) throw new UsageError('<file> is missing')
		if (surplus !== undefined) throw new UsageError(`nothing is known of "${surplus}"`)
		const data = dataDirectory(values)
		const named = values['erasures-from'] ?? []
		exitOnSignals()
		// A mistake is told before all of a large file is checked; of a file that is none, the restore tells.
		const copies = isThere(file) ? [...named.flatMap((path) => copiesNamed(path, file)), ...copiesBeside(file)] : []
		let erased: ErasedAgain = { texts: 0, knownUntil: undefined, isAllKnown: false, damaged: [] }
		const { events, head } = await restore(file, data, async (log) => {
			erased = await eraseAgain(log, copies)
		}).catch((error: unknown) => {
			throw error instanceof DamagedLog ? new Error(`${error.finding}. Choose another backup`) : error
		})
		for (const finding of erased.damaged) complain(`${finding}: what was erased there may be there again`)
		const cursor = formatCursor(head)
		const { texts: erasedAgain, knownUntil, isAllKnown: allErasedKnown } = erased
		const answer = {
			data,
			events,
			cursor,
			erasedAgain,
			allErasedKnown,
			...(knownUntil === undefined ? {} : { knownUntilMs: knownUntil }),
		}
		const text =
			`Restored ${counted(events, 'event')} to ${data}; the last one is ${cursor}.\n` +
			`${said(erased)}Start with: tailroom serve --data ${data}\n`
		report(values.json === true, answer, text)
	},
}

function said({ texts, knownUntil, isAllKnown }: ErasedAgain): string {
	const again =
		texts === 0
			? ''
			: `Erased again: ${counted(texts, 'text')} that ${texts === 1 ? 'was' : 'were'} erased since it was made.\n`
	if (isAllKnown || knownUntil === undefined) return again
	const until = new Date(knownUntil).toISOString()
	return `${again}What was erased after ${until} is there again: if you have the old data directory, name it with --erasures-from.\n`
}
