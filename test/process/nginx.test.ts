import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { WebSocket } from 'ws'
import { checkout } from '../helpers/checkout.ts'
import { temporaryDirectory } from '../helpers/directory.ts'
import { ask, askJson } from '../helpers/http.ts'
import { Lines } from '../helpers/lines.ts'
import { password, setUp } from '../helpers/people.ts'
import { startServer } from '../helpers/server.ts'
import { until } from '../helpers/until.ts'
import { WebSocketReader } from '../helpers/websocket.ts'

const nginx = ['/usr/sbin/nginx', '/usr/bin/nginx'].find(existsSync)
const noNginx =
	nginx === undefined && process.env.CI !== 'true' && 'There is no nginx. On Debian: apt-get install nginx'

/** A port of which this machine knows that nobody has it. */
async function freePort(): Promise<number> {
	const server = createServer().listen(0, '127.0.0.1')
	await once(server, 'listening')
	const { port } = server.address() as { port: number }
	await new Promise((resolve) => server.close(resolve))
	return port
}

/** Starts nginx with the configuration of `deploy`, but for its ports and its certificate. */
async function startNginx(t: Test, serverPort: number, url: string): Promise<void> {
	const { port } = new URL(url)
	const plainPort = await freePort()
	const folder = temporaryDirectory(t)
	// Its workers are nobody's.
	chmodSync(folder, 0o755)
	const changes: [string | RegExp, string][] = [
		['127.0.0.1:8080', `127.0.0.1:${serverPort}`],
		['listen 80;', `listen 127.0.0.1:${plainPort};`],
		['listen 443 ssl', `listen 127.0.0.1:${port} ssl`],
		[/ssl_certificate(_key)? .*;/g, `ssl_certificate$1 ${checkout}test/fixtures/self-signed.pem;`],
	]
	const written = readFileSync(join(checkout, 'deploy/nginx.conf'), 'utf8')
	for (const [from] of changes) t.match(written, from, 'it is there to be changed')
	const site = changes.reduce((text, [from, to]) => text.replace(from, to), written)
	const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((name) => {
		mkdirSync(join(folder, name))
		return `${name}_temp_path ${join(folder, name)};`
	})
	const all = `daemon off; pid ${folder}/pid; error_log stderr warn; events {}
http { access_log off; ${temporary.join(' ')} ${site} }`
	writeFileSync(join(folder, 'nginx.conf'), all)
	const child = spawn(nginx as string, ['-e', 'stderr', '-p', folder, '-c', join(folder, 'nginx.conf')])
	let said = ''
	child.stderr.on('data', (chunk) => {
		said += chunk
	})
	t.teardown(() => child.kill('SIGTERM'))
	await until(async () => {
		if (child.exitCode !== null) throw new Error(said)
		return (await curl(t, ['-f', `${url}/readyz`]).ended()) === 0
	})
}

/** curl, that takes the certificate of this test as good, and waits for nothing. */
function curl(t: Test, args: readonly string[]) {
	const child: ChildProcess = spawn('curl', ['-skN', '--connect-to', '::127.0.0.1:', ...args])
	t.teardown(() => child.kill('SIGKILL'))
	return {
		lines: new Lines(child.stdout as NodeJS.ReadableStream),
		ended: async () => (await once(child, 'exit'))[0] as number,
	}
}

t.test('behind nginx, by the configuration that is given', { skip: noNginx }, async (t) => {
	const url = `https://chat.example.org:${await freePort()}`
	const flags = ['--public-url', url, '--trust-proxy', '127.0.0.1']
	const server = await startServer(t, { guests: false, flags })
	const owner = await setUp(server, 'ada')
	await startNginx(t, server.port, url)
	const asOwner = ['-H', `Authorization: ${owner.headers.Authorization}`]

	await server.post('general', 'said before', owner.headers)

	t.test('each form of a stream goes on as it comes, also compressed', async () => {
		for (const [accept, more] of [
			['text/event-stream', []],
			['application/x-ndjson', []],
			['text/plain', []],
			['text/event-stream', ['--http1.1', '--compressed']],
		] as const) {
			const events = `${url}/rooms/general/events?after=0`
			const stream = curl(t, [...asOwner, ...more, '-H', `Accept: ${accept}`, events])
			await stream.lines.until((line) => line.includes('said before'))
			const content = `told by ${accept} ${more.length}`
			await server.post('general', content, owner.headers)
			await stream.lines.until((line) => line.includes(content))
		}
	})

	t.test('a page upgrades to WebSocket, and what is posted through it is answered', async (t) => {
		const socket = new WebSocket(`wss://127.0.0.1:${new URL(url).port}/ws`, {
			rejectUnauthorized: false,
			headers: { ...owner.headers, Origin: url, Host: new URL(url).host },
		})
		t.teardown(() => socket.terminate())
		const reader = new WebSocketReader(socket)
		socket.on('unexpected-response', (_, answer) => t.fail(`answered with ${answer.statusCode}`))
		await once(socket, 'open')
		reader.send({ type: 'hello' })
		await reader.untilType('hello')
		const post = [
			'-w',
			'\n',
			'-d',
			'through the proxy',
			'-H',
			'Content-Type: text/plain',
			`${url}/rooms/general/messages`,
		]
		t.match(await curl(t, [...asOwner, ...post]).lines.until((line) => line.includes('position')), /through the proxy/)
	})

	t.test('who comes through it is known by the address that it saw, whatever they say', async (t) => {
		const signIn = JSON.stringify({ name: 'ada', password })
		const session = ['-d', signIn, '-H', 'Content-Type: application/json', '-H', 'X-Forwarded-For: 203.0.113.7']
		t.equal(await curl(t, [...session, '-f', '-o', '/dev/null', `${url}/sessions`]).ended(), 0)
		const { sessions } = (await ask(server.url, '/sessions', owner)).json
		t.same(new Set(sessions.map(({ address }: { address: string }) => address)), new Set(['127.0.0.1']))
		const direct = await askJson(server.url, '/sessions', JSON.parse(signIn), {
			headers: { 'X-Forwarded-For': '203.0.113.7' },
		})
		t.equal(direct.status, 201)
		const after = (await ask(server.url, '/sessions', owner)).json.sessions
		t.ok(
			after.some(({ address }: { address: string }) => address === '203.0.113.7'),
			'which the server itself would believe',
		)
	})
})
