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
