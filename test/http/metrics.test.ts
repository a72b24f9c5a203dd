import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { startInProcess, startServerHere } from '../helpers/app.ts'
import { startHouse } from '../helpers/house.ts'
import { ask, askJson, isProblem } from '../helpers/http.ts'
import { scrape } from '../helpers/metrics.ts'
import { addPerson, signIn } from '../helpers/people.ts'
import { Receiver, status } from '../helpers/receiver.ts'
import { openSse } from '../helpers/sse.ts'
import { until } from '../helpers/until.ts'
import { openWebSocket } from '../helpers/websocket.ts'

const operations = readFileSync(new URL('../../docs/operations.md', import.meta.url), 'utf8')

t.test('the page for operators describes every metric that there is, and no other', async (t) => {
	const { url } = await startInProcess(t)
	await ask(url, '/rooms/general/messages', { body: '' })
	const { metrics, samples } = await scrape(url)
	const [own, others] = [true, false].map((isOwn) =>
		[...metrics].filter(([name]) => name.startsWith('tailroom_') === isOwn),
	)
	const cells = (row: string) => row.split(' | ').map((cell) => cell.replace(/^\| | \|$/g, '').replaceAll('`', ''))
	const rowsOf = (pattern: RegExp) => (operations.match(pattern) ?? []).map(cells)
	t.same(
		rowsOf(/^\| `tailroom_\w+` \| .+ \|$/gm),
		own?.map(([name, { type, labels, help }]) => [name, type, labels.join(', '), help]),
	)
	t.same(
		rowsOf(/^\| `(process|nodejs)_\w+` \| .+ \|$/gm).map(([name, type]) => [name, type]),
		others?.map(([name, { type }]) => [name, type]),
	)

	const series = new Set([...samples.keys()].map((name) => name.replace(/\{.*/, '')))
	const named = operations.slice(operations.indexOf('### What to alert on'), operations.indexOf('### What each metric'))
	const asked = [...named.matchAll(/\b(tailroom|process|nodejs)_\w+/g)].map(([name]) => name)
	t.ok(asked.length > 15)
	for (const name of asked) t.ok(series.has(name), `there is a ${name} to ask for`)
})

t.test('what is done is counted, and nothing says by whom', async (t) => {
	const server = await startServerHere(t)
	const { url } = server
	await server.post('canary', 'zero')
	const before = (await scrape(url)).samples
	const stream = await openSse(t, `${url}/rooms/canary/events`)
	const socket = await openWebSocket(t, server.webSocketUrl, { 'Tailroom-User': 'nightingale' })
	await socket.ask({ type: 'subscribe', room: 'canary' }, 'live')
	await stream.untilType('live')
	for (const content of ['one', 'two']) await server.post('canary', content, { 'Tailroom-User': 'nightingale' })
	socket.send({ type: 'publish', room: 'canary', content: '' })
	await socket.untilType('error')
	t.equal((await askJson(url, '/rooms/canary/messages', { content: '' })).status, 422)
	t.equal((await ask(url, '/hooks/nope', { body: '{}' })).status, 401)

	const { text, samples } = await scrape(url)
	const since = (name: string) => (samples.get(name) as number) - (before.get(name) ?? 0)
	t.ok(since('tailroom_events_appended_total') >= 3)
	t.ok(since('tailroom_batch_commands_count') >= 3)
	t.equal(since('tailroom_commit_duration_seconds_count'), since('tailroom_batch_commands_count'))
	t.ok(since('tailroom_commit_duration_seconds_sum') > 0)
	t.ok(since('tailroom_deliveries_total') >= 4)
	t.equal(since('tailroom_posts_refused_total{code="content_empty"}'), 2)
	t.equal(since('tailroom_posts_refused_total{code="not_authenticated"}'), 1)
	t.equal(samples.get('tailroom_connections{kind="stream"}'), 1)
	t.equal(samples.get('tailroom_connections{kind="websocket"}'), 1)
	t.equal(samples.get('tailroom_subscribers{transport="sse",state="live"}'), 1)
	t.equal(samples.get('tailroom_subscribers{transport="websocket",state="live"}'), 1)
	t.ok((samples.get('tailroom_wal_bytes{file="log"}') as number) > 0)
	t.ok((samples.get('tailroom_wal_bytes{file="views"}') as number) > 0)
	const head = samples.get('tailroom_head_position')
	t.equal(head, (await ask(url, '/readyz')).json.head)
	t.equal(samples.get('tailroom_lag_positions{part="views"}'), 0)
	t.equal(samples.get('tailroom_failures_total'), 0)
	for (const private_ of ['canary', 'nightingale', '127.0.0.1', 'general']) t.notOk(text.includes(private_), private_)

	await until(async () => (await scrape(url)).samples.get('tailroom_lag_positions{part="search"}') === 0)
	await until(async () => ((await scrape(url)).samples.get('tailroom_event_loop_delay_seconds_count') as number) > 0)
})

t.test('a consumer that is behind is seen, and one of a webhook is not taken for it', async (t) => {
	const { url, owner } = await startHouse(t)
	const { headers } = owner
	await askJson(url, '/rooms/general/messages', { content: 'hi' }, { headers })
	const lag = async () => (await scrape(url)).samples.get('tailroom_lag_positions{part="consumers"}')
	t.equal(await lag(), 0)
	await askJson(url, '/consumers/phone', { cursor: 1 }, { method: 'PUT', headers })
	t.equal(await lag(), (await ask(url, '/readyz')).json.head - 1)
})

t.test('what webhooks take and do not take is counted, and how far behind they are', async (t) => {
	const { url, owner } = await startHouse(t, { webhookNetworks: ['127.0.0.1'], webhookRetryMs: 5 })
	const { headers } = owner
	const robot = await addPerson(url, owner, 'robot', 'bot')
	const receiver = await Receiver.start(t)
	receiver.answers = status(500)
	await askJson(url, '/webhooks', { url: receiver.url, user: robot.name, room: 'general' }, { headers })
	await askJson(url, '/rooms/general/messages', { content: 'hi' }, { headers })
	const is = (name: string, isWanted: (value: number) => boolean) =>
		until(async () => isWanted((await scrape(url)).samples.get(name) as number))
	await is('tailroom_webhook_deliveries_total{outcome="failed"}', (count) => count > 0)
	await is('tailroom_webhooks{state="retrying"}', (count) => count === 1)
	await is('tailroom_lag_positions{part="webhooks"}', (count) => count > 0)
	receiver.answers = status(204)
	await is('tailroom_webhook_deliveries_total{outcome="ok"}', (count) => count > 0)
	await is('tailroom_lag_positions{part="webhooks"}', (count) => count === 0)
	const elsewhere = await askJson(url, '/rooms/elsewhere', {}, { method: 'PUT', headers })
	t.equal(elsewhere.status, 201)
	const { samples } = await scrape(url)
	t.equal(samples.get('tailroom_lag_positions{part="webhooks"}'), 0, 'what it does not hear it does not lack')
})

t.test('metrics are for programs on this machine, and for owners', async (t) => {
	const { url, owner, directory } = await startHouse(t)
	const read = (headers: Record<string, string>) => ask(url, '/metrics', { headers })
	t.match(await read({}), { status: 200, headers: { 'content-type': /^text\/plain; version=0\.0\.4/ } })
	t.equal((await ask(url, '/metrics', { socketPath: join(directory, 'control.sock') })).status, 200)
	isProblem(t, await ask(url, '/metrics?x=1'), 400, 'malformed', /x/)

	const forwarded = { 'X-Forwarded-For': '203.0.113.7' }
	isProblem(t, await read(forwarded), 401, 'not_authenticated', /token/)
	t.equal((await read({ ...forwarded, ...owner.headers })).status, 200)
	for (const name of ['X-Real-IP', 'Forwarded', 'Via', 'X-Forwarded-Proto', 'CF-Connecting-IP']) {
		t.equal((await read({ [name]: 'x' })).status, 401, name)
	}
	t.equal((await read({ Host: '192.0.2.7' })).status, 401, 'asked for by the name of another machine')

	const admin = await addPerson(url, owner, 'admin', 'admin')
	isProblem(t, await read(admin.headers), 403, 'forbidden', /may not/)
	isProblem(t, await read(await signIn(url, 'admin')), 403, 'forbidden', /may not/)
	isProblem(t, await read({ Authorization: 'Bearer nope' }), 401, 'not_authenticated', /Sign in again/)
})

t.test('behind a proxy nobody is on this machine, unless the proxy is trusted to say who is not', async (t) => {
	const publicUrl = new URL('https://chat.example.org')
	const { url } = await startInProcess(t, { publicUrl })
	isProblem(t, await ask(url, '/metrics'), 403, 'forbidden', /Sign in/)
	const { url: told } = await startInProcess(t, { publicUrl, trustedProxies: ['127.0.0.1'] })
	t.equal((await ask(told, '/metrics')).status, 200)
	t.equal((await ask(told, '/metrics', { headers: { 'X-Forwarded-For': '127.0.0.1' } })).status, 403)
	const { url: elsewhere } = await startInProcess(t, { publicUrl, trustedProxies: ['10.0.0.0/8'] })
	t.equal((await ask(elsewhere, '/metrics')).status, 403)
})
