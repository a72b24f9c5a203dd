import { execFile } from 'node:child_process'
import { delimiter } from 'node:path'
import { promisify } from 'node:util'

export const checkout: string = new URL('../../', import.meta.url).pathname

/** Runs a program of the checkout's own, in the checkout, and resolves with what it said. */
export async function runInCheckout(program: string, args: readonly string[]): Promise<string> {
	// tap gives every process options of its own, with which some programs of Node do not start.
	const withoutTap = ['-u', 'NODE_OPTIONS', program, ...args]
	const path = `${checkout}node_modules/.bin${delimiter}${process.env.PATH}`
	const { stdout } = await promisify(execFile)('env', withoutTap, {
		cwd: checkout,
		env: { ...process.env, PATH: path },
	})
	return stdout
}
