import { networkInterfaces } from 'node:os'
import t from 'tap'
import { WebSocket } from 'ws'
import { ask, askRaw, isProblem } from '../helpers/http.ts'
import { startServer } from '../helpers/server.ts'
import { openWebSocket } from '../helpers/websocket.ts'

const [server, closed] = await Promise.all([startServer(t), startServer(t, { guests: false })])
const { url, port } = server

t.test('a page of another site gets nothing, whatever it asks for', async (t) => {
	const origins = [
		'http://evil.example',
		'https://evil.example',
		'null',
		`http://127.0.0.1:${port + 1}`,
		`http://localhost:${port}`,
		'file://',
		'',
		'nonsense',
		`http://evil.example/127.0.0.1:${port}`,
	]
	for (const Origin of origins) {
		for (const path of ['/', '/healthz', '/rooms', '/rooms/general/messages', '/events', '/ws', '/nope']) {
			isProblem(t, await ask(url, path, { headers: { Origin } }), 403, 'origin_foreign', /own address/)
		}
		const post = { headers: { Origin, 'Content-Type': 'text/plain' }, body: 'hi' }
		isProblem(t, await ask(url, '/rooms/general/messages', post), 403, 'origin_foreign', /own address/)
	}
	t.match((await ask(url, '/rooms/general')).json, { sequence: 0 }, 'nothing was posted')
})

t.test('a page of the server itself may read and post', async (t) => {
	for (const host of [`127.0.0.1:${port}`, `localhost:${port}`]) {
		const headers = { Host: host, Origin: `http://${host}`, 'Sec-Fetch-Site': 'same-origin' }
		t.equal((await ask(url, '/rooms', { headers })).status, 200)
		const posted = await ask(url, '/rooms/lounge/messages', {
			headers: { ...headers, 'Content-Type': 'text/plain' },
			body: 'hi',
		})
		t.equal(posted.status, 201)
	}
})

t.test('behind a proxy with TLS the origin has another scheme than the server sees', async (t) => {
	const headers = { Host: 'localhost', Origin: 'https://localhost' }
	t.equal((await ask(url, '/rooms', { headers })).status, 200)
})

t.test('from another site only top-level navigations to pages pass', async (t) => {
	const navigation = { 'Sec-Fetch-Mode': 'navigate', 'Sec-Fetch-Dest': 'document', Accept: 'text/html' }
	for (const site of ['cross-site', 'same-site']) {
		const headers = { ...navigation, 'Sec-Fetch-Site': site }
		for (const page of ['/', '/setup', '/invite', '/chat/general/17', '/settings/profile']) {
			t.equal((await ask(url, page, { headers })).status, 200)
			t.equal((await ask(url, `${page}?from=search`, { headers })).status, 200, 'pages ignore what they do not know')
		}
		const refused = [
			ask(url, '/events', { headers }),
			ask(url, '/rooms/general/messages', { headers }),
			ask(url, '/rooms/general/messages', { method: 'POST', headers, body: 'hi' }),
			ask(url, '/', { headers: { ...headers, 'Sec-Fetch-Dest': 'iframe' } }),
			ask(url, '/', { headers: { ...headers, 'Sec-Fetch-Mode': 'no-cors', 'Sec-Fetch-Dest': 'image' } }),
			ask(url, '/', { headers: { 'Sec-Fetch-Site': site } }),
			ask(url, '/sw.js', { headers }),
			ask(url, '/setup', { method: 'POST', headers, body: '{}' }),
		]
		for (const answer of refused) isProblem(t, await answer, 403, 'origin_foreign', /own address/)
	}
	for (const site of ['same-origin', 'none']) {
		t.equal((await ask(url, '/rooms', { headers: { 'Sec-Fetch-Site': site } })).status, 200)
	}
})

t.test('a host that is not this server is answered with 421', async (t) => {
	const hosts = [
		'evil.example',
		`evil.example:${port}`,
		'localhost.evil.example',
		'127.0.0.1.evil.example',
		'a b',
		':80',
	]
	for (const Host of [...hosts, 'localhost@evil.example', '127.0.0.1/../evil', '[::1', '%00']) {
		for (const path of ['/', '/rooms', '/events', '/healthz', '/nope']) {
			isProblem(t, await ask(url, path, { headers: { Host } }), 421, 'host_unknown', /--public-url/)
		}
	}
})

t.test('localhost and literal addresses are always known', async (t) => {
	for (const Host of [
		'localhost',
		`LOCALHOST:${port}`,
		'127.0.0.1',
		'192.0.2.7:8080',
		'[::1]',
		`[::1]:${port}`,
		'[2001:db8::1]',
	]) {
		t.equal((await ask(url, '/rooms', { headers: { Host } })).status, 200, Host)
	}
})

t.test('a request without a host is answered with 421', async (t) => {
	for (const head of ['HTTP/1.0\r\n', 'HTTP/1.1\r\n', 'HTTP/1.1\r\nHost:\r\n']) {
		const answer = await askRaw(t, port, `GET /rooms ${head}Connection: close\r\n\r\n`)
		t.match(answer, /^HTTP\/1\.1 421 /)
		t.match(answer, /application\/problem\+json/)
		t.match(answer, /"code":"host_unknown"/)
	}
	const known = await askRaw(t, port, 'GET /rooms HTTP/1.0\r\nHost: localhost\r\n\r\n')
	t.match(known, /^HTTP\/1\.1 200 /)
})

t.test('a server that is told its public address is known by it, and by no other name', async (t) => {
	const named = await startServer(t, { flags: ['--public-url', 'https://chat.example.org'] })
	const headers = { Host: 'chat.example.org', Origin: 'https://chat.example.org' }
	t.equal((await ask(named.url, '/rooms', { headers })).status, 200)
	t.match((await ask(named.url, '/', { headers: { Host: 'Chat.Example.org' } })).text, /https:\/\/chat\.example\.org/)
	t.equal((await ask(named.url, '/rooms')).status, 200, 'its own address')
	isProblem(t, await ask(named.url, '/rooms', { headers: { Host: 'example.org' } }), 421, 'host_unknown', /example/)
})

t.test('it listens on IPv6 where it is told to', async (t) => {
	const hasIpv6 = Object.values(networkInterfaces()).some((all) => all?.some(({ address }) => address === '::1'))
	if (!hasIpv6) return t.comment('this machine has no IPv6')
	const server = await startServer(t, { flags: ['--host', '::1'] })
	t.match(server.url, /^http:\/\/\[::1\]:/)
	t.equal((await ask(server.url, '/rooms')).status, 200)
	const socket = await openWebSocket(t, server.webSocketUrl, { Origin: server.url })
	t.match(await socket.ask({ type: 'hello' }, 'hello'), { protocol: 1 })
})

t.test('a WebSocket from a foreign page or to a foreign host is refused before the upgrade', async (t) => {
	const refusals: [Record<string, string>, number, string][] = [
		[{ Origin: 'http://evil.example' }, 403, 'origin_foreign'],
		[{ Origin: 'null' }, 403, 'origin_foreign'],
		[{ 'Sec-Fetch-Site': 'cross-site' }, 403, 'origin_foreign'],
		[{ Host: 'evil.example' }, 421, 'host_unknown'],
	]
	for (const path of ['/ws', '/']) {
		for (const [headers, status, code] of refusals) {
			const socket = new WebSocket(`${url.replace('http', 'ws')}${path}`, { headers })
			const [told, body] = await new Promise<[number | undefined, string]>((resolve, reject) => {
				socket.on('open', () => reject(new Error('it was let in')))
				socket.on('error', () => {})
				socket.on('unexpected-response', (_request, response) => {
					response.toArray().then((parts) => resolve([response.statusCode, Buffer.concat(parts).toString()]), reject)
				})
			})
			t.equal(told, status)
			t.match(JSON.parse(body), { status, code })
		}
	}
	const own = await openWebSocket(t, server.webSocketUrl, { Origin: url })
	t.match(await own.ask({ type: 'hello' }, 'hello'), { protocol: 1 })
})

const asks: [string, string][] = [
	['GET', '/rooms'],
	['GET', '/rooms/general'],
	['GET', '/rooms/general/messages'],
	['GET', '/rooms/general/messages/nope'],
	['GET', '/rooms/nowhere/messages'],
	['POST', '/rooms/general/messages'],
	['GET', '/rooms/general/events'],
	['GET', '/rooms/nowhere/events'],
	['GET', '/events'],
	['GET', '/events?room=general'],
	['GET', '/presence'],
	['GET', '/rooms/general/presence'],
	['PUT', '/presence'],
]

function request(origin: string, method: string, path: string, headers: Record<string, string> = {}) {
	const body = { PUT: '{"state":"away"}', POST: '{"content":"hi"}', GET: undefined }[method]
	const type: Record<string, string> = body === undefined ? {} : { 'Content-Type': 'application/json' }
	return ask(origin, path, { method, headers: { ...type, ...headers }, ...(body === undefined ? {} : { body }) })
}

t.test('credentials that are not valid are refused, and nobody becomes a guest by them', async (t) => {
	for (const Authorization of ['Bearer nope', 'Basic YWRhOm5vcGU=', 'nonsense', '']) {
		for (const [method, path] of asks) {
			const answer = await request(url, method, path, { Authorization, 'Tailroom-User': 'ada' })
			isProblem(t, answer, 401, 'not_authenticated', /Sign in again/)
			t.match(answer.headers['www-authenticate'], /^Bearer/)
		}
	}
	t.equal((await ask(url, '/healthz', { headers: { Authorization: 'Bearer nope' } })).status, 200)
})

t.test('a server without guests answers nobody but to say that it is there', async (t) => {
	for (const [method, path] of asks) {
		isProblem(t, await request(closed.url, method, path), 401, 'not_authenticated', /setup-code/)
	}
	t.match(await ask(closed.url, '/healthz'), { status: 200, json: { status: 'ok' } })
	t.match(await ask(closed.url, '/readyz'), { status: 200, json: { status: 'ready' } })
	t.match(await ask(closed.url, '/'), { status: 200, text: /setup/ })
	t.match(await ask(closed.url, '/', { headers: { Accept: 'text/html' } }), { status: 200, text: /<title>Tailroom/ })
})

t.test('a WebSocket without valid credentials is closed with 4401', async (t) => {
	for (const path of ['/ws', '/']) {
		const stranger = await openWebSocket(t, `${closed.url.replace('http', 'ws')}${path}`)
		stranger.send({ type: 'subscribe', room: 'general' })
		t.match(await stranger.closed, { code: 4401 })
		t.match(stranger.received, [{ type: 'error', code: 'not_authenticated', error: /hello/ }])
		const expired = await openWebSocket(t, `${url.replace('http', 'ws')}${path}`, { Authorization: 'Bearer nope' })
		t.match(await expired.closed, { code: 4401 })
		t.match(expired.received, [{ type: 'error', code: 'not_authenticated', error: /Sign in again/ }])
	}
	const byHello = await openWebSocket(t, server.webSocketUrl)
	byHello.send({ type: 'hello', token: 'nope' })
	byHello.send({ type: 'publish', room: 'secret', content: 'as a guest then' })
	t.match(await byHello.closed, { code: 4401 })
	t.equal((await ask(url, '/rooms/secret')).status, 404)
})

t.test('the front is a manual for curl and a page for a browser', async (t) => {
	const manual = await ask(url, '/?utm=x')
	t.match(manual.headers, { 'content-type': 'text/plain; charset=utf-8', vary: 'Accept' })
	t.match(manual.text, new RegExp(`curl -d 'hello' ${url}/rooms/general/messages`))
	const page = await ask(url, '/', { headers: { Accept: 'text/html,*/*;q=0.8' } })
	t.match(page.headers, { 'content-type': 'text/html; charset=utf-8', 'content-security-policy': /default-src 'none'/ })
	t.match(page.text, /<!doctype html>/)
})
