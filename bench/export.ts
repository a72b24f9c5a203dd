import { createReadStream, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { exportToFile } from '../src/events/export.ts'
import { importLog } from '../src/events/import.ts'
import { fillLivedIn } from './lived-in.ts'
import { figure, perSecond } from './verify.ts'

const events = 200_000

/** How quickly a log becomes lines of JSON in a file, and a log again. */
export async function benchExport(): Promise<string[]> {
	const place = mkdtempSync(join(tmpdir(), 'tailroom-bench-'))
	try {
		const directory = join(place, 'data')
		await fillLivedIn(directory, events)
		const exported = await perSecond((round) => exportToFile(directory, join(place, `${round}.ndjson`)))
		const imported = await perSecond((round) => {
			return importLog(createReadStream(join(place, `${round}.ndjson`)), join(place, `imported-${round}`))
		})
		return [
			`a log of ${events} events exported into a file: ${figure(exported)}`,
			`the same imported: ${figure(imported)}`,
		]
	} finally {
		rmSync(place, { recursive: true })
	}
}
