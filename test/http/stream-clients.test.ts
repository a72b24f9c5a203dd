import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { EventSource } from 'eventsource'
import t, { type Test } from 'tap'
import { startBrowser } from '../helpers/browser.ts'
import { noBrowser } from '../helpers/chromium.ts'
import { temporaryDirectory } from '../helpers/directory.ts'
import { Lines } from '../helpers/lines.ts'
import { type Server, startServer } from '../helpers/server.ts'

// They mostly wait for clients that come back in their own time.
t.jobs = 3

function curl(t: Test, ...args: string[]): { lines: Lines; exited: Promise<unknown[]>; kill(): void } {
	const child = spawn('curl', ['-sSN', ...args], { stdio: ['ignore', 'pipe', 'inherit'] })
	t.teardown(() => child.kill('SIGKILL'))
	return { lines: new Lines(child.stdout), exited: once(child, 'exit'), kill: () => void child.kill('SIGINT') }
}

t.test('curl follows a room as it is talked in, and goes on where it was stopped', async (t) => {
	const server = await startServer(t)
	const room = `${server.url}/rooms/general/events`
	const first = curl(t, room)
	await first.lines.until((line) => line === 'event: live')
	await server.post('general', 'one')
	await first.lines.until((line) => line.includes('"content":"one"'))
	first.kill()
	await first.exited
	const last = first.lines.all.findLast((line) => line.startsWith('id: '))?.slice(4) as string
	await server.post('general', 'while away')
	const second = curl(t, '-H', `Last-Event-ID: ${last}`, room)
	await second.lines.until((line) => line === 'event: live')
	await server.post('general', 'two')
	await second.lines.until((line) => line.includes('"content":"two"'))
	const contents = second.lines.all
		.filter((line) => line.includes('"type":"message"'))
		.map((line) => JSON.parse(line.slice(6)).content)
	t.same(contents, ['while away', 'two'])

	const text = curl(t, '-H', 'Accept: text/plain', `${server.url}/events?tail=2`)
	await text.lines.until((line) => line.endsWith('guest: two'))
	const lines = curl(t, '-H', 'Accept: application/x-ndjson', `${server.url}/events?after=0`)
	await lines.lines.until((line) => line.includes('"type":"live"'))
	t.equal(lines.lines.all.filter((line) => JSON.parse(line).type === 'message').length, 3)

	t.equal(await server.stop(), 0)
	for (const { exited } of [second, text, lines]) t.same((await exited)[0], 0, 'the stream ends as a whole answer')
	t.match(text.lines.all, [/while away$/, /two$/, /^# .*stopping$/])
})

/** Stops the server as asked, posts as soon as it is back, and returns it. */
async function restart(t: Test, server: Server, signal: NodeJS.Signals, contents: string[]): Promise<Server> {
	await server.stop(signal)
	const again = await startServer(t, { directory: server.directory, port: server.port })
	for (const content of contents) await again.post('general', content)
	return again
}

t.test('the eventsource package comes back by itself after a restart, and has everything once', async (t) => {
	let server = await startServer(t, { directory: join(temporaryDirectory(t), 'data') })
	const source = new EventSource(`${server.url}/rooms/general/events`)
	t.teardown(() => source.close())
	const contents: string[] = []
	const modes: string[] = []
	const byes: string[] = []
	let ids: string[] = []
	let arrived = Promise.withResolvers<void>()
	let awaited = ''
	const arrival = (content: string) => {
		awaited = content
		arrived = Promise.withResolvers()
		if (contents.includes(content)) arrived.resolve()
		return arrived.promise
	}
	source.addEventListener('hello', ({ data }) => modes.push(JSON.parse(data).mode))
	source.addEventListener('bye', ({ data }) => byes.push(JSON.parse(data).reason))
	source.onmessage = ({ data, lastEventId }) => {
		const frame = JSON.parse(data)
		contents.push(frame.content)
		ids.push(lastEventId)
		if (frame.cursor !== lastEventId) ids = ['the id is not the cursor']
		if (frame.content === awaited) arrived.resolve()
	}
	await new Promise((resolve) => source.addEventListener('live', resolve, { once: true }))

	await server.post('general', 'one')
	await arrival('one')
	server = await restart(t, server, 'SIGTERM', ['two', 'three'])
	await arrival('three')
	server = await restart(t, server, 'SIGKILL', ['four', 'five'])
	await arrival('five')
	t.same(contents, ['one', 'two', 'three', 'four', 'five'])
	t.same(modes, ['live', 'resumed', 'resumed'])
	t.same(byes, ['stopping'])
	t.equal(new Set(ids).size, 5)
})

const follow = `
	const source = new EventSource('/rooms/general/events')
	const contents = []
	const told = []
	let arrived = () => {}
	source.onmessage = ({ data, lastEventId }) => {
		const frame = JSON.parse(data)
		if (frame.cursor !== lastEventId) contents.push('the id is not the cursor')
		contents.push(frame.content)
		arrived()
	}
	for (const type of ['hello', 'bye']) {
		source.addEventListener(type, ({ data }) => told.push(JSON.parse(data).mode ?? JSON.parse(data).reason))
	}
	globalThis.arrival = async (content) => {
		while (!contents.includes(content)) await new Promise((resolve) => { arrived = resolve })
	}
	globalThis.seen = () => ({ contents, told })
	new Promise((resolve) => source.addEventListener('live', resolve, { once: true }))
`

t.test('the EventSource of a browser comes back by itself, and has everything once', { skip: noBrowser }, async (t) => {
	let server = await startServer(t, { directory: join(temporaryDirectory(t), 'data') })
	const page = await startBrowser(t)
	await page.open(server.url, 'policy bypassed')
	t.equal(await page.run('document.title'), 'Tailroom')
	await page.run(follow)

	await server.post('general', 'one')
	await page.run(`arrival('one')`)
	server = await restart(t, server, 'SIGTERM', ['two', 'three'])
	await page.run(`arrival('three')`)
	server = await restart(t, server, 'SIGKILL', ['four', 'five'])
	await page.run(`arrival('five')`)
	t.same(await page.run('seen()'), {
		contents: ['one', 'two', 'three', 'four', 'five'],
		told: ['live', 'stopping', 'resumed', 'resumed'],
	})

	await t.test('and a page of the server may post and open a WebSocket', async (t) => {
		const posted = await page.run(`
			fetch('/rooms/general/messages', { method: 'POST', body: 'from a page' }).then((answer) => answer.status)
		`)
		t.equal(posted, 201)
		const hello = await page.run(`new Promise((resolve) => {
			const socket = new WebSocket(location.origin.replace('http', 'ws') + '/ws')
			socket.onopen = () => socket.send('{"type":"hello"}')
			socket.onmessage = ({ data }) => resolve(JSON.parse(data).type)
			socket.onclose = ({ code }) => resolve(code)
		})`)
		t.equal(hello, 'hello')
	})

	await t.test('and a page of another site may do none of it', async (t) => {
		const foreign = await startServer(t)
		await page.open(foreign.url, 'policy bypassed')
		const read = await page.run(`fetch('${server.url}/rooms').then(() => 'read', () => 'refused')`)
		t.equal(read, 'refused')
		const posted = await page.run(`
			fetch('${server.url}/rooms/general/messages', { method: 'POST', body: 'from afar', mode: 'no-cors' })
				.then(() => 'sent', () => 'refused')
		`)
		t.equal(posted, 'refused')
		const followed = await page.run(`new Promise((resolve) => {
			const source = new EventSource('${server.url}/events')
			source.onopen = () => resolve('open')
			source.onerror = () => resolve('refused')
		})`)
		t.equal(followed, 'refused')
		const connected = await page.run(`new Promise((resolve) => {
			const socket = new WebSocket('${server.webSocketUrl}')
			socket.onopen = () => resolve('open')
			socket.onclose = () => resolve('refused')
		})`)
		t.equal(connected, 'refused')
		const last = await server.post('general', 'the last')
		t.equal(last.sequence, 7, 'nothing came from afar')
	})
})
