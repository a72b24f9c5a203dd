import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A directory that only this user can look into, removed when `use` has ended, or the process exits. */
export async function inTemporaryDirectory<Result>(
	prefix: string,
	use: (directory: string) => Promise<Result>,
): Promise<Result> {
	const directory = mkdtempSync(join(tmpdir(), prefix))
	const remove = () => rmSync(directory, { recursive: true, force: true })
	process.once('exit', remove)
	try {
		return await use(directory)
	} finally {
		process.off('exit', remove)
		remove()
	}
}
