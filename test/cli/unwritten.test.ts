import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, existsSync, openSync } from 'node:fs'
import { get } from 'node:http'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import t, { type Test } from 'tap'
import { temporaryDirectory } from '../helpers/directory.ts'
import { program } from '../helpers/program.ts'
import { cleanEnvironment } from '../helpers/server.ts'
import { until } from '../helpers/until.ts'

/** Starts a command whose output goes to a file, or to a pipe that nobody reads. */
function start(t: Test, args: readonly string[], stdout: 'pipe' | number) {
	const child = spawn(process.execPath, [program, ...args], {
		env: cleanEnvironment(),
		stdio: ['ignore', stdout, 'pipe'],
	})
	t.teardown(() => child.kill('SIGKILL'))
	child.stdout?.destroy()
	const ended = Promise.all([once(child, 'exit'), text(child.stderr as Readable)])
	return { child, ended: ended.then(([[code], stderr]) => ({ code, stderr })) }
}

t.test('what a command says to nobody is no failure, and what cannot be written is one', async (t) => {
	t.same(await start(t, ['config'], 'pipe').ended, { code: 0, stderr: '' })
	if (!existsSync('/dev/full')) return
	const full = openSync('/dev/full', 'w')
	t.teardown(() => closeSync(full))
	t.match(await start(t, ['version'], full).ended, { code: 74, stderr: /^tailroom: .*ENOSPC[^\n]*\n$/ })
})

t.test('a server goes on where nobody reads what it says', async (t) => {
	const data = temporaryDirectory(t)
	const { child, ended } = start(t, ['serve', '--port', '0', '--data', data], 'pipe')
	// It listens there last of all.
	await until(() => isReady(join(data, 'control.sock')))
	child.kill('SIGTERM')
	t.same(await ended, { code: 0, stderr: '' })
})

function isReady(socketPath: string): Promise<boolean> {
	return new Promise((resolve) => {
		const request = get({ socketPath, path: '/readyz' }, ({ statusCode }) => resolve(statusCode === 200))
		request.on('error', () => resolve(false))
	})
}
