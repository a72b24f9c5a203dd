import t, { type Test } from 'tap'
import { sessionMs } from '../../src/commands/limits.ts'
import { sessionIdleMs } from '../../src/http/limits.ts'
import { startInProcess } from '../helpers/app.ts'
import { temporaryDirectory } from '../helpers/directory.ts'
import { ask, askJson } from '../helpers/http.ts'
import { type Listener, listen, listenByWebSocket } from '../helpers/listener.ts'
import { addPerson, setUp, signIn } from '../helpers/people.ts'
import { inTime } from '../helpers/writer.ts'

// Only what is read from it is set ahead: timers go on as they were.
const realNow = Date.now
let aheadMs = 0
Date.now = () => realNow() + aheadMs
t.beforeEach(() => {
	aheadMs = 0
})
t.teardown(() => {
	Date.now = realNow
})

const directory = temporaryDirectory(t)
const { url } = await startInProcess(t, { directory, guests: false })
const owner = await setUp({ url, directory })
const witness = await addPerson(url, owner, 'witness')

/** Follows in a few ways by what is in the headers, and if it is a token, by saying it too. */
async function follow(t: Test, headers: Record<string, string>, token?: string): Promise<Listener[]> {
	const hello = { type: 'hello', token }
	const subscribe = { type: 'subscribe', room: 'general' }
	return await Promise.all([
		listen(t, url, 'sse', '/rooms/general/events', { headers }),
		listen(t, url, 'ndjson', '/events', { headers }),
		listen(t, url, 'text', '/events?room=general', { headers }),
		listenByWebSocket(t, url, [subscribe], { headers }),
		listenByWebSocket(t, url, [{ type: 'subscribe' }], { headers }),
		listenByWebSocket(t, url, [{ type: 'hello' }], { headers }),
		...(token === undefined ? [] : [listenByWebSocket(t, url, [hello, subscribe]), listenByWebSocket(t, url, [hello])]),
	])
}

async function end(t: Test, listeners: readonly Listener[], happens: () => void): Promise<void> {
	const others = await follow(t, witness.headers, witness.token)
	happens()
	const at = performance.now()
	for (const { name, over } of listeners) {
		const ended = await inTime(over, name, 10)
		t.ok(ended.at - at < 1_000, `${name} has ended after ${Math.round(ended.at - at)} ms`)
		if (ended.code === undefined) t.match(ended, { reason: 'expired', isWhole: true }, name)
		else t.equal(ended.code, 4009, name)
	}
	for (const { isOver, name } of others) t.notOk(isOver, `${name} goes on`)
}

async function isShutOut(t: Test, headers: Record<string, string>): Promise<void> {
	t.equal((await ask(url, '/events?after=0', { headers })).status, 401)
	const socket = await listenByWebSocket(t, url, [], { headers })
	t.equal((await inTime(socket.over, socket.name, 10)).code, 4401)
}

t.test('a token whose time has passed', async (t) => {
	const expiresAtMs = Date.now() + 60_000
	const { json } = await askJson(url, '/tokens', { name: 'short', expiresAtMs }, owner)
	const headers = { Authorization: `Bearer ${json.token}` }
	const listeners = await follow(t, headers, json.token)
	await end(t, listeners, () => {
		aheadMs += 60_000
	})
	await isShutOut(t, headers)
})

t.test('a session that nobody used for too long', async (t) => {
	const headers = await signIn(url, 'owner')
	const listeners = await follow(t, headers)
	await end(t, listeners, () => {
		aheadMs += sessionIdleMs + 1_000
	})
	await isShutOut(t, headers)
})

t.test('a session that is old, however much it is used', async (t) => {
	const headers = await signIn(url, 'owner')
	const listeners = await follow(t, headers)
	for (; aheadMs + sessionIdleMs / 2 < sessionMs; aheadMs += sessionIdleMs / 2) {
		t.equal((await ask(url, '/sessions', { headers })).status, 200)
	}
	t.ok(listeners.every(({ isOver }) => !isOver))
	await end(t, listeners, () => {
		aheadMs = sessionMs + 1_000
	})
	await isShutOut(t, headers)
})
