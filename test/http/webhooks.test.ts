import { createHmac } from 'node:crypto'
import t, { type Test } from 'tap'
import type { AppOptions } from '../../src/app.ts'
import { consumersMax } from '../../src/commands/limits.ts'
import { webhookAnswerBytesMax } from '../../src/http/limits.ts'
import { startInProcess } from '../helpers/app.ts'
import { filesHolding } from '../helpers/files.ts'
import { startHouse } from '../helpers/house.ts'
import { ask, askJson, isProblem } from '../helpers/http.ts'
import { type Account, addMember, addPerson, putRoom, removeMember } from '../helpers/people.ts'
import { Receiver, status } from '../helpers/receiver.ts'
import { openSse } from '../helpers/sse.ts'
import { until } from '../helpers/until.ts'

t.jobs = 4

/** A house with a bot, and somebody's server that listens to it. */
async function setting(t: Test, options: Partial<AppOptions> = {}) {
	const house = await startHouse(t, { webhookNetworks: ['127.0.0.1'], webhookRetryMs: 5, ...options })
	const { url, owner } = house
	const robot = await addPerson(url, owner, 'robot', 'bot')
	const receiver = await Receiver.start(t)
	const issue = (changes: object = {}, { headers }: Account = owner) =>
		askJson(url, '/webhooks', { url: receiver.url, user: 'robot', room: 'general', ...changes }, { headers })
	const say = async (content: string, { headers }: Account = owner, room = 'general') =>
		(await askJson(url, `/rooms/${room}/messages`, { content }, { headers })).json
	const stateOf = async () => (await ask(url, '/webhooks?user=robot', { headers: owner.headers })).json.webhooks.at(-1)
	/** When it is as it should be. */
	const untilState = async (isWanted: (state: Record<string, unknown>) => boolean) => {
		let state: Record<string, unknown> = {}
		await until(async () => {
			state = await stateOf()
			return isWanted(state)
		})
		return state
	}
	const move = (consumer: string, cursor: unknown) =>
		askJson(url, `/consumers/${consumer}`, { cursor }, { method: 'PUT', headers: robot.headers })
	return { ...house, robot, receiver, issue, say, stateOf, until: untilState, move }
}

t.test('what is said is posted, in order, signed, and acknowledged when it was taken', async (t) => {
	const { issue, say, receiver, until, url, owner } = await setting(t)
	const { status, json } = await issue({ name: 'a bot', filter: 'type == "message"' })
	t.equal(status, 201)
	const { id, secret, ...told } = json
	t.match(secret, /^whsec_[0-9A-Za-z]{32}$/)
	t.match(told, { user: 'robot', room: 'general', name: 'a bot', replies: false, state: 'following', behind: 0 })
	const said = [await say('one'), await say('two'), await say('three')]
	for (const frame of said) {
		const { headers, body, frame: got } = await receiver.next()
		t.same(got, frame)
		t.match(headers, { 'content-type': 'application/json', 'user-agent': 'Tailroom/test' })
		t.equal(headers['webhook-id'], `${id}.${frame.position}`)
		const seconds = Number(headers['webhook-timestamp'])
		t.ok(Math.abs(seconds - Date.now() / 1_000) < 60)
		const key = Buffer.from(secret.slice('whsec_'.length), 'base64')
		const signature = createHmac('sha256', key).update(`${headers['webhook-id']}.${seconds}.${body}`).digest('base64')
		t.equal(headers['webhook-signature'], `v1,${signature}`)
	}
	const last = said.at(-1).position
	t.match(await until(({ position }) => position === last), { behind: 0, state: 'following' })
	const listed = await ask(url, '/webhooks?user=robot', { headers: owner.headers })
	t.notMatch(listed.text, /whsec_/)
})

t.test('what is not taken is tried again, and nothing overtakes it', async (t) => {
	const { issue, say, receiver, until } = await setting(t)
	await issue({ filter: 'type == "message"' })
	let failures = 3
	receiver.answers = (delivered, response, request) => {
		if (failures-- > 0) status([500, 302, 404][failures] as number)(delivered, response, request)
		else status(200)(delivered, response, request)
	}
	await say('one')
	await say('two')
	const got = [await receiver.next(), await receiver.next(), await receiver.next(), await receiver.next()]
	t.same(
		got.map(({ frame }) => frame.content),
		['one', 'one', 'one', 'one'],
	)
	t.equal(new Set(got.map(({ headers }) => headers['webhook-id'])).size, 1, 'the same id each time')
	t.equal((await receiver.next()).frame.content, 'two')
	t.match(await until(({ behind }) => behind === 0), { state: 'following', problem: undefined })
})

t.test('one that fails for long is paused, says why, and goes on from where it is told', async (t) => {
	const { issue, say, receiver, until, move } = await setting(t, { webhookTriedMs: 200 })
	const { consumer } = (await issue({ filter: 'type == "message"' })).json
	receiver.answers = status(503)
	const one = await say('one')
	const { problem, failingSinceMs } = await until(({ state }) => state === 'paused')
	t.equal(problem, 'it answered 503')
	t.ok((failingSinceMs as number) <= Date.now())
	const tries = receiver.all.length
	t.ok(tries < 12, `tried ${tries} times, each after a longer time`)
	await say('two')
	t.equal(receiver.all.length, tries, 'it is not tried any more')
	receiver.answers = status(204)
	t.equal((await move(consumer, one.cursor)).status, 200)
	await receiver.untilContent('two')
	await until(({ state, behind }) => state === 'following' && behind === 0)
})

t.test('it is put back to any position, and all after it is posted again', async (t) => {
	const { issue, say, receiver, until, move, url, robot } = await setting(t)
	const { consumer } = (await issue({ filter: 'type == "message"' })).json
	const said = [await say('one'), await say('two')]
	await receiver.untilContent('two')
	await until(({ position }) => position === said[1].position)
	t.equal((await move(consumer, 0)).status, 200)
	t.equal((await receiver.next()).frame.content, 'one')
	t.equal((await receiver.next()).frame.content, 'two')
	await until(({ position }) => position === said[1].position)
	// Also while one is on its way, which then counts for nothing.
	receiver.answers = () => {}
	await say('three')
	await receiver.untilContent('three')
	const moving = move(consumer, said[0].cursor)
	receiver.answers = status(204)
	await moving
	t.equal((await receiver.next()).frame.content, 'two')
	t.equal((await receiver.next()).frame.content, 'three')
	t.match((await ask(url, `/consumers/${consumer}`, robot)).json, { name: consumer })
})

t.test('with after it begins earlier than it was made', async (t) => {
	const { issue, say, receiver } = await setting(t)
	const one = await say('one')
	const two = await say('two')
	await issue({ after: one.cursor, filter: 'type == "message"' })
	t.same((await receiver.next()).frame, two)
})

t.test('what is answered is said, once, as a reply, and is not heard by who said it', async (t) => {
	const { issue, say, receiver, url, owner, until } = await setting(t)
	await issue({ replies: true, filter: 'type == "message"' })
	let answered = 0
	receiver.answers = (delivered, response, request) => {
		answered += 1
		// The first answer is lost after it was given; the second is the same in JSON.
		if (answered === 1) {
			response.writeHead(200, { 'Content-Length': 100 }).write('cut off')
			response.destroy()
			return
		}
		status(200, JSON.stringify({ content: `you said ${delivered.frame.content}` }), 'application/json')(
			delivered,
			response,
			request,
		)
	}
	const asked = await say('hello')
	const stream = await openSse(t, `${url}/rooms/general/events?after=${asked.cursor}`, owner.headers)
	const { data } = await stream.untilType('message')
	t.match(data, { sender: 'robot', content: 'you said hello', replyTo: asked.id })
	const again = await say('again')
	t.equal((await stream.untilType('message')).data.id, again.id)
	t.match((await stream.untilType('message')).data, { content: 'you said again', replyTo: again.id })
	await until(({ behind }) => behind === 0)
	t.notOk(receiver.all.some(({ frame }) => frame.sender === 'robot'))
})

t.test('an answer that may not be said is told of, and what comes next is posted', async (t) => {
	const { issue, say, receiver, url, owner, until } = await setting(t)
	await issue({ replies: true, filter: 'type == "message"' })
	await askJson(url, '/rooms/general/mutes/robot', {}, { method: 'PUT', headers: owner.headers })
	receiver.answers = status(200, 'an answer')
	await say('one')
	const two = await say('two')
	await receiver.untilContent('two')
	t.match(await until(({ position }) => (position as number) >= two.position), {
		problem: /not said: You may say nothing/,
	})
})

t.test('an answer is no answer where nobody asked for any, and one that never ends is left', async (t) => {
	const { issue, say, receiver, url, owner, until } = await setting(t)
	await issue({ filter: 'type == "message"' })
	receiver.answers = (_delivered, response) => {
		response.writeHead(200, { 'Content-Type': 'text/plain' })
		response.write('x'.repeat(webhookAnswerBytesMax + 1))
	}
	await say('one')
	const two = await say('two')
	await receiver.untilContent('two')
	await until(({ position }) => position === two.position)
	t.equal((await ask(url, '/rooms/general', { headers: owner.headers })).json.sequence, 2)
})

t.test('it hears what its user may hear now, and no more', async (t) => {
	const { issue, say, receiver, url, owner } = await setting(t)
	await putRoom(url, owner, 'vault', { visibility: 'private' })
	await addMember(url, owner, 'vault', 'robot')
	await addMember(url, owner, 'general', 'robot')
	await issue({ room: undefined, filter: 'type == "message"' })
	await say('inside', owner, 'vault')
	t.equal((await receiver.next()).frame.room, 'vault')
	await removeMember(url, owner, 'vault', 'robot')
	await say('secret', owner, 'vault')
	await say('between us', owner, '@robot')
	t.match((await receiver.untilContent('between us')).frame, { room: '@owner' })
	await say('outside')
	await receiver.untilContent('outside')
	t.notOk(receiver.all.some(({ frame }) => frame.content === 'secret'))
})

t.test('what was erased before it was taken is posted without its text', async (t) => {
	const { issue, say, receiver, url, owner } = await setting(t, { webhookRetryMs: 100 })
	await issue({ filter: 'type == "message"' })
	// Also a try that was on its way when it was erased is not taken.
	receiver.answers = (delivered, response, request) =>
		status(delivered.frame.content === 'regretted' ? 500 : 204)(delivered, response, request)
	const { id } = await say('regretted')
	await receiver.untilContent('regretted')
	await ask(url, `/rooms/general/messages/${id}`, { method: 'DELETE', headers: owner.headers })
	for (;;) {
		const { frame } = await receiver.next()
		if (frame.content === 'regretted') continue
		t.match(frame, { id, content: '', erased: 'author' })
		break
	}
})

t.test('one that is revoked posts nothing more, and what it held is in no file', async (t) => {
	const { issue, say, receiver, url, owner, robot, directory } = await setting(t)
	const { id, secret, consumer } = (await issue({ url: `${receiver.url}?where=nowhere-else` })).json
	await say('one')
	await receiver.untilContent('one')
	t.equal((await ask(url, `/webhooks/${id}`, { method: 'DELETE', headers: owner.headers })).status, 204)
	const count = receiver.all.length
	await say('two')
	isProblem(t, await ask(url, `/consumers/${consumer}`, robot), 404, 'not_found', /./)
	const again = await ask(url, `/webhooks/${id}`, { method: 'DELETE', headers: owner.headers })
	isProblem(t, again, 404, 'not_found', /./)
	t.equal(receiver.all.length, count)
	for (const text of [secret, 'nowhere-else']) await until(() => filesHolding(directory, text).length === 0)
})

t.test('a restart goes on where it was, and neither forgets nor repeats what was taken', async (t) => {
	const first = await setting(t)
	await first.issue({ filter: 'type == "message"' })
	const one = await first.say('one')
	await first.receiver.untilContent('one')
	await first.until(({ position }) => position === one.position)
	first.receiver.answers = status(500)
	await first.say('two')
	await first.receiver.untilContent('two')
	await first.app.stop()
	const tries = first.receiver.all.length
	first.receiver.answers = status(204)
	const { directory } = first
	await startInProcess(t, { directory, guests: false, webhookNetworks: ['127.0.0.1'], webhookRetryMs: 5 })
	await first.receiver.untilContent('two')
	t.same([...new Set(first.receiver.all.slice(tries).map(({ frame }) => frame.content))], ['two'])
})

t.test('what may not be reached is refused, when it is issued or when it is looked up', async (t) => {
	const { issue, say, until, receiver } = await setting(t, { webhookNetworks: [] })
	for (const url of [receiver.url, 'http://169.254.169.254/latest', 'http://[::1]:8080/', 'http://2130706433/']) {
		isProblem(t, await issue({ url }), 422, 'url_unfit', /no public address/)
	}
	for (const url of ['nonsense', 'ftp://example.org/', 'https://example.org/#x']) {
		isProblem(t, await issue({ url }), 422, 'url_unfit', /https:\/\//)
	}
	t.equal((await issue({ url: receiver.url.replace('127.0.0.1', 'localhost') })).status, 201)
	await say('one')
	t.match(await until(({ state }) => state === 'retrying'), { problem: /(127\.0\.0\.1|::1) is no public address/ })
	t.equal(receiver.all.length, 0)
})

t.test('a redirection leads nowhere', async (t) => {
	const { issue, say, receiver, until } = await setting(t)
	const inside = await Receiver.start(t)
	await issue()
	receiver.answers = (_delivered, response) => void response.writeHead(307, { Location: inside.url }).end()
	await say('one')
	t.match(await until(({ state }) => state === 'retrying'), { problem: 'it answered 307' })
	t.equal(inside.all.length, 0)
})

t.test('what is asked for in a wrong way is refused', async (t) => {
	const { issue, url, owner, robot } = await setting(t)
	isProblem(t, await issue({ filter: 'type ==' }), 400, 'malformed', /at character 8/)
	isProblem(t, await issue({ after: 'nonsense' }), 400, 'malformed', /cursor/)
	isProblem(t, await issue({ after: 999_999 }), 422, 'cursor_unusable', /ahead/)
	isProblem(t, await issue({ room: 'nowhere' }), 404, 'not_found', /./)
	isProblem(t, await issue({ unknown: 1 }), 400, 'malformed', /unknown/)
	isProblem(t, await issue({}, robot), 403, 'forbidden', /./)
	t.same((await ask(url, '/webhooks?user=robot', { headers: owner.headers })).json, { webhooks: [] })
})

t.test('answers count as posts of who says them, and all are said in the end', async (t) => {
	const { issue, say, receiver, url, owner } = await setting(t, { postsPerSecond: 2 })
	await issue({ replies: true, filter: 'type == "message"' })
	receiver.answers = (delivered, response, request) =>
		status(200, `re: ${delivered.frame.content}`)(delivered, response, request)
	const ada = await addPerson(url, owner, 'ada')
	for (let i = 0; i < 8; i++) await say(`${i}`, i % 2 === 0 ? owner : ada)
	for (let i = 8; i < 12; i++) await say(`${i}`, i % 2 === 0 ? owner : ada)
	const stream = await openSse(t, `${url}/rooms/general/events?after=0`, owner.headers)
	for (let i = 0; i < 12; i++) await stream.until(({ data }) => data.content === `re: ${i}`)
	const times = stream.events.filter(({ data }) => data.sender === 'robot').map(({ data }) => data.timestamp)
	t.equal(
		new Set(receiver.all.map(({ headers }) => headers['webhook-id'])).size,
		receiver.all.length,
		'nobody is asked twice',
	)
	t.ok((times.at(-1) as number) - (times[0] as number) >= 400, 'ten may be saved up, and two more take their time')
})

t.test('what is not wanted moves it on all the same', async (t) => {
	const { issue, say, until } = await setting(t, { heartbeatMs: 100 })
	await issue({ filter: 'content == "wanted"' })
	const { position } = await say('unwanted')
	t.match(await until((state) => (state.position as number) >= position), { behind: 0, state: 'following' })
})

t.test('webhooks count for themselves, whatever other consumers there are, and end without leaving one', async (t) => {
	const { issue, url, owner, robot } = await setting(t)
	for (let i = 0; i < consumersMax; i++) {
		await askJson(url, `/consumers/c${i}`, { cursor: 0 }, { method: 'PUT', headers: robot.headers })
	}
	const { json, status } = await issue()
	t.equal(status, 201)
	const consumers = async () => (await ask(url, '/consumers', robot)).json.consumers as { name: string }[]
	t.ok((await consumers()).some(({ name }) => name === json.consumer))
	await askJson(url, '/users/robot', { active: false }, { method: 'PATCH', headers: owner.headers })
	await askJson(url, '/users/robot', { active: true }, { method: 'PATCH', headers: owner.headers })
	const { token } = (await askJson(url, '/tokens', { user: 'robot' }, { headers: owner.headers })).json
	robot.headers.Authorization = `Bearer ${token}`
	t.notOk((await consumers()).some(({ name }) => name === json.consumer))
})

t.test('without its consumer it begins again', async (t) => {
	const { issue, say, receiver, url, robot } = await setting(t)
	const { consumer } = (await issue({ filter: 'type == "message"' })).json
	await say('one')
	await receiver.untilContent('one')
	t.equal((await ask(url, `/consumers/${consumer}`, { method: 'DELETE', headers: robot.headers })).status, 204)
	await receiver.untilContent('one')
})

t.test('an address that was allowed once is not reached when it is allowed no longer', async (t) => {
	const { issue, app, directory, owner, receiver, say } = await setting(t)
	await issue({ filter: 'type == "message"' })
	await say('one')
	await receiver.untilContent('one')
	await app.stop()
	const count = receiver.all.length
	const { url } = await startInProcess(t, { directory, guests: false, webhookNetworks: [], webhookRetryMs: 5 })
	await askJson(url, '/rooms/general/messages', { content: 'two' }, { headers: owner.headers })
	let problem: string | undefined
	await until(async () => {
		const { json } = await ask(url, '/webhooks?user=robot', { headers: owner.headers })
		problem = json.webhooks[0].problem
		return json.webhooks[0].state === 'retrying'
	})
	t.match(problem, /127\.0\.0\.1 is no public address/)
	t.equal(receiver.all.length, count)
})

t.test('with a signature, what is not signed counts for nothing', async (t) => {
	const { url, owner } = await setting(t)
	const { json } = await askJson(url, '/hooks', { room: 'general', user: 'robot' }, { headers: owner.headers })
	const body = 'hello'
	const at = String(Math.floor(Date.now() / 1_000))
	const key = Buffer.from(json.secret.slice('whsec_'.length), 'base64')
	const signed = {
		'Content-Type': 'text/plain',
		'webhook-id': 'one',
		'webhook-timestamp': at,
		'webhook-signature': `v1,${createHmac('sha256', key).update(`one.${at}.${body}`).digest('base64')}`,
	}
	const send = (headers: object) => ask(url, `/hooks/${json.id}`, { headers: { ...signed, ...headers }, body })
	t.match(await send({ Title: '@room forged' }), { status: 201, json: { content: 'hello', mentions: undefined } })
	for (const id of ['another', 'one more']) t.equal((await send({ 'Idempotency-Key': id })).status, 200, 'it was said')
})

t.test('a connection that ends without an answer is a failure like any other', async (t) => {
	const { issue, say, receiver, until } = await setting(t)
	await issue({ filter: 'type == "message"' })
	receiver.answers = (_delivered, _response, { socket }) => {
		socket.end('HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: nonsense\r\n\r\n')
	}
	await say('one')
	t.match(await until(({ state }) => state === 'retrying'), { problem: /./ })
	receiver.answers = status(204)
	t.match(await until(({ behind }) => behind === 0), { state: 'following', problem: undefined })
})

t.test('what waits while its user may hear nothing is posted when they may again', async (t) => {
	const { issue, say, receiver, url, owner, until, move } = await setting(t, { heartbeatMs: 100, webhookRetryMs: 50 })
	await putRoom(url, owner, 'vault', { visibility: 'private' })
	await addMember(url, owner, 'vault', 'robot')
	const { position: before, consumer } = (await issue({ room: 'vault', filter: 'type == "message"' })).json
	receiver.answers = status(500)
	await say('waiting', owner, 'vault')
	await receiver.untilContent('waiting')
	await removeMember(url, owner, 'vault', 'robot')
	t.match(await until(({ problem }) => /may hear nothing/.test(String(problem))), { position: before })
	receiver.answers = status(204)
	await addMember(url, owner, 'vault', 'robot')
	// Else it looks again in half a minute.
	t.equal((await move(consumer, before)).status, 200)
	await receiver.untilContent('waiting')
	t.match(await until(({ behind }) => behind === 0), { state: 'following', problem: undefined })
})
