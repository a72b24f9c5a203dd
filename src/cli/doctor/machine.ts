import { readFileSync } from 'node:fs'
import { compareVersions, openForBuilding } from '../../events/database.ts'
import { type Check, type Finding, ok, problem, warning } from './check.ts'

/** As package.json has it. */
export const nodeMin = '24.7'

export const nodeCheck: Check = { name: 'node', look: () => nodeFinding(process.versions.node) }

export function nodeFinding(version: string): Finding {
	if (compareVersions(version, nodeMin) >= 0) return ok(`This is Node ${version}`)
	return problem(`This is Node ${version}, and Tailroom needs ${nodeMin} or newer: start it with npm, which brings one`)
}

export const sqliteCheck: Check = {
	name: 'sqlite',
	look() {
		// Throws for a version with which data can be lost, and where SQLite cannot be loaded at all.
		const database = openForBuilding(':memory:')
		try {
			return ok(`This is SQLite ${database.prepare('SELECT sqlite_version()').pluck().get()}`)
		} finally {
			database.close()
		}
	},
}

export const openFilesCheck: Check = {
	name: 'open files',
	look() {
		try {
			return openFilesFinding(readFileSync('/proc/self/limits', 'utf8'))
		} catch {
			// Only Linux says it like this.
			return undefined
		}
	},
}

/** Each reader is one; below that a company's chat can come to its limit on a busy day. */
const openFilesMin = 4_096

/** `limits` is as `/proc/<pid>/limits`. */
export function openFilesFinding(limits: string): Finding | undefined {
	// The first number is what is in force; Node takes all that the second allows.
	const [, , allowed] = /^Max open files\s+(\S+)\s+(\S+)/m.exec(limits) ?? []
	if (allowed === undefined) return undefined
	if (allowed === 'unlimited' || Number(allowed) >= openFilesMin) {
		return ok(`A server that is started from here may have ${allowed} files open`)
	}
	return warning(
		`A server that is started from here may have ${allowed} files open, and each reader is one: raise it with ulimit -n, ` +
			'or by LimitNOFILE= in its unit',
	)
}
