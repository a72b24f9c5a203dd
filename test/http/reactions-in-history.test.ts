import { join } from 'node:path'
import t, { type Test } from 'tap'
import { type Actor, guestNamed } from '../../src/commands/actor.ts'
import { guestReactionWeight } from '../../src/http/limits.ts'
import { readHistory } from '../../src/http/routes/history.ts'
import { findRoom, type Room } from '../../src/projections/rooms.ts'
import { startInProcess } from '../helpers/app.ts'
import { temporaryDirectory } from '../helpers/directory.ts'
import { ask, askJson } from '../helpers/http.ts'
import { type Account, addPerson, putRoom, setUp } from '../helpers/people.ts'
import { startWriting, type Writing } from '../helpers/sequencer.ts'
import { sourcesOf } from '../helpers/sources.ts'
import { openWebSocket } from '../helpers/websocket.ts'

const directory = join(temporaryDirectory(t), 'data')
const { url } = await startInProcess(t, { directory })
const ada = await setUp({ url, directory }, 'ada')
const bob = await addPerson(url, ada, 'bob')
const eve = { headers: { 'Tailroom-User': 'eve' } }

type Caller = Pick<Account, 'headers'> | typeof eve

async function post(room: string, content: string): Promise<string> {
	return (await askJson(url, `/rooms/${room}/messages`, { content }, { headers: ada.headers })).json.id
}

async function react(room: string, id: string, emoji: string, { headers }: Caller, method = 'PUT'): Promise<void> {
	const path = `/rooms/${room}/messages/${id}/reactions/${encodeURIComponent(emoji)}`
	const { status, text } = await ask(url, path, { method, headers })
	if (status !== 204) throw new Error(text)
}

async function history(room: string, query = '') {
	return (await ask(url, `/rooms/${room}/messages${query}`, { headers: ada.headers })).json
}

async function reactionsIn(room: string, query = '') {
	return (await history(room, query)).messages.map(({ reactions }: { reactions?: object }) => reactions)
}

t.test('a message is read with its reactions, wherever it is read', async (t) => {
	await putRoom(url, ada, 'read')
	const id = await post('read', 'hello')
	const plain = await post('read', 'nobody cares')
	await react('read', id, '🎉', bob)
	await react('read', id, '👍', eve)
	await react('read', id, '❤', ada)
	await react('read', id, '👍', ada)
	await react('read', id, '🎉', eve)
	const reactions = [
		{ emoji: '🎉', users: ['bob', 'eve'] },
		{ emoji: '👍', users: ['eve', 'ada'] },
		{ emoji: '❤\ufe0f', users: ['ada'] },
	]
	t.same(await reactionsIn('read'), [reactions, undefined])
	const one = await ask(url, `/rooms/read/messages/${id}`, { headers: bob.headers })
	t.same(one.json.reactions, reactions)
	t.notOk('reactions' in (await ask(url, `/rooms/read/messages/${plain}`, { headers: bob.headers })).json)
	const socket = await openWebSocket(t, `${url.replace('http', 'ws')}/ws`, bob.headers)
	t.same((await socket.ask({ type: 'get_history', room: 'read' }, 'history')).messages[0].reactions, reactions)

	const edited = await askJson(
		url,
		`/rooms/read/messages/${id}`,
		{ content: 'bye' },
		{ method: 'PATCH', headers: ada.headers },
	)
	t.match(edited.json, { content: 'bye', reactions }, 'an edit leaves them, and answers with them')
})

t.test('an emoji keeps its place until the last one is taken back', async (t) => {
	await putRoom(url, ada, 'places')
	const id = await post('places', 'hello')
	await react('places', id, '🎉', ada)
	await react('places', id, '👍', bob)
	await react('places', id, '🎉', bob)
	await react('places', id, '🎉', ada, 'DELETE')
	const [party, thumb] = [
		{ emoji: '🎉', users: ['bob'] },
		{ emoji: '👍', users: ['bob'] },
	]
	t.same(await reactionsIn('places'), [[party, thumb]])
	await react('places', id, '🎉', bob, 'DELETE')
	await react('places', id, '🎉', bob)
	t.same(await reactionsIn('places'), [[thumb, party]])
	await react('places', id, '🎉', bob, 'DELETE')
	await react('places', id, '👍', bob, 'DELETE')
	t.same(await reactionsIn('places'), [undefined])
})

t.test('as it was then, with the reactions of then', async (t) => {
	await putRoom(url, ada, 'then')
	const id = await post('then', 'hello')
	const positions: number[] = []
	const done = async (deed: Promise<void>) => {
		await deed
		positions.push((await history('then')).position)
	}
	await done(react('then', id, '👍', bob))
	await done(react('then', id, '👍', eve))
	await done(react('then', id, '👍', bob, 'DELETE'))
	await done(react('then', id, '🎉', bob))
	await done(react('then', id, '👍', eve, 'DELETE'))
	const then = await Promise.all(positions.map(async (position) => (await reactionsIn('then', `?at=${position}`))[0]))
	t.same(then, [
		[{ emoji: '👍', users: ['bob'] }],
		[{ emoji: '👍', users: ['bob', 'eve'] }],
		[{ emoji: '👍', users: ['eve'] }],
		[
			{ emoji: '👍', users: ['eve'] },
			{ emoji: '🎉', users: ['bob'] },
		],
		[{ emoji: '🎉', users: ['bob'] }],
	])
	t.same(await reactionsIn('then', `?at=${(positions[0] as number) - 1}`), [undefined])

	const { headers } = ada
	t.equal((await ask(url, `/rooms/then/messages/${id}`, { method: 'DELETE', headers })).status, 204)
	t.same(await reactionsIn('then'), [undefined], 'an erased message has none')
	t.same(await reactionsIn('then', `?at=${positions[3]}`), [undefined], 'nor had it')
	const path = `/rooms/then/messages/${id}/reactions/%F0%9F%91%8D`
	for (const method of ['PUT', 'DELETE']) {
		t.match((await ask(url, path, { method, headers })).json, { status: 422, code: 'message_erased' })
	}
})

t.test('reactions are counted as posts where those are limited', async (t) => {
	const limited = await startInProcess(t, { postsPerSecond: 1 })
	const { headers } = eve
	const { json } = await askJson(limited.url, '/rooms/general/messages', { content: 'hello' }, { headers })
	const path = `/rooms/general/messages/${json.id}/reactions/%F0%9F%91%8D`
	const answers = await Promise.all(Array.from({ length: 8 }, () => ask(limited.url, path, { method: 'PUT', headers })))
	t.ok(answers.some(({ status }) => status === 204))
	t.ok(answers.some(({ json }) => json?.code === 'rate_limited'))
	const socket = await openWebSocket(t, `${limited.url.replace('http', 'ws')}/ws`, headers)
	for (let i = 0; i < 8; i += 1) socket.send({ type: 'react', room: 'general', id: json.id, emoji: '👍' })
	t.match(await socket.untilType('error'), { code: 'rate_limited' })
})

/** Reads the history of a room with so many reactions to each of ten messages. */
async function pageOf(t: Test, reactions: (writing: Writing, id: string) => Promise<void>, chars: number) {
	const writing = startWriting(t)
	await writing.run(writing.submit({ type: 'OpenRoom', room: 'general' }))
	await writing.run(...Array.from({ length: 10 }, () => writing.post('.')))
	for (const event of writing.events())
		if (event.type === 'MessagePosted') await reactions(writing, event.data.messageId)
	const { views, log } = writing
	return readHistory(sourcesOf(views, log), findRoom(views, 'general') as Room, '', {}, { limit: 500, chars }).messages
}

function reacting(writing: Writing, messageId: string, actors: readonly Actor[], action: 'add' | 'remove' = 'add') {
	const command = { type: 'React', room: 'general', messageId, emoji: '👍', action } as const
	return writing.run(...actors.map((actor) => writing.submit(command, { actor })))
}

t.test('a page ends early where there are many reactions, those that were taken back too', async (t) => {
	const guests = Array.from({ length: 4 }, (_, i) => guestNamed(`guest-${i}`, 'a log'))
	const add = async (writing: Writing, id: string) => void (await reacting(writing, id, guests))
	const all = 10 * (4 * guestReactionWeight + 1)
	t.equal((await pageOf(t, add, all)).length, 10)
	t.same(
		(await pageOf(t, add, all / 2)).map(({ sequence }) => sequence),
		[5, 6, 7, 8, 9, 10],
		'those nearest to what was asked for',
	)
	t.equal((await pageOf(t, add, 1)).length, 1, 'and never none')
	const takeBack = async (writing: Writing, id: string) => {
		await reacting(writing, id, guests)
		await reacting(writing, id, guests, 'remove')
	}
	t.equal((await pageOf(t, takeBack, all / 2)).length, 6)
})
