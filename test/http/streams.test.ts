import t, { type Test } from 'tap'
import { startInProcess, startServerHere } from '../helpers/app.ts'
import { ask, isProblem } from '../helpers/http.ts'
import type { PostedFrame } from '../helpers/server.ts'
import { openSse, type SseEvent } from '../helpers/sse.ts'
import { openWebSocket } from '../helpers/websocket.ts'

const server = await startServerHere(t)
const { url } = server

/** Posts so many messages and returns their frames. */
async function fill(room: string, count: number): Promise<PostedFrame[]> {
	const frames: PostedFrame[] = []
	for (let i = 1; i <= count; i += 1) frames.push(await server.post(room, `${room} ${i}`))
	return frames
}

const isMessage = ({ data }: SseEvent) => data.type === 'message'

function contents(events: readonly SseEvent[]): string[] {
	return events.filter(isMessage).map(({ data }) => data.content)
}

/** Everything up to the head, as the server sends it. */
function copy(path: string, headers: Record<string, string> = {}) {
	return ask(url, path, { headers })
}

t.test('a stream has just these headers', async (t) => {
	for (const path of ['/events', '/rooms/general/events']) {
		const answer = await copy(`${path}?until=head`)
		t.equal(answer.status, 200)
		const { 'content-type': type, 'cache-control': cache, 'x-accel-buffering': buffering } = answer.headers
		t.same([type, cache, buffering], ['text/event-stream', 'no-store, no-transform', 'no'])
		t.notOk(answer.headers['content-encoding'])
		t.notOk(answer.headers['content-length'])
	}
})

t.test('byte by byte, a stream is what the contract says', async (t) => {
	const [first, second] = await fill('bytes', 2)
	if (first === undefined || second === undefined) throw new Error('unreachable')
	const { text } = await copy(`/rooms/bytes/events?after=${first.cursor}&until=head`)
	const retry = /^retry: (\d+)\n/.exec(text)
	const live = /\nevent: live\nid: (\d+-[0-9a-f]{8})\ndata: (.*)\n\n$/.exec(text)
	const head = Number.parseInt(live?.[1] ?? '', 10)
	t.ok(head >= second.position)
	t.match(JSON.parse(live?.[2] ?? ''), { type: 'live', head })
	const body = text.slice(retry?.[0].length, (live?.index ?? 0) + 1)
	const [hello, message] = body.split('\n\n')
	const helloLines = hello?.split('\n') ?? []
	t.same(helloLines.slice(0, 2), ['event: hello', `id: ${first.cursor}`])
	t.match(JSON.parse(helloLines[2]?.slice(6) ?? ''), {
		type: 'hello',
		protocol: 1,
		mode: 'resumed',
		from: first.position,
		head,
		heartbeatMs: 15_000,
	})
	t.equal(message, `id: ${second.cursor}\ndata: ${JSON.stringify(second)}`)
	t.notMatch(text, /\r/)
})

t.test('clients are told to come back after one to three seconds, not all at once', async (t) => {
	const retries = await Promise.all(
		Array.from({ length: 30 }, async () =>
			Number(/^retry: (\d+)\n/.exec((await copy('/events?until=head')).text)?.[1]),
		),
	)
	t.ok(retries.every((retry) => retry >= 1_000 && retry <= 3_000))
	t.ok(new Set(retries).size > 5)
})

t.test('without a place to start a stream is live from now', async (t) => {
	await fill('now', 2)
	const sse = await openSse(t, `${url}/rooms/now/events`)
	const hello = await sse.next()
	t.match(hello, { event: 'hello', data: { mode: 'live' } })
	t.equal(hello?.id, hello?.data.cursor ?? hello?.id)
	t.equal(Number.parseInt(hello?.id ?? '', 10), hello?.data.from)
	t.equal(hello?.data.from, hello?.data.head)
	const live = await sse.next()
	t.match(live, { event: 'live', id: hello?.id })
	const posted = await server.post('now', 'news')
	const message = await sse.until(isMessage)
	t.same([message.event, message.id, message.data], ['message', posted.cursor, posted])
	t.same(contents(sse.events), ['news'])
})

t.test('a stream goes on after the cursor that it is given, in whatever way it is given', async (t) => {
	const [first, second, third] = (await fill('resume', 3)) as [PostedFrame, PostedFrame, PostedFrame]
	const room = '/rooms/resume/events'
	const ways: [string, string, Record<string, string>, string, string[]][] = [
		['the header', room, { 'Last-Event-ID': first.cursor }, first.cursor, ['resume 2', 'resume 3']],
		['the query', `${room}?after=${second.cursor}`, {}, second.cursor, ['resume 3']],
		[
			'a bare position in the header',
			room,
			{ 'Last-Event-ID': `${first.position}` },
			`${first.position}`,
			['resume 2', 'resume 3'],
		],
		['a bare position in the query', `${room}?after=${second.position}`, {}, `${second.position}`, ['resume 3']],
		['the beginning', `${room}?after=0`, {}, '0', ['resume 1', 'resume 2', 'resume 3']],
		['the header before the query', `${room}?after=0`, { 'Last-Event-ID': second.cursor }, second.cursor, ['resume 3']],
		[
			'an empty header, which is none',
			`${room}?after=${second.cursor}`,
			{ 'Last-Event-ID': '' },
			second.cursor,
			['resume 3'],
		],
		['the query before the tail', `${room}?after=${second.cursor}&tail=3`, {}, second.cursor, ['resume 3']],
		['the last of it', `${room}?after=${third.cursor}`, {}, third.cursor, []],
	]
	for (const [name, path, headers, id, expected] of ways) {
		const sse = await openSse(t, `${url}${path}`, headers)
		await sse.untilType('live')
		t.match(sse.events[0], { event: 'hello', id, data: { mode: 'resumed', from: Number.parseInt(id, 10) } }, name)
		t.equal(sse.events[0]?.data.reason, undefined)
		t.same(contents(sse.events), expected, name)
		sse.close()
	}
	const empty = await openSse(t, `${url}${room}`, { 'Last-Event-ID': '' })
	t.match(await empty.next(), { data: { mode: 'live' } }, 'an empty header alone is none')
})

t.test('a cursor that cannot be used resets: the stream says so and goes on from now', async (t) => {
	const [first] = (await fill('reset', 2)) as [PostedFrame, PostedFrame]
	const tag = first.cursor.split('-')[1] as string
	const other = tag.startsWith('0') ? `1${tag.slice(1)}` : `0${tag.slice(1)}`
	const unusable: [string, string][] = [
		[`${first.position}-${other}`, 'diverged'],
		[`0-${other}`, 'diverged'],
		['999999999', 'ahead'],
		[`999999999-${tag}`, 'ahead'],
		['999999999999999', 'ahead'],
		['nonsense', 'unknown'],
		['-1', 'unknown'],
		['1.5', 'unknown'],
		['1e3', 'unknown'],
		['01', 'unknown'],
		[' 1', 'unknown'],
		['9'.repeat(40), 'unknown'],
		['x'.repeat(5_000), 'unknown'],
		[`${first.position}-`, 'unknown'],
		[`${first.position}-${tag.toUpperCase()}g`, 'unknown'],
		[`${first.cursor},${first.cursor}`, 'unknown'],
		['__proto__', 'unknown'],
		["1' OR 1=1", 'unknown'],
	]
	for (const [cursor, reason] of unusable) {
		for (const path of ['/rooms/reset/events', '/events']) {
			const query = `?after=${encodeURIComponent(cursor)}`
			const ways: [string, Record<string, string>][] = [[query, {}]]
			// HTTP itself takes white space off a header.
			if (cursor.trim() === cursor)
				ways.push(['', { 'Last-Event-ID': cursor }], ['?after=0', { 'Last-Event-ID': cursor }])
			for (const [search, headers] of ways) {
				const until = `${search}${search === '' ? '?' : '&'}until=head`
				const sse = await openSse(t, `${url}${path}${until}`, headers)
				t.equal(sse.response.status, 200)
				if (sse.response.status !== 200) continue
				const [hello, ...rest] = await sse.rest()
				const name = `${cursor.slice(0, 20)} ${search.slice(0, 10)}`
				t.match(hello, { event: 'hello', data: { mode: 'reset', reason } }, name)
				t.equal(Number.parseInt(hello?.id ?? '', 10), hello?.data.head, 'its id is the head')
				t.match(hello?.id, /^\d+-[0-9a-f]{8}$/)
				t.same(contents(rest), [], 'nothing is guessed')
			}
		}
	}
	const sse = await openSse(t, `${url}/rooms/reset/events`, { 'Last-Event-ID': 'nonsense' })
	await sse.untilType('live')
	const posted = await server.post('reset', 'after the reset')
	t.same((await sse.until(isMessage)).data, posted)
	const again = await openSse(t, `${url}/rooms/reset/events`, { 'Last-Event-ID': sse.events[0]?.id as string })
	t.same((await again.until(isMessage)).data, posted, 'the id of the reset is a good place to go on from')
})

t.test('a cursor from another server resets', async (t) => {
	const other = await startServerHere(t)
	const foreign = await other.post('general', 'elsewhere')
	await other.stop()
	const sse = await openSse(t, `${url}/events`, { 'Last-Event-ID': foreign.cursor })
	t.match(await sse.next(), { data: { mode: 'reset', reason: 'diverged' } })
})

t.test('the tail of a stream is the last messages, then live', async (t) => {
	await fill('tail', 3)
	await fill('tail-too', 2)
	const tails: [string, string[]][] = [
		['/rooms/tail/events?tail=2', ['tail 2', 'tail 3']],
		['/rooms/tail/events?tail=100', ['tail 1', 'tail 2', 'tail 3']],
		['/rooms/tail/events?tail=0', []],
		['/events?room=tail&room=tail-too&tail=3', ['tail 3', 'tail-too 1', 'tail-too 2']],
		['/events?tail=2', ['tail-too 1', 'tail-too 2']],
	]
	for (const [path, expected] of tails) {
		const sse = await openSse(t, `${url}${path}`)
		await sse.untilType('live')
		t.same(contents(sse.events), expected, path)
		t.match(sse.events[0], { event: 'hello', id: /^\d+-[0-9a-f]{8}$/ })
		sse.close()
	}
	const sse = await openSse(t, `${url}/rooms/tail/events?tail=1`)
	await sse.untilType('live')
	const posted = await server.post('tail', 'live')
	t.same((await sse.until(isMessage)).data, posted)
	t.same(contents(sse.events), ['tail 3', 'live'])
})

t.test('until=head ends at the head of the request, whatever is posted meanwhile', async (t) => {
	await fill('until', 3)
	const sse = await openSse(t, `${url}/rooms/until/events?after=0&until=head`)
	await server.post('until', 'too late')
	await sse.rest()
	t.same(contents(sse.events), ['until 1', 'until 2', 'until 3'])
	t.match(sse.events.at(-1), { event: 'live' })
	const rest = await openSse(t, `${url}/rooms/until/events?until=head`, {
		'Last-Event-ID': sse.events.at(-1)?.id as string,
	})
	await rest.rest()
	t.same(contents(rest.events), ['too late'], 'its last id is the place to go on from')
})

t.test('a stream of some rooms has these alone, and names those that it may not show', async (t) => {
	await Promise.all([fill('one', 1), fill('two', 1), fill('three', 1)])
	const sse = await openSse(t, `${url}/events?room=one&room=TWO&room=one&room=nowhere&room=hidden&after=0`)
	await sse.untilType('live')
	t.same(sse.events[0]?.data.refused, ['nowhere', 'hidden'])
	t.same(contents(sse.events).sort(), ['one 1', 'two 1'])
	await server.post('three', 'not for this one')
	const posted = await server.post('two', 'for this one')
	t.same((await sse.until(isMessage)).data, posted)
	const whole = await openSse(t, `${url}/events?room=one`)
	t.equal((await whole.next())?.data.refused, undefined)
	isProblem(t, await ask(url, '/events?room=nowhere&room=hidden'), 404, 'not_found', /nowhere, hidden/)
	const many = Array.from({ length: 257 }, (_, i) => `room=r${i}`).join('&')
	isProblem(t, await ask(url, `/events?${many}`), 422, 'subscriptions_too_many', /256/)
	await server.post('nowhere', 'now it exists')
	const later = await server.post('one', 'still here')
	t.same((await sse.until(isMessage)).data, later, 'what was refused stays so')
})

t.test('the stream of everything follows rooms that are opened later', async (t) => {
	const sse = await openSse(t, `${url}/events`)
	await sse.untilType('live')
	const posted = await server.post('later', 'first')
	const opened = await sse.untilType('room')
	t.match(opened, { event: 'room', data: { room: 'later', visibility: 'open', archived: false } })
	t.equal(opened.id, opened.data.cursor)
	t.same((await sse.until(isMessage)).data, posted)
})

t.test('what is answered follows Accept', async (t) => {
	await fill('accept', 2)
	const types: [string | undefined, string][] = [
		[undefined, 'text/event-stream'],
		['*/*', 'text/event-stream'],
		['text/event-stream', 'text/event-stream'],
		['text/html,application/xhtml+xml,*/*;q=0.8', 'text/event-stream'],
		['application/x-ndjson', 'application/x-ndjson'],
		['APPLICATION/X-NDJSON; charset=utf-8', 'application/x-ndjson'],
		['text/event-stream;q=0.5, application/x-ndjson', 'application/x-ndjson'],
		['application/x-ndjson;q=0, text/plain', 'text/plain; charset=utf-8'],
		['text/plain', 'text/plain; charset=utf-8'],
		['text/plain;q=0.1, text/event-stream;q=0.9', 'text/event-stream'],
	]
	for (const [accept, type] of types) {
		const answer = await copy('/rooms/accept/events?until=head', accept === undefined ? {} : { Accept: accept })
		t.equal(answer.headers['content-type'], type, accept ?? 'no Accept')
	}

	const lines = (await copy('/rooms/accept/events?after=0&until=head', { Accept: 'application/x-ndjson' })).text
	t.equal(lines.at(-1), '\n')
	const frames = lines
		.trimEnd()
		.split('\n')
		.map((line) => JSON.parse(line))
	t.same(
		frames.map(({ type }) => type),
		['hello', 'room', 'message', 'message', 'live'],
	)
	t.ok(
		frames.every(({ cursor }) => /^\d+/.test(cursor)),
		'where there is no id, the frames say where they are',
	)

	const text = await copy('/rooms/accept/events?after=0&until=head', { Accept: 'text/plain' })
	t.match(text.text, /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d {2}#accept {2}guest: accept 1\n.*guest: accept 2\n$/)
	const reset = await copy('/rooms/accept/events?after=nonsense&until=head', { Accept: 'text/plain' })
	t.match(reset.text, /^# .*unknown.*\n$/)
})

t.test('every transport gives the same object', async (t) => {
	const sse = await openSse(t, `${url}/rooms/same/events`)
	t.equal(sse.response.status, 404)
	const socket = await openWebSocket(t, server.webSocketUrl)
	await socket.ask({ type: 'subscribe', room: 'same' }, 'live')
	const all = await openSse(t, `${url}/events`)
	await all.untilType('live')
	const posted = await server.post('same', 'the same')
	t.same(await socket.untilType('message'), posted, 'WebSocket')
	t.same((await all.until(isMessage)).data, posted, 'SSE')
	t.same((await ask(url, `/rooms/same/messages/${posted.id}`)).json, posted, 'one message')
	t.same((await ask(url, '/rooms/same/messages')).json.messages, [posted], 'history')
	t.same((await socket.ask({ type: 'get_history', room: 'same' }, 'history')).messages, [posted], 'get_history')
	const lines = (await copy('/rooms/same/events?after=0&until=head', { Accept: 'application/x-ndjson' })).text
	t.ok(lines.includes(`${JSON.stringify(posted)}\n`), 'NDJSON, to the byte')
	const replayed = (await copy('/rooms/same/events?after=0&until=head')).text
	t.ok(replayed.includes(`\n\nid: ${posted.cursor}\ndata: ${JSON.stringify(posted)}\n\n`), 'replayed, to the byte')
})

t.test('presence has a position, but nothing to resume from, and is not replayed', async (t) => {
	await fill('visits', 1)
	const sse = await openSse(t, `${url}/rooms/visits/events`)
	await sse.untilType('live')
	const visitor = await openWebSocket(t, server.webSocketUrl)
	await visitor.ask({ type: 'subscribe', room: 'visits', userId: 'visitor' }, 'live')
	const joined = await sse.until(({ data }) => data.userId === 'visitor')
	t.equal(joined.event, 'presence')
	t.equal(joined.id, undefined)
	t.same(Object.keys(joined.data).sort(), ['action', 'position', 'room', 'state', 'timestamp', 'type', 'userId'])
	t.match(joined.data, { type: 'presence', room: 'visits', action: 'join', state: 'online', position: Number })
	const replay = await openSse(t, `${url}/events?after=0&until=head`)
	t.notOk((await replay.rest()).some(({ event }) => event === 'presence'))
})

t.test('a reader of a quiet room is marked forward while others talk', async (t) => {
	await fill('quiet', 1)
	const quiet = await openSse(t, `${url}/rooms/quiet/events`)
	await quiet.untilType('live')
	const some = await openSse(t, `${url}/events?room=quiet`)
	await some.untilType('live')
	const from = Number.parseInt(quiet.events.at(-1)?.id as string, 10)
	const socket = await openWebSocket(t, server.webSocketUrl)
	for (let i = 1; i <= 2_600; i += 1) socket.send({ type: 'publish', room: 'loud', content: `${i}` })
	const last = await socket.until(({ type, sequence }) => type === 'published' && sequence === 2_600)
	for (const sse of [quiet, some]) {
		let position = from
		while (last.position - position > 1_000) {
			const { event, id, data } = (await sse.until(({ event }) => event !== 'presence')) as SseEvent
			t.equal(event, 'mark')
			t.match(data, { type: 'mark', head: Number })
			const next = Number.parseInt(id as string, 10)
			t.ok(next > position && next - position <= 1_000, `${position} to ${next}`)
			position = next
		}
	}
	const posted = await server.post('quiet', 'at last')
	for (const sse of [quiet, some]) {
		const id = sse.events.at(-1)?.id as string
		t.match(id, /^\d+-[0-9a-f]{8}$/)
		const resumed = await openSse(t, `${url}/rooms/quiet/events`, { 'Last-Event-ID': id })
		t.same((await resumed.until(isMessage)).data, posted)
		t.match(resumed.events[0], { data: { mode: 'resumed' } })
	}

	const replay = await openSse(t, `${url}/events?room=quiet&after=${from}&until=head`)
	const ids = (await replay.rest())
		.filter(({ id }) => id !== undefined)
		.map(({ id }) => Number.parseInt(id as string, 10))
	t.ok(
		ids.every((id, i) => i === 0 || id - (ids[i - 1] as number) <= 1_000),
		'in the catch-up too',
	)
})

async function startWithHeartbeat(t: Test, heartbeatMs: number): Promise<string> {
	return (await startInProcess(t, { heartbeatMs })).url
}

t.test('a stream without anything to say is open all the same', async (t) => {
	const sse = await openSse(t, `${url}/rooms/general/events`, { Accept: 'text/plain' })
	t.equal(sse.response.status, 200)
})

t.test('after a silence a stream is marked, with an id to resume from, as often as it is silent', async (t) => {
	const own = await startWithHeartbeat(t, 300)
	const sse = await openSse(t, `${own}/rooms/general/events`)
	t.equal((await sse.next())?.data.heartbeatMs, 300)
	const live = await sse.untilType('live')
	// One's own arrival has no id, so it does not count.
	const first = await sse.untilType('mark')
	const began = performance.now()
	const second = await sse.untilType('mark')
	const ms = performance.now() - began
	t.ok(ms > 200, `${ms} ms after the last mark`)
	t.match(first, { event: 'mark', data: { type: 'mark', head: Number } })
	for (const { id } of [first, second]) {
		t.match(id, /^\d+-[0-9a-f]{8}$/)
		t.ok(Number.parseInt(id as string, 10) >= Number.parseInt(live.id as string, 10))
	}
	const resumed = await openSse(t, `${own}/rooms/general/events`, { 'Last-Event-ID': second.id as string })
	t.match(await resumed.next(), { data: { mode: 'resumed' } })

	await t.test('lines of JSON are marked too, text for people is not', async (t) => {
		const abort = new AbortController()
		t.teardown(() => abort.abort())
		const follow = async (accept: string) => {
			const response = await fetch(`${own}/rooms/general/events`, { headers: { Accept: accept }, signal: abort.signal })
			return response.body?.pipeThrough(new TextDecoderStream()).getReader()
		}
		const [lines, text] = await Promise.all([follow('application/x-ndjson'), follow('text/plain')])
		let got = ''
		while (!got.includes('"type":"mark"')) got += (await lines?.read())?.value
		await fetch(`${own}/rooms/general/messages`, {
			method: 'POST',
			body: 'hi',
			headers: { 'Content-Type': 'text/plain' },
		})
		t.match((await text?.read())?.value, /guest: hi\n$/)
	})

	await t.test('a WebSocket gets one mark for all its subscriptions', async (t) => {
		const socket = await openWebSocket(t, own.replace('http', 'ws'))
		await socket.ask({ type: 'subscribe', room: 'general' }, 'live')
		await socket.ask({ type: 'subscribe', room: 'second' }, 'live')
		for (let i = 0; i < 2; i += 1) {
			const mark = await socket.untilType('mark')
			t.match(mark, { cursor: /^\d+-[0-9a-f]{8}$/ })
			t.notOk('room' in mark)
		}
		const marks = socket.received.filter(({ type }) => type === 'mark')
		t.equal(marks.length, 2)
	})
})
