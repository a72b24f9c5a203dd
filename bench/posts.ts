import { Caller, median, quantile } from './load.ts'
import { startBenchServer } from './server.ts'

const rounds = 5
const roundMs = 2_000

/** Durable posts a second, with so many connections that each post one after the other. */
export async function benchPosts(): Promise<string[]> {
	const lines: string[] = []
	const server = await startBenchServer()
	for (const connections of [1, 16, 256]) {
		const perSecond: number[] = []
		const latencies: number[] = []
		for (let round = 0; round <= rounds; round++) {
			const callers = await Promise.all(Array.from({ length: connections }, () => Caller.open(server.port)))
			const startedAt = performance.now()
			await Promise.all(
				callers.map(async (caller) => {
					while (performance.now() - startedAt < roundMs) await caller.post('a message of the usual length')
				}),
			)
			const seconds = (performance.now() - startedAt) / 1_000
			const all = callers.flatMap((caller) => caller.latenciesMs)
			for (const caller of callers) caller.close()
			// The first round warms up.
			if (round === 0) continue
			perSecond.push(all.length / seconds)
			latencies.push(...all)
		}
		const rate = `${median(perSecond).toFixed(0)}/s (${Math.min(...perSecond).toFixed(0)} to ${Math.max(...perSecond).toFixed(0)})`
		const wait = `p50 ${median(latencies).toFixed(2)} ms, p99 ${quantile(latencies, 0.99).toFixed(2)} ms`
		lines.push(`durable posts, ${connections} connections: ${rate}; ${wait}`)
	}
	await server.stop()
	return lines
}
