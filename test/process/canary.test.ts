import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { ask, askJson, askRaw } from '../helpers/http.ts'
import { launchServer } from '../helpers/server.ts'
import { foreignConnection } from '../helpers/sqlite.ts'
import { openWebSocket } from '../helpers/websocket.ts'

t.test('whatever happens, no secret and no text reaches what the server writes', async (t) => {
	const { child, listening } = launchServer(t, { guests: false })
	let out = ''
	child.stdout?.on('data', (chunk) => {
		out += chunk
	})
	const server = await listening
	const { url, directory } = server
	/** All that must not be seen, each with a word that occurs nowhere else. */
	const secrets: string[] = ['canary']
	const code = readFileSync(join(directory, 'setup-code'), 'utf8').trim()
	const password = 'canary password of the owner'

	// Everything as it should be.
	const owner = (await askJson(url, '/setup', { code, name: 'canary-owner', password })).json
	const headers = { Authorization: `Bearer ${owner.token}` }
	const invited = (await askJson(url, '/invites', {}, { headers })).json
	const joined = (await askJson(url, '/invites/accept', { code: invited.code, name: 'canary-ada', password })).json
	const entered = await askJson(url, '/sessions', { name: 'canary-ada', password })
	const session = /=(trs_\w+)/.exec(entered.headers['set-cookie']?.[0] ?? '')?.[1] as string
	const cookie = { Cookie: `tailroom=${session}` }
	const issued = (await askJson(url, '/tokens', { name: 'canary label' }, { headers })).json
	secrets.push(owner.token, invited.code, joined.token, session, issued.token)
	for (const secret of secrets) t.ok(secret.length > 5)
	await askJson(url, '/rooms/canary-room', { title: 'canary title', topic: 'canary topic' }, { method: 'PUT', headers })
	const posted = await askJson(url, '/rooms/general/messages', { content: 'canary text' }, { headers: cookie })
	t.equal(posted.status, 201)
	await askJson(url, '/users/me', { displayName: 'canary name' }, { method: 'PATCH', headers })

	// Everything as it should not be.
	const unknown = 'trt_canary0000000000000000000000000000000'
	const statuses = new Set<number>()
	const wrong = async (path: string, asked: Parameters<typeof ask>[2]) => {
		statuses.add((await ask(url, path, asked)).status)
	}
	const json = { 'Content-Type': 'application/json' }
	for (const body of [
		`{"password":"canary`,
		`{"name":"canary","password":["canary"]}`,
		`"canary"`,
		Buffer.from('\xffcanary', 'latin1'),
	]) {
		for (const path of ['/sessions', '/setup', '/invites/accept', '/tokens', '/rooms/general/messages', '/users']) {
			await wrong(path, { method: 'POST', headers: { ...json, ...headers }, body })
		}
	}
	for (const given of ['canary wrong', 'canary'.repeat(1_000), '\ud800canary']) {
		await wrong('/sessions', { headers: json, body: JSON.stringify({ name: 'canary-ada', password: given }) })
	}
	await wrong('/sessions', { headers: json, body: JSON.stringify({ name: 'canary no name', password }) })
	await wrong('/sessions', { headers: json, body: JSON.stringify({ canary: 'canary' }) })
	await wrong('/sessions', { headers: json, body: `"${'canary'.repeat(70_000)}"` })
	await wrong(`/sessions?password=canary&code=${invited.code}`, { method: 'POST', headers: json, body: '{}' })
	await wrong(`/canary/${owner.token}`, { headers })
	await wrong(`/rooms/canary%20${session}/messages`, { headers })
	await wrong('/rooms/%E0%A4%A/canary', { headers })
	for (const Authorization of [
		`Bearer ${unknown}`,
		unknown,
		`Basic ${owner.token}`,
		`Digest canary="${owner.token}"`,
	]) {
		await wrong('/rooms', { headers: { Authorization } })
	}
	await wrong('/rooms', { headers: { Cookie: `tailroom=canary${session}` } })
	await wrong('/rooms', { headers: { ...headers, ...cookie } })
	await wrong('/rooms', { headers: { ...cookie, Host: 'canary.example' } })
	await wrong('/rooms', { headers: { ...cookie, Origin: 'https://canary.example' } })
	await wrong('/rooms/general/messages', {
		method: 'POST',
		headers: { ...headers, 'Content-Type': 'text/canary' },
		body: 'canary',
	})
	await askRaw(
		t,
		server.port,
		`GET /rooms HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${owner.token}\r\ncanary\r\n\r\n`,
	)
	await askRaw(t, server.port, `GET /${owner.token} canary\r\n\r\n`)
	const socket = await openWebSocket(t, server.webSocketUrl)
	socket.socket.send('{"type":"hello","token":"canary')
	socket.send({ type: 'hello', token: unknown })
	await socket.closed
	const known = await openWebSocket(t, server.webSocketUrl, cookie)
	for (const message of [
		{ type: 'canary' },
		{ type: 'publish', room: 'canary room', content: 'canary' },
		{ type: 'hello', token: owner.token },
	]) {
		known.send(message)
	}
	await known.untilType('error')
	for (const status of [400, 401, 403, 404, 413, 415, 421, 422]) t.ok(statuses.has(status), `${status} was provoked`)

	// What fails inside the server: a view is not there any more.
	const views = readdirSync(directory).find((name) => /^views-.*\.db$/.test(name)) as string
	const foreign = foreignConnection(t, join(directory, views))
	foreign.exec('DROP TABLE messages')
	const failed = await askJson(url, '/rooms/general/messages', { content: 'canary text' }, { headers: cookie })
	t.equal(failed.status, 500)
	t.equal((await ask(url, '/rooms/general/messages', { headers })).status, 500)
	await server.stop()

	const errors = server.errors()
	t.match(errors, /a command failed/)
	t.match(errors, /no such table/)
	for (const secret of [...secrets, code]) t.notOk(errors.includes(secret), `stderr shows ${secret}`)
	for (const secret of secrets) t.notOk(out.includes(secret), `stdout shows ${secret}`)
	t.match(out, `/setup#${code}`)
	t.notMatch(`${errors}${out}`, /argon2|[0-9a-f]{64}/)
})
