import { createInterface } from 'node:readline'
import { DirectoryInUse } from '../events/lock.ts'
import { type OnProgress, rebuildHere } from '../projections/rebuild.ts'
import { openControl } from './administration.ts'
import type { Command } from './command.ts'
import { dataHelp, readArguments } from './data-directory.ts'
import { rate, showProgress } from './progress.ts'

export const rebuildCommand: Command = {
	summary: 'build the views anew from the log',
	help: `Usage: tailroom rebuild [options]

Replays the log into fresh views beside those in force, and puts them in force when they are complete.
The log is not changed. Interrupted at any moment, the old views or the new ones are there, whole.

${dataHelp}
For example: tailroom rebuild --data /var/lib/tailroom
`,
	async run(args) {
		const { data } = readArguments(args)
		const startedAt = performance.now()
		const progress = showProgress('rebuilding')
		try {
			const { events } = await rebuild(data, progress.at)
			progress.end()
			process.stdout.write(`Rebuilt: ${rate(events, startedAt)}.\n`)
		} finally {
			progress.end()
		}
	},
}

async function rebuild(directory: string, onProgress: OnProgress): Promise<{ events: number }> {
	try {
		return await rebuildHere(directory, onProgress)
	} catch (error) {
		if (error instanceof DirectoryInUse) return await rebuildThere(directory, onProgress)
		throw error
	}
}

/** By the server that runs there. */
async function rebuildThere(directory: string, onProgress: OnProgress): Promise<{ events: number }> {
	const answer = await openControl(directory, 'POST', '/rebuild')
	for await (const line of createInterface({ input: answer })) {
		const said = JSON.parse(line) as { done: number; total: number } | { events: number } | { error: string }
		if ('error' in said) throw new Error(said.error)
		if ('events' in said) return said
		onProgress(said.done, said.total)
	}
	throw new Error('the server stopped before the views were built: those that it had stay in force')
}
