import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { dirname, join } from 'node:path'

/** What the command line keeps for whoever uses it: in the folder that their system has for that. */
export function configDirectory(environment: NodeJS.ProcessEnv = process.env): string {
	const { XDG_CONFIG_HOME, APPDATA } = environment
	const base = process.platform === 'win32' ? APPDATA : XDG_CONFIG_HOME
	return join(base === undefined || base === '' ? join(homedir(), '.config') : base, 'tailroom')
}

/** Undefined: there is none. */
export function readPrivateFile(path: string): string | undefined {
	try {
		return readFileSync(path, 'utf8')
	} catch (error) {
		if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
		throw error
	}
}

/** Whoever reads it, at whatever moment, finds what was there or what is there now, whole; and nobody else reads it. */
export function writePrivateFile(path: string, text: string): void {
	mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
	const draft = `${path}.${process.pid}`
	try {
		// What somebody has laid there may have another mode.
		rmSync(draft, { force: true })
		writeFileSync(draft, text, { mode: 0o600, flag: 'wx' })
		renameSync(draft, path)
	} catch (error) {
		rmSync(draft, { force: true })
		throw error
	}
}
