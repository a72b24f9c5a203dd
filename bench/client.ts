import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { median } from './load.ts'

const frameCounts = [10_000, 100_000, 300_000] as const
const rounds = 5

interface CaughtUp {
	milliseconds: number
	cpuMs: number
	heap: number
	unread: number
	kept: number
}

/** How long a client in Node takes to apply what it has missed, from its snapshot to `live`, and what it keeps of it. */
export async function benchClient(): Promise<string[]> {
	const lines: string[] = []
	for (const transport of ['sse', 'websocket'] as const) {
		for (const count of frameCounts) {
			const results: CaughtUp[] = []
			for (let round = 0; round < rounds; round++) results.push(await catchUp(transport, count))
			const of = (figure: keyof CaughtUp) => median(results.map((result) => result[figure]))
			const perSecond = Math.round(count / (of('milliseconds') / 1_000))
			lines.push(
				`${transport}, ${count} frames: ${of('milliseconds').toFixed(0)} ms (${of('cpuMs').toFixed(0)} ms of CPU, ${perSecond} a second), ` +
					`${(of('heap') / 1024).toFixed(0)} KiB kept, ${of('unread')} unread`,
			)
		}
	}
	return lines
}

async function catchUp(transport: string, count: number): Promise<CaughtUp> {
	const server = run('./client-server.ts', `${count}`)
	try {
		const port = await firstLine(server)
		return JSON.parse(await firstLine(run('./client-process.ts', `http://127.0.0.1:${port}`, transport)))
	} finally {
		server.kill()
	}
}

function run(file: string, ...args: string[]) {
	const path = new URL(file, import.meta.url).pathname
	return spawn(process.execPath, [path, ...args], { stdio: ['ignore', 'pipe', 'inherit'] })
}

async function firstLine({ stdout }: ReturnType<typeof run>): Promise<string> {
	const [line] = await once(createInterface({ input: stdout }), 'line')
	return line
}
