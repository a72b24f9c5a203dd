import t from 'tap'
import { ask, askJson } from '../helpers/http.ts'
import { startServer } from '../helpers/server.ts'
import { openSse } from '../helpers/sse.ts'
import { openWebSocket } from '../helpers/websocket.ts'

const server = await startServer(t)
const { url } = server

const writer = await openWebSocket(t, server.webSocketUrl)
for (let i = 1; i <= 600; i += 1) writer.send({ type: 'publish', room: 'long', sender: 'ada', content: `${i}` })
await writer.until(({ type, sequence }) => type === 'published' && sequence === 600)

async function page(query: string): Promise<number[]> {
	const { status, json } = await ask(url, `/rooms/long/messages${query}`)
	t.equal(status, 200, query)
	return json.messages.map(({ sequence }: { sequence: number }) => sequence)
}

/** The numbers from `first` to `last`. */
function range(first: number, last: number): number[] {
	return Array.from({ length: Math.max(0, last - first + 1) }, (_, i) => first + i)
}

t.test('a page of history is the newest, oldest first', async (t) => {
	t.same(await page(''), range(551, 600))
	t.same(await page('?limit=3'), range(598, 600))
	t.same(await page('?limit=500'), range(101, 600))
})

t.test('before, after and around name messages that are not in the page, but around its own', async (t) => {
	t.same(await page('?before=10&limit=4'), range(6, 9))
	t.same(await page('?before=3'), range(1, 2))
	t.same(await page('?before=1'), [])
	t.same(await page('?before=0'), [])
	t.same(await page('?before=100000&limit=2'), range(599, 600))
	t.same(await page('?after=10&limit=4'), range(11, 14))
	t.same(await page('?after=0&limit=2'), [1, 2])
	t.same(await page('?after=598'), [599, 600])
	t.same(await page('?after=600'), [])
	t.same(await page('?after=100000'), [])
	t.same(await page('?around=300&limit=5'), range(298, 302))
	t.same(await page('?around=1&limit=5'), range(1, 5))
	t.same(await page('?around=300&limit=1'), [300])
	t.ok((await page('?around=600&limit=5')).includes(600))
})

t.test('pages follow each other without a gap or a repeat, in both directions', async (t) => {
	const forward: number[] = []
	for (let after = 0; ; after = forward.at(-1) as number) {
		const next = await page(`?after=${after}&limit=70`)
		if (next.length === 0) break
		forward.push(...next)
	}
	t.same(forward, range(1, 600))
	const backward: number[] = []
	for (let before = 601; ; before = backward[0] as number) {
		const next = await page(`?before=${before}&limit=70`)
		if (next.length === 0) break
		backward.unshift(...next)
	}
	t.same(backward, range(1, 600))
})

t.test('a stream after the cursor of a page continues it with no gap and no repeat, while others write', async (t) => {
	await server.post('busy', '1')
	let total = 1
	let following = 0
	const writing = (async () => {
		// On and on until everybody follows, and a little longer.
		for (let more = 20; following < 5 || more > 0; more -= following < 5 ? 0 : 1) {
			writer.send({ type: 'publish', room: 'busy', content: 'more' })
			total = (await writer.until(({ type, room }) => type === 'published' && room === 'busy')).sequence
		}
	})()
	const readers = Array.from({ length: 5 }, async () => {
		const { json } = await ask(url, '/rooms/busy/messages?limit=500')
		const sse = await openSse(t, `${url}/rooms/busy/events?after=${json.cursor}`)
		const hello = await sse.next()
		t.match(hello, { event: 'hello', id: json.cursor, data: { mode: 'resumed', from: json.position } })
		following += 1
		await writing
		const read: number[] = json.messages.map(({ sequence }: { sequence: number }) => sequence)
		t.ok(read.length < total, 'the page was read in the middle of it')
		while ((read.at(-1) as number) < total) {
			const { data } = await sse.until(({ data: { type } }) => type === 'message')
			read.push(data.sequence)
		}
		t.same(read, range(read[0] as number, total))
	})
	await Promise.all(readers)
})

t.test('what was posted is in every page that is asked for afterwards', async (t) => {
	for (let i = 0; i < 50; i += 1) {
		const posted = await server.post('fresh', `${i}`)
		const { json } = await ask(url, '/rooms/fresh/messages?limit=1')
		t.same(json.messages, [posted])
		t.ok(json.position >= posted.position)
		t.match(json.cursor, new RegExp(`^${json.position}-`))
	}
})

t.test('history as text is a line a message, and no message can forge one or steer a terminal', async (t) => {
	const evil =
		'\u001b[2J\u001b]0;title\u0007red\u009b31m\r\n2026-01-01 00:00:00  #safe  root: forged\u202egnp.exe\u0008\u2028\u007f\ttab'
	const posted = await askJson(url, '/rooms/safe/messages', { content: evil }, { headers: { 'Tailroom-User': 'eve' } })
	await server.post('safe', 'plain')
	const answer = await ask(url, '/rooms/safe/messages', { headers: { Accept: 'text/plain' } })
	t.equal(answer.headers['content-type'], 'text/plain; charset=utf-8')
	t.match(answer.headers['tailroom-cursor'], /^\d+-[0-9a-f]{8}$/)
	// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there
	t.notMatch(answer.text, /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069]/)
	const time = new Date(posted.json.timestamp).toISOString().slice(0, 19).replace('T', ' ')
	const lines = answer.text.split('\n')
	t.ok(lines[0]?.startsWith(`${time}  #safe  eve: `))
	t.match(lines[1], /^ {4}2026-01-01 .*forged/, 'a further line is indented, so it is not one of its own')
	t.match(lines[1], /\ttab$/, 'a tab is harmless')
	t.match(lines[2], /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d {2}#safe {2}guest: plain$/)
	t.same(lines.slice(3), [''])
	t.equal((await ask(url, `/rooms/safe/messages/${posted.json.id}`)).json.content, evil, 'JSON has it as it was sent')

	const follower = await ask(url, '/rooms/safe/events?after=0&until=head', { headers: { Accept: 'text/plain' } })
	t.equal(follower.text, answer.text, 'the stream shows the same lines')
})

t.test('rooms are listed with their last number, as a snapshot with its cursor', async (t) => {
	const posted = await server.post('fresh', 'one more')
	const { json } = await ask(url, '/rooms')
	const fresh = json.rooms.find(({ room }: { room: string }) => room === 'fresh')
	t.same(fresh, {
		room: 'fresh',
		title: 'fresh',
		topic: '',
		visibility: 'open',
		archived: false,
		sequence: 51,
		unread: 0,
		mentions: 0,
	})
	t.ok(Number.parseInt(json.cursor, 10) >= posted.position)
	t.match((await ask(url, '/rooms/FRESH')).json, { ...fresh, cursor: String })
	t.ok(
		json.rooms.some(({ room }: { room: string }) => room === 'general'),
		'general is there from the first start',
	)
})

t.test('asking opens no room, posting does', async (t) => {
	t.equal((await ask(url, '/rooms/new/messages')).status, 404)
	t.equal((await ask(url, '/rooms/new/events')).status, 404)
	t.equal((await ask(url, '/rooms/new')).status, 404)
	const posted = await server.post('new', 'first')
	t.equal(posted.sequence, 1)
	t.equal((await ask(url, '/rooms/new')).json.sequence, 1)
	t.same((await ask(url, '/rooms/general/messages')).json.messages, [], 'an empty room has an empty history')
})
