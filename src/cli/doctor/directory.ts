import { accessSync, constants, lstatSync, readdirSync, type Stats, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { isAbandoned } from '../../events/new-file.ts'
import { type Check, type Finding, ok, problem, warning } from './check.ts'

export const directoryCheck: Check = {
	name: 'data directory',
	look({ directory: path }) {
		if (!canLookInto(path)) return problem(`${path} cannot be read by who runs this: ${remedyForRights}`)
		const stats = statSync(path, { throwIfNoEntry: false })
		if (stats === undefined) return missingFinding(path)
		if (!stats.isDirectory()) return problem(`${path} is no directory: choose another with --data`)
		if (isWritable(path)) return ok(`${path} is there, and can be written`)
		return problem(`${path} cannot be written by who runs this: ${remedyForRights}`)
	},
}

const remedyForRights = 'run it as the user that the server runs as'

/** Whether what lies in a directory can be looked at; also true where nothing is. */
function canLookInto(path: string): boolean {
	try {
		accessSync(path, constants.R_OK)
		accessSync(join(path, 'log.db'), constants.R_OK)
		return true
	} catch (error) {
		return /^(ENOENT|ENOTDIR)$/.test((error as NodeJS.ErrnoException).code ?? '')
	}
}

/** The first start makes it, with all that leads there. */
function missingFinding(path: string): Finding {
	let above = dirname(path)
	while (statSync(above, { throwIfNoEntry: false }) === undefined) above = dirname(above)
	if (!isWritable(above)) return problem(`There is no ${path}, and it cannot be made: ${above} cannot be written`)
	return warning(
		`There is no ${path} yet, and the first start makes it; if there is a server, name its --data or --config`,
	)
}

function isWritable(path: string): boolean {
	try {
		accessSync(path, constants.R_OK | constants.W_OK | constants.X_OK)
		return true
	} catch {
		return false
	}
}

export const modeCheck: Check = {
	name: 'privacy',
	look: ({ directory }) => privacyOf(directory),
}

export function privacyOf(directory: string): Finding | undefined {
	if (process.platform === 'win32') return undefined
	const stats = statSync(directory, { throwIfNoEntry: false })
	return stats && modeFinding(directory, stats.mode, filesIn(directory))
}

/** Whether others on the machine can look into it, or worse. */
export function modeFinding(path: string, mode: number, files: readonly NamedStats[]): Finding {
	const octal = (mode & 0o777).toString(8).padStart(4, '0')
	const remedy = `chmod 700 ${path}`
	if ((mode & 0o022) !== 0) return problem(`Others on this machine can exchange files in ${path} (${octal}): ${remedy}`)
	const readable = (mode & 0o011) === 0 ? undefined : files.find(({ stats }) => (stats.mode & 0o044) !== 0)
	if (readable) return problem(`Others on this machine can read ${readable.name} in ${path} (${octal}): ${remedy}`)
	if ((mode & 0o077) !== 0) return warning(`Others on this machine can look into ${path} (${octal}): ${remedy}`)
	return ok('Nobody else on this machine can look into the data directory')
}

export const ownerCheck: Check = {
	name: 'owner',
	look({ directory }) {
		const stats = statSync(directory, { throwIfNoEntry: false })
		const user = process.getuid?.()
		if (stats === undefined || user === undefined) return undefined
		return ownerFinding(directory, stats.uid, filesIn(directory), user)
	},
}

/** A command that was run as root once leaves what the server cannot write. */
export function ownerFinding(path: string, owner: number, files: readonly NamedStats[], user: number): Finding {
	const foreign = files.filter(({ stats }) => stats.uid !== owner).map(({ name }) => name)
	if (foreign.length > 0) {
		return problem(
			`${foreign.join(', ')} in ${path} belongs to another user than the directory (${owner}), and a server may not be ` +
				`able to write it: chown ${owner} ${foreign.map((name) => join(path, name)).join(' ')}`,
		)
	}
	if (owner === user) return ok('The data directory and all in it belong to who runs this')
	return warning(
		`${path} belongs to user ${owner}, and this is user ${user}: run commands as its owner, or what they make may be out of ` +
			"the server's reach",
	)
}

export const leftoversCheck: Check = {
	name: 'leftovers',
	look({ directory, server }) {
		const names = filesIn(directory).map(({ name }) => name)
		const copies = names.filter(isAbandoned)
		if (copies.length > 0) {
			const paths = copies.map((name) => join(directory, name))
			return warning(`${copies.join(', ')} was left by a copy that was killed, and is of no use: rm ${paths.join(' ')}`)
		}
		// Of a server that runs it may be at work on them.
		const builds = server.is === 'absent' ? names.filter((name) => name.endsWith('.building.db')) : []
		if (builds.length > 0) return ok(`${builds.join(', ')} was left by an interrupted build; the next start removes it`)
		return ok('Nothing was left by commands that were killed')
	},
}

export interface NamedStats {
	name: string
	stats: Pick<Stats, 'mode' | 'uid'>
}

/** The files of a directory, and its socket, without opening any. Empty where there is none. */
function filesIn(directory: string): NamedStats[] {
	if (statSync(directory, { throwIfNoEntry: false })?.isDirectory() !== true) return []
	return readdirSync(directory).flatMap((name) => {
		// A server may have removed it meanwhile.
		const stats = lstatSync(join(directory, name), { throwIfNoEntry: false })
		return stats?.isFile() || stats?.isSocket() ? [{ name, stats }] : []
	})
}
