import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { createInterface } from 'node:readline'
import type { Test } from 'tap'
import { temporaryDirectory } from './directory.ts'
import { program } from './program.ts'

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

/** A server, wherever it runs. */
export class AnyServer {
	readonly directory: string
	readonly url: string

	constructor(directory: string, url: string) {
		this.directory = directory
		this.url = url
	}

	get port(): number {
		return Number(new URL(this.url).port)
	}

	get webSocketUrl(): string {
		return `${this.url.replace('http', 'ws')}/ws`
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

/** A real server in a process of its own. */
export class Server extends AnyServer {
	readonly process: ChildProcess
	/** Of the server itself, also where `process` is a program that it runs under. */
	readonly pid: number
	/** Everything that it wrote to stderr so far. */
	readonly errors: () => string

	constructor(directory: string, child: ChildProcess, pid: number, url: string, errors: () => string) {
		super(directory, url)
		this.process = child
		this.pid = pid
		this.errors = errors
	}

	/** Ends the process with a signal and resolves with its exit code, null if the signal ended it. */
	async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<number | null> {
		if (this.process.exitCode !== null || this.process.signalCode !== null) return this.process.exitCode
		const exited = once(this.process, 'exit')
		process.kill(this.pid, signal)
		const [code] = await exited
		return code
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
export function startServer(t: Test, options: ServerOptions = {}): Promise<Server> {
	return launchServer(t, options).listening
}

/** As startServer, for those who do not wait until it listens. `listening` rejects if it never does. */
export function launchServer(
	t: Test,
	options: ServerOptions = {},
): { child: ChildProcess; directory: string; listening: Promise<Server> } {
	const directory = options.directory ?? join(temporaryDirectory(t), 'data')
	const { guests = true, flags = [], port = 0, under = [] } = options
	const flagsOfAll = ['--data', directory, '--port', String(port), ...(guests ? ['--guests'] : [])]
	const serve = [process.execPath, program, 'serve', ...flagsOfAll, ...flags]
	const [command, ...args] = [...under, ...serve] as [string, ...string[]]
	const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'], env: cleanEnvironment() })
	t.teardown(() => {
		if (child.exitCode !== null || child.signalCode !== null) return
		// What traces a server and is killed lets it go on.
		if (under.length > 0) killQuietly(childOf(child.pid as number))
		child.kill('SIGKILL')
	})
	let errors = ''
	child.stderr.on('data', (chunk) => {
		errors += chunk
	})
	const lines = createInterface({ input: child.stdout })
	const listening = once(lines, 'line').then(([line]) => /http:\S+/.exec(line)?.[0])
	const exited = once(child, 'exit').then(([code, signal]) => {
		throw new Error(`the server ended with ${code ?? signal}: ${errors}`)
	})
	const server = Promise.race([listening, exited]).then((url) => {
		if (url === undefined) throw new Error('the first line has no URL')
		const pid = under.length > 0 ? childOf(child.pid as number) : child.pid
		return new Server(directory, child, pid as number, url, () => errors)
	})
	server.catch(() => {})
	return { child, directory, listening: server }
}

/** The first child of a process. */
function childOf(pid: number): number | undefined {
	const [child] = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ')
	return child === undefined || child === '' ? undefined : Number(child)
}

function killQuietly(pid: number | undefined): void {
	try {
		if (pid !== undefined) process.kill(pid, 'SIGKILL')
	} catch {
		// It has ended by itself.
	}
}

/**
 * What the machine has set for other servers must not reach this one, nor what tap loads into every process, which
 * takes as long as to start a server. What was compiled once is found from any working directory.
 */
export function cleanEnvironment(): NodeJS.ProcessEnv {
	const { PORT, NODE_OPTIONS, NODE_COMPILE_CACHE, ...others } = process.env
	const kept = Object.entries(others).filter(([name]) => !name.startsWith('TAILROOM_'))
	const cache = NODE_COMPILE_CACHE === undefined ? {} : { NODE_COMPILE_CACHE: resolve(NODE_COMPILE_CACHE) }
	return { ...Object.fromEntries(kept), ...cache }
}
