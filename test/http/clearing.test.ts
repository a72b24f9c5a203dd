import { join } from 'node:path'
import t, { type Test } from 'tap'
import { textsErasedMax } from '../../src/commands/limits.ts'
import { startInProcess } from '../helpers/app.ts'
import { temporaryDirectory } from '../helpers/directory.ts'
import { startHouse } from '../helpers/house.ts'
import { type Answer, ask, askJson, isProblem } from '../helpers/http.ts'
import { eventsInLog } from '../helpers/log.ts'
import { type Account, addMember, addPerson, putRoom, setUp } from '../helpers/people.ts'
import { fillLog } from '../helpers/record.ts'
import { isSound } from '../helpers/sound.ts'
import { openSse, type SseReader } from '../helpers/sse.ts'
import { openWebSocket } from '../helpers/websocket.ts'

const { url, directory, owner } = await startHouse(t)
const ada = await addPerson(url, owner, 'ada')
const bob = await addPerson(url, owner, 'bob')

const clear = (room: string, query: string, { headers }: Account): Promise<Answer> =>
	ask(url, `/rooms/${room}/messages${query}`, { method: 'DELETE', headers })
const post = async (room: string, content: string, { headers }: Account, more: object = {}) =>
	(await askJson(url, `/rooms/${room}/messages`, { content, ...more }, { headers })).json
const history = async (room: string, { headers }: Account) =>
	(await ask(url, `/rooms/${room}/messages`, { headers })).json.messages
const follow = (t: Test, room: string, query: string, { headers }: Account): Promise<SseReader> =>
	openSse(t, `${url}/rooms/${room}/events${query}`, headers)

/** A room that Ada moderates, with Bob in it and that much said. */
async function roomOf(name: string, ...texts: string[]): Promise<void> {
	await putRoom(url, ada, name, { visibility: 'private' })
	await addMember(url, ada, name, 'bob')
	for (const text of texts) await post(name, text, bob)
}

t.test('what is cleared is erased for everybody, and keeps its place', async (t) => {
	await roomOf('garden', 'one', 'two', 'three')
	t.match(await clear('garden', '?through=2', ada), { status: 200, json: { room: 'garden', through: 2 } })
	const messages = await history('garden', bob)
	t.match(messages, [
		{ sequence: 1, sender: 'bob', content: '', erased: 'moderator' },
		{ sequence: 2, sender: 'bob', content: '', erased: 'moderator' },
		{ sequence: 3, sender: 'bob', content: 'three' },
	])
	const first = await ask(url, `/rooms/garden/messages/${messages[0].id}`, { headers: bob.headers })
	t.match(first.json, { content: '', erased: 'moderator' })
	t.match(await clear('garden', '?through=1', ada), { status: 200, json: { through: 1 } }, 'again')
	t.match(await clear('Garden', '', ada), { status: 200, json: { room: 'garden', through: 3 } }, 'all that there is')
	t.match((await history('garden', bob))[2], { content: '', erased: 'moderator' })
	t.equal((await post('garden', 'four', bob)).sequence, 4)
	t.match((await history('garden', bob))[3], { content: 'four' })
})

t.test('an empty room is clear, and one that has been cleared', async (t) => {
	await roomOf('empty')
	const before = eventsInLog(directory).length
	t.match(await clear('empty', '', ada), { status: 200, json: { room: 'empty', through: 0 } })
	t.match(await clear('empty', '?through=0', ada), { status: 200, json: { through: 0 } })
	t.equal(eventsInLog(directory).length, before)
	isProblem(t, await clear('empty', '?through=1', ada), 422, 'sequence_unknown', /no 1 yet/)
})

t.test('only who moderates a room clears it, and of a hidden one nobody learns', async (t) => {
	await roomOf('team', 'one')
	isProblem(t, await clear('team', '', bob), 403, 'forbidden', /./)
	for (const query of ['', '?through=0', '?through=7']) {
		const [hidden, none] = [await clear('team', query, owner), await clear('none', query, owner)]
		isProblem(t, hidden, 404, 'not_found', /no room/)
		t.equal(hidden.text.replaceAll('team', ''), none.text.replaceAll('none', ''))
	}
	for (const query of ['?through=x', '?through=-1', '?through=1.5', '?through=', '?before=1']) {
		isProblem(t, await clear('team', query, ada), 400, 'malformed', /./)
	}
	t.match(await history('team', bob), [{ content: 'one' }])
})

t.test('who was away while a room was cleared ends where one is who was there', async (t) => {
	await roomOf('loft', 'one', 'two')
	const [there, away] = [await follow(t, 'loft', '?after=0', bob), await follow(t, 'loft', '?after=0', bob)]
	await there.untilType('live')
	const { id: cursor } = await away.untilType('live')
	away.close()
	const heard = there.events.length
	await clear('loft', '', ada)
	await post('loft', 'three', bob)
	await there.until(({ data: { content } }) => content === 'three')
	const missed = there.events.slice(heard).map(({ data }) => data)
	t.match(missed[0], {
		type: 'clear',
		cursor: /^\d+-[0-9a-f]{8}$/,
		room: 'loft',
		through: 2,
		by: 'ada',
		reason: 'moderator',
	})

	const back = await follow(t, 'loft', `?after=${cursor}`, bob)
	await back.untilType('live')
	t.same(
		back.events.slice(1, -1).map(({ data }) => data),
		missed,
	)

	const late = await follow(t, 'loft', '?after=0', bob)
	await late.untilType('live')
	const texts = late.events.filter(({ data: { type } }) => type === 'message').map(({ data }) => data)
	t.match(texts, [{ content: '', erased: 'moderator' }, { content: '', erased: 'moderator' }, { content: 'three' }])
	t.notMatch(texts[2], { erased: String })
})

t.test('answers to a message that is cleared remain', async (t) => {
	await roomOf('thread', 'question')
	const [question] = await history('thread', bob)
	const answer = await post('thread', 'answer', bob, { replyTo: question.id })
	await clear('thread', '?through=1', ada)
	t.match(await history('thread', bob), [{ erased: 'moderator' }, { content: 'answer', replyTo: question.id }])
	t.match((await ask(url, `/rooms/thread/messages/${answer.id}`, { headers: bob.headers })).json.replyTo, question.id)
})

t.test('a room is cleared over WebSocket as over HTTP', async (t) => {
	await roomOf('shed', 'one', 'two', 'three')
	const address = `${url.replace('http', 'ws')}/ws`
	const [moderator, member] = [
		await openWebSocket(t, address, ada.headers),
		await openWebSocket(t, address, bob.headers),
	]
	await member.ask({ type: 'subscribe', room: 'shed' }, 'live')
	const cleared = await moderator.ask({ type: 'clear_history', room: 'Shed', through: 2 }, 'cleared')
	t.same(cleared, { type: 'cleared', room: 'shed', through: 2 })
	t.match(await member.untilType('clear'), { room: 'shed', through: 2, by: 'ada', reason: 'moderator', cursor: String })
	t.same(await moderator.ask({ type: 'clear_history', room: 'shed' }, 'cleared'), { ...cleared, through: 3 })
	t.match(await member.untilType('clear'), { through: 3 })
	for (const [socket, message, code] of [
		[member, { room: 'shed' }, 'forbidden'],
		[moderator, { room: 'shed', through: 4 }, 'sequence_unknown'],
		[moderator, { room: 'nowhere' }, 'not_found'],
		[moderator, { room: 'shed', through: -1 }, 'malformed'],
		[moderator, { room: 'shed', through: 1.5 }, 'malformed'],
		[moderator, {}, 'malformed'],
	] as const) {
		const answer = await socket.ask({ type: 'clear_history', ref: 'mine', ...message }, 'error')
		t.match(answer, { code, ref: 'mine' })
	}
})

t.test('while much is cleared others have their turn, and the log proves itself afterwards', async (t) => {
	const directory = join(temporaryDirectory(t), 'data')
	const batches = 8
	await fillLog(directory, ['long'], batches * textsErasedMax)
	const app = await startInProcess(t, { directory })
	const { headers } = await setUp({ url: app.url, directory })
	const heard = await openSse(t, `${app.url}/rooms/long/events`, headers)
	await heard.untilType('live')
	const clearing = ask(app.url, '/rooms/long/messages', { method: 'DELETE', headers })
	const first = await heard.untilType('clear')
	t.equal(first.data.through, textsErasedMax)
	await askJson(app.url, '/rooms/long/messages', { content: 'in between' }, { headers })
	t.match(await clearing, { status: 200, json: { through: batches * textsErasedMax } })
	await askJson(app.url, '/rooms/long/messages', { content: 'the end' }, { headers })
	await heard.until(({ data: { content } }) => content === 'the end')
	const seen = heard.events
		.filter(({ data: { type } }) => type === 'clear' || type === 'message')
		.map(({ data }) => data)
	const posted = seen.findIndex(({ content }) => content === 'in between')
	t.ok(posted < batches, `it came ${posted}th, before the last of ${batches} clearings`)
	t.same(
		seen.filter(({ type }) => type === 'clear').map(({ through }) => through),
		Array.from({ length: batches }, (_, index) => (index + 1) * textsErasedMax),
	)
	t.match((await ask(app.url, '/rooms/long/messages?limit=3', { headers })).json.messages, [
		{ erased: 'moderator' },
		{ content: 'in between' },
		{ content: 'the end' },
	])
	await app.stop()
	await isSound(t, directory)
})
