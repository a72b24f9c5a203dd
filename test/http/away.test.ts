import { join } from 'node:path'
import { mock } from 'node:test'
import { setImmediate as nextTurn } from 'node:timers/promises'
import t, { type Test } from 'tap'
import type { Command } from '../../src/commands/catalogue.ts'
import { idleAtOnceMax, presenceAwayMs, presenceGraceMs, transitionsPerMinute } from '../../src/http/limits.ts'
import { Leases, type LeasesOptions } from '../../src/http/presence/leases.ts'
import { startInProcess } from '../helpers/app.ts'
import { temporaryDirectory } from '../helpers/directory.ts'
import { ask, askJson } from '../helpers/http.ts'
import { eventsInLog } from '../helpers/log.ts'
import { ada, bob } from '../helpers/specification.ts'
import { openSse } from '../helpers/sse.ts'
import { until } from '../helpers/until.ts'
import { openWebSocket, type Received } from '../helpers/websocket.ts'

/** How often it is looked for who does nothing. */
const lookMs = presenceAwayMs / 30

/** Leases with a clock that stands, and what they record, as `ada online`. */
function startLeases(t: Test, presences: LeasesOptions['recorded']['presences'] = []) {
	mock.timers.enable({ apis: ['setTimeout', 'setInterval', 'Date'], now: 1_790_000_000_000 })
	const clock = mock.method(performance, 'now', Date.now)
	t.teardown(() => {
		clock.mock.restore()
		mock.timers.reset()
	})
	const recorded: string[] = []
	const submit = async (_actor: unknown, command: Command) => {
		if (command.type !== 'ChangePresence') throw new Error(command.type)
		const { person, state, idle } = command
		recorded.push(`${person.name} ${idle === true ? 'idle' : state}`)
		return { position: recorded.length, replayed: false }
	}
	const leases = new Leases({ writer: { submit }, recorded: { presences, visits: [] } })
	t.teardown(() => leases.stop())
	const pass = async (ms: number) => {
		// A tick sets the clock first and then calls what is due: no further than to the next look.
		for (let passed = 0; passed < ms; passed += lookMs) mock.timers.tick(Math.min(lookMs, ms - passed))
		await nextTurn()
	}
	return { leases, pass, recorded }
}

t.test('who does nothing for five minutes is away, once, and online again with the next thing they do', async (t) => {
	const { leases, pass, recorded } = startLeases(t)
	leases.open(ada)
	await pass(presenceAwayMs - 1)
	t.same(recorded, ['ada online'])
	await pass(presenceAwayMs)
	await pass(presenceAwayMs)
	t.same(recorded, ['ada online', 'ada idle'])
	leases.act(ada.userId)
	leases.act(ada.userId)
	await pass(presenceAwayMs / 2)
	t.same(recorded, ['ada online', 'ada idle', 'ada online'])
	leases.act(ada.userId)
	await pass(presenceAwayMs - 1)
	t.equal(recorded.length, 3, 'counted from the last thing that they did')
	await pass(presenceAwayMs)
	t.equal(recorded.at(-1), 'ada idle')
	leases.act(bob.userId)
	await pass(1)
	t.equal(recorded.length, 4, 'another’s doing is not theirs')
})

t.test('another device makes nobody inactive, and opening a stream nobody active', async (t) => {
	const { leases, pass, recorded } = startLeases(t)
	const phone = leases.open(ada)
	await pass(presenceAwayMs * 2)
	const desk = leases.open(ada)
	await pass(1)
	t.same(recorded, ['ada online', 'ada idle'])
	leases.act(ada.userId)
	await pass(presenceAwayMs / 2)
	phone.release(true)
	await pass(presenceAwayMs / 2 - 1)
	t.same(recorded, ['ada online', 'ada idle', 'ada online'])
	desk.release(true)
	await pass(1)
	await pass(presenceAwayMs * 2)
	t.same(recorded.slice(3), ['ada offline'], 'who has left does not go away')
})

t.test('who is back within the grace time is as they were, and who was gone is online', async (t) => {
	const { leases, pass, recorded } = startLeases(t)
	const lease = leases.open(ada)
	await pass(presenceAwayMs)
	lease.release(false)
	await pass(presenceGraceMs - 1)
	const again = leases.open(ada)
	await pass(presenceAwayMs)
	t.same(recorded, ['ada online', 'ada idle'])
	again.release(false)
	await pass(presenceGraceMs)
	leases.open(ada)
	await pass(presenceAwayMs - 1)
	t.same(recorded.slice(2), ['ada offline', 'ada online'])
	await pass(lookMs)
	t.same(recorded.slice(4), ['ada idle'])
})

t.test('who was gone is online also where there was no room to say that they were gone', async (t) => {
	const { leases, pass, recorded } = startLeases(t)
	const lease = leases.open(ada)
	for (let i = 0; i < 30; i++) await leases.choose(ada, i % 2 === 0 ? 'online' : 'away')
	lease.release(true)
	await pass(1)
	leases.open(ada)
	await pass(60_000)
	t.equal(recorded.at(-1), 'ada online')
	t.notOk(recorded.includes('ada offline'))
})

t.test('who chose to be away is away until they choose to be online', async (t) => {
	const { leases, pass, recorded } = startLeases(t)
	leases.open(ada)
	await leases.choose(ada, 'away')
	leases.act(ada.userId)
	leases.open(ada)
	await pass(presenceAwayMs * 2)
	t.same(recorded, ['ada online', 'ada away'])
	await leases.choose(ada, 'online')
	await pass(presenceAwayMs * 2)
	t.same(recorded.slice(2), ['ada online', 'ada idle'])
	await leases.choose(ada, 'away')
	leases.act(ada.userId)
	await pass(1)
	t.equal(recorded.at(-1), 'ada away', 'who chooses while idle has chosen')
})

t.test(
	'after a restart an idle person wakes when they do something, and one who chose to be away does not',
	async (t) => {
		const { leases, pass, recorded } = startLeases(t, [
			{ person: ada, standing: 'idle' },
			{ person: bob, standing: 'away' },
		])
		for (const person of [ada, bob]) leases.open(person)
		await pass(presenceAwayMs)
		t.same(recorded, [], 'to be back is nothing that one does')
		for (const { userId } of [ada, bob]) leases.act(userId)
		await pass(1)
		t.same(recorded, ['ada online'])
		await pass(presenceAwayMs * 2)
		t.same(recorded, ['ada online', 'ada idle'])
	},
)

t.test('who is not back after twice the grace time, counted from listening, leaves', async (t) => {
	const { leases, pass, recorded } = startLeases(t, [
		{ person: ada, standing: 'online' },
		{ person: bob, standing: 'away' },
	])
	await pass(3 * presenceGraceMs)
	t.same(recorded, [], 'nobody can be back before')
	leases.listening()
	await pass(2 * presenceGraceMs - 1)
	leases.open(bob)
	await pass(1)
	t.same(recorded, ['ada offline'])
	await pass(3 * presenceGraceMs)
	t.same(recorded, ['ada offline'])
})

t.test('going away and coming back stays within the allowance, and the last state counts', async (t) => {
	const { leases, pass, recorded } = startLeases(t)
	leases.open(ada)
	for (let i = 0; i < 30; i++) await leases.choose(ada, i % 2 === 0 ? 'away' : 'online')
	t.equal(recorded.length, transitionsPerMinute)
	await pass(60_000)
	t.same(recorded.slice(transitionsPerMinute - 1), ['ada away', 'ada online'])
})

t.test('not all go away in one moment', async (t) => {
	const { leases, pass, recorded } = startLeases(t)
	for (let i = 0; i < idleAtOnceMax + 1; i++) leases.open({ kind: 'guest', userId: `guest-${i}`, name: `${i}` })
	await pass(presenceAwayMs)
	t.equal(recorded.filter((change) => change.endsWith('idle')).length, idleAtOnceMax)
	await pass(lookMs)
	t.equal(recorded.filter((change) => change.endsWith('idle')).length, idleAtOnceMax + 1)
})

t.test('a restart with people who do nothing, whose streams open again by themselves, appends nothing', async (t) => {
	const options = { directory: join(temporaryDirectory(t), 'data'), awayMs: 100, presenceGraceMs: 60_000 }
	const first = await startInProcess(t, options)
	const streams = async (url: string) => {
		const socket = await openWebSocket(t, `${url.replace('http', 'ws')}/ws`)
		await socket.ask({ type: 'hello' }, 'hello')
		await socket.ask({ type: 'subscribe', userId: 'chosen' }, 'live')
		for (const name of names) await (await openSse(t, `${url}/events`, { 'Tailroom-User': name })).untilType('live')
		return socket
	}
	const names = ['ada', 'bob', 'cid']
	const chosen = await streams(first.url)
	await chosen.ask({ type: 'presence', state: 'away' }, 'presence_set')
	const present = async (url: string) =>
		(await ask(url, '/presence')).json.users.map(({ userId, state }: Received) => `${userId} ${state}`).sort()
	const away = ['ada away', 'bob away', 'chosen away', 'cid away']
	await until(async () => (await present(first.url)).join() === away.join())
	await first.stop()
	const head = eventsInLog(options.directory).at(-1)?.position as number

	const second = await startInProcess(t, options)
	const back = await streams(second.url)
	await back.ask({ type: 'get_history', room: 'general' }, 'history')
	for (const name of names) await ask(second.url, '/rooms', { headers: { 'Tailroom-User': name } })
	// What was recorded of their coming back would be in the log before this.
	await back.ask({ type: 'publish', room: 'general', content: 'hi' }, 'published')
	t.same(await present(second.url), away, 'also who chose to be away, and has said something')
	t.same(
		eventsInLog(options.directory, head).map(({ type }) => type),
		['MessagePosted'],
	)

	await askJson(second.url, '/rooms/general/messages', { content: 'hi' }, { headers: { 'Tailroom-User': 'ada' } })
	await back.until(({ userId, state }) => userId === 'ada' && state === 'online')
	const moved = eventsInLog(options.directory, head).filter(({ type }) => type === 'PresenceChanged')
	t.ok(moved.every(({ body }) => body.name === 'ada'))
})

t.test('whatever one does over HTTP or WebSocket is activity; to be connected and to read is none', async (t) => {
	const { url } = await startInProcess(t, { awayMs: 250, heartbeatMs: 50 })
	const webSocketUrl = `${url.replace('http', 'ws')}/ws`
	const witness = await openWebSocket(t, webSocketUrl)
	await witness.ask({ type: 'subscribe', userId: 'witness' }, 'live')
	const socket = await openWebSocket(t, webSocketUrl)
	await socket.ask({ type: 'subscribe', room: 'general', userId: 'ada' }, 'live')
	const reader = await openSse(t, `${url}/events`, { 'Tailroom-User': 'ada' })
	await reader.untilType('mark')
	const headers = { 'Tailroom-User': 'ada' }
	const state = (wanted: string) =>
		witness.until(({ userId, action, state }: Received) => userId === 'ada' && action === 'state' && state === wanted)
	const unnamed = await openWebSocket(t, webSocketUrl)

	const deeds: [string, () => unknown][] = [
		['post', () => askJson(url, '/rooms/general/messages', { content: 'hi' }, { headers })],
		['ask for what there is not', () => askJson(url, '/rooms/none/messages', {}, { method: 'DELETE', headers })],
		['publish', () => socket.send({ type: 'publish', room: 'general', content: 'hi' })],
		['publish, with a name', () => unnamed.send({ type: 'publish', room: 'general', sender: 'ada', content: 'hi' })],
		['type', () => socket.send({ type: 'typing', room: 'general' })],
	]
	await state('online')
	for (const [what, deed] of deeds) {
		await state('away')
		await deed()
		t.ok(await state('online'), what)
	}

	const { timestamp: since } = await state('away')
	for (const path of ['/rooms/general/messages', '/rooms', '/presence']) await ask(url, path, { headers })
	await ask(url, '/rooms', { method: 'HEAD', headers })
	await (await openSse(t, `${url}/events`, headers)).untilType('live')
	await socket.ask({ type: 'hello' }, 'hello')
	await socket.ask({ type: 'get_history', room: 'general' }, 'history')
	await socket.ask({ type: 'unsubscribe', room: 'general' }, 'unsubscribed')
	await socket.ask({ type: 'subscribe', room: 'general' }, 'live')
	const { users } = (await ask(url, '/presence')).json
	t.match(
		users.find(({ userId }: Received) => userId === 'ada'),
		{ userId: 'ada', state: 'away', since },
	)
})
