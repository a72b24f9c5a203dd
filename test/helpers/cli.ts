import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import type { Test } from 'tap'
import { UsageError } from '../../src/cli/command.ts'
import { cleanEnvironment } from './server.ts'

const main = new URL('../../src/main.ts', import.meta.url).pathname

export interface CommandResult {
	/** null if a signal ended it. */
	code: number | null
	stdout: string
	stderr: string
}

/** Runs a command of the command line to its end. */
export async function tailroom(args: readonly string[], environment: NodeJS.ProcessEnv = {}): Promise<CommandResult> {
	const child = spawn(process.execPath, [main, ...args], {
		stdio: ['ignore', 'pipe', 'pipe'],
		env: { ...cleanEnvironment(), ...environment },
	})
	const [[code], stdout, stderr] = await Promise.all([once(child, 'exit'), text(child.stdout), text(child.stderr)])
	return { code, stdout, stderr }
}

/** Whether it is refused as a mistake on the command line, for which every command ends with 64, and what is said. */
export async function isMistake(t: Test, run: () => unknown, says: RegExp): Promise<void> {
	const error = await (async () => run())().catch((error: unknown) => error)
	t.ok(error instanceof UsageError && says.test(error.message), String(error))
}
