import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import type { Test } from 'tap'
import { Lines } from './lines.ts'
import { program } from './program.ts'
import { ScreenModel } from './screen-model.ts'
import { cleanEnvironment } from './server.ts'
import { until } from './until.ts'

const script = new URL('terminal.py', import.meta.url).pathname

/** A python3 that can make terminals; undefined: there is none. */
export const python: string | undefined = ['python3', '/usr/bin/python3'].find((program) => {
	try {
		execFileSync(program, ['-c', 'import pty, termios'], { stdio: 'ignore' })
		return true
	} catch {
		return false
	}
})

/** The command line in a terminal, as somebody sees it who sits there. */
export class TerminalSession {
	readonly screen: ScreenModel
	/** All that was written to it. */
	written = ''
	readonly #process: ChildProcess
	readonly #said: Lines

	constructor(
		t: Test,
		args: readonly string[],
		{ columns = 80, rows = 24, ...environment }: { columns?: number; rows?: number; [name: string]: unknown },
	) {
		const { NO_COLOR: _, ...clean } = cleanEnvironment()
		const env = { ...clean, TERM: 'xterm-256color', ...environment } as NodeJS.ProcessEnv
		const all = [script, `${columns}`, `${rows}`, process.execPath, program, ...args]
		const child = spawn(python as string, all, { env })
		t.teardown(() => child.stdin.end())
		t.teardown(() => child.kill('SIGKILL'))
		this.#process = child
		this.screen = new ScreenModel(columns, rows)
		this.#said = new Lines(child.stderr)
		child.stdout.setEncoding('utf8')
		child.stdout.on('data', (text: string) => {
			this.written += text
			this.screen.write(text)
		})
	}

	type(text: string): void {
		this.#process.stdin?.write(`${JSON.stringify({ type: text })}\n`)
	}

	resize(columns: number, rows: number): void {
		this.#process.stdin?.write(`${JSON.stringify({ columns, rows })}\n`)
	}

	/** Resolves when a line of the screen is like that. */
	async shows(line: RegExp): Promise<void> {
		await until(() => this.screen.lines.some((one) => line.test(one)))
	}

	/** How it has ended: its exit code, and whether the terminal is as it was. */
	async end(): Promise<{ code: number; isRestored: boolean }> {
		const closed = once(this.#process, 'close')
		const state = JSON.parse(await this.#said.until((line) => line.startsWith('{')))
		await closed
		return state
	}
}
