import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { startInProcess, startServerHere } from '../helpers/app.ts'
import { temporaryDirectory } from '../helpers/directory.ts'
import { ask, askJson } from '../helpers/http.ts'
import { keptServerLog } from '../helpers/server-log.ts'
import { foreignConnection } from '../helpers/sqlite.ts'
import { openWebSocket } from '../helpers/websocket.ts'

const id = 'x-request-id'
const own = /^[0-9A-Z]{26}$/

t.test('every answer has an id of its own, also a refusal, a stream and what no route is for', async (t) => {
	const { url } = await startInProcess(t)
	const paths = ['/healthz', '/', '/nope', '/rooms/%zz', '/events?until=head', '/rooms/general/messages?x=1']
	const ids = await Promise.all(paths.map(async (path) => String((await ask(url, path)).headers[id])))
	t.equal(new Set(ids).size, paths.length)
	for (const [index, given] of ids.entries()) t.match(given, own, `${paths[index]}`)
})

t.test('an id is taken over from a trusted proxy, if it is a word', async (t) => {
	const { url } = await startInProcess(t, { trustedProxies: ['10.0.0.0/8', '127.0.0.0/8'] })
	for (const given of ['3f2a9c', '8a6e0804-2bd0-4672-b79d-d97027f9071a', 'x'.repeat(64)]) {
		t.equal((await ask(url, '/healthz', { headers: { 'X-Request-Id': given } })).headers[id], given)
	}
	for (const given of ['', 'x'.repeat(65), 'a b', '"},{"', 'é', ['one', 'two']]) {
		t.match((await ask(url, '/healthz', { headers: { 'X-Request-Id': given } })).headers[id], own, String(given))
	}
})

t.test('an id is not taken over from a stranger', async (t) => {
	const { url } = await startInProcess(t, { trustedProxies: ['10.0.0.0/8'] })
	t.match((await ask(url, '/healthz', { headers: { 'X-Request-Id': 'mine' } })).headers[id], own)
})

t.test('what fails inside the server is told of under the id that its caller was given', async (t) => {
	const { serverLog, lines } = keptServerLog()
	const directory = join(temporaryDirectory(t), 'data')
	const server = await startServerHere(t, { directory, serverLog })
	const { url } = server
	const hook = { user: 'nobody', room: 'general' }
	t.equal((await askJson(url, '/hooks', hook)).status, 403)
	t.same(lines, [], 'a refusal is nothing that an operator has to look at')

	const views = readdirSync(directory).find((name) => /^views-.*\.db$/.test(name)) as string
	foreignConnection(t, join(directory, views)).exec('DROP TABLE messages')
	const read = await ask(url, '/rooms/general/messages?limit=7')
	t.equal(read.status, 500)
	t.match(read.json.detail, String(read.headers[id]))
	const lineOf = (field: string, value: unknown) => lines.find((line) => line[field] === value)
	t.match(lineOf('reqId', read.headers[id]), {
		level: 50,
		method: 'GET',
		route: '/rooms/:room/messages',
		err: { message: /no such table/, stack: /at / },
	})

	const posted = await askJson(url, '/rooms/general/messages', { content: 'hello' })
	t.match(posted, { status: 500, json: { code: 'internal' } })
	const command = lineOf('command', 'PostMessage')
	t.match(command, { msg: 'a command failed', err: { message: /no such table/, stack: /at / } })
	t.match(lineOf('reqId', posted.headers[id]), { method: 'POST', err: { detail: new RegExp(String(command?.id)) } })

	const socket = await openWebSocket(t, server.webSocketUrl)
	socket.send({ type: 'get_history', room: 'general' })
	const { error } = await socket.untilType('error')
	const line = lineOf('route', '/ws')
	t.match(line, { method: 'GET', err: { message: /no such table/ } })
	t.match(error, String(line?.reqId))
})
