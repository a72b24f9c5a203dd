import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import type { Test } from 'tap'
import { cleanEnvironment } from './server.ts'

const program = new URL('./quick-server-process.ts', import.meta.url).pathname

/** A server in a process of its own, that can be killed. */
export interface QuickServer {
	url: string
	port: number
	pid: number
	kill(): Promise<void>
}

/** Starts one with short times, on a directory; guests are let in if told. Killed with the test. */
export async function startQuickServer(t: Test, directory: string, settings: object = {}): Promise<QuickServer> {
	const child = spawn(process.execPath, [program, directory, JSON.stringify(settings)], {
		stdio: ['ignore', 'pipe', 'inherit'],
		env: cleanEnvironment(),
	})
	const exited = once(child, 'exit')
	t.teardown(() => child.kill('SIGKILL'))
	const [url] = (await once(createInterface({ input: child.stdout }), 'line')) as [string]
	return {
		url,
		port: Number(new URL(url).port),
		pid: child.pid as number,
		async kill() {
			child.kill('SIGKILL')
			await exited
		},
	}
}
