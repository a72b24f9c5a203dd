import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'

/**
 * The files of a directory whose bytes hold this text. Another process reads them: the locks of
 * the databases that are open here would be lost when this process closes a file of theirs.
 */
export function filesHolding(directory: string, text: string): string[] {
	const { status, stdout, stderr } = spawnSync('grep', ['-rlaF', '-e', text, directory], { encoding: 'utf8' })
	// One that was removed since the directory was listed holds nothing any more, but of the others this says too little.
	if (status === 2 && /No such file/.test(stderr) && existsSync(directory)) return filesHolding(directory, text)
	if (status !== 0 && status !== 1) throw new Error(`grep ended with ${status}: ${stderr}`)
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
