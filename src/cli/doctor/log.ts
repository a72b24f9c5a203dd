import { existsSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { type Database, isDamage, openBeside, reasonOf, walBytesMost } from '../../events/database.ts'
import { isMigrated } from '../../events/migrations.ts'
import { checkOwnSchema } from '../../events/own-schema.ts'
import { checkLogIsThere } from '../../projections/lost-log.ts'
import { type Check, type Finding, ok, problem, type ServerState, size, warning } from './check.ts'

export const logCheck: Check = {
	name: 'log',
	look({ directory, server }) {
		if (!existsSync(directory)) return undefined
		if (server.is !== 'answering') checkLogIsThere(directory)
		return (
			beside(directory, (log) => {
				// Throws for one of a newer version.
				if (!isMigrated(log)) return ok('The log is of an older version, and the next start brings it up to date')
				checkOwnSchema(log)
				const position = log.prepare('SELECT max(position) FROM events').pluck().get() as number | null
				return ok(`The log is of this version, and ends at position ${position ?? 0}`)
			}) ?? ok('There is no log yet: the first start makes one')
		)
	},
}

export const clockCheck: Check = {
	name: 'clock',
	look({ directory }) {
		const newest = beside(directory, (log) => {
			return log.prepare('SELECT recorded_at FROM events ORDER BY position DESC LIMIT 1').pluck().get()
		})
		return clockFinding(newest as number | undefined, Date.now())
	},
}

/** Tailroom is not older. */
const firstDay = Date.UTC(2026, 0, 1)

/** Between two clocks that are set by the same network. */
const clockSlackMs = 60_000

export function clockFinding(newestEvent: number | undefined, now: number): Finding {
	const says = `The clock says ${new Date(now).toISOString()}`
	if (now < firstDay) return problem(`${says}, which cannot be: set it, for times and limits in days go by it`)
	if (newestEvent === undefined || newestEvent <= now + clockSlackMs) return ok(says)
	return problem(
		`${says}, but the newest event was recorded at ${new Date(newestEvent).toISOString()}: set the clock; the order of ` +
			'messages does not depend on it, but their times do, and what ends or is erased after some time',
	)
}

export const walCheck: Check = {
	name: 'write-ahead log',
	look({ directory, server }) {
		// The size alone is asked: a file that SQLite has open is opened by nobody else.
		if (!existsSync(join(directory, 'log.db'))) return undefined
		const bytes = statSync(join(directory, 'log.db-wal'), { throwIfNoEntry: false })?.size ?? 0
		return walFinding(bytes, server.is)
	},
}

export function walFinding(bytes: number, server: ServerState['is']): Finding {
	if (server === 'absent' && bytes > 0) {
		return ok(
			`The last server was killed and left ${size(bytes)} in its write-ahead log, which the next start takes in`,
		)
	}
	if (bytes <= 2 * walBytesMost) return ok(`${size(bytes)} are in the write-ahead log`)
	return warning(
		`The write-ahead log has grown to ${size(bytes)}, so something has been reading for long: look for a verify, a backup or ` +
			'another program that has log.db open, and end it',
	)
}

/** Reads the log beside whoever writes it. Undefined where there is none. */
export function beside<Result>(directory: string, read: (log: Database) => Result): Result | undefined {
	const path = join(directory, 'log.db')
	if ((statSync(path, { throwIfNoEntry: false })?.size ?? 0) === 0) return undefined
	let log: Database | undefined
	try {
		log = openBeside(path)
		return read(log)
	} catch (error) {
		if (!isDamage(error)) throw error
		throw new Error(
			`${path} is damaged, or no log of Tailroom (${reasonOf(error)}): keep a copy of it, and restore a backup: ` +
				'tailroom restore <file> --data <a new directory>',
		)
	} finally {
		log?.close()
	}
}
