import { accessSync, constants, lstatSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { type Check, ok, problem } from './check.ts'

/** What a server has in its directory, and has to write. */
const ofServer = /^(?:log\.db|lock\.db|views-.*\.db|search-.*\.db)(?:-wal|-shm|-journal)?$|^setup-code$|^control\.sock$/

export const filesCheck: Check = {
	name: 'files',
	look({ directory }) {
		const paths = namesIn(directory)
			.filter((name) => ofServer.test(name))
			.map((name) => join(directory, name))
		const folder = paths.find((path) => lstatSync(path, { throwIfNoEntry: false })?.isDirectory())
		if (folder !== undefined) {
			return problem(`${folder} is a directory, where the server has a file: move it away`)
		}
		const locked = paths.filter((path) => !isWritable(path))
		if (locked.length === 0) return ok('Who runs this can write all files of the server')
		return problem(
			`${locked.join(', ')} cannot be written by who runs this: run it as the user that the server runs as, or ` +
				`chmod u+w ${locked.join(' ')}`,
		)
	},
}

function namesIn(directory: string): string[] {
	try {
		return readdirSync(directory)
	} catch {
		// Of a directory that is none it was said before.
		return []
	}
}

/** Also true of what a server has removed meanwhile. */
function isWritable(path: string): boolean {
	try {
		accessSync(path, constants.R_OK | constants.W_OK)
		return true
	} catch (error) {
		return (error as NodeJS.ErrnoException).code === 'ENOENT'
	}
}
