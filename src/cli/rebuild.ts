import { createInterface } from 'node:readline'
import { DirectoryInUse } from '../events/lock.ts'
import { ownFingerprint } from '../projections/files.ts'
import { buildBeside, type OnProgress, rebuildHere } from '../projections/rebuild.ts'
import { isAnswering, openControl } from './administration.ts'
import { type Command, exitOnSignals } from './command.ts'
import { dataHelp, jsonHelp, readArguments } from './data-directory.ts'
import { actAsOwner } from './owner.ts'
import { rate, showProgress } from './progress.ts'
import { report } from './report.ts'

export const rebuildCommand: Command = {
	summary: 'build the views anew from the log',
	help: `Usage: tailroom rebuild [options]

Replays the log into fresh views beside those in force, and puts them in force when they are complete.
The log is not changed. Interrupted at any moment, the old views or the new ones are there, whole.

Beside a server of another version it builds the views of this one, and leaves the server's as they are: a
restart with this version then begins where they end, however large the log is.

${jsonHelp}${dataHelp}
For example: tailroom rebuild --data /var/lib/tailroom
`,
	async run(args) {
		const { data, json } = readArguments(args)
		actAsOwner(data)
		exitOnSignals()
		const startedAt = performance.now()
		const progress = showProgress('rebuilding')
		try {
			const { events, isBeside = false } = await rebuild(data, progress.at)
			progress.end()
			const text = isBeside ? 'Built for this version, beside the server of another one' : 'Rebuilt'
			report(json, { events, isBeside }, `${text}: ${rate(events, startedAt)}.\n`)
		} finally {
			progress.end()
		}
	},
}

interface Rebuilt {
	events: number
	/** Beside a server that has others in force. */
	isBeside?: boolean
}

async function rebuild(directory: string, onProgress: OnProgress): Promise<Rebuilt> {
	try {
		return await rebuildHere(directory, onProgress)
	} catch (error) {
		if (!(error instanceof DirectoryInUse)) throw error
		const built = await rebuildThere(directory, onProgress)
		return built ?? { ...(await buildBeside(directory, onProgress)), isBeside: true }
	}
}

/** By the server that runs there; undefined: it is of a version with other views. */
async function rebuildThere(directory: string, onProgress: OnProgress): Promise<Rebuilt | undefined> {
	await isAnswering(directory)
	const answer = await openControl(directory, 'POST', `/rebuild?views=${ownFingerprint()}`)
	for await (const line of createInterface({ input: answer })) {
		const said = JSON.parse(line) as
			| { done: number; total: number }
			| { events: number }
			| { error: string }
			| { isOther: true }
		if ('error' in said) throw new Error(said.error)
		if ('isOther' in said) return undefined
		if ('events' in said) return said
		onProgress(said.done, said.total)
	}
	throw new Error('the server stopped before the views were built: those that it had stay in force')
}
