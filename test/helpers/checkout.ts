import { execFile } from 'node:child_process'
import { delimiter } from 'node:path'
import { promisify } from 'node:util'

export const checkout: string = new URL('../../', import.meta.url).pathname

/** Runs a program of the checkout's own, in the checkout, and resolves with what it said. */
export async function runInCheckout(program: string, args: readonly string[]): Promise<string> {
	const path = `${checkout}node_modules/.bin${delimiter}${process.env.PATH}`
	const { stdout } = await promisify(execFile)(program, args, { cwd: checkout, env: { ...process.env, PATH: path } })
	return stdout
}
