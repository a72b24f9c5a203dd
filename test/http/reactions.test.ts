import { join } from 'node:path'
import t from 'tap'
import { startInProcess } from '../helpers/app.ts'
import { temporaryDirectory } from '../helpers/directory.ts'
import { type Answer, ask, askJson } from '../helpers/http.ts'
import { type Account, addMember, addPerson, putRoom, setUp } from '../helpers/people.ts'
import { openSse, type SseReader } from '../helpers/sse.ts'
import { openWebSocket } from '../helpers/websocket.ts'

const directory = join(temporaryDirectory(t), 'data')
const { url } = await startInProcess(t, { directory })
const webSocketUrl = `${url.replace('http', 'ws')}/ws`
const ada = await setUp({ url, directory }, 'ada')
const bob = await addPerson(url, ada, 'bob')
const eve = { headers: { 'Tailroom-User': 'eve' } }
const thumb = encodeURIComponent('👍')

type Caller = Pick<Account, 'headers'> | typeof eve

async function post(room: string, by: Caller = ada): Promise<string> {
	return (await askJson(url, `/rooms/${room}/messages`, { content: 'hello' }, { headers: by.headers })).json.id
}

/** `emoji` as it stands in the address. */
function react(room: string, id: string, emoji: string, by: Caller, method = 'PUT'): Promise<Answer> {
	return ask(url, `/rooms/${room}/messages/${id}/reactions/${emoji}`, { method, headers: by.headers })
}

/** All frames of a room from the beginning to now, and the stream's end. */
async function replay(room: string, by: Caller = ada): Promise<unknown[]> {
	const sse = await openSse(t, `${url}/rooms/${room}/events?after=0&until=head`, by.headers)
	return (await sse.rest()).filter(({ data: { type } }) => type === 'reaction').map(({ data }) => data)
}

async function next(sse: SseReader) {
	const { event, id, data } = await sse.until(({ data: { type } }) => type === 'reaction')
	return { event, id, data }
}

t.test('a reaction is heard live by everybody, and replayed as the same frame', async (t) => {
	await putRoom(url, ada, 'heard')
	const id = await post('heard')
	const sse = await openSse(t, `${url}/rooms/heard/events`, bob.headers)
	await sse.untilType('live')
	const socket = await openWebSocket(t, webSocketUrl, eve.headers)
	await socket.ask({ type: 'subscribe', room: 'heard' }, 'subscribed')

	const deeds = [
		{ by: bob, name: 'bob', method: 'PUT', action: 'add' },
		{ by: eve, name: 'eve', method: 'PUT', action: 'add' },
		{ by: bob, name: 'bob', method: 'DELETE', action: 'remove' },
		{ by: eve, name: 'eve', method: 'DELETE', action: 'remove' },
	]
	const frames: unknown[] = []
	for (const { by, name, method, action } of deeds) {
		const answer = await react('heard', id, thumb, by, method)
		t.same([answer.status, answer.text], [204, ''])
		const { event, id: cursor, data } = await next(sse)
		t.equal(event, 'reaction')
		t.match(data, { type: 'reaction', room: 'heard', id, userId: name, emoji: '👍', action, cursor })
		t.same(Object.keys(data).sort(), [
			...['action', 'cursor', 'emoji', 'id', 'position', 'room', 'timestamp', 'type', 'userId'],
		])
		t.same(await socket.untilType('reaction'), data, 'the same over WebSocket')
		frames.push(data)
	}
	t.same(await replay('heard'), frames)
	const resumed = await openSse(t, `${url}/rooms/heard/events`, {
		...ada.headers,
		'Last-Event-ID': (frames[1] as { cursor: string }).cursor,
	})
	t.same([(await next(resumed)).data, (await next(resumed)).data], frames.slice(2))
})

t.test('what is so already is answered the same, and nobody hears of it', async (t) => {
	await putRoom(url, ada, 'again')
	const id = await post('again')
	t.equal((await react('again', id, thumb, bob, 'DELETE')).status, 204)
	for (const emoji of [thumb, thumb, `${thumb}%EF%B8%8F`]) t.equal((await react('again', id, emoji, bob)).status, 204)
	t.match(await replay('again'), [{ action: 'add', emoji: '👍' }])
	for (let i = 0; i < 2; i += 1) t.equal((await react('again', id, thumb, bob, 'DELETE')).status, 204)
	t.match(await replay('again'), [{ action: 'add' }, { action: 'remove' }])
})

t.test('over WebSocket it is the same', async (t) => {
	await putRoom(url, ada, 'sockets')
	const id = await post('sockets')
	const socket = await openWebSocket(t, webSocketUrl, bob.headers)
	const asked = { type: 'react', room: 'Sockets', id, emoji: '❤' }
	t.same(await socket.ask(asked, 'reacted'), {
		type: 'reacted',
		room: 'sockets',
		id,
		emoji: '❤\ufe0f',
		action: 'add',
	})
	t.match(await socket.ask({ ...asked, action: 'add' }, 'reacted'), { action: 'add' })
	t.match(await socket.ask({ ...asked, action: 'remove' }, 'reacted'), { action: 'remove', emoji: '❤\ufe0f' })
	t.match(await replay('sockets'), [{ action: 'add', userId: 'bob' }, { action: 'remove' }])

	const refused: [object, string, RegExp][] = [
		[{ emoji: 'ok' }, 'emoji_invalid', /"ok" is not/],
		[{ id: 'none' }, 'not_found', /no message with that id in sockets/],
		[{ room: 'nowhere' }, 'not_found', /no room "nowhere"/],
		[{ action: 'toggle' }, 'malformed', /\/action may be "add"; \/action may be "remove"/],
		[{ emoji: undefined }, 'malformed', /\/emoji is missing/],
		[{ id: 'x'.repeat(65) }, 'malformed', /\/id/],
	]
	for (const [change, code, error] of refused) {
		const answer = await socket.ask({ ...asked, ...change, ref: 7 }, 'error')
		t.match(answer, { code, error, ref: 7 })
	}
})

t.test('what is said after a reaction on the same WebSocket comes after it', async (t) => {
	await putRoom(url, ada, 'order')
	const id = await post('order')
	const socket = await openWebSocket(t, webSocketUrl, bob.headers)
	await socket.ask({ type: 'subscribe', room: 'order' }, 'subscribed')
	socket.send({ type: 'publish', room: 'order', content: 'before' })
	socket.send({ type: 'react', room: 'order', id, emoji: '👍' })
	socket.send({ type: 'publish', room: 'order', content: 'after' })
	const heard: string[] = []
	while (heard.length < 3) {
		const { type, content } = await socket.until(({ type }) => type === 'message' || type === 'reaction')
		heard.push(content ?? type)
	}
	t.same(heard, ['before', 'reaction', 'after'])
})

t.test('a message that is not there is answered as where it is read', async (t) => {
	await putRoom(url, ada, 'here')
	const elsewhere = await post('general')
	for (const id of [elsewhere, 'none', '%20', 'x'.repeat(300)]) {
		const read = await ask(url, `/rooms/here/messages/${id}`, { headers: bob.headers })
		t.match(read.json, { status: 404, code: 'not_found' })
		for (const method of ['PUT', 'DELETE']) t.same((await react('here', id, thumb, bob, method)).json, read.json)
	}
})

t.test('a message of a private room cannot be told from none, by its reactions neither', async (t) => {
	await putRoom(url, ada, 'secret', { visibility: 'private' })
	const id = await post('secret')
	const shown = ({ status, text }: Answer, room: string) => ({ status, text: text.replaceAll(room, 'ROOM') })
	for (const by of [bob, eve]) {
		const nowhere = shown(await react('nowhere', id, thumb, by), 'nowhere')
		t.equal(nowhere.status, 404)
		t.same(shown(await react('secret', id, thumb, by), 'secret'), nowhere)
		t.same((await react('general', id, thumb, by)).json.detail, 'There is no message with that id in general.')
	}
	t.same(await replay('secret'), [])
	await addMember(url, ada, 'secret', 'bob')
	t.equal((await react('secret', id, thumb, bob)).status, 204)
	t.match(await replay('secret'), [{ userId: 'bob' }])
})

t.test('in a direct conversation each of the two hears of it, by their own name of the room', async (t) => {
	const id = await post('@bob')
	const socket = await openWebSocket(t, webSocketUrl, bob.headers)
	await socket.ask({ type: 'subscribe' }, 'subscribed')
	t.equal((await react('@bob', id, thumb, ada)).status, 204)
	t.match(await socket.untilType('reaction'), { room: '@ada', id, userId: 'ada', emoji: '👍', action: 'add' })
	t.match(await socket.ask({ type: 'react', room: '@ada', id, emoji: '🎉' }, 'reacted'), { room: '@ada' })
	t.match(await replay('@bob'), [
		{ room: '@bob', userId: 'ada' },
		{ room: '@bob', userId: 'bob', emoji: '🎉' },
	])
	const cid = await addPerson(url, ada, 'cid')
	for (const room of ['@ada', '@bob', 'general']) t.equal((await react(room, id, thumb, cid)).status, 404)
})

t.test('what is not one emoji is refused with what to do', async (t) => {
	const id = await post('general')
	const broken: [string, RegExp][] = [
		['ok', /A reaction is one emoji, such as 👍, of at most 64 bytes of UTF-8; "ok" is not\./],
		[`${thumb}${thumb}`, /"👍👍" is not/],
		['%00', /"\\u0000" is not/],
		['a%2Fb', /"a\/b" is not/],
		[thumb.repeat(17), /at most 64 bytes/],
		['%F0%9F', /not percent-encoded UTF-8, as %F0%9F%91%8D for 👍/],
		['%', /not percent-encoded UTF-8/],
		['%E0%A4%A', /not percent-encoded UTF-8/],
	]
	for (const [emoji, detail] of broken) {
		for (const method of ['PUT', 'DELETE']) {
			const { status, json } = await react('general', id, emoji, bob, method)
			t.match({ status, ...json }, { status: 400, code: 'emoji_invalid', detail, fields: [{ field: 'emoji' }] }, emoji)
		}
	}
	t.match((await react('general', '%FF', thumb, bob)).json, { status: 400, code: 'malformed' })
	t.match((await react('general', id, `${thumb}?a=1`, bob)).json, { status: 400, code: 'malformed' })
	t.equal((await react('general', id, '', bob)).status, 400)
})
