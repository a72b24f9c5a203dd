import t from 'tap'
import { startHouse } from '../helpers/house.ts'
import { ask, askJson, isProblem } from '../helpers/http.ts'
import { type Account, addMember, addPerson, putRoom, removeMember } from '../helpers/people.ts'
import { openSse } from '../helpers/sse.ts'
import { openWebSocket } from '../helpers/websocket.ts'

const { url, owner } = await startHouse(t)
const ada = await addPerson(url, owner, 'ada')

const read = (path: string, by: Account = owner) => ask(url, path, by)
const contents = (answer: { json: { messages: { content: string }[] } }) =>
	answer.json.messages.map(({ content }) => content)

async function post(room: string, content: string, more: object = {}) {
	return (await askJson(url, `/rooms/${room}/messages`, { content, ...more }, owner)).json
}

async function edit(room: string, id: string, content: string) {
	return (await askJson(url, `/rooms/${room}/messages/${id}`, { content }, { method: 'PATCH', ...owner })).json
}

/** The head after what has just happened. */
async function now(): Promise<number> {
	return Number.parseInt((await read('/rooms')).json.cursor, 10)
}

t.test('the answers to a message are a thread, oldest first', async (t) => {
	await putRoom(url, owner, 'threads')
	await putRoom(url, owner, 'other')
	const { id } = await post('threads', 'a question')
	for (const content of ['one', 'two', 'three']) {
		await post('threads', content, { replyTo: id })
		await post('threads', 'something else')
	}
	const path = '/rooms/threads/messages'
	t.same(contents(await read(`${path}?replyTo=${id}`)), ['one', 'two', 'three'])
	t.same(contents(await read(`${path}?replyTo=${id}&limit=2`)), ['two', 'three'], 'the newest')
	const repliesTo = (id: string, query = '') => read(`${path}/${id}/replies${query}`)
	const all = (await repliesTo(id)).json
	t.same(contents({ json: all }), ['one', 'two', 'three'])
	t.same([all.next, typeof all.cursor, typeof all.position], [undefined, 'string', 'number'], 'there are no more')
	const last = (await repliesTo(id, '?limit=2')).json
	t.same(contents({ json: last }), ['two', 'three'])
	t.equal(last.next, all.messages[1].sequence)
	const first = (await repliesTo(id, `?limit=2&before=${last.next}`)).json
	t.same([contents({ json: first }), first.next], [['one'], undefined])
	t.same(contents(await repliesTo(id, `?at=${all.messages[1].position}&limit=1`)), ['two'])
	t.same(contents(await repliesTo(id, '?before=0')), [])
	t.same((await repliesTo('01K00000000000000000000000')).status, 404)
	for (const query of ['after=1', 'around=1', 'limit=0', 'limit=501', 'before=x']) {
		isProblem(t, await repliesTo(id, `?${query}`), 400, 'malformed', new RegExp(query.split('=')[0] as string))
	}
	t.same(contents(await read(`${path}?replyTo=${(await post('threads', 'alone')).id}`)), [])

	const unknown = await read(`${path}/01K00000000000000000000000`)
	isProblem(t, unknown, 404, 'not_found', /no message with that id in threads/)
	const elsewhere = await post('other', 'elsewhere')
	for (const replyTo of ['01K00000000000000000000000', elsewhere.id, '', 'nonsense']) {
		t.same((await read(`${path}?replyTo=${replyTo}`)).json, unknown.json, 'as where one message is asked for')
	}
	for (const where of ['before=1', 'after=1', 'around=1']) {
		isProblem(t, await read(`${path}?replyTo=${id}&${where}`), 400, 'malformed', /Only one of/)
	}
	isProblem(t, await read(`${path}?replyTo=${'x'.repeat(65)}`), 400, 'malformed', /replyTo/)

	const replies = ['01K00000000000000000000000', elsewhere.id, 'nonsense'].map((replyTo) =>
		post('threads', 'no', { replyTo }),
	)
	for (const reply of await Promise.all(replies)) {
		t.match(reply, {
			status: 422,
			code: 'reply_target_unknown',
			detail: 'There is no message with that id in threads.',
		})
	}

	const socket = await openWebSocket(t, `${url.replace('http', 'ws')}/ws`, owner.headers)
	const asked = { type: 'get_history', room: 'threads', replyTo: id }
	t.same(contents({ json: await socket.ask(asked, 'history') }), ['one', 'two', 'three'])
	t.match(await socket.ask({ ...asked, replyTo: elsewhere.id }, 'error'), { code: 'not_found' })
})

t.test('a room is asked for as it was, but for what is erased since', async (t) => {
	await putRoom(url, owner, 'then')
	const path = '/rooms/then/messages'
	const opened = await now()
	const first = await post('then', 'one')
	const gone = await post('then', 'a secret', { replyTo: first.id })
	const before = await now()
	const changed = await edit('then', first.id, 'one, in other words')
	const between = await now()
	await edit('then', first.id, 'one, in the last words')
	await post('then', 'three', { replyTo: first.id })
	t.same(contents(await read(`${path}?at=${before}`)), ['one', 'a secret'])
	await ask(url, `${path}/${gone.id}`, { method: 'DELETE', ...owner })

	const erased = { ...gone, content: '', erased: 'author' }
	t.same((await read(`${path}?at=${before}`)).json.messages, [first, erased])
	t.same((await read(`${path}?at=${between}`)).json.messages, [changed, erased])
	t.same(contents(await read(`${path}?at=${await now()}`)), ['one, in the last words', '', 'three'])
	t.same(contents(await read(`${path}?at=${opened}`)), [])
	t.same(contents(await read(`${path}?at=0`)), [])
	t.same(contents(await read(`${path}?at=${before}&limit=1`)), [''])
	t.same(contents(await read(`${path}?at=${before}&after=1`)), [''])
	t.same(contents(await read(`${path}?at=${between}&before=2`)), ['one, in other words'])
	t.same(contents(await read(`${path}?at=${between}&around=1`)), ['one, in other words', ''])
	t.same(contents(await read(`${path}?at=${before}&replyTo=${first.id}`)), [''])

	const head = await now()
	isProblem(t, await read(`${path}?at=${head + 1}`), 422, 'position_unknown', new RegExp(`ends at ${head}`))
	for (const at of ['-1', 'x', '', '1.5', '1-00000000', '9'.repeat(16)]) {
		isProblem(t, await read(`${path}?at=${at}`), 400, 'malformed', /at/)
	}
	const socket = await openWebSocket(t, `${url.replace('http', 'ws')}/ws`, owner.headers)
	const asked = { type: 'get_history', room: 'then', at: between }
	t.same(contents({ json: await socket.ask(asked, 'history') }), ['one, in other words', ''])
	t.match(await socket.ask({ ...asked, at: head + 1 }, 'error'), { code: 'position_unknown' })
})

t.test('a stream goes on after a page of then as after one of now', async (t) => {
	await putRoom(url, owner, 'on')
	const one = await post('on', 'one')
	const at = await now()
	const two = await post('on', 'two')
	const { json } = await read(`/rooms/on/messages?at=${at}`)
	t.match(json, { messages: [one], position: at, cursor: one.cursor })
	const stream = await openSse(t, `${url}/rooms/on/events?after=${json.cursor}`, owner.headers)
	t.match((await stream.next())?.data, { type: 'hello', mode: 'resumed', from: at })
	t.same((await stream.untilType('message')).data, two)
	const none = (await read('/rooms/on/messages?at=0')).json
	const all = await openSse(t, `${url}/rooms/on/events?after=${none.cursor}&until=head`, owner.headers)
	const seen = (await all.rest()).filter(({ data }) => data.type === 'message').map(({ data }) => data)
	t.same(seen, [one, two])
})

t.test('who belonged to a room then, by the rights of now', async (t) => {
	await putRoom(url, owner, 'members', { visibility: 'private' })
	const alone = await now()
	await addMember(url, owner, 'members', 'ada')
	const together = await now()
	await addMember(url, owner, 'members', 'ada', 'moderator')
	await removeMember(url, owner, 'members', 'ada')
	const members = (at: number | string) => read(`/rooms/members/members?at=${at}`)
	const founder = { userId: 'owner', role: 'moderator' }
	t.same((await members(alone)).json.members, [founder])
	const then = (await members(together)).json
	t.same(then.members, [founder, { userId: 'ada', role: 'member' }])
	t.match(then.cursor, new RegExp(`^${together}-`))
	t.same((await members(await now())).json.members, [founder])
	t.same((await members(0)).json.members, [])
	isProblem(t, await members((await now()) + 1), 422, 'position_unknown', /ends at/)
	isProblem(t, await members('x'), 400, 'malformed', /at/)
	// Who could see it then and may not now is told nothing, not even that it was too early.
	const hidden = await read(`/rooms/members/messages?at=${together}`, ada)
	isProblem(t, hidden, 404, 'not_found', /./)
	const nowhere = await read(`/rooms/nobodys/messages?at=${together}`, ada)
	t.equal(JSON.stringify(hidden.json).replaceAll('members', 'nobodys'), JSON.stringify(nowhere.json))
	t.equal((await read(`/rooms/members/members?at=${(await now()) + 9}`, ada)).status, 404)
	t.equal((await read(`/rooms/members/messages?at=${(await now()) + 9}`, ada)).status, 404)
})
