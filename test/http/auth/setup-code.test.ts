import { chmodSync, existsSync, readFileSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { mock } from 'node:test'
import t, { type Test } from 'tap'
import { newSecret } from '../../../src/http/auth/secrets.ts'
import { SetupCode, setupCodeOf } from '../../../src/http/auth/setup-code.ts'
import { setupCodeMs } from '../../../src/http/limits.ts'
import { temporaryDirectory } from '../../helpers/directory.ts'

function codeIn(t: Test, directory: string, changed: (code: string) => void = () => {}): SetupCode {
	const code = new SetupCode(directory, changed)
	t.teardown(() => code.stop())
	return code
}

const pathIn = (directory: string) => join(directory, 'setup-code')
const kept = (directory: string) => readFileSync(pathIn(directory), 'utf8').trim()
const modeOf = (directory: string) => statSync(pathIn(directory)).mode & 0o777

/** The file looks as if it had been written so long ago. */
function age(directory: string, ms: number): void {
	const then = new Date(Date.now() - ms)
	utimesSync(pathIn(directory), then, then)
}

t.test('the code is in a file that nobody else can read, and is that of the next start', async (t) => {
	const directory = temporaryDirectory(t)
	const code = codeIn(t, directory)
	t.equal(kept(directory), code.text)
	t.equal(modeOf(directory), 0o600)
	t.ok(code.matches(code.text))
	for (const wrong of ['', code.text.slice(0, -1), `${code.text}x`, newSecret('setup'), newSecret('invite')]) {
		t.notOk(code.matches(wrong), wrong)
	}
	t.equal(codeIn(t, directory).text, code.text)
})

t.test('a code that is a day old at the start is replaced', async (t) => {
	const directory = temporaryDirectory(t)
	const old = codeIn(t, directory).text
	age(directory, setupCodeMs - 60_000)
	t.equal(codeIn(t, directory).text, old, 'it is good for a minute still')
	age(directory, setupCodeMs + 1)
	chmodSync(pathIn(directory), 0o644)
	const code = codeIn(t, directory)
	t.not(code.text, old)
	t.notOk(code.matches(old))
	t.equal(kept(directory), code.text)
	t.equal(modeOf(directory), 0o600, 'written anew, with a mode of its own')
})

t.test('a code that comes of age while the server runs is replaced, and told', async (t) => {
	const directory = temporaryDirectory(t)
	const old = codeIn(t, directory).text
	age(directory, setupCodeMs - 60_000)
	mock.timers.enable({ apis: ['setTimeout', 'Date'], now: Date.now() })
	t.teardown(() => mock.timers.reset())
	const told: string[] = []
	const code = codeIn(t, directory, (text) => told.push(text))
	mock.timers.tick(59_000)
	t.equal(code.text, old)
	mock.timers.tick(1_001)
	t.not(code.text, old)
	t.same(told, [code.text])
	t.equal(kept(directory), code.text)
	t.notOk(code.matches(old))
	mock.timers.tick(setupCodeMs)
	t.equal(told.length, 2, 'and the new one a day later')
})

t.test('what is no code is replaced', async (t) => {
	for (const text of ['', 'tru_', newSecret('token'), `${newSecret('setup')}x`]) {
		const directory = temporaryDirectory(t)
		writeFileSync(pathIn(directory), text)
		const code = codeIn(t, directory)
		t.not(code.text, text)
		t.equal(kept(directory), code.text)
	}
})

t.test('when there is an owner there is no file, also where one was left', async (t) => {
	const directory = temporaryDirectory(t)
	mock.timers.enable({ apis: ['setTimeout'] })
	t.teardown(() => mock.timers.reset())
	const told: string[] = []
	codeIn(t, directory, (text) => told.push(text)).remove()
	t.notOk(existsSync(pathIn(directory)))
	mock.timers.tick(2 * setupCodeMs)
	t.notOk(existsSync(pathIn(directory)), 'nor is there another one later')
	t.same(told, [])

	codeIn(t, directory)
	t.equal(
		setupCodeOf(directory, true, () => {}),
		undefined,
	)
	t.notOk(existsSync(pathIn(directory)))
})
