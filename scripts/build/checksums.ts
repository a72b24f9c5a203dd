import { hash } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** Writes SHA256SUMS beside files, as `sha256sum --check` reads it. */
export function writeChecksums(directory: string, files: readonly string[]): void {
	const lines = files.map((file) => `${hash('sha256', readFileSync(join(directory, file)))}  ${file}\n`)
	writeFileSync(join(directory, 'SHA256SUMS'), lines.join(''))
}
