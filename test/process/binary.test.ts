import { type ChildProcess, spawn } from 'node:child_process'
import { hash } from 'node:crypto'
import { once } from 'node:events'
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import t, { type Test } from 'tap'
import { checkout, runInCheckout } from '../helpers/checkout.ts'
import { temporaryDirectory } from '../helpers/directory.ts'
import { ask, askJson } from '../helpers/http.ts'
import { Lines } from '../helpers/lines.ts'
import { until } from '../helpers/until.ts'

const hasOne = ['linux-x64', 'linux-arm64'].includes(`${process.platform}-${process.arch}`)
const binary = join(checkout, 'dist/tailroom')
/** Nobody: where the tests are root's, the binary is not. */
const nobody: { uid?: number; gid?: number } = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {}

/** A folder with nothing in it, which whoever runs the binary may write to. */
function emptyFolder(t: Test): string {
	const folder = temporaryDirectory(t)
	for (const path of [folder, mkdirOf(folder, 'tmp')]) chmodSync(path, 0o777)
	return folder
}

function mkdirOf(folder: string, name: string): string {
	mkdirSync(join(folder, name))
	return join(folder, name)
}

function start(t: Test, folder: string, args: readonly string[], more: NodeJS.ProcessEnv = {}): ChildProcess {
	const env = { PATH: '', HOME: folder, TMPDIR: join(folder, 'tmp'), ...more }
	const child = spawn(binary, args, { cwd: folder, env, stdio: ['ignore', 'pipe', 'pipe'], ...nobody })
	t.teardown(() => child.kill('SIGKILL'))
	return child
}

/** Runs a command to its end. */
async function run(t: Test, folder: string, args: readonly string[], more: NodeJS.ProcessEnv = {}) {
	const child = start(t, folder, args, more)
	const { stdout, stderr } = child as Required<ChildProcess>
	const [[code], out, errors] = await Promise.all([once(child, 'exit'), text(stdout as never), text(stderr as never)])
	return { code, out, errors }
}

/** Starts a server, and gives its address and how it is set up. */
async function serve(t: Test, folder: string, data: string) {
	const child = start(t, folder, ['serve', '--port', '0', '--data', data])
	const lines = new Lines(child.stdout as never)
	const url = /http:\S+/.exec(await lines.until((line) => line.includes('http://')))?.[0] as string
	const code = /setup#(\S+)/.exec(await lines.until((line) => line.includes('/setup#')))?.[1] as string
	return { child, url, code }
}

t.test('the program as one file', { skip: !hasOne && 'the registry has no Node for this machine' }, async (t) => {
	await runInCheckout('node', ['scripts/build.ts'])
	const folder = emptyFolder(t)

	t.test('its checksum lies beside it', async (t) => {
		const sums = readFileSync(join(checkout, 'dist/SHA256SUMS'), 'utf8').split('\n')
		t.ok(sums.includes(`${hash('sha256', readFileSync(binary))}  tailroom`))
	})

	t.test('it serves the page, and the chat, with no Node, no PATH and no rights', async (t) => {
		const [one, other] = await Promise.all([serve(t, folder, 'one'), serve(t, folder, 'other')])
		for (const { url } of [one, other]) {
			const page = await fetch(url, { headers: { Accept: 'text/html', 'Accept-Encoding': 'br' } })
			t.equal(page.headers.get('content-encoding'), 'br')
			const script = /src="(\/assets\/[^"]+)"/.exec(await page.text())?.[1]
			t.equal((await fetch(url + script)).status, 200)
		}
		const setup = { code: one.code, name: 'ada', password: 'a password of hers' }
		const { json } = await askJson(one.url, '/setup', setup, {})
		const headers = { Authorization: `Bearer ${json.token}` }
		for (const content of ['one', 'two', 'three'])
			await askJson(one.url, '/rooms/general/messages', { content }, { headers })
		const events = await fetch(`${one.url}/rooms/general/events?after=0&until=head`, {
			headers: { ...headers, Accept: 'application/x-ndjson' },
		})
		t.match(await events.text(), /"content":"three"/)
		// Its threads work too.
		await until(async () => (await ask(one.url, '/search?q=two', { headers })).json.messages.length === 1)
		t.equal((await ask(other.url, '/readyz')).status, 200)

		t.equal(copiesOfSqlite(one.child), 1, 'all threads have the same SQLite')
		t.same(readdirSync(join(folder, 'tmp')), [], 'and no file of it is left that somebody could change')
		for (const [args, says] of [
			[['verify'], /^Sound: /],
			[['rebuild'], /^Rebuilt: /],
			[['backup', 'one.db'], /^Backed up /],
			[['user', 'list'], /^ada/m],
			[['room', 'list'], /^general/m],
		] as const) {
			const { code, out, errors } = await run(t, folder, [...args, '--data', 'one'])
			t.same([code, errors], [0, ''], args.join(' '))
			t.match(out, says)
		}
		for (const [args, says] of [
			[['verify'], { events: Number, head: Number, views: { state: 'equal' } }],
			[['rebuild'], { events: Number, isBeside: false }],
			[['backup', 'other.db'], { file: 'other.db', events: Number, cursor: /^\d+-/ }],
			[['export', 'one.ndjson'], { file: 'one.ndjson', events: Number, cursor: /^\d+-/ }],
			[['user', 'list'], { users: [{ name: 'ada', role: 'owner' }] }],
			[['room', 'members', 'general'], { members: [{ userId: 'ada' }] }],
			[['invite', 'add'], { link: /invite#/ }],
			[['user', 'sign-out', 'ada'], {}],
			[['config'], { settings: Array }],
			[['doctor'], { state: String, checks: Array }],
		] as const) {
			const { out, errors } = await run(t, folder, [...args, '--json', '--data', 'one'])
			t.equal(errors, '', args.join(' '))
			t.match(JSON.parse(out), says, args.join(' '))
		}
		other.child.kill('SIGKILL')
		one.child.kill('SIGTERM')
		const ends = [once(one.child, 'exit'), once(other.child, 'exit')]
		t.same(await Promise.all(ends), [
			[0, null],
			[null, 'SIGKILL'],
		])
		t.same(readdirSync(join(folder, 'tmp')), [])
		t.match(await run(t, folder, ['restore', 'one.db', '--data', 'again']), { code: 0, out: /^Restored / })
		t.match(await run(t, folder, ['import', 'one.ndjson', '--data', 'imported']), { code: 0, out: /^Imported / })
	})

	const isRoot = process.getuid?.() === 0
	t.test('root acts as the owner of the directory', { skip: !isRoot && 'only root can' }, async (t) => {
		for (const args of [['rebuild'], ['user', 'add', 'bob'], ['rebuild']]) {
			const child = spawn(binary, [...args, '--data', 'one'], { cwd: folder, env: { PATH: '' } })
			t.same(await once(child, 'exit'), [0, null], args.join(' '))
		}
		const owners = readdirSync(join(folder, 'one')).map((name) => statSync(join(folder, 'one', name)).uid)
		t.same(new Set(owners), new Set([nobody.uid]))
	})

	t.test('what is in NODE_OPTIONS is not for it', async (t) => {
		t.match(await run(t, folder, ['version'], { NODE_OPTIONS: '--no-such-option' }), { code: 0, errors: '' })
	})

	t.test('without a folder for temporary files it says what it needs', async (t) => {
		const { code, errors } = await run(t, folder, ['verify', '--data', 'again'], { TMPDIR: '/nowhere' })
		t.equal(code, 1)
		t.match(errors, /SQLite cannot be written to \/nowhere: .*set TMPDIR to one\.\n$/)
		t.equal(
			(await run(t, folder, ['version'], { TMPDIR: '/nowhere' })).code,
			0,
			'where it is not needed it is not missed',
		)
	})
})

/** How many files with SQLite's name a process has mapped, by their inodes. */
function copiesOfSqlite({ pid }: ChildProcess): number {
	if (!existsSync('/proc/self/maps')) return 1
	const maps = readFileSync(`/proc/${pid}/maps`, 'utf8').split('\n')
	return new Set(maps.filter((line) => line.includes('better_sqlite3.node')).map((line) => line.split(/ +/)[4])).size
}
