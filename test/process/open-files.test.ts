import { once } from 'node:events'
import { readdirSync } from 'node:fs'
import { connect } from 'node:net'
import t, { type Test } from 'tap'
import { startServer } from '../helpers/server.ts'
import { openSse } from '../helpers/sse.ts'
import { until } from '../helpers/until.ts'
import { openWebSocket } from '../helpers/websocket.ts'

/** Runs a program with so many open files; as a child of the shell, which stays. */
const withFiles = (count: number) => ['sh', '-c', `ulimit -n ${count}; "$@"; exit $?`, 'sh']

/** 300 − 128 that are kept − 37 for webhooks. */
const sockets = 135
const streams = 121

interface Held {
	isClosed(): boolean
	close(): void
}

/** A connection on which that was sent and nothing more comes. */
async function hold(t: Test, port: number, text: string): Promise<Held> {
	const socket = connect(port, '127.0.0.1')
	t.teardown(() => socket.destroy())
	socket.on('error', () => {})
	let isClosed = false
	socket.on('close', () => {
		isClosed = true
	})
	socket.resume()
	await once(socket, 'connect')
	socket.write(text)
	return { isClosed: () => isClosed, close: () => socket.destroy() }
}

t.test(
	'out of open files',
	{ skip: process.platform !== 'linux' && 'only Linux says how many there are' },
	async (t) => {
		const server = await startServer(t, { under: withFiles(300) })
		const openFiles = () => readdirSync(`/proc/${server.pid}/fd`).length
		const stream = await openSse(t, `${server.url}/rooms/general/events`)
		await stream.untilType('live')
		const socket = await openWebSocket(t, server.webSocketUrl)
		await socket.ask({ type: 'subscribe', room: 'general', userId: 'ada' }, 'live')
		let said = 0
		const say = async () => {
			said += 1
			socket.send({ type: 'publish', room: 'general', content: `say ${said}` })
			const isIt = (data: { content?: string }) => data.content === `say ${said}`
			await Promise.all([stream.until(({ data }) => isIt(data)), socket.until(isIt)])
		}
		await say()

		await t.test('streams are refused while what is asked is still answered', async (t) => {
			const more = Array.from({ length: streams }, () => openSse(t, `${server.url}/events`, { 'Tailroom-User': 'bo' }))
			const beginnings = await Promise.all((await Promise.all(more)).map((reader) => reader.next()))
			t.equal(beginnings.filter((event) => event?.data.type === 'hello').length, streams - 2)
			t.match(
				beginnings.filter((event) => event?.data.type !== 'hello'),
				[{ data: { type: 'bye', reason: 'overloaded' } }, { data: { type: 'bye', reason: 'overloaded' } }],
			)
			await say()
			t.match(await (await fetch(`${server.url}/readyz`)).json(), { status: 'ready' })
			// The index trails, and is made by threads that open files.
			const found = async () => (await (await fetch(`${server.url}/search?q=say`)).json()) as { messages: unknown[] }
			await until(async () => (await found()).messages.length === 2)
		})

		await t.test('beyond it connections are cut, and those that are open live on', async (t) => {
			await until(() => openFiles() < 100)
			const half = 'GET / HTTP/1.1\r\nHost: localhost\r\n'
			const held: Held[] = []
			for (let i = 0; i < 400; i++) held.push(await hold(t, server.port, half))
			await until(() => held.filter(({ isClosed }) => isClosed()).length >= 400 - sockets + 2)
			await say()
			await t.rejects(fetch(server.url))
			t.ok(openFiles() < 300 - 37, `${openFiles()} files are open`)
			t.match(server.errors(), /^[^\n]*"level":40[^\n]*New connections are refused: 135 are open[^\n]*\n$/)

			for (const { close } of held) close()
			await until(async () => (await fetch(server.url).catch(() => undefined))?.status === 200)
			await say()
		})

		await t.test('who asks nothing makes room', async (t) => {
			const held: Held[] = []
			for (let i = 0; i < 2 * sockets; i++) held.push(await hold(t, server.port, ''))
			await until(async () => (await fetch(server.url).catch(() => undefined))?.status === 200)
			await say()
		})

		t.equal(server.errors().match(/\n/g)?.length, 1, server.errors())
		t.equal(await server.stop(), 0)
	},
)

t.test('where too few are allowed the server says so and does not start', async (t) => {
	await t.rejects(startServer(t, { under: withFiles(160) }), {
		message: /ended with 1: .*allows this process 160 open files, which is too few .*ulimit -n/s,
	})
})
