import { cpSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { startInProcess } from '../helpers/app.ts'
import { temporaryDirectory } from '../helpers/directory.ts'
import { ask } from '../helpers/http.ts'
import { readLog } from '../helpers/record.ts'
import { isSound } from '../helpers/sound.ts'

/** A release tries its own before it is one of them, in the folder that is the argument. */
const released = process.argv[2] ?? new URL('../fixtures/released/', import.meta.url).pathname

for (const version of readdirSync(released)) {
	t.test(`a data directory of ${version} is brought up to date, and everything is there as it was`, async (t) => {
		const directory = temporaryDirectory(t)
		cpSync(join(released, version, 'data'), directory, { recursive: true })
		const lines = readFileSync(join(released, version, 'kept.ndjson'), 'utf8')
			.trim()
			.split('\n')
		const [{ head, token }, ...answers] = lines.map((line) => JSON.parse(line))
		const app = await startInProcess(t, { directory, publicUrl: new URL('https://chat.example.org') })
		const headers = { Authorization: `Bearer ${token}` }
		for (const { path, answer } of answers) {
			// Newer versions may say more.
			t.match((await ask(app.url, path, { headers })).json, answer, path)
		}
		await app.stop()
		// The fingerprint of an event proves all events up to it, and, with what this checks too, all texts.
		await isSound(t, directory)
		t.equal(
			readLog(directory, (log) => log.fingerprintAt(head.position)),
			head.fingerprint,
		)
	})
}
