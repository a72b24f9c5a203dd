import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'

const main = new URL('../src/main.ts', import.meta.url).pathname

/** A server in a process of its own, on an empty directory unless told otherwise. */
export interface BenchServer {
	port: number
	/** Seconds of CPU that the process has used so far, all threads, user and system. */
	cpuSeconds(): number
	/** Resident memory in bytes. */
	residentBytes(): number
	stop(): Promise<void>
}

/**
 * `under`: a program and its arguments to run the server under, such as strace. `directory`: where a `data`
 * lies already; removed with the server.
 */
export async function startBenchServer({
	under = [],
	directory = mkdtempSync(join(tmpdir(), 'tailroom-bench-')),
}: {
	under?: readonly string[]
	directory?: string
} = {}): Promise<BenchServer> {
	const serve = [main, 'serve', '--guests', '--port', '0', '--data', join(directory, 'data')]
	const [program, ...args] = [...under, process.execPath, ...serve] as [string, ...string[]]
	const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'inherit'] })
	const [line] = await once(createInterface({ input: child.stdout }), 'line')
	const port = Number(/:(\d+)/.exec(line)?.[1])
	const pid = under.length === 0 ? (child.pid as number) : childOf(child)
	return {
		port,
		cpuSeconds: () => {
			// The fields after the name, which may hold spaces: 12 and 13 are user and system ticks.
			const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? []
			return (Number(fields[11]) + Number(fields[12])) / ticksPerSecond
		},
		residentBytes: () => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) * 1024,
		stop: async () => {
			const exited = once(child, 'exit')
			process.kill(pid, 'SIGTERM')
			await exited
			rmSync(directory, { recursive: true })
		},
	}
}

/** Linux reports CPU time in hundredths of a second, on every architecture that Node runs on. */
const ticksPerSecond = 100

function childOf({ pid }: ChildProcess): number {
	return Number(readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ')[0])
}
