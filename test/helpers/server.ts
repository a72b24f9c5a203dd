import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Test } from 'tap'
import { temporaryDirectory } from './directory.ts'

const main = new URL('../../src/main.ts', import.meta.url).pathname

export interface ServerOptions {
	/** A directory to start on; absent: one of the test's own. */
	directory?: string
	/** More flags of `serve`. */
	flags?: readonly string[]
	/** Without guests the server is closed. */
	guests?: boolean
	/** 0, the default, picks a free one. */
	port?: number
	/** A program and its arguments to run the server under, such as strace. */
	under?: readonly string[]
}

/** A real server in a process of its own. */
export class Server {
	readonly directory: string
	readonly process: ChildProcess
	readonly url: string
	/** Everything that it wrote to stderr so far. */
	readonly errors: () => string

	constructor(directory: string, child: ChildProcess, url: string, errors: () => string) {
		this.directory = directory
		this.process = child
		this.url = url
		this.errors = errors
	}

	get port(): number {
		return Number(new URL(this.url).port)
	}

	get webSocketUrl(): string {
		return `${this.url.replace('http', 'ws')}/ws`
	}

	/** Ends the process with a signal and resolves with its exit code, null if the signal ended it. */
	async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<number | null> {
		if (this.process.exitCode !== null || this.process.signalCode !== null) return this.process.exitCode
		this.process.kill(signal)
		const [code] = await once(this.process, 'exit')
		return code
	}

	/** Posts a message and returns its frame. */
	async post(room: string, content: string, headers: Record<string, string> = {}): Promise<PostedFrame> {
		const response = await fetch(`${this.url}/rooms/${room}/messages`, {
			method: 'POST',
			headers: { 'Content-Type': 'text/plain', ...headers },
			body: content,
		})
		if (!response.ok) throw new Error(`${response.status} ${await response.text()}`)
		return (await response.json()) as PostedFrame
	}
}

export interface PostedFrame {
	type: 'message'
	position: number
	cursor: string
	room: string
	sequence: number
	id: string
	sender: string
	content: string
	timestamp: number
}

/** Starts a server with guests, on a free port, and resolves when it listens. Killed with the test. */
export async function startServer(t: Test, options: ServerOptions = {}): Promise<Server> {
	const directory = options.directory ?? join(temporaryDirectory(t), 'data')
	const { guests = true, flags = [], port = 0, under = [] } = options
	const serve = [main, 'serve', '--data', directory, '--port', String(port), ...(guests ? ['--guests'] : []), ...flags]
	const [program, ...args] = [...under, process.execPath, ...serve] as [string, ...string[]]
	const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'], env: cleanEnvironment() })
	t.teardown(() => child.kill('SIGKILL'))
	let errors = ''
	child.stderr.on('data', (chunk) => {
		errors += chunk
	})
	const lines = createInterface({ input: child.stdout })
	const listening = once(lines, 'line').then(([line]) => /http:\S+/.exec(line)?.[0])
	const exited = once(child, 'exit').then(([code]) => {
		throw new Error(`the server ended with ${code}: ${errors}`)
	})
	exited.catch(() => {})
	const url = await Promise.race([listening, exited])
	if (url === undefined) throw new Error('the first line has no URL')
	return new Server(directory, child, url, () => errors)
}

/** What the machine has set for other servers must not reach this one. */
function cleanEnvironment(): NodeJS.ProcessEnv {
	return Object.fromEntries(
		Object.entries(process.env).filter(([name]) => name !== 'PORT' && !name.startsWith('TAILROOM_')),
	)
}
