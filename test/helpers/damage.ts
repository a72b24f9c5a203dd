import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import Database from 'better-sqlite3'

/** Changes a closed log as nobody may: its triggers do not see it. */
export function tamperWithLog(directory: string, sql: string): void {
	const database = new Database(join(directory, 'log.db'))
	try {
		const triggers = database.prepare("SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'").all() as {
			name: string
			sql: string
		}[]
		for (const { name } of triggers) database.exec(`DROP TRIGGER ${name}`)
		database.exec(sql)
		for (const trigger of triggers) database.exec(trigger.sql)
	} finally {
		database.close()
	}
}

/** Flips a bit of every place in a closed file where this text stands: as a disk does it. */
export function flipIn(path: string, text: string): void {
	const bytes = readFileSync(path)
	let at = bytes.indexOf(text)
	if (at < 0) throw new Error(`${path} does not hold ${text}`)
	for (; at >= 0; at = bytes.indexOf(text, at + 1)) bytes[at] = (bytes[at] as number) ^ 1
	writeFileSync(path, bytes)
}

/** Overwrites the first page of a table or an index in a closed file. */
export function tearPage(path: string, name: string): void {
	const database = new Database(path)
	const page = database.prepare('SELECT rootpage FROM sqlite_schema WHERE name = ?').pluck().get(name) as number
	const size = database.pragma('page_size', { simple: true }) as number
	database.close()
	writeFileSync(path, readFileSync(path).fill(0xff, (page - 1) * size, page * size))
}
