import { createHmac } from 'node:crypto'
import { connect } from 'node:net'
import t from 'tap'
import { contentBytesMax } from '../../src/commands/limits.ts'
import { hookBodyBytesMax, triesPerHookMax } from '../../src/http/limits.ts'
import { type Answer, type AnswerRequest, ask, askJson, askRaw, isProblem } from '../helpers/http.ts'
import {
	type Account,
	addMember,
	addPerson,
	password,
	putRoom,
	removeMember,
	setUp,
	signIn,
} from '../helpers/people.ts'
import { startServer } from '../helpers/server.ts'

const server = await startServer(t, { guests: false })
const { url } = server
const owner = await setUp(server)
const ada = await addPerson(url, owner, 'ada')
const amy = await addPerson(url, owner, 'amy', 'admin')
const robot = await addPerson(url, owner, 'robot', 'bot')
const { headers } = owner

interface Issued {
	id: string
	url: string
	secret: string
}

const issue = (body: object, by: Account = owner) => askJson(url, '/hooks', body, { headers: by.headers })
const issued = async (body: object = {}): Promise<Issued> =>
	(await issue({ room: 'general', user: 'robot', ...body })).json
const bearer = ({ secret }: Issued) => ({ Authorization: `Bearer ${secret}` })
const send = ({ id }: Issued, body: string | Buffer, sent: Record<string, string> = {}) =>
	ask(url, `/hooks/${id}`, { method: 'POST', headers: sent, body })
const sendJson = (hook: Issued, value: unknown, sent: Record<string, string> = {}) =>
	send(hook, JSON.stringify(value), { 'Content-Type': 'application/json', ...bearer(hook), ...sent })
const history = async (room: string): Promise<string[]> => {
	const { json } = await ask(url, `/rooms/${room}/messages`, { headers })
	return json.messages.map(({ content }: { content: string }) => content)
}

t.test('a hook is shown with its secret once, and then without', async (t) => {
	const before = Date.now()
	const { status, json } = await issue({ room: ' General ', user: 'Robot', name: 'alerts' })
	t.equal(status, 201)
	t.match(json, { room: 'general', user: 'robot', name: 'alerts', secretInUrl: false, secret: /^whsec_\w{32}$/ })
	t.equal(json.url, `${url}/hooks/${json.id}`)
	t.ok(json.createdAtMs >= before && json.createdAtMs <= Date.now())
	const { secret, ...rest } = json
	const listed = async () => {
		const { json, text } = await ask(url, '/hooks?user=robot', { headers })
		t.notMatch(text, /whsec_/)
		return json.hooks.find(({ id }: Issued) => id === rest.id)
	}
	t.same(await listed(), rest)
	t.equal((await sendJson(json, { text: 'x' })).status, 201)
	t.ok((await listed()).lastUsedAtMs >= rest.createdAtMs)
	const own = await issue({ room: 'general' }, ada)
	t.match(own.json, { user: 'ada', name: '' })
	t.match((await ask(url, '/hooks', { headers: ada.headers })).json, { hooks: [{ id: own.json.id, user: 'ada' }] })
})

t.test('whose hooks somebody handles', async (t) => {
	for (const by of [owner, amy]) {
		const hook = await issue({ room: 'general', user: 'robot' }, by)
		t.equal(hook.status, 201)
		t.equal((await ask(url, `/hooks/${hook.json.id}`, { method: 'DELETE', headers: by.headers })).status, 204)
		isProblem(t, await sendJson(hook.json, { text: 'x' }), 401, 'not_authenticated', /no such hook/)
	}
	isProblem(t, await issue({ room: 'general', user: 'ada' }, amy), 403, 'forbidden', /acts as a bot/)
	isProblem(t, await issue({ room: 'general', user: 'robot' }, ada), 403, 'forbidden', /acts as robot/)
	isProblem(t, await issue({ room: 'general', user: 'nobody' }), 404, 'not_found', /nobody called/)
	isProblem(t, await issue({ room: 'general' }, robot), 403, 'forbidden', /./)
	isProblem(t, await ask(url, '/hooks?user=robot', { headers: ada.headers }), 403, 'forbidden', /may not/)
	isProblem(t, await ask(url, '/hooks', { headers: robot.headers }), 403, 'forbidden', /./)
	const { id } = await issued()
	const revoke = (id: string, by: Account) => ask(url, `/hooks/${id}`, { method: 'DELETE', headers: by.headers })
	isProblem(t, await revoke(id, ada), 404, 'not_found', /no such hook/)
	t.equal((await revoke(id, ada)).text, (await revoke('nothing', ada)).text)
	const write = await askJson(url, '/tokens', { scope: 'write' }, { headers })
	isProblem(
		t,
		await issue({ room: 'general' }, { ...owner, headers: { Authorization: `Bearer ${write.json.token}` } }),
		403,
		'forbidden',
		/less than its user/,
	)
})

t.test('what is wrong with the wish is told', async (t) => {
	await putRoom(url, ada, 'adas', { visibility: 'private' })
	const wrong: [object, number, string][] = [
		[{}, 400, 'malformed'],
		[{ room: 5 }, 400, 'malformed'],
		[{ room: 'general', secret: 'mine' }, 400, 'malformed'],
		[{ room: 'general', secretInUrl: 'yes' }, 400, 'malformed'],
		[{ room: 'no room' }, 400, 'name_invalid'],
		[{ room: '@ada' }, 400, 'name_invalid'],
		[{ room: 'nowhere' }, 404, 'not_found'],
		[{ room: 'adas' }, 404, 'not_found'],
		[{ room: 'general', name: 'a\nb' }, 422, 'text_unfit'],
	]
	for (const [body, status, code] of wrong) isProblem(t, await issue(body), status, code, /./)
	const [hidden, none] = await Promise.all(['adas', 'nope'].map((room) => issue({ room })))
	t.equal(hidden?.text.replaceAll('adas', 'ROOM'), none?.text.replaceAll('nope', 'ROOM'))
	t.equal((await ask(url, '/hooks?users=robot', { headers })).status, 400)
	isProblem(t, await issue({ room: 'adas', user: 'robot' }), 404, 'not_found', /./)
	isProblem(
		t,
		await ask(url, '/hooks?x=1', { method: 'POST', headers, body: '{}' }),
		415,
		'media_type_unsupported',
		/./,
	)
})

t.test('a sender proves itself in any of these ways', async (t) => {
	const hook = await issued()
	const body = '{"text":"grün"}'
	const json = { 'Content-Type': 'application/json' }
	const github = { 'X-Hub-Signature-256': `sha256=${createHmac('sha256', hook.secret).update(body).digest('hex')}` }
	const standard = (time: number, id = 'msg_1') => {
		const key = Buffer.from(hook.secret.slice('whsec_'.length), 'base64')
		const signature = createHmac('sha256', key).update(`${id}.${time}.${body}`).digest('base64')
		return { 'webhook-id': id, 'webhook-timestamp': String(time), 'webhook-signature': `v1,${signature}` }
	}
	const now = Math.floor(Date.now() / 1_000)
	const basic = (user: string) => ({
		Authorization: `Basic ${Buffer.from(`${user}:${hook.secret}`).toString('base64')}`,
	})
	for (const proof of [bearer(hook), basic('hook'), basic(''), github, standard(now), standard(now - 290, 'msg_2')]) {
		t.match(await send(hook, body, { ...json, ...proof }), { status: 201, json: { sender: 'robot', content: 'grün' } })
	}
	const other = await issued()
	const cookie = await signIn(url, 'owner', password)
	const wrong: Record<string, string>[] = [
		{},
		bearer(other),
		{ Authorization: `Bearer ${hook.secret}x` },
		{ Authorization: `Bearer ${robot.token}` },
		{ Authorization: headers.Authorization },
		cookie,
		{ 'X-Hub-Signature-256': github['X-Hub-Signature-256'].replace(/.$/, (last) => (last === '0' ? '1' : '0')) },
		{ 'X-Hub-Signature': github['X-Hub-Signature-256'] },
		standard(now - 310),
		standard(now + 320),
		{ ...standard(now), 'webhook-id': 'msg_3' },
		{ ...standard(now), 'webhook-signature': 'v1,' },
	]
	const told = new Set<string>()
	for (const proof of wrong) {
		const answer = await send(hook, body, { ...json, ...proof })
		isProblem(t, answer, 401, 'not_authenticated', /secret/)
		told.add(shown(answer))
	}
	// Nobody learns which hooks there are.
	told.add(shown(await send({ ...hook, id: '01K00000000000000000000000' }, body, { ...json, ...bearer(hook) })))
	told.add(shown(await ask(url, `/hooks/${hook.id}/${hook.secret}`, { method: 'POST', body })))
	t.equal(told.size, 1, [...told].join('\n'))
	const entries = (await ask(url, '/audit', { headers })).json.entries
	t.match(entries[0], { type: 'AttemptRefused', attempt: 'hook', user: 'robot', address: '127.0.0.1' })
	t.match(entries[1], { type: 'AttemptRefused', attempt: 'hook', user: undefined })
	t.ok(entries.some(({ type }: { type: string }) => type === 'HookIssued'))
	t.notMatch(JSON.stringify(entries), /whsec_/)
})

const shown = ({ status, headers: { date, 'x-request-id': _id, ...headers }, text }: Answer) =>
	JSON.stringify({ status, headers, text })

t.test('in the address a secret is good where the hook allows for it', async (t) => {
	const hook = await issued({ secretInUrl: true })
	t.equal(hook.url, `${url}/hooks/${hook.id}/${hook.secret}`)
	const at = new URL(hook.url).pathname
	t.match(await ask(url, at, { method: 'POST', body: 'hello' }), { status: 201, json: { content: 'hello' } })
	t.equal((await ask(url, `${at}x`, { method: 'POST', body: 'hello' })).status, 401)
	t.equal((await send(hook, 'hello', bearer(hook))).status, 201, 'and so it is elsewhere')
	t.equal((await send(hook, 'hello')).status, 401)
	const { json } = await ask(url, '/hooks?user=robot', { headers })
	t.equal(json.hooks.find(({ id }: Issued) => id === hook.id).url, `${url}/hooks/${hook.id}`)
})

t.test('who fails too often at a hook is told to wait, and nobody else is', async (t) => {
	const [hook, beside] = [await issued(), await issued()]
	for (let i = 0; i < triesPerHookMax; i++) t.equal((await send(hook, 'x')).status, 401)
	const answer = await send(hook, 'x', bearer(hook))
	isProblem(t, answer, 429, 'tries_too_many', /Wait/)
	t.ok(answer.headers['retry-after'])
	t.equal((await send(beside, 'x', bearer(beside))).status, 201)
	t.match(await signIn(url, 'owner'), { Cookie: /./ })
})

t.test('what each sender sends is understood', async (t) => {
	const hook = await issued()
	const said = async (value: unknown, sent = {}) => (await sendJson(hook, value, sent)).json.content
	t.equal(await said({ text: '*done*' }), '**done**')
	t.match(await said({ zen: 'Calm.' }, { 'X-GitHub-Event': 'ping' }), /Calm/)
	t.match(
		await said({ status: 'firing', groupLabels: {}, alerts: [{ status: 'firing', labels: { alertname: 'Down' } }] }),
		/🔥 Down/,
	)
	t.match(await said({ status: 'firing', orgId: 1, title: 'Hot', alerts: [] }), /Hot/)
	t.equal(await said({ topic: 'x', message: 'hi', tags: ['tada'] }), '🎉\n\nhi')
	t.match(await said({ any: 'thing' }), /```json\n\{\n\t"any": "thing"\n\}\n```/)
	const ntfy = await send(hook, 'It failed', { ...bearer(hook), Title: 'Backup', 'Content-Type': 'text/plain' })
	t.equal(ntfy.json.content, '**Backup**\n\nIt failed')
	const form = `payload=${encodeURIComponent('{"text":"form"}')}`
	const type = { 'Content-Type': 'application/x-www-form-urlencoded' }
	t.equal((await send(hook, form, { ...bearer(hook), ...type })).json.content, 'form')
	const posted = await sendJson(hook, { text: 'x' })
	t.match(posted.headers.location, new RegExp(`^/rooms/general/messages/${posted.json.id}$`))
})

t.test('only what is written for this chat calls upon people', async (t) => {
	const hook = await issued()
	const mentions = async (value: object, sent = {}) => (await sendJson(hook, value, sent)).json.mentions
	t.same(await mentions({ text: '<!channel> @ada' }), ['room'])
	for (const [value, sent] of [
		[{ text: '@ada @room' }, {}],
		[{ any: '@ada @room' }, {}],
		[{ action: 'opened', issue: { number: 1, title: '@ada @room' } }, { 'X-GitHub-Event': 'issues' }],
	] as const) {
		t.same(await mentions(value, sent), undefined, JSON.stringify(value))
	}
	t.same((await send(hook, 'look @ada @room', bearer(hook))).json.mentions, ['ada', 'room'])
})

t.test('a delivery that comes again is said once', async (t) => {
	await putRoom(url, owner, 'once')
	const hook = await issued({ room: 'once' })
	const ids = ['Idempotency-Key', 'webhook-id', 'X-GitHub-Delivery']
	for (const name of ids) {
		const delivery = { [name]: `delivery-${name}` }
		const first = await sendJson(hook, { text: name }, delivery)
		const again = await sendJson(hook, { text: name }, delivery)
		t.equal(first.status, 201)
		t.match(again, { status: 200, headers: { 'idempotent-replay': 'true' } })
		t.same(again.json, first.json)
		isProblem(t, await sendJson(hook, { text: 'another' }, delivery), 422, 'idempotency_key_reused', /./)
	}
	t.same(await history('once'), ids)
	const key = { 'Idempotency-Key': 'shared' }
	const other = await issued({ room: 'once' })
	for (const one of [hook, other]) t.equal((await sendJson(one, { text: 'shared' }, key)).status, 201)
	const own = await askJson(
		url,
		'/rooms/once/messages',
		{ content: 'shared' },
		{ headers: { ...robot.headers, ...key } },
	)
	t.equal(own.status, 201, 'nor are they the keys of its user')
	for (let i = 0; i < 2; i++) t.equal((await sendJson(hook, { text: 'without an id' })).status, 201)
	isProblem(
		t,
		await sendJson(hook, { text: 'x' }, { 'Idempotency-Key': 'x'.repeat(256) }),
		400,
		'idempotency_key_invalid',
		/./,
	)
	t.equal((await history('once')).length, 8)
})

t.test('bad bodies are refused, each with what is wrong, and nothing is said', async (t) => {
	await putRoom(url, owner, 'quiet')
	const hook = await issued({ room: 'quiet' })
	const json = { 'Content-Type': 'application/json', ...bearer(hook) }
	const wrong: [string | Buffer, Record<string, string>, number, string, RegExp][] = [
		['{', json, 400, 'malformed', /not JSON/],
		['', json, 400, 'malformed', /not JSON/],
		[Buffer.from('{"text":"\xff"}', 'latin1'), json, 400, 'malformed', /UTF-8/],
		[
			Buffer.from([0xff, 0xfe, 0]),
			{ ...bearer(hook), 'Content-Type': 'application/octet-stream' },
			400,
			'malformed',
			/UTF-8/,
		],
		[
			'payload={',
			{ ...bearer(hook), 'Content-Type': 'application/x-www-form-urlencoded' },
			400,
			'malformed',
			/not JSON/,
		],
		['{"text":""}', json, 422, 'content_empty', /Slack/],
		['{"text":" ","blocks":[]}', json, 422, 'content_empty', /Slack/],
		['{"topic":"x","message":""}', json, 422, 'content_empty', /ntfy/],
		['', bearer(hook), 422, 'content_empty', /empty/],
		[' \n', { ...bearer(hook), 'Content-Type': 'text/plain' }, 422, 'content_empty', /empty/],
		['x', { ...bearer(hook), 'Content-Type': 'nonsense' }, 415, 'media_type_unsupported', /./],
	]
	for (const [body, sent, status, code, detail] of wrong)
		isProblem(t, await send(hook, body, sent), status, code, detail)
	isProblem(
		t,
		await ask(url, `/hooks/${hook.id}?title=x`, { method: 'POST', headers: json, body: '{}' }),
		400,
		'malformed',
		/title/,
	)
	t.same(await history('quiet'), [])
})

t.test('whatever is too long, too deep or too many is said in short', async (t) => {
	await putRoom(url, owner, 'long')
	const hook = await issued({ room: 'long' })
	const json = { 'Content-Type': 'application/json', ...bearer(hook) }
	const half = hookBodyBytesMax / 2
	for (const body of [
		JSON.stringify({ text: '😀'.repeat(200_000) }),
		JSON.stringify({ any: 'é'.repeat(200_000) }),
		'['.repeat(half) + ']'.repeat(half),
		`{"attachments":[${'{},'.repeat(300_000)}{"text":"x"}]}`,
		JSON.stringify(Array.from({ length: 120_000 }, (_, index) => index)),
		'{"text":"a\\u0000b\\ud800"}',
	]) {
		const answer = await send(hook, body, json)
		t.equal(answer.status, 201, body.slice(0, 20))
		t.ok(Buffer.byteLength(answer.json.content) <= contentBytesMax)
	}
	t.match((await history('long')).at(-1), /^a\ufffdb\ufffd$/)
})

t.test('a body that does not end is cut off, whoever sends it', async (t) => {
	const hook = await issued()
	for (const proof of [bearer(hook), {}]) {
		const large = await send(hook, 'x'.repeat(hookBodyBytesMax + 1), { ...proof, 'Content-Type': 'text/plain' })
		isProblem(t, large, 413, 'body_too_large', /1048576 bytes/)
	}
	t.equal((await send(hook, 'x'.repeat(hookBodyBytesMax), bearer(hook))).status, 201)
	const socket = connect(server.port, '127.0.0.1')
	t.teardown(() => socket.destroy())
	let answer = ''
	socket.on('data', (chunk) => {
		answer += chunk
	})
	socket.on('error', () => {})
	socket.write(
		`POST /hooks/${hook.id} HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\nAuthorization: Bearer ${hook.secret}\r\n\r\n`,
	)
	const chunk = `10000\r\n${'x'.repeat(0x10000)}\r\n`
	const more = setInterval(() => socket.writable && socket.write(chunk), 1)
	await new Promise((closed) => socket.once('close', closed))
	clearInterval(more)
	t.match(answer, /^HTTP\/1\.1 413 /)
	const broken = await askRaw(
		t,
		server.port,
		`POST /hooks/${hook.id} HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n`,
	)
	t.match(broken, /^HTTP\/1\.1 421 /)
})

t.test('a page of another site sends nothing to a hook', async (t) => {
	const hook = await issued({ secretInUrl: true })
	const at = new URL(hook.url).pathname
	const asked: AnswerRequest = { method: 'POST', headers: { Origin: 'https://evil.example' }, body: 'x' }
	isProblem(t, await ask(url, at, asked), 403, 'origin_foreign', /./)
})

t.test('a hook says no more than its user may', async (t) => {
	await putRoom(url, owner, 'inside', { visibility: 'private' })
	isProblem(t, await issue({ room: 'inside', user: 'robot' }), 403, 'forbidden', /robot may not post/)
	await addMember(url, owner, 'inside', 'robot')
	const hook = await issued({ room: 'inside' })
	const said = () => sendJson(hook, { text: 'x' })
	const change = (method: string, path: string, body: object) => askJson(url, path, body, { method, headers })
	t.equal((await said()).status, 201)
	await change('PUT', '/rooms/inside/mutes/robot', { reason: 'loud' })
	isProblem(t, await said(), 403, 'muted', /loud/)
	await ask(url, '/rooms/inside/mutes/robot', { method: 'DELETE', headers })
	await change('PUT', '/rooms/inside', { archived: true })
	isProblem(t, await said(), 422, 'room_archived', /archived/)
	await change('PUT', '/rooms/inside', { archived: false })
	t.equal((await said()).status, 201)
	await removeMember(url, owner, 'inside', 'robot')
	isProblem(t, await said(), 404, 'not_found', /no room/)
	await change('PUT', '/rooms/inside', { visibility: 'open' })
	t.equal((await said()).status, 201)
	await change('PUT', '/rooms/inside/bans/robot', {})
	isProblem(t, await said(), 404, 'not_found', /no room/)
	t.equal((await history('inside')).length, 3)
})

t.test('a hook ends with its user, being let out, a new password, and being revoked', async (t) => {
	const gone = async (hook: Issued, name: string) =>
		isProblem(t, await sendJson(hook, { text: name }), 401, 'not_authenticated', /no such hook/)
	await addPerson(url, owner, 'bot-1', 'bot')
	const out = await issued({ user: 'bot-1' })
	t.equal((await sendJson(out, { text: 'x' })).status, 201)
	await askJson(url, '/users/bot-1', { active: false }, { method: 'PATCH', headers })
	await gone(out, 'let out')
	await askJson(url, '/users/bot-1', { active: true }, { method: 'PATCH', headers })
	await gone(out, 'and back in')
	const again = await issued({ user: 'bot-1' })
	await ask(url, '/users/bot-1', { method: 'DELETE', headers })
	await gone(again, 'erased')
	const eve = await addPerson(url, owner, 'eve')
	const hers = (await issue({ room: 'general' }, eve)).json
	t.match(await sendJson(hers, { text: 'x' }), { status: 201, json: { sender: 'eve' } })
	const change = { password: 'another long password', currentPassword: password }
	t.equal((await askJson(url, '/users/me', change, { method: 'PATCH', headers: eve.headers })).status, 200)
	await gone(hers, 'a new password')
	const revoked = await issued()
	t.equal((await ask(url, `/hooks/${revoked.id}`, { method: 'DELETE', headers })).status, 204)
	await gone(revoked, 'revoked')
	t.equal((await ask(url, `/hooks/${revoked.id}`, { method: 'DELETE', headers })).status, 404)
})

t.test('a hook posts no faster than its user may', async (t) => {
	const limited = await startServer(t, { guests: false, flags: ['--rate-limit', '1'] })
	const { headers } = await setUp(limited)
	const { json } = await askJson(limited.url, '/hooks', { room: 'general' }, { headers })
	let answer: Answer
	do answer = await ask(limited.url, `/hooks/${json.id}`, { method: 'POST', headers: bearer(json), body: 'x' })
	while (answer.status === 201)
	isProblem(t, answer, 429, 'rate_limited', /1 messages a second/)
	t.ok(answer.headers['retry-after'])
})

t.test('the server has nothing to complain about', async (t) => {
	t.same(server.errors(), '')
	t.equal(server.process.exitCode, null)
})

t.test('what another server of this kind sends again was said, also where it has no text any more', async (t) => {
	const frame = { type: 'message', cursor: '9-2cc83788', sender: 'ada', content: 'soon erased', room: 'general' }
	const { json } = await askJson(url, '/hooks', { room: 'general', user: robot.name }, { headers: owner.headers })
	const send = (changes: object) =>
		askJson(
			url,
			`/hooks/${json.id}`,
			{ ...frame, ...changes },
			{
				headers: { Authorization: `Bearer ${json.secret}`, 'webhook-id': 'W.9' },
			},
		)
	const first = await send({})
	t.equal(first.status, 201)
	const again = await send({ content: '', erased: 'author' })
	t.match(again, { status: 200, headers: { 'idempotent-replay': 'true' }, json: { id: first.json.id } })
})
