import { DamagedLog } from '../events/damaged-log.ts'
import { type VerifiedViews, verify } from '../projections/verify.ts'
import { type Command, exitOnSignals } from './command.ts'
import { dataHelp, jsonHelp, readArguments } from './data-directory.ts'
import { rate, showProgress } from './progress.ts'
import { report } from './report.ts'

export const verifyCommand: Command = {
	summary: 'prove that the log is whole and that the views equal a replay of it',
	help: `Usage: tailroom verify [options]

Proves the log: every event's fingerprint and text, and what SQLite finds in the file. Replays it, and
compares with the views of now. Works beside a running server, and changes nothing. Exits with 1 and the
first difference if there is one.

${jsonHelp}${dataHelp}
For example: tailroom verify --data /var/lib/tailroom
`,
	async run(args) {
		const { data, json } = readArguments(args)
		exitOnSignals()
		const startedAt = performance.now()
		const progress = showProgress('verifying')
		try {
			const { events, head, views } = await verify(data, progress.at)
			progress.end()
			const text = `Sound: ${rate(events, startedAt)}, the last one at position ${head}. ${said(views, head)}\n`
			report(json, { events, head, views }, text)
		} catch (error) {
			progress.end()
			if (!(error instanceof DamagedLog)) throw error
			throw new Error(`${error.finding}. Restore a backup: tailroom restore <file> --data <a new directory>`)
		}
	},
}

function said(views: VerifiedViews, head: number): string {
	if (views.state === 'none') return 'There are no views: the next start builds them.'
	if (views.state === 'other version') return 'The views are of another version: the next start builds new ones.'
	if (views.position >= head) return 'The views equal a replay.'
	return `The views equal a replay up to position ${views.position}, where they are: a start catches up.`
}
