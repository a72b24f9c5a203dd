import { DamagedLog } from './damaged-log.ts'
import { type Database, openForWriting } from './database.ts'
import { countApplied, migrate, readMigrations } from './migrations.ts'

/**
 * Checks that a log has the tables, indexes and triggers that its migrations make, and no others: one trigger more
 * could copy texts that are to be erased, one less lets anybody change them. Cheap.
 *
 * Throws DamagedLog for the first that differs; as `migrate`, where the log is of a newer version.
 */
export function checkOwnSchema(database: Database): void {
	const migrations = readMigrations()
	const { applied, found } = database.transaction(() => ({
		applied: countApplied(database, migrations),
		found: objectsOf(database),
	}))()
	const expected = objectsAfter(migrations.slice(0, applied))
	const names = new Set([...found.keys(), ...expected.keys()])
	for (const name of names) {
		if (found.get(name) === expected.get(name)) continue
		const problem = !expected.has(name) ? 'none of its own' : found.has(name) ? 'another than its own' : 'missing'
		throw new DamagedLog(database.name, undefined, `is not as Tailroom makes it: the ${name} is ${problem}`)
	}
}

function objectsAfter(migrations: ReturnType<typeof readMigrations>): Map<string, string> {
	const fresh = openForWriting(':memory:', { durable: true })
	try {
		if (migrations.length > 0) migrate(fresh, migrations)
		return objectsOf(fresh)
	} finally {
		fresh.close()
	}
}

/** What makes each, by what it is called. SQLite's own, which follow from those or say how often what is there, aside. */
function objectsOf(database: Database): Map<string, string> {
	const rows = database
		.prepare(
			`SELECT type || ' "' || name || '"' AS name, json_array(tbl_name, sql) AS made FROM sqlite_schema
			WHERE sql IS NOT NULL AND sql NOT LIKE 'CREATE TABLE sqlite\\_stat_(%' ESCAPE '\\' ORDER BY name`,
		)
		.all() as { name: string; made: string }[]
	const objects = new Map<string, string>()
	// Who writes into the schema itself can call two the same.
	for (const { name, made } of rows) objects.set(name, `${objects.get(name) ?? ''}${made}`)
	return objects
}
