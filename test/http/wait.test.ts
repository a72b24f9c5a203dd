import { once } from 'node:events'
import { request } from 'node:http'
import t from 'tap'
import { startInProcess } from '../helpers/app.ts'
import { startHouse } from '../helpers/house.ts'
import { ask, askJson, isProblem } from '../helpers/http.ts'
import { addMember, addPerson, putRoom, removeMember } from '../helpers/people.ts'
import { openWebSocket } from '../helpers/websocket.ts'

const { app, url, owner } = await startHouse(t)
const { headers } = owner

const say = async (content: string, room = 'general') =>
	(await askJson(url, `/rooms/${room}/messages`, { content }, { headers })).json
const wait = (query: string, as: { headers: Record<string, string> } = owner, room = 'general') =>
	ask(url, `/rooms/${room}/wait?${query}`, { headers: as.headers })
const wanted = (filter: string) => `filter=${encodeURIComponent(filter)}`

t.test('what is there already after the cursor is the answer at once, the first of it', async (t) => {
	const [one, two, three] = [await say('one'), await say('approved two'), await say('approved three')]
	t.match(await wait(`after=${one.cursor}`), { status: 200, json: two })
	t.same((await wait(`after=${one.position}&${wanted('content.contains("three")')}`)).json, three)
	t.same((await wait(`after=0&${wanted('type == "message"')}`)).json.sequence, 1)
})

t.test('what is not there yet is waited for', async (t) => {
	const approved = wanted('type == "message" && content.startsWith("approved") && sender == "owner"')
	const { cursor } = await say('please approve')
	const waiting = [wait(approved), wait(`after=${cursor}&${approved}`)]
	await say('not yet')
	const answer = await say('approved by me')
	// One of them counts from when it was asked: what was said before that is nothing to it.
	t.same((await waiting[1])?.json, answer)
	await say('approved again')
	t.match((await waiting[0])?.json.content, /^approved/)
})

t.test(
	'when nothing has come in time it says up to where it has looked, and nothing is missed from there',
	async (t) => {
		const { cursor, position } = await say('the last')
		const answer = await wait(`after=${cursor}&timeoutMs=0`)
		t.match(answer, { status: 204, text: '', headers: { 'tailroom-cursor': cursor } })
		const unwanted = await say('unwanted')
		const filter = wanted('content == "wanted"')
		const looked = await wait(`after=${cursor}&timeoutMs=5&${filter}`)
		t.match(looked, { status: 204, headers: { 'tailroom-cursor': unwanted.cursor } })
		t.ok(position < unwanted.position)
		const said = await say('wanted')
		t.same((await wait(`after=${looked.headers['tailroom-cursor']}&timeoutMs=0&${filter}`)).json, said)
	},
)

t.test('all that is there is looked at, however short the time is and however far away the cursor', async (t) => {
	const app = await startInProcess(t)
	const socket = await openWebSocket(t, `${app.url.replace('http', 'ws')}/ws`)
	for (let i = 0; i < 3_000; i++) socket.send({ type: 'publish', room: 'general', content: `${i}` })
	for (let i = 0; i < 3_000; i++) await socket.untilType('published')
	const answer = await ask(app.url, `/rooms/general/wait?after=0&timeoutMs=0&${wanted('content == "2999"')}`)
	t.match(answer, { status: 200, json: { content: '2999' } })
	const none = await ask(app.url, `/rooms/general/wait?after=0&timeoutMs=0&${wanted('content == "3000"')}`)
	t.equal(none.status, 204)
})

t.test('what is only news is no answer', async (t) => {
	const bob = await addPerson(url, owner, 'bob')
	const waiting = wait('timeoutMs=20000')
	const visiting = await fetch(`${url}/rooms/general/events`, bob)
	const said = await say('a message')
	t.equal((await waiting).json.position, said.position)
	await visiting.body?.cancel()
})

t.test(
	'who may not see the room learns nothing, also if that happens while they wait, and is never told to go ahead',
	async (t) => {
		const eve = await addPerson(url, owner, 'eve')
		await putRoom(url, owner, 'vault', { visibility: 'private' })
		isProblem(t, await wait('timeoutMs=0', eve, 'vault'), 404, 'not_found', /./)
		await addMember(url, owner, 'vault', 'eve')
		const before = await say('hello', 'vault')
		const waiting = wait(`after=${before.cursor}&timeoutMs=20000&${wanted('type == "message"')}`, eve, 'vault')
		// Waits already when its answer to this has come.
		await wait('timeoutMs=0', eve, 'vault')
		await removeMember(url, owner, 'vault', 'eve')
		await say('secret', 'vault')
		isProblem(t, await waiting, 404, 'not_found', /./)
	},
)

t.test('who was removed once, and is back, waits as everybody else', async (t) => {
	const kim = await addPerson(url, owner, 'kim')
	for (const visibility of ['private', 'open']) {
		const room = `back-${visibility}`
		await putRoom(url, owner, room, { visibility })
		const { cursor } = await say('first', room)
		await addMember(url, owner, room, 'kim')
		await removeMember(url, owner, room, 'kim')
		await addMember(url, owner, room, 'kim')
		const asked = `after=${cursor}&timeoutMs=0&${wanted('content == "go"')}`
		t.equal((await wait(asked, kim, room)).status, 204)
		await say('go', room)
		t.match(await wait(asked, kim, room), { status: 200, json: { content: 'go' } })
		t.match((await wait(`after=${cursor}&timeoutMs=0`, kim, room)).json, { type: 'member', action: 'add' })
	}
})

t.test('who is nobody any more is told so', async (t) => {
	const { json } = await askJson(url, '/tokens', {}, { headers })
	const waiting = wait('timeoutMs=20000', { headers: { Authorization: `Bearer ${json.token}` } })
	await wait('timeoutMs=0')
	await ask(url, `/tokens/${json.id}`, { method: 'DELETE', headers })
	isProblem(t, await waiting, 401, 'not_authenticated', /Sign in/)
})

t.test('what is asked for in a wrong way is refused at once', async (t) => {
	isProblem(t, await wait('after=nonsense'), 400, 'malformed', /cursor/)
	isProblem(t, await wait('after=99999999'), 422, 'cursor_unusable', /ahead/)
	isProblem(t, await wait('after=1-00000000'), 422, 'cursor_unusable', /another log/)
	isProblem(t, await wait(wanted('type ==')), 400, 'malformed', /at character 8/)
	isProblem(t, await wait('timeoutMs=-1'), 400, 'malformed', /timeoutMs/)
	isProblem(t, await wait('timeoutMs=3600001'), 400, 'malformed', /timeoutMs must be from 0 to 3600000/)
	isProblem(t, await wait('timeout=1'), 400, 'malformed', /timeout/)
})

t.test('who has gone away is waited for no longer, and who waits is told when the server stops', async (t) => {
	const { hostname, port } = new URL(url)
	const gone = request({ hostname, port, path: '/rooms/general/wait?timeoutMs=3600000', headers })
	gone.on('error', () => {})
	gone.end()
	await once(gone, 'socket')
	const waiting = wait('timeoutMs=3600000')
	gone.destroy()
	// Both were heard of before this is answered.
	await wait('timeoutMs=0')
	await app.stop()
	isProblem(t, await waiting, 503, 'stopping', /again/)
	t.ok(Number((await waiting).headers['retry-after']) > 0)
})
