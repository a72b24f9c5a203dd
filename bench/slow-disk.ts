import { spawnSync } from 'node:child_process'
import { Caller, median, quantile, Subscriber } from './load.ts'
import { startBenchServer } from './server.ts'

const delayMs = 20
const requests = 1_000

/** What else goes on while every fsync takes 20 ms: reads and the start of streams, under posts. */
export async function benchSlowDisk(): Promise<string[]> {
	if (spawnSync('strace', ['-V']).error !== undefined) return ['with a slow disk: not measured, strace is missing']
	const calls = 'fdatasync,fsync'
	const delay = ['-e', `trace=${calls}`, '-e', `inject=${calls}:delay_exit=${delayMs * 1_000}`]
	const server = await startBenchServer({
		under: ['strace', '-f', '--seccomp-bpf', '-qq', '-o', '/dev/null', ...delay],
	})
	const posters = await Promise.all(Array.from({ length: 16 }, () => Caller.open(server.port)))
	let posting = true
	const posted = Promise.all(
		posters.map(async (caller) => {
			while (posting) await caller.post('a message of the usual length')
		}),
	)
	const reader = await Caller.open(server.port)
	const health = await Caller.open(server.port)
	const streamStarts: number[] = []
	for (let i = 0; i < requests; i++) {
		await reader.get('/rooms/general/messages')
		await health.get('/healthz')
		if (i % 20 === 0) {
			const startedAt = performance.now()
			const subscriber = await Subscriber.open(server.port)
			streamStarts.push(performance.now() - startedAt)
			subscriber.close()
		}
	}
	posting = false
	await posted
	const posts = posters.flatMap((caller) => caller.latenciesMs)
	for (const caller of [...posters, reader, health]) caller.close()
	await server.stop()
	return [
		`with every fsync taking ${delayMs} ms longer, a post: ${latency(posts)}`,
		`  a page of history meanwhile: ${latency(reader.latenciesMs)}`,
		`  a health check meanwhile: ${latency(health.latenciesMs)}`,
		`  a stream from request to live meanwhile: ${latency(streamStarts)}`,
	]
}

function latency(values: readonly number[]): string {
	return `p50 ${median(values).toFixed(2)} ms, p99 ${quantile(values, 0.99).toFixed(2)} ms (${values.length})`
}
