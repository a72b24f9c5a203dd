import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, existsSync, openSync } from 'node:fs'
import type { Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import t from 'tap'
import { post } from '../../src/cli/remote/post.ts'
import { TailroomError } from '../../src/client/error.ts'
import type { MessageFrame } from '../../src/protocol/frames.ts'
import { printableLine } from '../../src/protocol/message-line.ts'
import { startInProcess } from '../helpers/app.ts'
import { startBadServer } from '../helpers/bad-servers.ts'
import { tailroom } from '../helpers/cli.ts'
import { temporaryDirectory } from '../helpers/directory.ts'
import { startHouse } from '../helpers/house.ts'
import { ask } from '../helpers/http.ts'
import { addPerson } from '../helpers/people.ts'
import { program } from '../helpers/program.ts'
import { cleanEnvironment } from '../helpers/server.ts'

t.test('what is said by send, and how it ends', async (t) => {
	const { url, owner } = await startHouse(t)
	await addPerson(url, owner, 'bob')
	const environment = { TAILROOM_URL: url, TAILROOM_TOKEN: owner.token, XDG_CONFIG_HOME: temporaryDirectory(t) }
	const send = (args: string[], input?: string | Buffer) => tailroom(['send', ...args], environment, input)
	const contents = async (room = 'general') => {
		const { json } = await ask(url, `/rooms/${room}/messages`, owner)
		return json.messages.map(({ content }: MessageFrame) => content)
	}
	const silent = { code: 0, stdout: '', stderr: '' }

	t.same(await send(['general', 'hello', 'there']), silent)
	t.same(await send(['#General', '-'], 'from a pipe\r\n'), silent)
	t.same(await send(['general'], 'two\nlines\n\n'), silent)
	t.same(await send(['general', '--', '--help']), silent)
	t.same(await contents(), ['hello there', 'from a pipe', 'two\nlines\n', '--help'])
	t.same(await send(['@bob', 'psst']), silent)
	t.same(await contents('@bob'), ['psst'])

	const first = await send(['general', 'green', '--key', 'build 1', '--json'])
	t.match(JSON.parse(first.stdout), { type: 'message', room: 'general', content: 'green', sender: 'owner' })
	t.equal((await send(['general', 'green', '--key', 'build 1', '--json'])).stdout, first.stdout)
	t.equal((await contents()).filter((content: string) => content === 'green').length, 1)

	const refused: [args: string[], wanted: { code: number; stderr: RegExp }, input?: string | Buffer][] = [
		[['general', 'red', '--key', 'build 1'], { code: 65, stderr: /^tailroom: .*key.*\.\n$/ }],
		[['general'], { code: 65, stderr: /^tailroom: .*\n$/ }, ''],
		[['general'], { code: 65, stderr: /UTF-8/ }, Buffer.from([0x66, 0xff])],
		[['general'], { code: 65, stderr: /65536 bytes/ }, 'x'.repeat(65_537)],
		[['general'], { code: 65, stderr: /64 KiB/ }, 'x'.repeat(1_000_000)],
		[['nosuch', 'x'], { code: 66, stderr: /^tailroom: .*\n$/ }],
		[[], { code: 64, stderr: /say where/ }],
		[['general', 'x', '--token', 'y'], { code: 64, stderr: /--token/ }],
		[['general', 'x', '--key', ''], { code: 64, stderr: /--key is 1 to 255/ }],
		[['general', 'x', '--key', 'größer'], { code: 64, stderr: /--key is 1 to 255/ }],
		[['general', 'x', '--key', 'x'.repeat(256)], { code: 64, stderr: /--key is 1 to 255/ }],
		[['general', 'x', '--as', 'Jürgen'], { code: 64, stderr: /--as is a name/ }],
		[['general', 'x', '--as', 'a\nb'], { code: 64, stderr: /--as is a name/ }],
		[['general', 'x', '--as', ' '], { code: 64, stderr: /--as is a name/ }],
		[['general', 'x', '--url', 'ftp://chat'], { code: 64, stderr: /ftp:/ }],
		[['general', 'x', '--url', 'http://a:b@chat'], { code: 64, stderr: /tailroom chat/ }],
		// A flag goes before the environment.
		[['general', 'x', '--as', 'ada'], { code: 77, stderr: /TAILROOM_TOKEN/ }],
	]
	await Promise.all(
		refused.map(async ([args, wanted, input]) => {
			t.match(await send(args, input), { ...wanted, stdout: '' }, args.join(' ').slice(0, 50))
		}),
	)
	t.match(await tailroom(['send', '--help']), { code: 0, stdout: /77 +not signed in/ })
})

t.test('guests say something as whom they are told to be', async (t) => {
	const { url } = await startInProcess(t)
	const environment = { TAILROOM_URL: url, XDG_CONFIG_HOME: temporaryDirectory(t) }
	const { stdout } = await tailroom(['send', 'general', 'hi', '--as', ' Ada', '--json'], environment)
	t.match(JSON.parse(stdout), { sender: 'ada', guest: true })
})

t.test('a token goes to no other server than the one that it is for', async (t) => {
	const { url, owner } = await startHouse(t)
	const heard: unknown[] = []
	const other = await startBadServer(t, (request, response) => {
		heard.push(request.headers.authorization)
		response.writeHead(404, { 'Content-Type': 'text/html' }).end()
	})
	const environment = { TAILROOM_URL: url, TAILROOM_TOKEN: owner.token, XDG_CONFIG_HOME: temporaryDirectory(t) }
	const { stderr } = await tailroom(['send', 'general', 'hi', '--url', other], environment)
	t.match(stderr, `tailroom: TAILROOM_TOKEN is for ${url}, and is not sent to ${other}\n`)
	t.same(heard, [undefined])
	const same = await tailroom(['send', 'general', 'hi', '--url', `${url}/`], environment)
	t.same(same, { code: 0, stdout: '', stderr: '' })
	const { TAILROOM_URL: _, ...alone } = environment
	await tailroom(['send', 'general', 'hi', '--url', other], alone)
	t.same(heard, [undefined, `Bearer ${owner.token}`])
})

t.test('what was said is said, whether or not it can be printed', async (t) => {
	const { url } = await startInProcess(t)
	const env = { ...cleanEnvironment(), TAILROOM_URL: url, XDG_CONFIG_HOME: temporaryDirectory(t) }
	const ends = async (args: readonly string[], stdout: 'pipe' | number) => {
		const child = spawn(process.execPath, [program, ...args], { env, stdio: ['ignore', stdout, 'pipe'] })
		t.teardown(() => child.kill('SIGKILL'))
		child.stdout?.destroy()
		const [[code], stderr] = await Promise.all([once(child, 'exit'), text(child.stderr as Readable)])
		return { code, stderr }
	}
	t.same(await ends(['send', 'general', 'hi', '--json'], 'pipe'), { code: 0, stderr: '' }, 'nobody reads it')
	const { json } = await ask(url, '/rooms/general/messages')
	t.match(json.messages, [{ content: 'hi' }])
	if (!existsSync('/dev/full')) return
	const full = openSync('/dev/full', 'w')
	t.teardown(() => closeSync(full))
	for (const args of [
		['send', 'general', 'hi', '--json'],
		['tail', '--after', '0'],
	]) {
		t.match(await ends(args, full), { code: 74, stderr: /^tailroom: .*ENOSPC[^\n]*\n$/ }, args.join(' '))
	}
})

t.test('JSON has nothing that a terminal obeys', async (t) => {
	const { url } = await startInProcess(t)
	const environment = { TAILROOM_URL: url, XDG_CONFIG_HOME: temporaryDirectory(t) }
	const content = 'a\u009b31m\u001b[2J\u202eb\u007f'
	const { stdout } = await tailroom(['send', 'general', '--json'], environment, content)
	t.equal(JSON.parse(stdout).content, content)
	t.equal(stdout.trimEnd(), printableLine(stdout.trimEnd()))
})

t.test('what fails for now is tried again with the same key', async (t) => {
	const message = { type: 'message', cursor: '1-00000000' } as MessageFrame
	const keys: unknown[] = []
	const failing: string[] = []
	const failures = [new TailroomError('unreachable', 'Away.')]
	const server = {
		async ask<Answer>(_method: string, _path: string, { key }: { key?: string } = {}) {
			keys.push(key)
			const failure = failures.shift()
			if (failure !== undefined) throw failure
			return message as Answer
		},
	}
	const told = (problem: Error) => failing.push(problem.message)
	t.equal(await post(server, 'general', 'x', { key: 'k', failing: told }), message)
	t.same([keys, failing], [['k', 'k'], ['Away.']])
})

t.test('and is given up in the end', async (t) => {
	const asks = (error: Error) => ({ ask: () => Promise.reject(error) })
	const away = new TailroomError('unreachable', 'Away.')
	await t.rejects(post(asks(away), 'general', 'x', { key: 'k', patienceMs: 600 }), away)
	const full = new TailroomError('disk_full', 'Full.', { status: 507, retryAfterS: 60 })
	await t.rejects(post(asks(full), 'general', 'x', { key: 'k' }), full, 'who is told to come back later does not wait')
	const refused = new TailroomError('forbidden', 'No.', { status: 403 })
	await t.rejects(post(asks(refused), 'general', 'x', { key: 'k' }), refused)
})
