import { accessSync, constants, readFileSync, statSync } from 'node:fs'
import { dirname, resolve } from 'node:path'

/**
 * Whether there is something at a path. Throws where who asks may not look: what cannot be seen is not missing, and
 * nobody is to be told so.
 */
export function isThere(path: string): boolean {
	try {
		return statSync(path, { throwIfNoEntry: false }) !== undefined
	} catch (error) {
		const { code } = error as NodeJS.ErrnoException
		if (code === 'ENOTDIR') return false
		throw code === 'EACCES' ? hidden(path) : error
	}
}

/** That the directory around it keeps somebody out, or the first that does on the way there. */
function hidden(path: string): Error {
	let around = dirname(resolve(path))
	while (!isSeen(around)) around = dirname(around)
	return new Error(`you may not look into ${around}: ${askOwnerOf(around)}`)
}

/** Whether a file is there that who asks may not read and write. */
export function isKeptFromUs(path: string): boolean {
	try {
		accessSync(path, constants.R_OK | constants.W_OK)
		return false
	} catch {
		return isSeen(path)
	}
}

/** What to do where somebody may not do something with a path that can be seen. */
export function askOwnerOf(path: string): string {
	const { uid } = statSync(path)
	return uid === process.getuid?.() ? `chmod u+rwX ${path}` : `run this as its owner (${userName(uid)})`
}

function isSeen(path: string): boolean {
	try {
		statSync(path)
		return true
	} catch {
		return false
	}
}

/** As people know it; its number where that cannot be found out. */
function userName(uid: number): string {
	try {
		const lines = readFileSync('/etc/passwd', 'utf8').split('\n')
		const found = lines.map((line) => line.split(':')).find(([, , number]) => number === String(uid))
		return found?.[0] ?? `user ${uid}`
	} catch {
		return `user ${uid}`
	}
}
