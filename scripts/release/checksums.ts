import { hash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** Throws unless SHA256SUMS of a directory has each of the files, and agrees with all that it names. */
export function checkChecksums(directory: string, files: readonly string[]): void {
	const sums = parseChecksums(readFileSync(join(directory, 'SHA256SUMS'), 'utf8'))
	const missing = files.find((file) => !sums.has(file))
	if (missing !== undefined) throw new Error(`${directory}/SHA256SUMS does not name ${missing}.`)
	for (const [file, sum] of sums) {
		const path = join(directory, file)
		if (!existsSync(path)) throw new Error(`${directory}/SHA256SUMS names ${file}, which is not there.`)
		if (hash('sha256', readFileSync(path)) !== sum) throw new Error(`${path} is not what its checksum says.`)
	}
}

/** The checksum of each file. */
export function parseChecksums(text: string): Map<string, string> {
	const lines = text.split('\n').filter((line) => line !== '')
	return new Map(
		lines.map((line) => {
			const [, sum, file] = /^([0-9a-f]{64}) {2}(.+)$/.exec(line) ?? []
			if (sum === undefined || file === undefined) throw new Error(`SHA256SUMS has a line that is none: "${line}".`)
			return [file, sum]
		}),
	)
}
