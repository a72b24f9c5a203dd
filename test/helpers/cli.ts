import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import type { Test } from 'tap'
import { UsageError } from '../../src/cli/command.ts'
import { Lines } from './lines.ts'
import { program } from './program.ts'
import { cleanEnvironment } from './server.ts'

export interface CommandResult {
	/** null if a signal ended it. */
	code: number | null
	stdout: string
	stderr: string
}

/** Runs a command of the command line to its end. `input` is what it reads from standard input. */
export async function tailroom(
	args: readonly string[],
	environment: NodeJS.ProcessEnv = {},
	input: string | Buffer = '',
): Promise<CommandResult> {
	const child = spawn(process.execPath, [program, ...args], { env: { ...cleanEnvironment(), ...environment } })
	// One that does not read it to its end has its reasons.
	child.stdin.on('error', () => {})
	child.stdin.end(input)
	const [[code], stdout, stderr] = await Promise.all([once(child, 'exit'), text(child.stdout), text(child.stderr)])
	return { code, stdout, stderr }
}

/** Whether it is refused as a mistake on the command line, for which every command ends with 64, and what is said. */
export async function isMistake(t: Test, run: () => unknown, says: RegExp): Promise<void> {
	const error = await (async () => run())().catch((error: unknown) => error)
	t.ok(error instanceof UsageError && says.test(error.message), String(error))
}

/** A command that goes on until it is ended; with the test at the latest. */
export class RunningCommand {
	readonly process: ChildProcess
	readonly out: Lines
	readonly errors: Lines
	readonly #exited: Promise<unknown[]>

	constructor(t: Test, args: readonly string[], environment: NodeJS.ProcessEnv = {}) {
		const child = spawn(process.execPath, [program, ...args], { env: { ...cleanEnvironment(), ...environment } })
		t.teardown(() => child.kill('SIGKILL'))
		this.process = child
		this.out = new Lines(child.stdout)
		this.errors = new Lines(child.stderr)
		this.#exited = once(child, 'exit')
	}

	/** Its exit code. */
	async exit(): Promise<number | null> {
		return (await this.#exited)[0] as number | null
	}
}
