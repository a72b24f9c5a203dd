import { hash } from 'node:crypto'
import { statSync } from 'node:fs'
import { readProgramFile } from '../program/files.ts'
import { type Database, isDamage, openBeside } from './database.ts'

/** Where drizzle-kit writes what it makes of db/log-schema.ts. */
const folder = 'db/migrations'

interface Migration {
	name: string
	sql: string
	/** SHA-256 of the SQL, in hex. */
	digest: string
}

/**
 * Brings the log's tables up to this version, forward only, each migration in a transaction.
 *
 * Throws, and leaves the file as it is, if it was written by a newer version, or if a migration
 * that it has had is not the one that we know.
 */
export function migrate(database: Database, migrations: readonly Migration[] = readMigrations()): void {
	const applied = countApplied(database, migrations)
	if (applied === 0) {
		database.exec(
			'CREATE TABLE IF NOT EXISTS migrations (number INTEGER PRIMARY KEY, name TEXT NOT NULL, digest TEXT NOT NULL)',
		)
	}
	for (const { name, sql, digest } of migrations.slice(applied)) {
		database.transaction(() => {
			database.exec(sql)
			database.prepare('INSERT INTO migrations (name, digest) VALUES (?, ?)').run(name, digest)
		})()
	}
}

/** Whether the log's tables are those of this version. Throws, as `migrate`, if they are no older ones. */
export function isMigrated(database: Database, migrations: readonly Migration[] = readMigrations()): boolean {
	return countApplied(database, migrations) === migrations.length
}

/**
 * Throws if a newer version wrote the log, and leaves all of it as it is, which who opens it for writing would not: at
 * the end what a killed server has left of its write-ahead log is moved into the file.
 */
export function refuseNewer(path: string): void {
	const isNew = (statSync(path, { throwIfNoEntry: false })?.size ?? 0) === 0
	if (isNew) return
	let database: Database | undefined
	try {
		database = openBeside(path)
		isMigrated(database)
	} catch (error) {
		// What is damaged is not newer: who opens it for more will say so.
		if (!isDamage(error)) throw error
	} finally {
		database?.close()
	}
}

/** Throws, as `migrate`, and where the tables are not yet those of this version. */
export function checkIsMigrated(database: Database): void {
	if (isMigrated(database)) return
	const isEmpty = database.prepare('SELECT 1 FROM sqlite_schema').get() === undefined
	if (isEmpty) throw new Error(`${database.name} is empty: no log was begun there`)
	throw new Error(
		`${database.name} is of an older version of Tailroom: start this version once, which brings it up to date`,
	)
}

/** How many of these the log has had. Throws as `isMigrated`. */
export function countApplied(database: Database, migrations: readonly Migration[]): number {
	if (database.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'migrations'").get() === undefined) return 0
	const sql = 'SELECT name, digest FROM migrations ORDER BY number'
	const applied = database.prepare(sql).all() as Omit<Migration, 'sql'>[]
	checkApplied(database.name, applied, migrations)
	return applied.length
}

/** In the order of drizzle-kit's journal. */
export function readMigrations(): Migration[] {
	const journal = JSON.parse(readProgramFile(`${folder}/meta/_journal.json`).toString()) as {
		entries: { tag: string }[]
	}
	return journal.entries.map(({ tag: name }) => {
		const sql = readProgramFile(`${folder}/${name}.sql`).toString()
		return { name, sql, digest: hash('sha256', sql) }
	})
}

function checkApplied(file: string, applied: readonly Omit<Migration, 'sql'>[], known: readonly Migration[]): void {
	if (applied.length > known.length) {
		throw new Error(`${file} was written by a newer version of Tailroom: start that version`)
	}
	for (const [index, { name, digest }] of applied.entries()) {
		if (known[index]?.name !== name || known[index].digest !== digest) {
			throw new Error(`${file} has had the migration ${name} in another form than this version of Tailroom knows`)
		}
	}
}
