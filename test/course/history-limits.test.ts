import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import t, { type Test } from 'tap'
import { readServeConfig } from '../../src/cli/config/flags.ts'
import { isMistake, tailroom } from '../helpers/cli.ts'
import { temporaryDirectory } from '../helpers/directory.ts'
import { cleanEnvironment } from '../helpers/server.ts'
import { openWebSocket, type WebSocketReader } from '../helpers/websocket.ts'

/*
 * The course's first exercise: a server whose environment says how much of a room's history it keeps. What is
 * beyond that keeps its number, and is shown without its text.
 */

const main = new URL('../../src/main.ts', import.meta.url).pathname

/** Started with nothing but --guests, all else in the environment. Gives its address. */
async function startWith(t: Test, environment: Record<string, string>, cwd = temporaryDirectory(t)): Promise<string> {
	const env = { ...cleanEnvironment(), PORT: '0', ...environment }
	const child = spawn(process.execPath, [main, 'serve', '--guests'], { cwd, env, stdio: ['ignore', 'pipe', 'inherit'] })
	t.teardown(() => child.kill('SIGKILL'))
	const [line] = await once(createInterface({ input: child.stdout }), 'line')
	return (/http:\S+/.exec(line)?.[0] ?? '').replace('http', 'ws')
}

async function publish(socket: WebSocketReader, ...texts: string[]): Promise<void> {
	for (const content of texts) {
		await socket.ask({ type: 'publish', room: 'general', sender: 'alice', content }, 'published')
	}
}

/** What somebody who comes now is shown. */
async function history(t: Test, address: string): Promise<[sequence: number, content: string, erased?: string][]> {
	const socket = await openWebSocket(t, address)
	const { messages } = await socket.ask({ type: 'get_history', room: 'general' }, 'history')
	return messages.map(({ sequence, content, erased }: Record<string, never>) =>
		erased === undefined ? [sequence, content] : [sequence, content, erased],
	)
}

t.test('TAILROOM_HISTORY_LIMIT keeps the newest messages', async (t) => {
	const address = await startWith(t, { TAILROOM_HISTORY_LIMIT: '5' })
	const alice = await openWebSocket(t, address)
	await publish(alice, 'a', 'b', 'c', 'd', 'e')
	t.same(await history(t, address), [
		[1, 'a'],
		[2, 'b'],
		[3, 'c'],
		[4, 'd'],
		[5, 'e'],
	])
	await publish(alice, 'f', 'g')
	t.same(await history(t, address), [
		[1, '', 'retention'],
		[2, '', 'retention'],
		[3, 'c'],
		[4, 'd'],
		[5, 'e'],
		[6, 'f'],
		[7, 'g'],
	])
	const bob = await openWebSocket(t, address)
	await bob.ask({ type: 'subscribe', room: 'general', userId: 'bob', after: '0' }, 'live')
	t.same(
		bob.received.filter(({ type }) => type === 'message').map(({ content }) => content),
		['', '', 'c', 'd', 'e', 'f', 'g'],
	)
})

t.test('TAILROOM_HISTORY_TTL keeps messages for so long', async (t) => {
	const forLong = await startWith(t, { TAILROOM_HISTORY_TTL: '1h' })
	await publish(await openWebSocket(t, forLong), 'a')
	t.same(await history(t, forLong), [[1, 'a']])

	const forShort = await startWith(t, { TAILROOM_HISTORY_TTL: '1ms' })
	const alice = await openWebSocket(t, forShort)
	await publish(alice, 'a', 'b')
	// Whoever is answered in the same millisecond asks again.
	let shown = await history(t, forShort)
	while (shown.some(([, content]) => content !== '')) shown = await history(t, forShort)
	t.same(shown, [
		[1, '', 'retention'],
		[2, '', 'retention'],
	])
})

t.test('without them, or with 0, everything is kept', async (t) => {
	for (const environment of [{}, { TAILROOM_HISTORY_LIMIT: '0', TAILROOM_HISTORY_TTL: '0' }]) {
		const address = await startWith(t, environment)
		await publish(await openWebSocket(t, address), 'a', 'b')
		t.same(await history(t, address), [
			[1, 'a'],
			[2, 'b'],
		])
	}
})

t.test('what is no limit is told before the server starts', async (t) => {
	for (const [flag, text] of [
		['--history-limit', '-1'],
		['--history-limit', '1.5'],
		['--history-limit', '1000001'],
		['--history-limit', 'all'],
		['--history-ttl', '30 days'],
		['--history-ttl', '40000d'],
		['--history-ttl', '-1h'],
	] as const) {
		await isMistake(t, () => readServeConfig([`${flag}=${text}`], {}), new RegExp(`^${flag}: must be`))
	}
	const { code, stderr } = await tailroom(['serve', '--history-limit=-1', '--data', temporaryDirectory(t)])
	t.equal(code, 64)
	t.match(stderr, '--history-limit: must be')
})
