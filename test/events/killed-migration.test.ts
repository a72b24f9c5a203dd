import { spawnSync } from 'node:child_process'
import { copyFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { checkChain } from '../../src/events/chain.ts'
import { openForWriting } from '../../src/events/database.ts'
import { migrate } from '../../src/events/migrations.ts'
import { openLogForWriting } from '../../src/events/sqlite-log.ts'
import { temporaryDirectory } from '../helpers/directory.ts'
import { futureMigrations, survivalsCount } from '../helpers/migrating.ts'
import { fillLog } from '../helpers/record.ts'
import { cleanEnvironment } from '../helpers/server.ts'

const migrating = new URL('../helpers/migrating-process.ts', import.meta.url).pathname

/** Migrates a log to the end, and gives all that it holds then. */
function migrated(path: string): Record<string, unknown[]> {
	const database = openForWriting(path, { durable: true })
	try {
		database.function('survive', () => 1)
		migrate(database, futureMigrations)
		const tables = database.prepare("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name").pluck().all()
		const rows = (table: unknown) => database.prepare(`SELECT * FROM ${table}`).raw().all()
		const content = Object.fromEntries(tables.map((table) => [table, rows(table)]))
		return { ...content, integrity: database.pragma('integrity_check') as unknown[] }
	} finally {
		database.close()
	}
}

t.test('a migration that is killed at any moment loses nothing, and the next start goes on', async (t) => {
	const place = temporaryDirectory(t)
	await fillLog(place, ['general'], 300)
	const original = join(place, 'log.db')
	const log = openLogForWriting(original)
	log.moveConsumers([{ userId: 'user-1', name: 'bot', position: 3, movedAt: 5 }])
	log.close()
	const copyOf = (name: string) => {
		const path = join(place, name)
		copyFileSync(original, path)
		return path
	}
	const expected = migrated(copyOf('expected.db'))
	t.match(expected, { consumers: [['user-1', 'bot', 3, 5, 'BOT']], integrity: [{ integrity_check: 'ok' }] })
	t.equal(expected.events?.length, 301)
	t.equal(expected.words?.length, 151)

	for (let survivals = 0; survivals <= survivalsCount; survivals++) {
		const path = copyOf(`killed-${survivals}.db`)
		const { signal, status } = spawnSync(process.execPath, [migrating, path, String(survivals)], {
			env: cleanEnvironment(),
		})
		t.same(
			{ signal, status },
			survivals < survivalsCount ? { signal: 'SIGKILL', status: null } : { signal: null, status: 0 },
		)
		t.same(migrated(path), expected, `killed after ${survivals} statements`)
		t.equal(checkChain(path, 301), 301)
	}
})
