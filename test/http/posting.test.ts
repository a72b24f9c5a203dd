import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import t from 'tap'
import { ask, askJson, isProblem } from '../helpers/http.ts'
import { startServer } from '../helpers/server.ts'
import { openSse } from '../helpers/sse.ts'
import { openWebSocket } from '../helpers/websocket.ts'

const server = await startServer(t)
const { url } = server
const run = promisify(execFile)

/** What curl gets, posting in the way that these arguments say. */
async function curl(...args: string[]): Promise<{ status: number; location: string; frame: Record<string, unknown> }> {
	const write = ['-w', '\n%{http_code} %header{location}']
	const { stdout } = await run('curl', ['-sS', '--max-time', '10', ...write, ...args])
	const [body, last] = stdout.split('\n') as [string, string]
	const [status, location] = last.split(' ') as [string, string]
	return { status: Number(status), location, frame: JSON.parse(body) }
}

t.test('what curl sends is kept as it is, in whatever way it is sent', async (t) => {
	const to = `${url}/rooms/curl/messages`
	const ways: [string, string[], string][] = [
		['curl -d', ['-d', 'hello'], 'hello'],
		['curl -d with what looks like a form', ['-d', 'a=b&c%20d+e'], 'a=b&c%20d+e'],
		['curl -d with what looks like JSON', ['-d', '{"content":"hi"}'], '{"content":"hi"}'],
		['curl --data-raw with an @', ['--data-raw', '@ada hi'], '@ada hi'],
		['several -d', ['-d', 'a', '-d', 'b'], 'a&b'],
		['no type', ['-H', 'Content-Type:', '-d', 'a=b&c%20d'], 'a=b&c%20d'],
		['plain text', ['-H', 'Content-Type: text/plain', '-d', 'a=b&c%20d'], 'a=b&c%20d'],
		['plain text with a charset', ['-H', 'Content-Type: text/plain; charset=utf-8', '-d', 'grüße'], 'grüße'],
		['JSON', ['-H', 'Content-Type: application/json', '-d', '{"content":"a=b"}'], 'a=b'],
		['curl --json', ['--json', '{"content":"hi"}'], 'hi'],
		['several lines', ['--data-binary', 'one\ntwo\r\n\tthree\n'], 'one\ntwo\r\n\tthree\n'],
	]
	for (const [name, args, content] of ways) {
		const { status, location, frame } = await curl('-H', 'Tailroom-User: Ada', ...args, to)
		t.equal(status, 201, name)
		t.match(frame, { type: 'message', room: 'curl', sender: 'ada', guest: true, content }, name)
		t.equal(location, `/rooms/curl/messages/${frame.id}`)
		t.same((await ask(url, location)).json, frame, 'what Location names is the message')
	}
})

t.test('the manual on the front page works line by line', async (t) => {
	const { text } = await ask(url, '/')
	const posts = text.split('\n').filter((line) => line.includes('curl -d'))
	t.equal(posts.length, 3)
	for (const line of posts) {
		const { stdout } = await run('sh', ['-c', line.slice(line.indexOf('curl')).replace('curl', 'curl -sS')])
		t.match(JSON.parse(stdout), { type: 'message', room: 'general', content: 'hello' })
	}
	const gets = text
		.split('\n')
		.filter((line) => line.includes('curl') && !/curl -/.test(line) && !line.includes('until'))
	t.ok(gets.length >= 3)
	for (const line of gets) await run('sh', ['-c', line.slice(line.indexOf('curl')).replace('curl', 'curl -sSf')])
})

t.test('a message is answered with its frame, which says where it is in the log and in the room', async (t) => {
	const first = await askJson(url, '/rooms/frames/messages', { content: 'one' })
	t.equal(first.status, 201)
	t.equal(first.headers['content-type'], 'application/json; charset=utf-8')
	const { position, cursor, id, timestamp, ...rest } = first.json
	t.same(rest, { type: 'message', room: 'frames', sequence: 1, sender: 'guest', content: 'one', guest: true })
	t.match(cursor, new RegExp(`^${position}-[0-9a-f]{8}$`))
	t.match(id, /^[0-9A-HJKMNP-TV-Z]{26}$/)
	t.ok(Math.abs(timestamp - Date.now()) < 60_000)
	const reply = await askJson(url, '/rooms/frames/messages', { content: 'two', replyTo: id })
	t.match(reply.json, { sequence: 2, replyTo: id })
	t.ok(reply.json.position > position)
	const elsewhere = await askJson(url, '/rooms/other/messages', { content: 'two', replyTo: id })
	isProblem(t, elsewhere, 422, 'reply_target_unknown', /other/)
	t.equal((await ask(url, `/rooms/general/messages/${id}`)).status, 404, 'a message is in one room alone')
})

t.test('text comes back byte for byte', async (t) => {
	const texts = [
		'👩‍👩‍👧‍👦 🏳️‍🌈 e\u0301 \u200d مرحبا',
		'\ufeffwith a mark at its beginning',
		'line\u2028separator\u2029paragraph',
		' spaces around ',
		'\u0001\u001b[31mred\u007f',
		'"quotes" \\ / </script>',
		'x'.repeat(65_536),
		'😀'.repeat(16_384),
	]
	const sse = await openSse(t, `${url}/rooms/bytes/events?after=0`)
	t.equal(sse.response.status, 404, 'nobody has posted yet')
	for (const content of texts) {
		const posted = await ask(url, '/rooms/bytes/messages', { headers: { 'Content-Type': 'text/plain' }, body: content })
		t.equal(posted.status, 201)
		t.ok(posted.json.content === content)
	}
	const history = await ask(url, '/rooms/bytes/messages')
	t.ok(history.json.messages.every((message: { content: string }, i: number) => message.content === texts[i]))
	const stream = await openSse(t, `${url}/rooms/bytes/events?after=0&until=head`)
	const seen = (await stream.rest()).filter(({ data }) => data.type === 'message')
	t.ok(texts.every((content, i) => seen[i]?.data.content === content))
})

t.test('one byte more than 64 KiB is too much, counted in UTF-8', async (t) => {
	const asked = { headers: { 'Content-Type': 'text/plain' }, body: `${'😀'.repeat(16_384)}x` }
	isProblem(t, await ask(url, '/rooms/bytes/messages', asked), 413, 'body_too_large', /65536/)
})

t.test('a message of the largest size may come with every character escaped, and nothing larger', async (t) => {
	const escaped = (characters: number) => `{"content":"${'\\u00e9'.repeat(characters)}"}`
	const asked = (body: string) =>
		ask(url, '/rooms/bytes/messages', { headers: { 'Content-Type': 'application/json' }, body })
	const { status, json } = await asked(escaped(32_768))
	t.equal(status, 201)
	t.equal(json.content, 'é'.repeat(32_768))
	isProblem(t, await asked(escaped(32_769)), 413, 'content_too_large', /65538/)
	isProblem(t, await asked(escaped(70_000)), 413, 'body_too_large', /394240/)
})

t.test('where nothing need be sent, an empty body of any type of JSON is nothing', async (t) => {
	const { json } = await askJson(url, '/rooms/empty/messages', { content: 'hi' })
	const path = `/rooms/empty/messages/${json.id}/reactions/${encodeURIComponent('👍')}`
	const asked = { method: 'PUT', headers: { 'Content-Type': 'application/json', 'Content-Length': '0' } }
	t.equal((await ask(url, path, asked)).status, 204)
	const nothing = { method: 'POST', headers: { 'Content-Type': 'application/json', 'Content-Length': '0' } }
	isProblem(t, await ask(url, '/rooms/empty/messages', nothing), 400, 'malformed', /./)
})

t.test('no guest is called as the server or a group is', async (t) => {
	for (const name of ['system', 'room', 'me', 'everyone']) {
		const answer = await ask(url, '/rooms/general/messages', { headers: { 'Tailroom-User': name }, body: 'hi' })
		isProblem(t, answer, 400, 'name_invalid', /meaning of its own/)
	}
	t.equal(
		(await ask(url, '/rooms/general/messages', { headers: { 'Tailroom-User': 'guest' }, body: 'hi' })).status,
		201,
	)
})

t.test('a post with an idempotency key can be repeated for ever', async (t) => {
	const directory = `${t.testdir()}/data`
	const first = await startServer(t, { directory })
	const to = '/rooms/keys/messages'
	const post = (origin: string, content: string, key: string, user = 'ada', path = to) =>
		askJson(origin, path, { content }, { headers: { 'Idempotency-Key': key, 'Tailroom-User': user } })

	const posted = await post(first.url, 'once', 'k1')
	t.equal(posted.status, 201)
	t.notOk(posted.headers['idempotent-replay'])

	await t.test('the same again is answered as the first time', async (t) => {
		const again = await post(first.url, 'once', 'k1')
		t.match(again, { status: 200, headers: { 'idempotent-replay': 'true', location: posted.headers.location } })
		t.same(again.json, posted.json)
	})

	await t.test('as text it is the same message', async (t) => {
		const headers = { 'Content-Type': 'text/plain', 'Idempotency-Key': 'k1', 'Tailroom-User': 'ada' }
		t.same((await ask(first.url, to, { headers, body: 'once' })).json, posted.json)
	})

	await t.test('another body or room under the same key is refused', async (t) => {
		isProblem(t, await post(first.url, 'twice', 'k1'), 422, 'idempotency_key_reused', /new key/)
		const elsewhere = await post(first.url, 'once', 'k1', 'ada', '/rooms/elsewhere/messages')
		isProblem(t, elsewhere, 422, 'idempotency_key_reused', /new key/)
		const reply = await askJson(
			first.url,
			to,
			{ content: 'once', replyTo: posted.json.id },
			{ headers: { 'Idempotency-Key': 'k1', 'Tailroom-User': 'ada' } },
		)
		isProblem(t, reply, 422, 'idempotency_key_reused', /new key/)
		t.equal((await ask(first.url, '/rooms/elsewhere')).status, 404)
	})

	await t.test('the key belongs to its user', async (t) => {
		const other = await post(first.url, 'once', 'k1', 'bob')
		t.match(other, { status: 201, json: { sender: 'bob', sequence: 2 } })
	})

	await t.test('it counts over WebSocket too, in both directions', async (t) => {
		const socket = await openWebSocket(t, first.webSocketUrl)
		const message = { type: 'publish', room: 'keys', sender: 'ada', content: 'once', key: 'k1' }
		t.match(await socket.ask(message, 'published'), {
			id: posted.json.id,
			position: posted.json.position,
			sequence: 1,
			key: 'k1',
		})
		t.match(await socket.ask({ ...message, content: 'twice' }, 'error'), { code: 'idempotency_key_reused' })
		const published = await socket.ask({ ...message, key: 'k2' }, 'published')
		const again = await post(first.url, 'once', 'k2')
		t.match(again, { status: 200, json: { id: published.id, position: published.position } })
	})

	await t.test('many at once make one message', async (t) => {
		const answers = await Promise.all(Array.from({ length: 20 }, () => post(first.url, 'race', 'k3')))
		t.same(answers.map(({ status }) => status).sort(), [...Array(19).fill(200), 201])
		t.equal(new Set(answers.map(({ json }) => json.id)).size, 1)
	})

	await t.test('a refusal is not remembered', async (t) => {
		t.equal((await post(first.url, ' ', 'k4')).status, 422)
		t.equal((await post(first.url, 'text', 'k4')).status, 201)
	})

	await t.test('it outlives the server', async (t) => {
		await first.stop('SIGKILL')
		const second = await startServer(t, { directory })
		const again = await post(second.url, 'once', 'k1')
		t.equal(again.status, 200)
		t.same(again.json, posted.json)
		isProblem(t, await post(second.url, 'twice', 'k1'), 422, 'idempotency_key_reused', /new key/)
		t.equal((await ask(second.url, '/rooms/keys')).json.sequence, 5)
	})
})
