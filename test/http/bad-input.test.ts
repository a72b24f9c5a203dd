import t from 'tap'
import { type AnswerRequest, ask, askJson, isProblem } from '../helpers/http.ts'
import { startServer } from '../helpers/server.ts'
import { openSse } from '../helpers/sse.ts'

const server = await startServer(t)
const { url } = server
const witness = await openSse(t, `${url}/rooms/general/events`)
await witness.untilType('live')

const messages = '/rooms/general/messages'
const json = { 'Content-Type': 'application/json' }
const text = { 'Content-Type': 'text/plain' }

interface Mistake {
	name: string
	path?: string
	asked?: AnswerRequest
	status: number
	code: string
	detail: RegExp
	/** Names of the fields at fault. */
	fields?: string[]
}

function body(content: string | Buffer, headers: Record<string, string> = json): { asked: AnswerRequest } {
	return { asked: { method: 'POST', headers, body: content } }
}

const malformed = { status: 400, code: 'malformed' }
const nameInvalid = { status: 400, code: 'name_invalid', detail: /begins with a letter or digit/ }

const mistakes: Mistake[] = [
	{ name: 'a body that is not JSON', ...body('{"content":'), ...malformed, detail: /not JSON/ },
	{ name: 'an empty body that says it is JSON', ...body(''), ...malformed, detail: /must be object/ },
	{ name: 'no body at all', ...body(''), asked: { method: 'POST' }, ...malformed, detail: /body/ },
	{ name: 'a list instead of an object', ...body('["hi"]'), ...malformed, detail: /body/ },
	{ name: 'null instead of an object', ...body('null'), ...malformed, detail: /body/ },
	{ name: 'a number as text', ...body('{"content":1}'), ...malformed, detail: /string/, fields: ['/content'] },
	{ name: 'no content', ...body('{}'), ...malformed, detail: /content is missing/, fields: ['/content'] },
	{
		name: 'a field that is not known',
		...body('{"content":"hi","colour":"red"}'),
		...malformed,
		detail: /colour is not known here/,
		fields: ['/colour'],
	},
	{
		name: 'the field __proto__',
		...body('{"content":"hi","__proto__":{"content":"polluted"}}'),
		...malformed,
		detail: /__proto__ is not known here/,
	},
	{
		name: 'the field constructor',
		...body('{"content":"hi","constructor":{"prototype":{"polluted":1}}}'),
		...malformed,
		detail: /constructor is not known here/,
	},
	{ name: 'content only in __proto__', ...body('{"__proto__":{"content":"hi"}}'), ...malformed, detail: /missing/ },
	{
		name: 'a reply to a number',
		...body('{"content":"hi","replyTo":7}'),
		...malformed,
		detail: /replyTo/,
		fields: ['/replyTo'],
	},
	{
		name: 'a reply to a message that does not exist',
		...body('{"content":"hi","replyTo":"01ARZ3NDEKTSV4RRFFQ69G5FAV"}'),
		status: 422,
		code: 'reply_target_unknown',
		detail: /no message with that id in general/,
		fields: ['replyTo'],
	},
	{
		name: 'an empty message',
		...body('{"content":""}'),
		status: 422,
		code: 'content_empty',
		detail: /needs some text/,
	},
	{
		name: 'a message of white space',
		...body(' \n\t ', text),
		status: 422,
		code: 'content_empty',
		detail: /needs some text/,
	},
	{
		name: 'curl -d with nothing',
		...body('', { 'Content-Type': 'application/x-www-form-urlencoded' }),
		status: 422,
		code: 'content_empty',
		detail: /needs some text/,
	},
	{
		name: 'U+0000 in JSON',
		...body('{"content":"a\\u0000b"}'),
		status: 422,
		code: 'content_not_text',
		detail: /U\+0000/,
		fields: ['content'],
	},
	{ name: 'U+0000 in text', ...body('a\0b', text), status: 422, code: 'content_not_text', detail: /U\+0000/ },
	{
		name: 'half of a surrogate pair',
		...body('{"content":"\\ud83d"}'),
		status: 422,
		code: 'content_not_text',
		detail: /surrogate/,
	},
	{ name: 'text that is not UTF-8', ...body(Buffer.from([0x68, 0xff, 0x69]), text), ...malformed, detail: /UTF-8/ },
	{
		name: 'JSON that is not UTF-8',
		...body(Buffer.concat([Buffer.from('{"content":"'), Buffer.from([0xc3, 0x28]), Buffer.from('"}')])),
		...malformed,
		detail: /UTF-8/,
	},
	{
		name: 'text over 64 KiB',
		...body('x'.repeat(65_537), text),
		status: 413,
		code: 'body_too_large',
		detail: /at most 65536 bytes/,
	},
	{
		name: 'JSON with more than 64 KiB of text',
		...body(JSON.stringify({ content: 'x'.repeat(65_537) })),
		status: 413,
		code: 'content_too_large',
		detail: /at most 65536 bytes/,
	},
	{
		name: 'JSON over what its text can need',
		...body(JSON.stringify({ content: 'x'.repeat(400_000) })),
		status: 413,
		code: 'body_too_large',
		detail: /at most 394240 bytes/,
	},
	{
		name: 'a chunked body over 64 KiB',
		...body('x'.repeat(65_537), { ...text, 'Transfer-Encoding': 'chunked' }),
		status: 413,
		code: 'body_too_large',
		detail: /at most 65536 bytes/,
	},
	...['application/xml', 'multipart/form-data; boundary=x', 'application/octet-stream', 'text/html', 'nonsense'].map(
		(type): Mistake => ({
			name: `a body of type ${type}`,
			...body('hi', { 'Content-Type': type }),
			status: 415,
			code: 'media_type_unsupported',
			detail: /Content-Type: application\/json/,
		}),
	),
	{
		name: 'a form from a caller with a cookie',
		...body('hi', { 'Content-Type': 'application/x-www-form-urlencoded', Cookie: 'a=b' }),
		status: 415,
		code: 'media_type_unsupported',
		detail: /application\/json"; this/,
	},
	{
		name: 'no type from a caller with a cookie',
		...body('hi', { Cookie: 'a=b' }),
		status: 415,
		code: 'media_type_unsupported',
		detail: /application\/json"; this/,
	},
	{
		name: 'plain text where only JSON goes',
		path: '/presence',
		asked: { method: 'PUT', headers: text, body: 'away' },
		status: 415,
		code: 'media_type_unsupported',
		detail: /Content-Type: application\/json/,
	},
	{
		name: 'a presence that does not exist',
		path: '/presence',
		asked: { method: 'PUT', headers: json, body: '{"state":"offline"}' },
		...malformed,
		detail: /state/,
	},
	{
		name: 'a presence without a stream',
		path: '/presence',
		asked: { method: 'PUT', headers: { ...json, 'Tailroom-User': 'nowhere' }, body: '{"state":"away"}' },
		status: 422,
		code: 'not_connected',
		detail: /GET \/events/,
	},
	...['a b', 'a/b', '-a', '.', 'ä', 'a\u0000', 'a'.repeat(65), 'a\nb'].map(
		(room): Mistake => ({
			name: `a room called ${JSON.stringify(room.slice(0, 8))}`,
			path: `/rooms/${encodeURIComponent(room).replaceAll('.', '%2e')}/messages`,
			asked: { method: 'POST', headers: text, body: 'hi' },
			...nameInvalid,
			fields: ['room'],
		}),
	),
	...['__proto__', '_a'].map(
		(room): Mistake => ({ name: `the stream of a room called ${room}`, path: `/rooms/${room}/events`, ...nameInvalid }),
	),
	{ name: 'a name that is far too long', path: `/rooms/${'a'.repeat(1_000)}/messages`, ...nameInvalid },
	{
		name: 'a direct conversation of a guest',
		path: '/rooms/@ada/messages',
		...body('hi', text),
		status: 403,
		code: 'forbidden',
		detail: /account/,
	},
	...['a b', '', 'a'.repeat(33), '_a', 'a@b', '-'].map(
		(name): Mistake => ({
			name: `a user called ${JSON.stringify(name.slice(0, 8))}`,
			...body('hi', { ...text, 'Tailroom-User': name }),
			...nameInvalid,
			fields: ['Tailroom-User'],
		}),
	),
	...['/rooms/nowhere', '/rooms/nowhere/messages', '/rooms/nowhere/events', '/rooms/nowhere/presence'].map(
		(path): Mistake => ({ name: `GET ${path}`, path, status: 404, code: 'not_found', detail: /it is private/ }),
	),
	...['constructor', 'tostring', 'hasownproperty'].map(
		(room): Mistake => ({
			name: `a room called like a method, ${room}`,
			path: `/rooms/${room}`,
			status: 404,
			code: 'not_found',
			detail: /no room/,
		}),
	),
	{ name: 'a message that is not there', path: `${messages}/nope`, status: 404, code: 'not_found', detail: /general/ },
	{ name: 'an address that is not there', path: '/nope', status: 404, code: 'not_found', detail: /GET \/nope/ },
	{
		name: 'a method that an address does not have',
		path: '/rooms/general/messages',
		asked: { method: 'PROPFIND' },
		status: 404,
		code: 'not_found',
		detail: /PROPFIND/,
	},
	{
		name: '/ws without an upgrade',
		path: '/ws',
		...malformed,
		detail: /WebSocket client/,
	},
	...['/rooms/%zz/messages', '/rooms/%/messages', '/rooms/%ff%fe/messages', '/%'].map(
		(path): Mistake => ({ name: `the broken address ${path}`, path, ...malformed, detail: /not a valid url/ }),
	),
	...[
		'limit=0',
		'limit=501',
		'limit=-1',
		'limit=ten',
		'limit=',
		'limit=1&limit=2',
		'before=x',
		'after=1.5',
		'around=1e3',
	].map(
		(query): Mistake => ({
			name: `the history with ?${query}`,
			path: `${messages}?${query}`,
			...malformed,
			detail: new RegExp(query.replace(/=.*/, '')),
		}),
	),
	{
		name: 'the history before and after something',
		path: `${messages}?before=3&after=1`,
		...malformed,
		detail: /Only one of/,
	},
	...[
		`${messages}?colour=red`,
		`${messages}?__proto__=1`,
		`${messages}/nope?x=1`,
		'/rooms?x=1',
		'/rooms/general?x=1',
		'/rooms/general/events?x=1',
		'/rooms/general/events?room=general',
		'/events?x=1',
		'/events?constructor=1',
		'/presence?x=1',
		'/rooms/general/presence?x=1',
	].map((path): Mistake => ({ name: `the query of ${path}`, path, ...malformed, detail: /is not known here/ })),
	{
		name: 'a query on posting',
		path: `${messages}?x=1`,
		...body('hi', text),
		...malformed,
		detail: /x is not known here/,
	},
	{ name: 'a stream until never', path: '/events?until=never', ...malformed, detail: /until/ },
	{ name: 'a stream with a broken tail', path: '/events?tail=-1', ...malformed, detail: /tail/ },
	{ name: 'a stream of a room out of the alphabet', path: '/events?room=a%20b', ...nameInvalid },
	...['', ' ', 'ä'.repeat(3), 'x'.repeat(256)].map(
		(key): Mistake => ({
			name: `the idempotency key ${JSON.stringify(key.slice(0, 5))}`,
			...body('hi', { ...text, 'Idempotency-Key': Buffer.from(key).toString('latin1') }),
			status: 400,
			code: 'idempotency_key_invalid',
			detail: /1 to 255 printable ASCII/,
		}),
	),
]

t.test('what is wrong with a request is said, in the one form that errors have', async (t) => {
	for (const { name, path = messages, asked, status, code, detail, fields } of mistakes) {
		await t.test(name, async (t) => {
			const answer = await ask(url, path, asked)
			isProblem(t, answer, status, code, detail)
			for (const field of fields ?? []) t.match(answer.json.fields, [{ field, problem: String }], field)
		})
	}
})

t.test('an answer never repeats more of the input than fits a line', async (t) => {
	const long = 'x'.repeat(10_000)
	for (const answer of [
		await ask(url, `/${long}`),
		await ask(url, '/presence', { headers: { 'Tailroom-User': long } }),
		await askJson(url, messages, { content: 'hi', [long]: 1 }),
	]) {
		t.ok(answer.text.length < 1_000, `${answer.text.length} bytes`)
	}
})

t.test('names are trimmed and lower-cased', async (t) => {
	const asked = { headers: { ...text, 'Tailroom-User': ' Ada ' }, body: 'hi' }
	const posted = await ask(url, '/rooms/%20LOUNGE%20/messages', asked)
	t.match(posted.json, { room: 'lounge', sender: 'ada' })
})

t.test('CR and LF in a message cannot forge a field or a line of a stream', async (t) => {
	const content = 'a\r\ndata: {}\r\n\r\nid: 7\nevent: bye\n\n\rb'
	const posted = await askJson(url, messages, { content })
	t.equal(posted.status, 201)
	const seen = await witness.until(({ data }) => data.id === posted.json.id)
	t.equal(seen.data.content, content)
	t.equal(seen.id, posted.json.cursor)
	t.equal(seen.event, 'message')
})

t.test('CR and LF in an address cannot forge a header', async (t) => {
	const answer = await ask(url, '/rooms/x%0d%0aSet-Cookie:%20a=b/messages', { headers: text, body: 'hi' })
	isProblem(t, answer, 400, 'name_invalid', /not/)
	t.notOk(answer.headers['set-cookie'])
})

t.test('nobody else noticed, and nothing of it was kept', async (t) => {
	const posted = await server.post('general', 'still here')
	t.same((await witness.until(({ data }) => data.id === posted.id)).data, posted)
	t.equal(posted.sequence, 2, 'only what was accepted has taken a number')
	const rooms = await ask(url, '/rooms')
	t.same(
		rooms.json.rooms.map(({ room }: { room: string }) => room),
		['general', 'lounge'],
		'only what was accepted has opened a room',
	)
	t.same(server.errors(), '', 'the server has nothing to complain about')
	t.equal(server.process.exitCode, null)
})

t.test(
	'who posts faster than allowed is told when to try again, also under another name, and can go on reading',
	async (t) => {
		const limited = await startServer(t, { flags: ['--rate-limit', '1'] })
		const post = (name: string) =>
			ask(limited.url, messages, { headers: { ...text, 'Tailroom-User': name }, body: 'hi' })
		let answer = await post('ada')
		for (let i = 0; i < 20 && answer.status === 201; i += 1) answer = await post('ada')
		isProblem(t, answer, 429, 'rate_limited', /1 messages a second/)
		t.equal(answer.headers['retry-after'], '1')
		t.equal((await post('bob')).status, 429)
		t.equal((await ask(limited.url, messages)).status, 200)
	},
)
