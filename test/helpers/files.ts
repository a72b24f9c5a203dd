import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/**
 * The files of a directory whose bytes hold this text. Another process reads them: the locks of
 * the databases that are open here would be lost when this process closes a file of theirs.
 */
export function filesHolding(directory: string, text: string): string[] {
	const script = `
		const { readdirSync, readFileSync } = require('node:fs')
		const [directory, text] = process.argv.slice(1)
		const names = readdirSync(directory).filter((name) => readFileSync(directory + '/' + name).includes(text))
		process.stdout.write(JSON.stringify(names))`
	return JSON.parse(execFileSync(process.execPath, ['-e', script, directory, text], { encoding: 'utf8' }))
}

/** Every file of a directory with its bytes. Only for a directory in which nothing is open. */
export function snapshotOfFiles(directory: string): Record<string, string> {
	return Object.fromEntries(
		readdirSync(directory).map((name) => [name, readFileSync(join(directory, name), 'base64')] as const),
	)
}
