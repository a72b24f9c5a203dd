import { existsSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { newSecret } from '../../src/http/auth/secrets.ts'
import { triesPerAddressMax } from '../../src/http/limits.ts'
import { startInProcess } from '../helpers/app.ts'
import { temporaryDirectory } from '../helpers/directory.ts'
import { ask, askJson, isProblem } from '../helpers/http.ts'
import { addPerson, password } from '../helpers/people.ts'

async function fresh(t: Test, options: Parameters<typeof startInProcess>[1] = {}) {
	const directory = join(temporaryDirectory(t), 'data')
	const app = await startInProcess(t, { guests: false, directory, ...options })
	const path = join(directory, 'setup-code')
	return { app, url: app.url, directory, path, code: readFileSync(path, 'utf8').trim() }
}

t.test('whoever has the code becomes the owner, once', async (t) => {
	const { app, url, path, code } = await fresh(t)
	t.equal(app.setupCode(), code)
	t.equal(statSync(path).mode & 0o777, 0o600)
	isProblem(t, await ask(url, '/rooms'), 401, 'not_authenticated', /not set up yet/)

	const answer = await askJson(url, '/setup', { code, name: ' Ada ', password })
	t.match(answer, { status: 201, json: { user: 'ada', token: /^trt_[0-9A-Za-z]{38}$/ } })
	const headers = { Authorization: `Bearer ${answer.json.token}` }
	t.match((await ask(url, '/users/me', { headers })).json, { name: 'ada', role: 'owner', active: true })
	t.match((await ask(url, '/rooms/general/members', { headers })).json.members, [{ userId: 'ada', role: 'member' }])

	for (const body of [{ code, name: 'eve', password }, { code: 'x', name: 'eve', password }, {}]) {
		isProblem(t, await askJson(url, '/setup', body), 410, 'setup_over', /invitation/)
	}
	// Who asks whether it is ready is told of what has happened.
	await ask(url, '/readyz')
	t.notOk(existsSync(path), 'the code is good for nothing, so it lies nowhere')
	t.equal(app.setupCode(), undefined)
	isProblem(t, await ask(url, '/rooms'), 401, 'not_authenticated', /for people with an account/)
})

t.test('of two who are at it at once, one is the owner', async (t) => {
	// With guests, too, and with the longest of passwords.
	const { url, code } = await fresh(t, { guests: true })
	t.equal((await ask(url, '/rooms')).status, 200)
	const body = { code, password: 'x'.repeat(1_024) }
	const answers = await Promise.all(['ada', 'bob'].map((name) => askJson(url, '/setup', { ...body, name })))
	t.same(answers.map(({ status }) => status).sort(), [201, 409])
	const [won, lost] = answers[0]?.status === 201 ? answers : answers.toReversed()
	isProblem(t, lost as Awaited<typeof answers>[0], 409, 'setup_taken', /quicker/)
	const headers = { Authorization: `Bearer ${won?.json.token}` }
	t.match((await ask(url, '/users', { headers })).json.users, [{ role: 'owner' }], 'and there is one account')
	t.equal((await askJson(url, '/setup', { code, name: 'eve', password })).status, 410)
})

/** Nobody sets this one up, until it has been started again. */
const waiting = await fresh(t)

t.test('what is wrong with the rest is told to who has the code, and costs no try', async (t) => {
	const { url, code } = waiting
	const wrong: [object, number, string][] = [
		[{ code, name: 'me', password }, 400, 'name_invalid'],
		[{ code, name: 'a b', password }, 400, 'name_invalid'],
		[{ code, name: 'ada', password: 'short' }, 422, 'password_unfit'],
		[{ code, name: 'ada', password: 'x'.repeat(1_025) }, 422, 'password_unfit'],
		[{ code, name: 'ada', password: 'é'.repeat(513) }, 422, 'password_unfit'],
		[{ code, name: 'ada' }, 400, 'malformed'],
		[{ code, name: 'ada', password, role: 'owner' }, 400, 'malformed'],
	]
	for (const [body, status, problem] of wrong) isProblem(t, await askJson(url, '/setup', body), status, problem, /./)
	t.equal((await askJson(url, '/setup', { code, name: 'ada', password: 'x'.repeat(1_000_000) })).status, 413)
	t.equal((await ask(url, '/setup?code=x', { method: 'POST' })).status, 400, 'a code is in no address')
})

t.test('a wrong code is refused, and guessing comes to an end', async (t) => {
	const { url, path, code } = waiting
	const guesses = ['', 'tru_', code.slice(0, -1), newSecret('setup'), newSecret('invite')]
	for (let i = 0; i < triesPerAddressMax; i++) {
		const guess = guesses[i % guesses.length] as string
		isProblem(t, await askJson(url, '/setup', { code: guess, name: 'eve', password }), 403, 'forbidden', /setup code/)
	}
	const late = await askJson(url, '/setup', { code, name: 'ada', password })
	isProblem(t, late, 429, 'tries_too_many', /minutes/)
	t.match(late.headers, { 'retry-after': '60' })
	t.ok(existsSync(path))
})

t.test(
	'the code of an earlier start is good still, and an owner who is made at the control socket ends it',
	async (t) => {
		const { directory, path, code } = waiting
		await waiting.app.stop()
		const again = await startInProcess(t, { guests: false, directory })
		const { url } = again
		t.equal(again.setupCode(), code)
		isProblem(t, await askJson(url, '/setup', { code, name: 'ada', password: 'short' }), 422, 'password_unfit', /./)
		const socketPath = join(directory, 'control.sock')
		const made = await askJson(url, '/users', { name: 'ada', role: 'owner' }, { socketPath })
		t.equal(made.status, 201)
		t.equal((await askJson(url, '/setup', { code, name: 'eve', password })).status, 410)
		await ask(url, '/readyz')
		t.notOk(existsSync(path))
		t.equal(again.setupCode(), undefined)
		const owner = { name: 'ada', token: made.json.token, headers: { Authorization: `Bearer ${made.json.token}` } }
		t.match(await addPerson(url, owner, 'bob'), { name: 'bob' })
		await again.stop()

		const third = await startInProcess(t, { guests: false, directory })
		t.equal(third.setupCode(), undefined, 'a server that has an owner makes no code')
		t.notOk(existsSync(path))
		t.equal((await askJson(third.url, '/setup', { code, name: 'eve', password })).status, 410)
	},
)
