import { spawnSync } from 'node:child_process'

/** Runs a program whose output is shown, and throws if it does not end well. */
export function runHere(program: string, args: readonly string[]): void {
	const { status, error } = spawnSync(program, args, { stdio: ['ignore', 2, 2] })
	const line = [program === process.execPath ? 'node' : program, ...args].join(' ')
	if (error !== undefined) throw new Error(`"${line}" did not start: ${error.message}.`)
	if (status !== 0) throw new Error(`"${line}" failed: what it says above is why.`)
}
