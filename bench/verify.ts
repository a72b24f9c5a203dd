import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openLogForReading } from '../src/events/sqlite-log.ts'
import { rebuildHere } from '../src/projections/rebuild.ts'
import { verify } from '../src/projections/verify.ts'
import { fillLog } from '../test/helpers/record.ts'
import { median } from './load.ts'

const messages = 300_000
const rounds = 5

/** How quickly a log of messages is proved, is made into views, and is read. */
export async function benchVerify(): Promise<string[]> {
	const directory = mkdtempSync(join(tmpdir(), 'tailroom-bench-'))
	try {
		await fillLog(directory, ['general', 'harbour'], messages)
		const rebuilt = await perSecond(() => rebuildHere(directory, () => {}))
		const verified = await perSecond(() => verify(directory, () => {}))
		return [
			`views rebuilt from ${messages} messages: ${figure(rebuilt)}`,
			`a log of ${messages} messages and its views verified: ${figure(verified)}`,
			`an event read at its position, its text checked: ${readingMicroseconds(directory).toFixed(1)} µs`,
		]
	} finally {
		rmSync(directory, { recursive: true })
	}
}

/** Events a second, in each round. */
export async function perSecond(run: (round: number) => Promise<{ events: number }>): Promise<number[]> {
	const rates: number[] = []
	for (let round = 0; round <= rounds; round++) {
		const startedAt = performance.now()
		const { events } = await run(round)
		// The first round warms up.
		if (round > 0) rates.push((events / (performance.now() - startedAt)) * 1_000)
	}
	return rates
}

function readingMicroseconds(directory: string): number {
	const log = openLogForReading(join(directory, 'log.db'))
	const times = Array.from({ length: rounds }, () => {
		const startedAt = performance.now()
		for (let position = 1; position <= messages; position += 3) log.at(position)
		return ((performance.now() - startedAt) * 1_000) / (messages / 3)
	})
	log.close()
	return median(times)
}

export function figure(rates: readonly number[]): string {
	const [low, high] = [Math.min(...rates), Math.max(...rates)]
	return `${median(rates).toFixed(0)}/s (${low.toFixed(0)} to ${high.toFixed(0)} in ${rates.length} rounds)`
}
