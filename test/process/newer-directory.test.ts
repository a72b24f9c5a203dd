import { cpSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import t, { type Test } from 'tap'
import { startInProcess } from '../helpers/app.ts'
import { tailroom } from '../helpers/cli.ts'
import { temporaryDirectory } from '../helpers/directory.ts'

/** A data directory that a newer version has left: one that was stopped, and one that was killed. */
async function newerDirectories(t: Test): Promise<{ stopped: string; killed: string }> {
	const place = temporaryDirectory(t)
	const [stopped, killed] = [join(place, 'stopped'), join(place, 'killed')]
	const app = await startInProcess(t, { directory: stopped })
	await app.stop()
	const database = new Database(join(stopped, 'log.db'))
	database.pragma('wal_autocheckpoint = 0')
	database.exec("INSERT INTO migrations (name, digest) VALUES ('9999_of_the_future', '')")
	cpSync(stopped, killed, { recursive: true })
	database.close()
	return { stopped, killed }
}

/** All that can be seen of a directory's files. SQLite's index of the write-ahead log is none of what is kept. */
function stateOf(directory: string): Record<string, [mtimeMs: number, bytes: string]> {
	const names = readdirSync(directory).filter((name) => !name.endsWith('-shm'))
	return Object.fromEntries(
		names.map((name) => {
			const path = join(directory, name)
			return [name, [statSync(path).mtimeMs, readFileSync(path, 'base64')]]
		}),
	)
}

t.test('what a newer version has written is refused by every command, and left as it is', async (t) => {
	const { stopped, killed } = await newerDirectories(t)
	t.ok(statSync(join(killed, 'log.db-wal')).size > 0)
	for (const directory of [stopped, killed]) {
		const before = stateOf(directory)
		const backups = temporaryDirectory(t)
		const each = [
			['serve', '--port', '0'],
			['user', 'list'],
			['rebuild'],
			['verify'],
			['backup', join(backups, 'backup.db')],
			['backup', '--to', backups],
		]
		// One after the other: some take the directory for themselves.
		for (const args of directory === killed ? each : each.slice(0, 1)) {
			const { code, stdout, stderr } = await tailroom([...args, '--data', directory])
			t.match({ code, stdout }, { code: 1, stdout: '' }, args.join(' '))
			t.match(stderr, /^tailroom: \S+log\.db was written by a newer version of Tailroom: start that version\n$/)
			t.same(stateOf(directory), before, `${args[0]} changes nothing`)
		}
		t.same(readdirSync(backups), [])
	}
})
