import t from 'tap'
import { startInProcess } from '../helpers/app.ts'
import { temporaryDirectory } from '../helpers/directory.ts'
import { startHouse } from '../helpers/house.ts'
import { ask, askJson, isProblem } from '../helpers/http.ts'
import { type Account, addPerson, putRoom, setUp } from '../helpers/people.ts'
import { openSse } from '../helpers/sse.ts'
import { openWebSocket } from '../helpers/websocket.ts'

const directory = temporaryDirectory(t)
const { url } = await startInProcess(t, { directory })
const owner = await setUp({ url, directory })
const ada = await addPerson(url, owner, 'ada')
const bob = await addPerson(url, owner, 'bob')

async function post(room: string, content: string, by: Account = ada, more: object = {}) {
	const { status, json } = await askJson(url, `/rooms/${room}/messages`, { content, ...more }, by)
	t.equal(status, 201)
	return json
}

function edit(room: string, id: string, content: string, by: Account = ada) {
	const asked = { method: 'PATCH', headers: by.headers }
	return askJson(url, `/rooms/${room}/messages/${id}`, { content }, asked)
}

function erase(room: string, id: string, by: Account = ada) {
	return ask(url, `/rooms/${room}/messages/${id}`, { method: 'DELETE', headers: by.headers })
}

const read = (path: string, by: Account = ada) => ask(url, path, by)

t.test('a message says what it says now, and shows what it said before', async (t) => {
	await putRoom(url, owner, 'words')
	const posted = await post('words', 'one')
	const path = `/rooms/words/messages/${posted.id}`
	t.same((await read(path)).json, posted, 'what was never edited is the frame of its posting')
	const answer = await edit('words', posted.id, 'two')
	t.equal(answer.status, 200)
	const { editedAtMs } = answer.json
	t.ok(editedAtMs >= posted.timestamp)
	t.same(answer.json, { ...posted, content: 'two', editedAtMs })
	t.same((await edit('words', posted.id, 'two')).json, answer.json, 'the same words are no edit')
	const last = (await edit('words', posted.id, 'three')).json
	t.match(last, { content: 'three', position: posted.position, cursor: posted.cursor, sequence: 1 })
	const { edits, ...now } = (await read(path)).json
	t.same(now, last)
	t.match(edits, [
		{ content: 'one', timestamp: posted.timestamp, position: posted.position },
		{ content: 'two', timestamp: editedAtMs },
		{ content: 'three', timestamp: last.editedAtMs },
	])
	t.same(Object.keys(edits[0]).sort(), ['content', 'position', 'timestamp'])
	t.same((await read('/rooms/words/messages', bob)).json.messages, [last])
	isProblem(t, await edit('words', posted.id, 'forged', bob), 403, 'forbidden', /written/)
	isProblem(t, await edit('words', posted.id, ' '), 422, 'content_empty', /text/)
})

t.test('a message says by name whom it calls upon, as it is and as it was', async (t) => {
	await putRoom(url, owner, 'calls')
	const posted = await post('calls', '@bob, @nobody and @room')
	t.same(posted.mentions, ['bob', 'room'])
	const changed = (await edit('calls', posted.id, 'only @owner.')).json
	t.same(changed.mentions, ['owner'])
	const stream = await openSse(t, `${url}/rooms/calls/events?after=0&until=head`, bob.headers)
	const seen = (await stream.rest()).filter(({ data: { type } }) => type === 'message' || type === 'edit')
	t.same(
		seen.map(({ data }) => data.mentions),
		[['bob', 'room'], ['owner']],
	)
	await edit('calls', posted.id, 'nobody')
	const [now] = (await read('/rooms/calls/messages')).json.messages
	t.equal(now.content, 'nobody')
	t.notOk('mentions' in now)
})

t.test('a post that is repeated is answered as the first time, whatever was said since', async (t) => {
	await putRoom(url, owner, 'again')
	const again = () =>
		askJson(url, '/rooms/again/messages', { content: 'one' }, { headers: { ...ada.headers, 'Idempotency-Key': 'k' } })
	const { json: posted } = await again()
	await edit('again', posted.id, 'two')
	t.match(await again(), { status: 200, headers: { 'idempotent-replay': 'true' }, json: { content: 'one' } })
	await erase('again', posted.id)
	t.match((await again()).json, { ...posted, content: '', erased: 'author' })
})

t.test('a message that is deleted keeps its place, and says nothing any more', async (t) => {
	await putRoom(url, owner, 'gone')
	const [first, second] = [await post('gone', 'one'), await post('gone', 'two')]
	await edit('gone', first.id, 'one again')
	isProblem(t, await erase('gone', first.id, bob), 403, 'forbidden', /written/)
	t.match(await erase('gone', first.id), { status: 204, text: '' })
	t.equal((await erase('gone', first.id)).status, 204, 'again is no mistake')
	t.equal((await erase('gone', first.id, owner)).status, 204)
	isProblem(t, await edit('gone', first.id, 'back'), 422, 'message_erased', /erased/)
	t.equal((await erase('gone', second.id, owner)).status, 204)
	const erased = [
		{ ...first, content: '', erased: 'author' },
		{ ...second, content: '', erased: 'moderator' },
	]
	t.same((await read('/rooms/gone/messages')).json.messages, erased)
	t.same((await read(`/rooms/gone/messages/${first.id}`)).json, erased[0])
	t.equal((await read('/rooms/gone')).json.sequence, 2)
})

t.test('a guest’s message is deleted with the guest’s name', async (t) => {
	await putRoom(url, owner, 'guests')
	const headers = { 'Tailroom-User': 'eve' }
	const { json } = await askJson(url, '/rooms/guests/messages', { content: 'hi' }, { headers })
	const path = `/rooms/guests/messages/${json.id}`
	isProblem(t, await ask(url, path, { method: 'DELETE', headers }), 403, 'forbidden', /written/)
	isProblem(t, await askJson(url, path, { content: 'x' }, { method: 'PATCH', headers }), 403, 'forbidden', /written/)
	t.equal((await erase('guests', json.id, owner)).status, 204)
	t.match((await read(path)).json, { content: '', erased: 'moderator', sender: 'erased', guest: true })
})

t.test('who follows hears of edits and deletions, and who comes later no text that is erased', async (t) => {
	await putRoom(url, owner, 'followed')
	const start = (await read('/rooms/followed')).json.cursor
	const live = await openSse(t, `${url}/rooms/followed/events?after=${start}`, bob.headers)
	const posted = await post('followed', 'one')
	t.same((await live.untilType('message')).data, posted)
	await edit('followed', posted.id, 'two')
	const edited = await live.untilType('edit')
	t.match(edited, { event: 'edit', id: edited.data.cursor })
	const { position, cursor, timestamp, ...rest } = edited.data
	t.same(rest, { type: 'edit', room: 'followed', id: posted.id, sequence: 1, sender: 'ada', content: 'two' })
	t.ok(position > posted.position)

	const resumed = await openSse(t, `${url}/rooms/followed/events?after=${posted.cursor}`, bob.headers)
	t.same((await resumed.untilType('edit')).data, edited.data, 'replayed as it was heard')

	await erase('followed', posted.id, owner)
	const deletion = await live.untilType('delete')
	t.match(deletion.data, { room: 'followed', id: posted.id, sequence: 1, by: 'owner', reason: 'moderator' })
	t.same((await resumed.untilType('delete')).data, deletion.data)
	const late = await openSse(t, `${url}/rooms/followed/events?after=${start}&until=head`, bob.headers)
	const seen = (await late.rest()).map(({ data }) => data).filter(({ type }) => /message|edit|delete/.test(type))
	t.same(seen, [
		{ ...posted, content: '', erased: 'moderator' },
		{ ...edited.data, content: '', erased: 'moderator' },
		deletion.data,
	])
})

t.test('over WebSocket it is the same', async (t) => {
	await putRoom(url, owner, 'socket')
	const socket = await openWebSocket(t, `${url.replace('http', 'ws')}/ws`, ada.headers)
	const { id, position } = await socket.ask({ type: 'publish', room: 'socket', content: 'one' }, 'published')
	const edited = await socket.ask({ type: 'edit', room: 'Socket', id, content: 'two' }, 'edited')
	t.same(edited, { type: 'edited', room: 'socket', id, sequence: 1, position: edited.position })
	t.ok(edited.position > position)
	t.same(await socket.ask({ type: 'edit', room: 'socket', id, content: 'two' }, 'edited'), edited)
	const history = await socket.ask({ type: 'get_history', room: 'socket' }, 'history')
	t.match(history.messages, [{ id, content: 'two', editedAtMs: Number }])
	const deleted = await socket.ask({ type: 'delete', room: 'socket', id }, 'deleted')
	t.same(deleted, { type: 'deleted', room: 'socket', id, sequence: 1 })
	t.same(await socket.ask({ type: 'delete', room: 'socket', id }, 'deleted'), deleted)
	t.match(await socket.ask({ type: 'edit', room: 'socket', id, content: 'three', ref: 7 }, 'error'), {
		code: 'message_erased',
		ref: 7,
	})
	t.match(await socket.ask({ type: 'edit', room: 'socket', id: 'none', content: 'x' }, 'error'), { code: 'not_found' })
	t.match(await socket.ask({ type: 'delete', room: 'socket', id: 'x'.repeat(65) }, 'error'), { code: 'malformed' })
})

t.test('many long texts are one answer of bounded size: the last of them', async (t) => {
	await putRoom(url, owner, 'long')
	const { id } = await post('long', 'first')
	for (let i = 0; i < 20; i += 1) await edit('long', id, `${i} ${'x'.repeat(65_000)}`)
	const { edits } = (await read(`/rooms/long/messages/${id}`)).json
	t.ok(edits.length >= 16 && edits.length < 20)
	t.match(edits.at(-1).content, /^19 /)
})

t.test('in a conversation one edits and deletes what one has said oneself, and nobody else finds it', async (t) => {
	const posted = await post('@bob', 'hello @bob and @owner, in the whole @room')
	t.same(posted.mentions, ['bob', 'room'], 'who is not one of the two is called by nobody')
	const theirs = await post('@ada', 'hi', bob, { replyTo: posted.id })
	const changed = (await edit('@bob', posted.id, 'hello @owner')).json
	t.match(changed, { room: '@bob', content: 'hello @owner' })
	t.notOk('mentions' in changed)
	t.match((await read(`/rooms/@ada/messages/${posted.id}`, bob)).json, { room: '@ada', edits: [{}, {}] })
	t.match((await read(`/rooms/@bob/messages?replyTo=${posted.id}`)).json.messages, [{ content: 'hi' }])
	t.match((await read(`/rooms/@bob/messages?at=${posted.position}`)).json.messages, [{ content: posted.content }])
	isProblem(t, await edit('@bob', theirs.id, 'forged'), 403, 'forbidden', /written/)
	isProblem(t, await erase('@bob', theirs.id), 403, 'forbidden', /written/)

	const [hidden, nothing] = [posted.id, '01K00000000000000000000000']
	for (const room of ['@ada', '@bob', '@owner', 'general']) {
		for (const asked of [
			(id: string) => edit(room, id, 'forged', owner),
			(id: string) => erase(room, id, owner),
			(id: string) => read(`/rooms/${room}/messages/${id}`, owner),
			(id: string) => read(`/rooms/${room}/messages?replyTo=${id}`, owner),
		]) {
			const answer = await asked(hidden)
			t.equal(answer.status, 404)
			t.same(answer.json, (await asked(nothing)).json)
		}
	}
	t.equal((await erase('@bob', posted.id)).status, 204)
	t.match((await read('/rooms/@ada/messages', bob)).json.messages, [
		{ content: '', erased: 'author' },
		{ content: 'hi' },
	])
})

t.test('who is mistaken is told in what', async (t) => {
	await putRoom(url, owner, 'mistakes')
	const { id } = await post('mistakes', 'hello')
	const path = `/rooms/mistakes/messages/${id}`
	const patch = (body: object, more = '') => askJson(url, path + more, body, { method: 'PATCH', headers: ada.headers })
	isProblem(t, await patch({}), 400, 'malformed', /content is missing/)
	isProblem(t, await patch({ content: 'x', replyTo: id }), 400, 'malformed', /replyTo is not known/)
	isProblem(t, await patch({ content: 7 }), 400, 'malformed', /content/)
	isProblem(t, await patch({ content: 'x' }, '?at=1'), 400, 'malformed', /at is not known/)
	isProblem(t, await patch({ content: 'a\0b' }), 422, 'content_not_text', /U\+0000/)
	isProblem(t, await patch({ content: 'x'.repeat(65_537) }), 413, 'content_too_large', /65536/)
	const text = { method: 'PATCH', headers: { ...ada.headers, 'Content-Type': 'text/plain' }, body: 'x' }
	isProblem(t, await ask(url, path, text), 415, 'media_type_unsupported', /application\/json/)
	const asked = { method: 'DELETE', headers: ada.headers }
	isProblem(t, await ask(url, `${path}?through=1`, asked), 400, 'malformed', /through is not known/)
	t.match((await read(path)).json, { content: 'hello' })
})

t.test('edits are counted as posts where those are limited', async (t) => {
	const limited = await startHouse(t, { postsPerSecond: 1 })
	const { headers } = limited.owner
	const { json } = await askJson(limited.url, '/rooms/general/messages', { content: 'hello' }, { headers })
	const path = `/rooms/general/messages/${json.id}`
	const answers = await Promise.all(
		Array.from({ length: 8 }, (_, i) => askJson(limited.url, path, { content: `${i}` }, { method: 'PATCH', headers })),
	)
	t.ok(answers.some(({ status }) => status === 200))
	t.ok(answers.some(({ json }) => json?.code === 'rate_limited'))
	t.equal((await ask(limited.url, path, { method: 'DELETE', headers })).status, 204, 'what is said already can go')
})
