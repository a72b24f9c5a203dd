import { connect } from 'node:net'
import t from 'tap'
import { type AnswerRequest, ask, askJson, askRaw } from '../helpers/http.ts'
import { startServer } from '../helpers/server.ts'

const [server, closed] = await Promise.all([startServer(t), startServer(t, { guests: false })])
const { url, port } = server

/** What every answer says, whatever it is. */
const rules = {
	'content-security-policy': "default-src 'none';base-uri 'none';form-action 'none';frame-ancestors 'none'",
	'cross-origin-opener-policy': 'same-origin',
	'cross-origin-resource-policy': 'same-origin',
	'referrer-policy': 'no-referrer',
	'x-content-type-options': 'nosniff',
	'x-frame-options': 'DENY',
	'cache-control': /^no-store(, no-transform)?$/,
}

function rulesOf(headers: Record<string, unknown>) {
	return Object.fromEntries(Object.keys(rules).map((name) => [name, headers[name]]))
}

t.test('every answer has the rules for browsers, also the errors', async (t) => {
	const text = { 'Content-Type': 'text/plain' }
	const asked: [string, number, string, AnswerRequest?][] = [
		[url, 200, '/rooms'],
		[url, 200, '/rooms/general/messages'],
		[url, 200, '/healthz'],
		[url, 200, '/'],
		[url, 201, '/rooms/general/messages', { headers: text, body: 'hi' }],
		[url, 200, '/rooms/general/events?after=0&until=head'],
		[url, 200, '/events?until=head', { headers: { Accept: 'text/plain' } }],
		[url, 200, '/rooms', { method: 'HEAD' }],
		[url, 400, '/rooms?colour=red'],
		[url, 400, '/%zz'],
		[url, 400, '/ws'],
		[url, 401, '/rooms', { headers: { Authorization: 'Bearer nope' } }],
		[closed.url, 401, '/rooms'],
		[url, 403, '/rooms', { headers: { Origin: 'http://evil.example' } }],
		[url, 404, '/nope'],
		[url, 400, `/rooms/${'x'.repeat(2_000)}`],
		[url, 413, '/rooms/general/messages', { headers: text, body: 'x'.repeat(70_000) }],
		[url, 415, '/presence', { method: 'PUT', headers: text, body: 'x' }],
		[url, 421, '/rooms', { headers: { Host: 'evil.example' } }],
	]
	for (const [origin, status, path, request] of asked) {
		const answer = await ask(origin, path, request)
		const name = `${status} ${path.slice(0, 40)}`
		t.equal(answer.status, status, name)
		t.match(rulesOf(answer.headers), rules, name)
		t.notOk('x-powered-by' in answer.headers || 'server' in answer.headers, name)
		t.notOk('strict-transport-security' in answer.headers, name)
	}
})

t.test('also what is not even HTTP gets them, and each of them once', async (t) => {
	for (const bytes of [
		'garbage\r\n\r\n',
		'GET /events?until=head HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n',
	]) {
		const [head = ''] = (await askRaw(t, port, bytes)).toLowerCase().split('\r\n\r\n')
		const names = head.split('\r\n').map((line) => line.split(':', 1)[0])
		t.equal(new Set(names).size, names.length, head)
		for (const name of Object.keys(rules)) t.ok(names.includes(name), name)
	}
})

t.test('a stream has them before it has an end', async (t) => {
	const socket = connect(port, '127.0.0.1')
	t.teardown(() => socket.destroy())
	socket.write('GET /events HTTP/1.1\r\nHost: localhost\r\n\r\n')
	let seen = ''
	for await (const chunk of socket) {
		seen += chunk
		if (seen.includes('\r\n\r\n')) break
	}
	t.match(seen, /\r\ncache-control: no-store, no-transform\r\n/i)
	for (const name of Object.keys(rules)) t.match(seen, new RegExp(`\r\n${name}: `))
})

t.test('only where people come over https are browsers told to insist on it', async (t) => {
	const [https, http] = await Promise.all(
		['https://chat.example.org', 'http://chat.example.org'].map((publicUrl) =>
			startServer(t, { flags: ['--public-url', publicUrl] }),
		),
	)
	for (const path of ['/rooms', '/nope', '/events?until=head']) {
		const told = await ask(https?.url as string, path)
		t.equal(told.headers['strict-transport-security'], 'max-age=31536000', path)
		t.notOk((await ask(http?.url as string, path)).headers['strict-transport-security'], path)
	}
})

t.test('from a caller with a cookie only JSON is taken', async (t) => {
	const path = '/rooms/general/messages'
	const types = ['text/plain', 'text/plain;charset=UTF-8', 'application/x-www-form-urlencoded', undefined]
	for (const type of types) {
		const headers: Record<string, string> = type === undefined ? {} : { 'Content-Type': type }
		const refused = await ask(url, path, { headers: { ...headers, Cookie: 'theme=dark' }, body: 'hi' })
		t.match(refused, { status: 415, json: { code: 'media_type_unsupported', detail: /application\/json"; this/ } })
		t.equal((await ask(url, path, { headers, body: 'hi' })).status, 201, 'without a cookie it is')
	}
	const posted = await askJson(url, path, { content: 'hi' }, { headers: { Cookie: 'theme=dark' } })
	t.equal(posted.status, 201)
})
