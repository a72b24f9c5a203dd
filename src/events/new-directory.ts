import {
	accessSync,
	chmodSync,
	constants,
	lchownSync,
	lstatSync,
	mkdirSync,
	readdirSync,
	rmdirSync,
	rmSync,
	statSync,
} from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { lockDirectory } from './lock.ts'
import { partial } from './new-file.ts'
import { askOwnerOf, isThere } from './there.ts'

/** Who makes a data directory, as a sentence begins with it: "a restore". */
type Maker = string

/** Throws unless a data directory can be made there: where there is nothing, or nothing in it. */
export function checkIsFree(directory: string, maker: Maker): void {
	if (!isThere(directory) || isEmpty(directory)) return
	throw new Error(`${directory} is not empty: ${maker} never overwrites, choose a new --data directory`)
}

/** What one that was killed has left is not in the way. */
function isEmpty(directory: string): boolean {
	const isLeft = (name: string) => /^lock\.db(-journal)?$/.test(name) || partial.test(name)
	// A link would lead to what is not ours.
	return readdirSync(directory).every((name) => isLeft(name) && lstatSync(join(directory, name)).isFile())
}

/**
 * Makes a data directory, which nobody else can look into. `make` is given the path where its log is to lie,
 * and nobody else begins one there meanwhile. If it fails, or the process exits, there is nothing more in it than before.
 */
export async function makeDirectory<Result>(
	directory: string,
	maker: Maker,
	make: (log: string) => Promise<Result>,
): Promise<Result> {
	checkIsFree(directory, maker)
	const firstMade = makeDataDirectory(directory)
	chmodSync(directory, 0o700)
	const remove = () => removeLock(directory, firstMade)
	const lock = lockDirectory(directory)
	process.once('exit', remove)
	let isMade = false
	try {
		const log = join(directory, 'log.db')
		if (isThere(log)) throw new Error(`${directory} is not empty any more: ${maker} never overwrites`)
		const result = await make(log)
		giveToOwner(directory)
		isMade = true
		return result
	} finally {
		process.off('exit', remove)
		// While nobody else can have it: who waits for it would have one that is not there any more.
		if (!isMade) remove()
		lock.release()
	}
}

/** What root makes in somebody's directory would be closed to them. */
function giveToOwner(directory: string): void {
	if (process.getuid?.() !== 0) return
	const { uid, gid } = statSync(directory)
	for (const name of ['log.db', 'lock.db']) lchownSync(join(directory, name), uid, gid)
}

/**
 * Makes a data directory if it is missing, with those above it, and gives the first that was made. Throws with what to
 * do where it cannot be made, or is not to be used by who runs this.
 */
export function makeDataDirectory(directory: string): string | undefined {
	try {
		const firstMade = mkdirSync(directory, { recursive: true, mode: 0o700 })
		accessSync(directory, constants.R_OK | constants.W_OK | constants.X_OK)
		return firstMade
	} catch (error) {
		throw new Error(whyNotUsable(directory, error as NodeJS.ErrnoException), { cause: error })
	}
}

function whyNotUsable(directory: string, { code, message }: NodeJS.ErrnoException): string {
	if (code === 'EEXIST' || code === 'ENOTDIR') {
		return `${directory} is no directory, or would lie in a file: choose another --data directory`
	}
	if (code !== 'EACCES') return `${directory} cannot be made or written (${message}): choose another --data directory`
	if (isThere(directory)) return `you may not write in ${directory}: ${askOwnerOf(directory)}`
	return `you may not make ${directory}: make it as root and give it to the user that runs this, or choose another --data directory`
}

/** So that the same directory can be made again; with those above it that were made for it. */
function removeLock(directory: string, firstMade: string | undefined): void {
	for (const suffix of ['', '-journal']) rmSync(join(directory, `lock.db${suffix}`), { force: true })
	if (firstMade === undefined) return
	const last = resolve(firstMade)
	for (let made = resolve(directory); readdirSync(made).length === 0; made = dirname(made)) {
		rmdirSync(made)
		if (made === last) return
	}
}
