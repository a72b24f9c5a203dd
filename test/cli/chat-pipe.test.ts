import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, existsSync, openSync } from 'node:fs'
import { PassThrough, Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { setImmediate } from 'node:timers/promises'
import t, { type Test } from 'tap'
import { Paint } from '../../src/cli/chat/paint.ts'
import { Pipe } from '../../src/cli/chat/pipe.ts'
import type { Screen } from '../../src/cli/chat/screen.ts'
import { Talk } from '../../src/cli/chat/talk.ts'
import { startInProcess } from '../helpers/app.ts'
import { startBadServer } from '../helpers/bad-servers.ts'
import { openChat } from '../helpers/chats.ts'
import { tailroom } from '../helpers/cli.ts'
import { temporaryDirectory } from '../helpers/directory.ts'
import { startHouse } from '../helpers/house.ts'
import { ask, askJson } from '../helpers/http.ts'
import { addPerson, putRoom } from '../helpers/people.ts'
import { program } from '../helpers/program.ts'
import { cleanEnvironment } from '../helpers/server.ts'
import { until } from '../helpers/until.ts'

async function startRooms(t: Test) {
	const house = await startHouse(t)
	const { url, owner } = house
	const ada = await addPerson(url, owner, 'ada')
	await putRoom(url, owner, 'dev', { title: 'Development' })
	await putRoom(url, owner, 'secret', { visibility: 'private' })
	const environment = { TAILROOM_URL: url, TAILROOM_TOKEN: ada.token, XDG_CONFIG_HOME: temporaryDirectory(t) }
	const chat = (...lines: string[]) => tailroom(['chat'], environment, lines.map((line) => `${line}\n`).join(''))
	return { ...house, ada, environment, chat }
}

t.test('each line is a message or a command, one after the other', async (t) => {
	const { url, owner, ada, chat } = await startRooms(t)
	await addPerson(url, owner, 'bob')
	const { json: asked } = await askJson(url, '/rooms/general/messages', { content: 'who is there?' }, owner)
	const result = await chat(
		'hello\u001b[2J',
		'//join is a command',
		`/react 👍 #${asked.sequence}`,
		'/join #dev',
		'in dev',
		'/msg @bob psst',
		'/who',
		'/join',
	)
	t.match(result, { code: 0, stderr: '' })
	const lines = result.stdout.split('\n')
	const shows = (line: RegExp) =>
		t.ok(
			lines.some((one) => line.test(one)),
			`${line}`,
		)
	shows(/^#1 \d\d:\d\d owner: who is there\?$/)
	shows(/^#2 \d\d:\d\d ada: hello\ufffd\[2J$/)
	shows(/^— ada reacted 👍 to #1$/)
	shows(/^#1 \d\d:\d\d ada: in dev$/)
	shows(/^— online: ada$/)
	shows(/^— offline: owner$/)
	shows(/^ {2}#dev +open · Development$/)
	t.notOk(result.stdout.includes('\u001b'))
	const { json } = await ask(url, '/rooms/general/messages', ada)
	t.same(
		json.messages.map(({ content }: { content: string }) => content),
		['who is there?', 'hello\u001b[2J', '/join is a command'],
	)
	t.equal((await ask(url, '/rooms/@bob/messages', ada)).json.messages[0].content, 'psst')
})

t.test('edited, found, cleared, left', async (t) => {
	const { url, owner, chat, environment } = await startRooms(t)
	await chat('helo', 'another')
	const edited = await chat('/edit #1 hello', '/edit the other', '/history', '/search from:ada in:general')
	t.match(edited, { code: 0, stdout: /— ada edited #1: hello\n/ })
	t.match(edited.stdout, /— ada edited #2: the other\n/)
	t.match(edited.stdout, /— That is the beginning\.\n/)
	t.match(edited.stdout, /^#1 .* #general ada: .*$/m)
	t.match(await chat('/clear_history'), { code: 77, stdout: /^! .*$/m }, 'not hers to do')
	const byOwner = { ...environment, TAILROOM_TOKEN: owner.token }
	t.match(await tailroom(['chat'], byOwner, '/clear_history #1\n'), { code: 0 })
	const { json } = await ask(url, '/rooms/general/messages', owner)
	t.match(json.messages, [{ erased: 'moderator' }, { content: 'the other' }])
	t.match(await chat('/join dev', '/leave', '/who'), { code: 0, stdout: /owner/ })
	t.notOk(
		(await ask(url, '/rooms/dev/members', owner)).json.members.some(
			({ userId }: { userId: string }) => userId === 'ada',
		),
	)
})

t.test('refused, with the code of the first', async (t) => {
	const { chat } = await startRooms(t)
	const refused: [lines: string[], code: number, said: RegExp][] = [
		[['/jion dev', '/join secret'], 64, /There is no \/jion: did you mean \/join\?/],
		[['/frobnicate'], 64, /There is no \/frobnicate\. \/help/],
		[['/join secret', '/jion'], 66, /^! /m],
		[['/msg @nobody hello'], 66, /Not said: /],
		[['/edit #99 x'], 66, /There is no #99 in #general/],
		[['/react x'], 64, /nothing here to react to/],
		[['x'.repeat(65_537)], 65, /Not said: /],
		[['/search "'], 65, /^! /m],
		[['/away', '/back', '', '  '], 0, /Nobody has said anything/],
	]
	await Promise.all(
		refused.map(async ([lines, code, said]) => {
			t.match(await chat(...lines), { code, stdout: said, stderr: '' }, lines.join(' ').slice(0, 30))
		}),
	)
	t.match((await chat('/help')).stdout, /\/clear_history \[n\].*\n.*\/away/)
})

t.test('a guest is here with whoever else is online', async (t) => {
	const { url } = await startInProcess(t)
	const bob = await openChat(t, { url, guest: 'bob' })
	const environment = { TAILROOM_URL: url, XDG_CONFIG_HOME: temporaryDirectory(t) }
	const { stdout } = await tailroom(['chat', '--as', 'ada'], environment, '/who\n')
	t.match(stdout, /^— online: ada, bob$/m)
	bob.close()
})

t.test('signing out forgets the token, and makes it worthless', async (t) => {
	const { url, owner } = await startRooms(t)
	const { SignIns } = await import('../../src/cli/remote/sign-ins.ts')
	const { configDirectory } = await import('../../src/cli/remote/private-files.ts')
	const environment = { XDG_CONFIG_HOME: temporaryDirectory(t) }
	const signIns = new SignIns(configDirectory(environment))
	const { json } = await askJson(url, '/tokens', { name: 'terminal', scope: 'full' }, owner)
	signIns.keep(url, { user: 'owner', token: json.token, tokenId: json.id })
	// The server that was signed in to last needs no naming.
	t.match(await tailroom(['send', 'general', 'kept', '--json'], environment), { code: 0, stdout: /"sender":"owner"/ })
	t.match(await tailroom(['chat', '--sign-out'], environment), { code: 0, stdout: /of owner at .* is forgotten/ })
	t.equal(signIns.for(url), undefined)
	t.equal((await ask(url, '/sync', { headers: { Authorization: `Bearer ${json.token}` } })).status, 401)
	t.match(await tailroom(['chat', url, '--sign-out'], environment), { code: 64, stderr: /no sign-in is kept/ })
})

/** What was said in a room, oldest first. */
async function saidIn(url: string, room: string, by: Parameters<typeof ask>[2], count = 500): Promise<string[]> {
	const said: string[] = []
	for (;;) {
		const page = await ask(url, `/rooms/${room}/messages?limit=500&after=${said.length}`, by)
		const { messages } = page.json as { messages: { content: string }[] }
		said.push(...messages.map(({ content }) => content))
		if (messages.length === 0 || said.length >= count) return said
	}
}

t.test('what follows a move that failed is said nowhere', async (t) => {
	const { url, ada, chat } = await startRooms(t)
	const failed: [lines: string[], code: number, said: RegExp][] = [
		[['/join secret', 'mine'], 66, /No room is open/],
		[['/jion secret', 'mine', '/edit #1 mine', '/join'], 64, /No room is open/],
		[['/msg', 'mine'], 64, /No room is open/],
		[['/msg @nobody', 'mine'], 66, /No room is open/],
		[['/leave general', '/join dev', '/join secret', 'mine', '/join dev', 'hers'], 66, /ada: hers/],
	]
	for (const [lines, code, said] of failed) {
		t.match(await chat(...lines), { code, stdout: said, stderr: '' }, lines.join(' '))
	}
	t.same(await saidIn(url, 'general', ada), [])
	t.same(await saidIn(url, 'dev', ada), ['hers'])
})

t.test('more lines than the outbox holds are all said, in order', async (t) => {
	const { url, ada, environment } = await startRooms(t)
	const lines = Array.from({ length: 1_100 }, (_, n) => `line ${n}`)
	const result = await tailroom(['chat'], environment, `/join dev\n${lines.join('\n')}\n`)
	t.match(result, { code: 0, stderr: '' })
	t.same(await saidIn(url, 'dev', ada, lines.length), lines)
	t.equal(result.stdout.match(/ada: line /g)?.length, lines.length)
})

t.test('more lines than the outbox holds, pasted at once', async (t) => {
	const { url } = await startInProcess(t)
	const client = await openChat(t, { url, guest: 'ada' })
	const refused: string[] = []
	const screen: Screen = {
		paint: new Paint(false),
		columns: 80,
		isInteractive: true,
		print: (text) => void (text.startsWith('!') && refused.push(text)),
		setPrompt() {},
		ask: async () => undefined,
		close() {},
	}
	const talk = new Talk(client, screen)
	const lines = Array.from({ length: 1_020 }, (_, n) => `line ${n}`)
	for (const line of lines) void talk.type(line)
	t.equal(talk.waiting, lines.length)
	await talk.settled()
	t.same(refused, [])
	t.same(await saidIn(url, 'general', {}, lines.length), lines)
})

t.test('what is read is said, whether or not anybody reads what comes of it', async (t) => {
	const { url, ada, environment } = await startRooms(t)
	const chat = spawn(process.execPath, [program, 'chat'], { env: { ...cleanEnvironment(), ...environment } })
	t.teardown(() => chat.kill('SIGKILL'))
	await once(chat.stdout, 'data')
	chat.stdout.destroy()
	const lines = Array.from({ length: 200 }, (_, n) => `line ${n}`)
	chat.stdin.end(`${lines.join('\n')}\n`)
	const [code] = await once(chat, 'exit')
	t.equal(code, 0)
	t.same(await saidIn(url, 'general', ada), lines)
})

t.test('it waits for whoever reads slowly', async (t) => {
	const { url, ada, environment } = await startRooms(t)
	const chat = spawn(process.execPath, [program, 'chat'], { env: { ...cleanEnvironment(), ...environment } })
	t.teardown(() => chat.kill('SIGKILL'))
	const lines = [...Array(20).fill('y'.repeat(60_000)), ...Array.from({ length: 60 }, (_, n) => `line ${n}`)]
	const errors = text(chat.stderr)
	chat.stdin.end(`${lines.join('\n')}\n`)
	await until(async () => (await saidIn(url, 'general', ada)).length > 5)
	const [printed, [code]] = await Promise.all([text(chat.stdout), once(chat, 'exit')])
	t.equal(code, 0)
	t.equal(await errors, '')
	t.equal(printed.match(/ada: /g)?.length, lines.length)
})

t.test('what is printed waits to be read, but not for ever', async (t) => {
	const output = new PassThrough()
	const pipe = new Pipe(output)
	await pipe.ready()
	const line = 'x'.repeat(1024 * 1024)
	for (let n = 0; n < 100; n++) pipe.print(line)
	let isReady = false
	const ready = Promise.all(Array.from({ length: 20 }, () => pipe.ready())).then(() => {
		isReady = true
	})
	await setImmediate()
	t.notOk(isReady)
	t.equal(output.listenerCount('drain'), 1, 'however often it waits')
	t.ok(output.writableLength < 40 * line.length)
	const printed = text(output)
	await ready
	await pipe.written()
	output.end()
	t.ok(/\n— not shown, for it was not read fast enough: \d\d lines\n$/.test((await printed).slice(-100)))
})

t.test('what cannot be printed is said to whoever started it, and what is typed is said all the same', async (t) => {
	if (!existsSync('/dev/full')) return t.pass('nothing here is always full')
	const { url, ada, environment } = await startRooms(t)
	const full = openSync('/dev/full', 'w')
	t.teardown(() => closeSync(full))
	const env = { ...cleanEnvironment(), ...environment }
	const chat = spawn(process.execPath, [program, 'chat'], { env, stdio: ['pipe', full, 'pipe'] })
	t.teardown(() => chat.kill('SIGKILL'))
	chat.stdin?.end('one\ntwo\n')
	const [[code], errors] = await Promise.all([once(chat, 'exit'), text(chat.stderr as Readable)])
	t.equal(code, 74)
	t.match(errors, /^tailroom: .*ENOSPC[^\n]*\n$/)
	t.same(await saidIn(url, 'general', ada), ['one', 'two'])
})

t.test('a room that cannot be read', async (t) => {
	const { url, ada } = await startRooms(t)
	const inBetween = await startBadServer(t, async (request, response) => {
		const { method = '', url: path = '', headers } = request
		const { authorization: Authorization = '', 'content-type': type = 'text/plain' } = headers
		if (method === 'GET' && path.includes('/messages')) {
			return response.writeHead(200, { 'Content-Type': 'application/json' }).end('{"messages":"none"}')
		}
		const body = method === 'POST' ? await text(request) : null
		const answer = await fetch(url + path, { method, headers: { Authorization, 'Content-Type': type }, body })
		response.writeHead(answer.status, { 'Content-Type': answer.headers.get('content-type') ?? '' })
		if (answer.body === null) return response.end()
		Readable.fromWeb(answer.body as ReadableStream)
			.on('error', () => {})
			.pipe(response)
	})
	const environment = {
		TAILROOM_URL: inBetween,
		TAILROOM_TOKEN: ada.token,
		XDG_CONFIG_HOME: temporaryDirectory(t),
	}
	const result = await tailroom(['chat'], environment, 'hello\n')
	t.match(result, { code: 76, stdout: /sends what no Tailroom server sends.*\n! No room is open/ })
	t.equal((await tailroom(['chat'], environment)).code, 76)
	t.same(await saidIn(url, 'general', ada), [])
})
