import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'

/**
 * The files of a directory whose bytes hold this text. Another process reads them: the locks of
 * the databases that are open here would be lost when this process closes a file of theirs.
 */
export function filesHolding(directory: string, text: string): string[] {
	const { status, stdout } = spawnSync('grep', ['-rlaF', '-e', text, directory], { encoding: 'utf8' })
	if (status !== 0 && status !== 1) throw new Error(`grep ended with ${status}`)
	return stdout
		.split('\n')
		.filter((path) => path !== '')
		.map((path) => basename(path))
}

/** Every file of a directory with its bytes. Only for a directory in which nothing is open. */
export function snapshotOfFiles(directory: string): Record<string, string> {
	return Object.fromEntries(
		readdirSync(directory, { withFileTypes: true })
			.filter((entry) => entry.isFile())
			.map(({ name }) => [name, readFileSync(join(directory, name), 'base64')] as const),
	)
}
