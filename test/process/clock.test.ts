import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { temporaryDirectory } from '../helpers/directory.ts'
import { filesHolding } from '../helpers/files.ts'
import { askJson } from '../helpers/http.ts'
import { setUp } from '../helpers/people.ts'
import { startServer } from '../helpers/server.ts'
import { isSound } from '../helpers/sound.ts'
import { openSse } from '../helpers/sse.ts'
import { openWebSocket } from '../helpers/websocket.ts'

const yearMs = 365 * 86_400_000

/** A clock that a test sets, and what to start a server under so that it goes by it. */
function clockOf(t: Test): { set(aheadMs: number): void; under: string[] } {
	const file = join(temporaryDirectory(t), 'clock')
	const set = (aheadMs: number) => writeFileSync(file, String(aheadMs))
	const preload = new URL('../helpers/clock.ts', import.meta.url).pathname
	set(0)
	return { set, under: ['sh', '-c', `CLOCK_OF_TEST=${file} NODE_OPTIONS=--import=${preload} "$@"; exit $?`, 'sh'] }
}

t.test('a clock that jumps by years while the server runs changes no order', async (t) => {
	const clock = clockOf(t)
	const server = await startServer(t, { under: clock.under })
	const stream = await openSse(t, `${server.url}/rooms/general/events`, { 'Tailroom-User': 'ada' })
	const { id: start } = await stream.untilType('live')
	const socket = await openWebSocket(t, server.webSocketUrl)
	await socket.ask({ type: 'subscribe', room: 'general', userId: 'bo' }, 'live')

	const posted = []
	for (const ahead of [0, 14 * yearMs, -20 * yearMs, 0]) {
		clock.set(ahead)
		for (let i = 0; i < 2; i++)
			posted.push(
				await server.post('general', `${ahead}, ${i}`, { 'Idempotency-Key': `${ahead}-${i}-${posted.length}` }),
			)
	}
	const positions = posted.map(({ position }) => position)
	t.same(
		positions,
		positions.toSorted((a, b) => a - b),
	)
	t.same(
		posted.map(({ sequence }) => sequence),
		[1, 2, 3, 4, 5, 6, 7, 8],
	)
	t.equal(new Set(posted.map(({ id }) => id)).size, posted.length)
	for (const expected of posted) {
		t.same((await stream.untilType('message')).data, expected)
		t.same(await socket.untilType('message'), expected)
	}
	const again = await openSse(t, `${server.url}/rooms/general/events?after=${start}`)
	for (const expected of posted) t.same((await again.untilType('message')).data, expected, 'also to who resumes')
	const { messages } = (await (await fetch(`${server.url}/rooms/general/messages`)).json()) as { messages: unknown[] }
	t.same(messages, posted, 'and in history')
	const presence = (await (await fetch(`${server.url}/presence`)).json()) as {
		users: { userId: string; state: string }[]
	}
	t.match(presence.users.map(({ userId, state }) => `${userId} ${state}`).sort(), ['ada online', 'bo online'])
	t.equal(await server.stop(), 0)
	await isSound(t, server.directory)
})

t.test('a clock that is years ahead erases nothing for its age before somebody could set it', async (t) => {
	const clock = clockOf(t)
	const first = await startServer(t, { under: clock.under })
	const { directory } = first
	const owner = await setUp(first)
	await askJson(
		first.url,
		'/rooms/general',
		{ historyTtlMs: 7 * 86_400_000 },
		{ method: 'PUT', headers: owner.headers },
	)
	await first.post('general', 'canary', owner.headers)
	await first.stop()
	const texts = async (url: string) => {
		const { headers } = owner
		const { messages } = (await (await fetch(`${url}/rooms/general/messages`, { headers })).json()) as {
			messages: { content: string }[]
		}
		return messages.map(({ content }) => content)
	}

	clock.set(14 * yearMs)
	// The second one finds what the first has recorded by that clock.
	for (const start of ['first', 'second']) {
		const ahead = await startServer(t, { directory, under: clock.under })
		await fetch(`${ahead.url}/rooms/general/messages`, {
			method: 'POST',
			headers: { 'Content-Type': 'text/plain' },
			body: start,
		})
		t.match(
			ahead.errors(),
			/^[^\n]*The clock says 20[45]\d-[^\n]*nothing is erased that is not kept any longer[^\n]*\n$/,
		)
		t.equal(await ahead.stop(), 0)
	}
	t.not(filesHolding(directory, 'canary').length, 0)

	clock.set(0)
	const right = await startServer(t, { directory, under: clock.under })
	t.match(await texts(right.url), ['canary', 'first', 'second'])
	t.equal(right.errors(), '')
	const replayed = async () => {
		const stream = await openSse(t, `${right.url}/rooms/general/events?after=0&until=head`)
		const messages = (await stream.rest()).filter(({ data }) => data.type === 'message')
		return messages.map(({ data }) => data.content)
	}
	clock.set(30 * yearMs)
	t.same(
		[await texts(right.url), await replayed()],
		[
			['', '', ''],
			['', '', ''],
		],
		'what is too old is hidden',
	)
	clock.set(0)
	t.same(await texts(right.url), ['canary', 'first', 'second'], 'until the clock is set')
	t.same(await replayed(), ['canary', 'first', 'second'], 'everywhere')
	t.equal(await right.stop(), 0)
	await isSound(t, directory)
})
