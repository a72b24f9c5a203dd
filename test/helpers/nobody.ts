import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import type { CommandResult } from './cli.ts'
import { program } from './program.ts'
import { cleanEnvironment } from './server.ts'

/** Somebody whom the rights of files hold back, as they do not root. */
export const nobody = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {}

/** As `tailroom` of cli.ts, run by nobody where the tests are root's. */
export async function tailroomByNobody(args: readonly string[]): Promise<CommandResult> {
	const child = spawn(process.execPath, [program, ...args], { env: cleanEnvironment(), ...nobody })
	child.stdin.end()
	const [[code], stdout, stderr] = await Promise.all([once(child, 'exit'), text(child.stdout), text(child.stderr)])
	return { code, stdout, stderr }
}
