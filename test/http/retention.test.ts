import { join } from 'node:path'
import t, { type Test } from 'tap'
import { roomCommand } from '../../src/cli/room.ts'
import { keptMessagesMax, keptMsMax, textsErasedMax } from '../../src/commands/limits.ts'
import type { HistoryLimits } from '../../src/events/catalogue.ts'
import { startInProcess } from '../helpers/app.ts'
import { isMistake, tailroom } from '../helpers/cli.ts'
import { temporaryDirectory } from '../helpers/directory.ts'
import { startHouse } from '../helpers/house.ts'
import { ask, askJson, isProblem } from '../helpers/http.ts'
import { eventsInLog } from '../helpers/log.ts'
import { type Account, addMember, addPerson, putRoom, setUp } from '../helpers/people.ts'
import { fillLog } from '../helpers/record.ts'
import { isSound } from '../helpers/sound.ts'
import { openSse, type SseReader } from '../helpers/sse.ts'
import { openWebSocket } from '../helpers/websocket.ts'

/** A server with its owner and Ada. Nothing is erased in the time that a test takes, unless it is told to hurry. */
async function startWith(t: Test, history: HistoryLimits, retentionEveryMs?: number) {
	const house = await startHouse(t, { history, ...(retentionEveryMs === undefined ? {} : { retentionEveryMs }) })
	const ada = await addPerson(house.url, house.owner, 'ada')
	return { ...house, ada, room: (name: string, by = ada) => new Room(house.url, name, by) }
}

/** A room as somebody sees it. */
class Room {
	readonly #url: string
	readonly #path: string
	readonly #name: string
	readonly #headers: Account['headers']

	constructor(url: string, name: string, { headers }: Account) {
		this.#url = url
		this.#name = name
		this.#path = `/rooms/${name}/messages`
		this.#headers = headers
	}

	async post(content: string, more: Record<string, string> = {}) {
		return (await askJson(this.#url, this.#path, { content }, { headers: { ...this.#headers, ...more } })).json
	}

	edit(id: string, content: string) {
		return askJson(this.#url, `${this.#path}/${id}`, { content }, { method: 'PATCH', headers: this.#headers })
	}

	react(id: string) {
		const path = `${this.#path}/${id}/reactions/${encodeURIComponent('👍')}`
		return ask(this.#url, path, { method: 'PUT', headers: this.#headers })
	}

	async get(what = '') {
		return (await ask(this.#url, this.#path + what, { headers: this.#headers })).json
	}

	/** The texts as they are shown; `-` where there is none. */
	async texts(query = ''): Promise<string[]> {
		return (await this.get(query)).messages.map(shown)
	}

	follow(t: Test, query = ''): Promise<SseReader> {
		return openSse(t, `${this.#url}/rooms/${this.#name}/events${query}`, this.#headers)
	}
}

function shown({ content, erased }: { content: string; erased?: string }): string {
	return erased === undefined ? content : `-${content}`
}

const kept = (directory: string) =>
	eventsInLog(directory).flatMap(({ type, body }) => (type === 'MessagePosted' ? [body?.content ?? '-'] : []))

t.test('what is beyond the limit is shown nowhere from that moment on, before it is erased', async (t) => {
	const { directory, url, ada, room } = await startWith(t, { historyLimit: 2 })
	const general = room('general')
	const live = await general.follow(t)
	await live.untilType('live')
	const one = await general.post('one', { 'Idempotency-Key': 'k' })
	await general.edit(one.id, 'one, edited')
	await general.react(one.id)
	const before = (await general.get()).position
	await general.post('two')
	await general.post('three')
	t.same(await general.texts(), ['-', 'two', 'three'])
	t.same(kept(directory), ['one', 'two', 'three'], 'nothing is erased yet')

	const { messages } = await general.get()
	t.same(messages[0].erased, 'retention')
	t.notMatch(messages[0], { editedAtMs: Number })
	t.notMatch(messages[0], { reactions: Array })
	t.same(await general.texts(`?at=${before}`), ['-'], 'as the room was then')
	t.same(await general.texts('?after=0&limit=1'), ['-'])
	const alone = await general.get(`/${one.id}`)
	t.match(alone, { content: '', erased: 'retention' })
	t.notMatch(alone, { edits: Array })
	t.match(await general.post('one', { 'Idempotency-Key': 'k' }), { id: one.id, content: '', erased: 'retention' })
	for (const answer of [await general.edit(one.id, 'again'), await general.react(one.id)]) {
		isProblem(t, answer, 422, 'message_erased', /./)
	}

	const late = await general.follow(t, '?after=0')
	await late.untilType('live')
	const texts = late.events.filter(({ data: { type } }) => type === 'message' || type === 'edit')
	t.same(
		texts.map(({ data }) => shown(data)),
		['-', '-', 'two', 'three'],
	)
	const socket = await openWebSocket(t, `${url.replace('http', 'ws')}/ws`, ada.headers)
	await socket.ask({ type: 'subscribe', room: 'general', after: '0' }, 'live')
	const told = socket.received.filter(({ type }) => type === 'message' || type === 'edit')
	t.same(told.map(shown), ['-', '-', 'two', 'three'])
	const history = await socket.ask({ type: 'get_history', room: 'general' }, 'history')
	t.same(history.messages.map(shown), ['-', 'two', 'three'])

	await live.until(({ data: { content } }) => content === 'three')
	const heard = live.events.filter(({ data: { type } }) => type === 'message' || type === 'edit')
	t.same(
		heard.map(({ data }) => shown(data)),
		['one', 'one, edited', 'two', 'three'],
		'who was there has heard it all',
	)
})

t.test('what was not shown any more is not shown again by keeping more, in history, streams and counts', async (t) => {
	const { url, ada, room } = await startWith(t, {})
	const { headers } = ada
	await putRoom(url, ada, 'den', { historyLimit: 2 })
	const den = room('den')
	for (const text of ['one', 'two', 'three']) await den.post(text)
	t.same(await den.texts(), ['-', 'two', 'three'])
	await putRoom(url, ada, 'den', { historyLimit: 100 })
	await den.post('four')
	t.same(await den.texts(), ['-', 'two', 'three', 'four'])
	const { text } = await ask(url, '/rooms/den/events?after=0&until=head', {
		headers: { ...headers, Accept: 'application/x-ndjson' },
	})
	const told = text
		.trim()
		.split('\n')
		.map((line) => JSON.parse(line))
		.filter(({ type }) => type === 'message')
	t.same(told.map(shown), ['-', 'two', 'three', 'four'])
})

t.test('what was published is counted in the very next thing that is read', async (t) => {
	const { url, ada, room } = await startWith(t, { historyLimit: 1 })
	const socket = await openWebSocket(t, `${url.replace('http', 'ws')}/ws`, ada.headers)
	await room('general').post('before')
	for (let round = 0; round < 20; round++) {
		socket.send({ type: 'publish', room: 'general', content: `message ${round}` })
		socket.send({ type: 'get_history', room: 'general', limit: 2 })
		const { messages } = await socket.untilType('history')
		t.match(messages, [{ content: '', erased: 'retention' }, { content: `message ${round}` }])
	}
})

t.test('what is beyond the limit is not unread', async (t) => {
	const { url, owner, ada, room } = await startWith(t, { historyLimit: 2 })
	await putRoom(url, owner, 'den')
	await addMember(url, owner, 'den', 'ada')
	for (const content of ['@ada one', '@ada two', 'three', '@ada four', 'five']) await room('den', owner).post(content)
	const seen = await ask(url, '/rooms/den', { headers: ada.headers })
	t.match(seen.json, { sequence: 5, unread: 2, mentions: 1 })
})

t.test('a burst is heard by all who are there, however little is kept', async (t) => {
	const { url, ada, room } = await startWith(t, { historyLimit: 1 })
	const live = await room('general').follow(t)
	await live.untilType('live')
	const socket = await openWebSocket(t, `${url.replace('http', 'ws')}/ws`, ada.headers)
	for (let i = 1; i <= 500; i++) socket.send({ type: 'publish', room: 'general', content: `${i}` })
	await live.until(({ data: { sequence } }) => sequence === 500)
	const texts = live.events.filter(({ data: { type } }) => type === 'message').map(({ data }) => shown(data))
	t.same(
		texts,
		Array.from({ length: 500 }, (_, index) => `${index + 1}`),
	)
	t.same(await room('general').texts('?limit=2'), ['-', '500'])
})

t.test('a guest is not named any more where the text is gone', async (t) => {
	const { url } = await startInProcess(t, { history: { historyLimit: 1 } })
	const headers = { 'Tailroom-User': 'grace' }
	for (const content of ['one', 'two']) await askJson(url, '/rooms/general/messages', { content }, { headers })
	t.match((await ask(url, '/rooms/general/messages')).json.messages, [
		{ sender: 'erased', content: '', erased: 'retention' },
		{ sender: 'grace', content: 'two' },
	])
})

t.test(
	'what is beyond the limit is erased, many messages by one event, for who is there and who comes back',
	async (t) => {
		const { app, directory, room } = await startWith(t, { historyLimit: 2 }, 20)
		const general = room('general')
		const there = await general.follow(t)
		const { id: cursor } = await there.untilType('live')
		for (const content of ['one', 'two', 'three', 'four', 'five']) await general.post(content)
		const { data } = await there.until(({ data: { type, through } }) => type === 'clear' && through === 3)
		t.match(data, { by: 'system', reason: 'retention', cursor: String })
		t.same(kept(directory), ['-', '-', '-', 'four', 'five'])
		t.same(await general.texts(), ['-', '-', '-', 'four', 'five'])
		const back = await general.follow(t, `?after=${cursor}`)
		await back.untilType('live')
		const clears = (reader: SseReader) =>
			reader.events.filter(({ data: { type } }) => type === 'clear').map(({ id, data }) => ({ id, data }))
		t.same(clears(back), clears(there))
		await app.stop()
		await isSound(t, directory)
	},
)

t.test('messages that are too old are neither shown nor kept', async (t) => {
	const directory = join(temporaryDirectory(t), 'data')
	await fillLog(directory, ['old'], textsErasedMax + 10, 'message', Date.now() - 2 * 60_000)
	const { url } = await startInProcess(t, { directory, history: { historyTtlMs: 60_000 } })
	const { headers } = await setUp({ url, directory })
	const room = new Room(url, 'old', { name: '', token: '', headers } as Account)
	t.same(await room.texts('?limit=2'), ['-', '-'])
	await room.post('new')
	t.same(await room.texts('?limit=2'), ['-', 'new'])
	const reader = await room.follow(t, `?after=${textsErasedMax}`)
	const { data } = await reader.until(({ data: { type, through } }) => type === 'clear' && through > textsErasedMax)
	t.equal(data.through, textsErasedMax + 10)
	t.equal(
		kept(directory)
			.filter((text) => text !== '-')
			.join(),
		'new',
	)
})

t.test('a room says for itself what it keeps, and takes that back', async (t) => {
	const { url, ada, room } = await startWith(t, { historyLimit: 3 })
	const put = (change: object, { headers } = ada) => askJson(url, '/rooms/cellar', change, { method: 'PUT', headers })
	t.match(await put({ historyLimit: 1 }), { status: 201, json: { historyLimit: 1 } })
	const cellar = room('cellar')
	for (const content of ['one', 'two', 'three', 'four']) await cellar.post(content)
	t.same(await cellar.texts(), ['-', '-', '-', 'four'])
	t.match(await put({ historyLimit: 2 }), { status: 200, json: { historyLimit: 2 } })
	await cellar.post('five')
	t.same(await cellar.texts(), ['-', '-', '-', 'four', 'five'], 'what was not shown any more does not come back')
	t.match(await put({ historyTtlMs: 60_000 }), { status: 200, json: { historyLimit: 2, historyTtlMs: 60_000 } })
	t.match((await ask(url, '/rooms/cellar', { headers: ada.headers })).json, { historyLimit: 2, historyTtlMs: 60_000 })
	const taken = await put({ historyLimit: null, historyTtlMs: null })
	t.equal(taken.status, 200)
	t.notMatch(taken.json, { historyLimit: Number })
	t.notMatch(taken.json, { historyTtlMs: Number })
	await cellar.post('six')
	await cellar.post('seven')
	t.same(await cellar.texts(), ['-', '-', '-', '-', 'five', 'six', 'seven'], 'as the server is told')
	for (const change of [
		{ historyLimit: 0 },
		{ historyLimit: 1.5 },
		{ historyLimit: keptMessagesMax + 1 },
		{ historyLimit: '5' },
		{ historyTtlMs: 0 },
		{ historyTtlMs: -1 },
		{ historyTtlMs: keptMsMax + 1 },
	]) {
		isProblem(t, await put(change), 400, 'malformed', new RegExp(Object.keys(change)[0] as string))
	}
	t.equal((await put({ historyLimit: keptMessagesMax, historyTtlMs: keptMsMax })).status, 200)
})

t.test('who does not moderate a room does not say what it keeps', async (t) => {
	const { url, owner, ada } = await startWith(t, {})
	const bob = await addPerson(url, owner, 'bob')
	await putRoom(url, ada, 'attic', { visibility: 'private' })
	await addMember(url, ada, 'attic', 'bob')
	const put = (room: string, { headers }: Account) =>
		askJson(url, `/rooms/${room}`, { historyLimit: 1 }, { method: 'PUT', headers })
	isProblem(t, await put('attic', bob), 403, 'forbidden', /./)
	isProblem(t, await put('@bob', ada), 403, 'forbidden', /./)
})

t.test('in a conversation the limit of the server holds', async (t) => {
	const { url, owner, ada, directory } = await startWith(t, { historyLimit: 1 }, 20)
	const toOwner = new Room(url, '@owner', ada)
	const toAda = new Room(url, '@ada', owner)
	const reader = await toAda.follow(t)
	await reader.untilType('live')
	await toOwner.post('one')
	await toAda.post('two')
	t.same(await toOwner.texts(), ['-', 'two'])
	t.match((await reader.untilType('clear')).data, { room: '@ada', through: 1, by: 'system', reason: 'retention' })
	t.same(kept(directory), ['-', 'two'])
})

t.test('what a room keeps can be said on the command line', async (t) => {
	const { url, directory, ada } = await startWith(t, {})
	const put = (...flags: string[]) => tailroom(['room', 'put', 'general', ...flags, '--data', directory])
	const look = async () => (await ask(url, '/rooms/general', { headers: ada.headers })).json
	t.match(await put('--history-limit', '5', '--history-ttl', '30d'), { code: 0 })
	t.match(await look(), { historyLimit: 5, historyTtlMs: 30 * 86_400_000 })
	t.match(await put('--history-limit', 'none'), { code: 0 })
	t.notMatch(await look(), { historyLimit: Number })
	t.match(await look(), { historyTtlMs: 30 * 86_400_000 })
	const mistaken = (...flags: string[]) => roomCommand.run(['put', 'general', ...flags, '--data', directory])
	await isMistake(t, () => mistaken('--history-ttl', 'long'), /--history-ttl: must be a time/)
	await isMistake(t, () => mistaken('--history-limit', 'x'), /--history-limit: must be a whole number/)
})
