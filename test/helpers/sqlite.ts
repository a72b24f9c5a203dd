import Database from 'better-sqlite3'
import type { Test } from 'tap'
import type { Views } from '../../src/projections/views.ts'

/** The connection within an engine or a view: for what a test does behind their back. */
export function connectionOf(engine: object): Database.Database {
	const { database } = engine as { database?: Database.Database }
	if (database === undefined) throw new Error('this engine does not lie on SQLite')
	return database
}

/** A connection that is not ours: with SQLite's own settings, as another program would open it. */
export function foreignConnection(t: Test, path: string): Database.Database {
	const database = new Database(path)
	t.teardown(() => database.close())
	return database
}

/** Every row of every table of some views, the checkpoint too. */
export function rowsOf(views: Views): Record<string, unknown[]> {
	const tables = views.all<{ name: string }>("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name")
	return Object.fromEntries(
		tables.map(({ name }) => {
			const columns = views.all<{ name: string }>('SELECT name FROM pragma_table_info(?)', name)
			const order = columns.map((column) => column.name).join(', ')
			return [name, views.all(`SELECT * FROM ${name} ORDER BY ${order}`)] as const
		}),
	)
}
