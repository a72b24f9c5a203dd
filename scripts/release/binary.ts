import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { addressOf } from '../server-address.ts'

/** Throws unless a binary is of that version, and serves the page with nothing around it: no files, no PATH. */
export async function checkBinary(path: string, version: string): Promise<void> {
	const [binary, folder] = [resolve(path), mkdtempSync(join(tmpdir(), 'tailroom-release-'))]
	const bare = { cwd: folder, env: { PATH: '', HOME: folder, TMPDIR: folder } }
	try {
		const { stdout } = spawnSync(binary, ['version'], { ...bare, encoding: 'utf8' })
		const said = stdout?.trim() ?? ''
		if (said !== version) throw new Error(`${path} says that it is version "${said}", not ${version}.`)
		const server = spawn(binary, ['serve', '--port', '0', '--data', 'data'], {
			...bare,
			stdio: ['ignore', 'pipe', 'inherit'],
		})
		const exit = once(server, 'exit')
		try {
			await checkPage(await addressOf(server), path)
		} finally {
			server.kill('SIGTERM')
			await exit
		}
	} finally {
		rmSync(folder, { recursive: true })
	}
}

async function checkPage(url: string, path: string): Promise<void> {
	const page = await fetch(url, { headers: { Accept: 'text/html' } })
	const [, script] = /<script[^>]* src="(\/assets\/[^"]+)"/.exec(await page.text()) ?? []
	const isWhole = page.ok && script !== undefined && (await fetch(new URL(script, url))).ok
	if (!isWhole) throw new Error(`${path} does not serve the page.`)
}
