import type { RequestListener } from 'node:http'
import t, { type Test } from 'tap'
import { always, freeAddress, startBadServer, startSelfSigned } from '../helpers/bad-servers.ts'
import { tailroom } from '../helpers/cli.ts'
import { temporaryDirectory } from '../helpers/directory.ts'
import { startHouse } from '../helpers/house.ts'
import { askJson } from '../helpers/http.ts'
import { until } from '../helpers/until.ts'

/* What stands where a server should: one clear sentence, and the code that says whether it helps to try again. */

const page = '<!doctype html><title>Welcome</title><p>Accept the terms of this network'
const sentence = /^tailroom: [A-Z"h][^\n]+\.\n$/

const commands = [['send', 'general', 'x'], ['tail'], ['chat']]

/** Runs each against it. */
async function everyCommand(t: Test, url: string, wanted: { code: number; stderr: RegExp }): Promise<void> {
	const environment = { TAILROOM_URL: url, XDG_CONFIG_HOME: temporaryDirectory(t) }
	await Promise.all(
		commands.map(async (args) => {
			const result = await tailroom(args, environment)
			t.match(result, { ...wanted, stdout: '' }, args.join(' '))
			t.match(result.stderr, sentence)
		}),
	)
}

/** A stream that says hello, and a snapshot, both of another protocol. */
const fromTheFuture: RequestListener = (request, response) => {
	if (request.url?.startsWith('/events') === true) {
		const hello = {
			type: 'hello',
			protocol: 2,
			mode: 'live',
			cursor: '1-00000000',
			from: 1,
			head: 1,
			heartbeatMs: 15_000,
		}
		response.writeHead(200, { 'Content-Type': 'text/event-stream' })
		response.write(`event: hello\nid: 1-00000000\ndata: ${JSON.stringify(hello)}\n\n`)
	} else {
		response.writeHead(200, { 'Content-Type': 'application/json' })
		response.end('{"protocol":2}')
	}
}

t.test('a page of a proxy', async (t) => {
	await everyCommand(t, await startBadServer(t, always(200, 'text/html', page)), {
		code: 76,
		stderr: /no Tailroom server/,
	})
})

t.test('an error page of something else', async (t) => {
	await everyCommand(t, await startBadServer(t, always(404, 'text/html', page)), { code: 76, stderr: /404/ })
})

t.test('nonsense in JSON', async (t) => {
	const url = await startBadServer(t, always(200, 'application/json', '{"hello":"\u001b[2J"}'))
	await everyCommand(t, url, { code: 76, stderr: /Tailroom server/ })
})

t.test('nonsense in a stream', async (t) => {
	const url = await startBadServer(t, always(200, 'text/event-stream', 'data: nonsense\n\n'))
	const environment = { TAILROOM_URL: url, XDG_CONFIG_HOME: temporaryDirectory(t) }
	t.match(await tailroom(['tail'], environment), { code: 76, stderr: sentence })
})

t.test('a chat with nonsense: in its beginning, in the history, and in what is asked for', async (t) => {
	const room = { room: 'general', title: '', topic: '', visibility: 'open', archived: false, sequence: 1, unread: 0 }
	const whole = { ...room, mentions: 0, role: 'member', read: 1, memberCount: 1, members: [] }
	const user = { name: 'ada', displayName: 'ada', role: 'member' }
	const sync = { protocol: 1, user, rooms: [whole], cursor: '7-0', position: 7 }
	const message = { type: 'message', room: 'general', position: 7, sequence: 1, sender: 'bob', id: 'x', timestamp: 1 }
	const empty = { messages: [], position: 7, cursor: '7-0' }
	const begun = [
		{ type: 'hello', protocol: 1, mode: 'resumed', cursor: '7-0', heartbeatMs: 15_000 },
		{ type: 'live', cursor: '7-0', head: 7 },
	]
	const cases: [name: string, answers: { [path: string]: object }, input: string][] = [
		['nobody', { sync: { ...sync, user: undefined } }, ''],
		['a page without messages', { messages: { hello: 1 } }, ''],
		['a message without a text', { messages: { ...empty, messages: [message] } }, ''],
		['a message without a time', { messages: { ...empty, messages: [{ ...message, timestamp: {}, content: 1 }] } }, ''],
		['a search', { search: { hello: 1 } }, '/search x\n'],
		['rooms', { rooms: { hello: 1 } }, '/join\n'],
		['members', { members: { hello: 1 } }, '/who\n'],
		['an older page', {}, '/history\n'],
	]
	await Promise.all(
		cases.map(async ([name, answers, input]) => {
			let asked = 0
			const url = await startBadServer(t, (request, response) => {
				const [path = ''] = (request.url ?? '').split('?')
				const last = path.split('/').at(-1) ?? ''
				if (last === 'events') {
					response.writeHead(200, { 'Content-Type': 'text/event-stream' })
					for (const one of begun) {
						response.write(`event: ${one.type}\nid: ${one.cursor}\ndata: ${JSON.stringify(one)}\n\n`)
					}
					return
				}
				if (last === 'messages') asked += 1
				const known = { sync, messages: name === 'an older page' && asked > 1 ? { hello: 1 } : empty }
				response.writeHead(200, { 'Content-Type': 'application/json' })
				response.end(JSON.stringify({ ...known, ...answers }[last] ?? { users: [], position: 7 }))
			})
			const environment = { TAILROOM_URL: url, XDG_CONFIG_HOME: temporaryDirectory(t) }
			const { code, stdout, stderr } = await tailroom(['chat'], environment, input)
			const said = stdout + stderr
			t.equal(code, 76, `${name}: ${said}`)
			t.match(said, /no Tailroom server sends|not what a Tailroom server sends/, name)
			t.notMatch(said, /TypeError|Cannot read|undefined|at file:/, name)
		}),
	)
})

t.test('a certificate that nobody vouches for', async (t) => {
	await everyCommand(t, await startSelfSigned(t), { code: 69, stderr: /certificate/ })
})

t.test('a protocol of the future', async (t) => {
	const url = await startBadServer(t, fromTheFuture)
	const environment = { TAILROOM_URL: url, XDG_CONFIG_HOME: temporaryDirectory(t) }
	t.match(await tailroom(['tail'], environment), { code: 76, stderr: /protocol 2.*update/ })
	t.match(await tailroom(['chat'], environment), { code: 76, stderr: /protocol 2.*update/ })
})

t.test('an error that says something to the terminal', async (t) => {
	const detail = 'No\u001b[2J.\r\ntailroom: forged \u009b1m.'
	const problem = { type: 'about:blank', title: 'Forbidden', status: 403, code: 'forbidden', detail }
	const url = await startBadServer(t, always(403, 'application/problem+json', JSON.stringify(problem)))
	await everyCommand(t, url, { code: 77, stderr: /^tailroom: No\ufffd\[2J\. tailroom: forged \ufffd1m\.\n$/ })
})

t.test('nobody', async (t) => {
	const environment = { TAILROOM_URL: await freeAddress(), XDG_CONFIG_HOME: temporaryDirectory(t) }
	t.match(await tailroom(['tail'], environment), { code: 69, stderr: /cannot be reached/ })
	t.match(await tailroom(['chat'], environment), { code: 69, stderr: /cannot be reached/ })
})

t.test('a token that is none, and one that has expired', async (t) => {
	const { url, owner } = await startHouse(t)
	await everyCommand(t, url, { code: 77, stderr: /TAILROOM_TOKEN/ })
	const wanted = { name: 'short', expiresAtMs: Date.now() + 1_000 }
	const { json } = await askJson(url, '/tokens', wanted, { headers: owner.headers })
	await until(() => Date.now() > wanted.expiresAtMs)
	const environment = { TAILROOM_URL: url, XDG_CONFIG_HOME: temporaryDirectory(t), TAILROOM_TOKEN: json.token }
	await Promise.all(
		commands.map(async (args) => {
			t.match(await tailroom(args, environment), { code: 77, stderr: /TAILROOM_TOKEN is not valid/ }, args.join(' '))
		}),
	)
})
