import { setTimeout as sleep } from 'node:timers/promises'
import t from 'tap'
import { connect, type MessageFrame, type OutboxStorage, TailroomError } from '../../src/client/node.ts'
import { Outbox } from '../../src/client/outbox.ts'
import type { Server } from '../../src/client/server.ts'
import { openBadLine } from '../helpers/bad-line.ts'
import { openChat, openRoom } from '../helpers/chats.ts'
import { startHouse } from '../helpers/house.ts'
import { ask } from '../helpers/http.ts'
import { type Account, addMember, addPerson, putRoom, signIn } from '../helpers/people.ts'
import { until } from '../helpers/until.ts'

/** What a page keeps, in memory. */
class Shelf implements OutboxStorage {
	readonly items = new Map<string, string>()

	get length(): number {
		return this.items.size
	}

	key(index: number): string | null {
		return [...this.items.keys()][index] ?? null
	}

	getItem(key: string): string | null {
		return this.items.get(key) ?? null
	}

	setItem(key: string, value: string): void {
		this.items.set(key, value)
	}

	removeItem(key: string): void {
		this.items.delete(key)
	}
}

t.test('what is written', async (t) => {
	const { url, owner } = await startHouse(t, { heartbeatMs: 300 })
	const line = await openBadLine(t, Number(new URL(url).port))
	let people = 0
	const somebody = () => addPerson(url, owner, `writer-${people++}`)
	const contents = async (room: string, { headers, name }: Account): Promise<string[]> => {
		const { messages } = (await ask(url, `/rooms/${room}/messages?limit=500`, { headers })).json
		return messages
			.filter(({ sender }: { sender: string }) => sender === name)
			.map(({ content }: { content: string }) => content)
	}
	/** From now on nobody gets through. */
	const cut = () => {
		line.nextFate = () => ({ kind: 'cut', afterBytes: 0 })
		line.cutAll()
	}
	const mend = () => {
		line.nextFate = () => ({ kind: 'good' })
	}

	t.test('without a line is shown, and sent once there is one, in order', async (t) => {
		const writer = await somebody()
		const chat = await openChat(t, { url: line.url, token: writer.token })
		const general = await openRoom(chat, 'general')
		cut()
		await until(() => chat.status.state === 'offline')
		const sent = ['one', 'two', 'three'].map((content) => chat.send('general', content))
		t.match(chat.outbox, [{ content: 'one' }, { content: 'two', state: 'waiting' }, { content: 'three' }])
		mend()
		chat.reconnect()
		const posted = await Promise.all(sent)
		t.same(await contents('general', writer), ['one', 'two', 'three'])
		await until(() => chat.outbox.length === 0)
		t.same(
			general.messages.slice(-3).map(({ id }) => id),
			posted.map(({ id }) => id),
		)
	})

	t.test('survives a reload', async (t) => {
		const writer = await somebody()
		const storage = new Shelf()
		const before = await openChat(t, { url: line.url, token: writer.token, storage })
		cut()
		await until(() => before.status.state === 'offline')
		for (const content of ['first', 'second', 'third']) void before.send('general', content)
		await until(() => before.outbox[0]?.state === 'waiting')
		before.close()
		t.equal(storage.length, 3)
		const again = connect({ url: line.url, token: writer.token, storage })
		t.teardown(() => again.close())
		void again.send('general', 'before it knows who it is')
		mend()
		again.reconnect()
		await until(() => again.outbox.length === 0)
		t.same(await contents('general', writer), ['first', 'second', 'third', 'before it knows who it is'])
		t.equal(storage.length, 0, 'nothing is left')
	})

	t.test('is posted once by two pages of one person', async (t) => {
		const writer = await somebody()
		const storage = new Shelf()
		const left = await openChat(t, { url: line.url, token: writer.token, storage })
		cut()
		await until(() => left.status.state === 'offline')
		for (const content of ['a', 'b', 'c', 'd']) void left.send('general', content)
		left.discard(left.outbox[3]?.key as string)
		mend()
		const right = await openChat(t, { url, token: writer.token, storage })
		left.reconnect()
		await until(() => left.outbox.length === 0 && right.outbox.length === 0)
		t.same(await contents('general', writer), ['a', 'b', 'c'])
	})

	t.test('by a page that is closed is sent by one that stays open', async (t) => {
		const writer = await somebody()
		const storage = new Shelf()
		const open = { url: line.url, token: writer.token, storage }
		const [closed, stays] = [await openChat(t, open), await openChat(t, open)]
		cut()
		await until(() => closed.status.state === 'offline' && stays.status.state === 'offline')
		void closed.send('general', 'written where it is closed')
		void stays.send('general', 'written where it stays')
		await until(() => closed.outbox[0]?.state === 'waiting')
		closed.close()
		mend()
		stays.reconnect()
		await until(() => storage.length === 0 && stays.outbox.length === 0)
		t.same((await contents('general', writer)).sort(), ['written where it is closed', 'written where it stays'])
	})

	t.test('by one person is not sent by the next', async (t) => {
		const writer = await somebody()
		const next = await somebody()
		const storage = new Shelf()
		const chat = await openChat(t, { url: line.url, token: writer.token, storage })
		cut()
		await until(() => chat.status.state === 'offline')
		void chat.send('general', 'mine')
		await until(() => chat.outbox[0]?.state === 'waiting')
		chat.close()
		mend()
		const other = await openChat(t, { url: line.url, token: next.token, storage })
		await other.send('general', 'theirs')
		t.same(await contents('general', next), ['theirs'])
		t.equal(storage.length, 1, 'it waits for whoever wrote it')
	})

	t.test('lasts as long as the page where nothing can be kept', async (t) => {
		const writer = await somebody()
		const storage = new Shelf()
		const forbidden = () => {
			throw new Error('forbidden')
		}
		Object.assign(storage, { setItem: forbidden, getItem: forbidden, removeItem: forbidden, key: forbidden })
		Object.defineProperty(storage, 'length', { get: forbidden })
		const chat = await openChat(t, { url, token: writer.token, storage })
		await chat.send('general', 'still here')
		t.same(await contents('general', writer), ['still here'])
	})

	t.test('and refused says why, lets the next one go, and waits', async (t) => {
		const writer = await somebody()
		const room = 'quiet'
		await putRoom(url, owner, room)
		await addMember(url, owner, room, writer.name)
		const mute = `/rooms/${room}/mutes/${writer.name}`
		await ask(url, mute, {
			method: 'PUT',
			headers: { ...owner.headers, 'Content-Type': 'application/json' },
			body: '{}',
		})
		const storage = new Shelf()
		const before = await openChat(t, { url, token: writer.token, storage })
		const refused = before.send(room, 'may I?')
		await before.send('general', 'elsewhere')
		await t.rejects(refused, { name: 'TailroomError', code: 'muted', status: 403 })
		t.match(before.outbox, [{ content: 'may I?', state: 'refused', problem: { code: 'muted' } }])
		before.close()
		await ask(url, mute, { method: 'DELETE', headers: owner.headers })
		const chat = await openChat(t, { url, token: writer.token, storage })
		await chat.send('general', 'after a reload')
		t.match(
			chat.outbox,
			[{ content: 'may I?', state: 'refused', problem: { code: 'muted' } }],
			'nothing is sent unasked',
		)
		chat.retry(chat.outbox[0]?.key as string)
		await until(() => chat.outbox.length === 0)
		t.same(await contents(room, writer), ['may I?'])
		const tooLarge = chat.send(room, 'x'.repeat(70_000))
		await t.rejects(tooLarge, { code: 'content_too_large' })
		chat.discard(chat.outbox[0]?.key as string)
		t.same(chat.outbox, [])
	})

	t.test('waits for who has to sign in again', async (t) => {
		const writer = await somebody()
		const { Cookie } = await signIn(url, writer.name)
		const { json } = await ask(url, '/tokens', {
			method: 'POST',
			headers: { Cookie, 'Content-Type': 'application/json' },
			body: '{}',
		})
		const storage = new Shelf()
		const chat = await openChat(t, { url, token: json.token, storage })
		await ask(url, `/tokens/${json.id}`, { method: 'DELETE', headers: writer.headers })
		await until(() => chat.status.state === 'stopped')
		t.match(chat.status.problem, { code: 'not_authenticated', status: 401 })
		void chat.send('general', 'after all')
		await until(() => chat.outbox[0]?.state === 'waiting')
		chat.close()
		const again = await openChat(t, { url, token: writer.token, storage })
		await until(() => again.outbox.length === 0)
		t.same(await contents('general', writer), ['after all'])
	})

	t.test('is not kept without end', async (t) => {
		const chat = connect({ url: 'http://127.0.0.1:1', guest: 'ghost' })
		t.teardown(() => chat.close())
		for (let i = 0; i < 1_000; i++) void chat.send('general', `${i}`)
		await t.rejects(chat.send('general', 'one too many'), { code: 'outbox_full' })
		chat.close()
		await t.rejects(chat.send('general', 'too late'), { code: 'closed' })
	})

	t.test('is sent again where the answer was lost', async (t) => {
		const writer = await somebody()
		const chat = await openChat(t, { url: line.url, token: writer.token })
		const general = await openRoom(chat, 'general')
		// What is asked gets through, and nothing of what is answered.
		line.nextFate = () => ({ kind: 'stall', afterBytes: 0 })
		line.cutAll()
		void chat.send('general', 'did you get this?')
		await until(async () => (await contents('general', writer)).length === 1)
		mend()
		line.cutAll()
		chat.reconnect()
		await until(() => general.messages.at(-1)?.content === 'did you get this?' && chat.outbox.length === 0)
		// Were it sent under another key, it would be there by now.
		await sleep(0)
		t.same(await contents('general', writer), ['did you get this?'])
	})
})

t.test('what one page discards, another one of the same person does not send', async (t) => {
	const storage = new Shelf()
	const sent: unknown[] = []
	let isUp = false
	const ask = async (_method: string, _path: string, { body }: { body: unknown }) => {
		if (!isUp) throw new TailroomError('unreachable', 'Nobody is there.')
		sent.push(body)
		return { type: 'message', id: 'id', position: 1, room: 'general' }
	}
	const server = { ask, urlOf: () => '' } as unknown as Server
	const options = { server, storage, heard: () => 0, posted() {}, signedOut() {}, changed() {} }
	const [left, right] = [new Outbox(options), new Outbox(options)]
	t.teardown(() => {
		left.close()
		right.close()
	})
	left.belongsTo('ada')
	void left.send('general', 'better not')
	right.belongsTo('ada')
	t.match(right.entries, [{ content: 'better not' }])
	await until(() => right.entries[0]?.state === 'waiting')
	left.discard(left.entries[0]?.key as string)
	isUp = true
	right.nudge()
	await until(() => right.entries.length === 0)
	t.same(sent, [])
})

t.test('what is discarded while it is being sent is kept nowhere, also if it is refused then', async (t) => {
	const storage = new Shelf()
	const answer = Promise.withResolvers<MessageFrame>()
	const server = { ask: () => answer.promise, urlOf: () => '' } as unknown as Server
	const outbox = new Outbox({ server, storage, heard: () => 0, posted() {}, signedOut() {}, changed() {} })
	t.teardown(() => outbox.close())
	outbox.belongsTo('ada')
	const sent = outbox.send('@bob', 'are you there?')
	outbox.discard(outbox.entries[0]?.key as string)
	answer.reject(new TailroomError('not_found', 'There is nobody of that name.', { status: 404 }))
	await t.rejects(sent, { code: 'closed' })
	await new Promise(setImmediate)
	t.same([outbox.entries, [...storage.items]], [[], []])
})

t.test('while it is not known whether it was posted, its message is not shown twice, and no other one for it', (t) => {
	const server = { ask: () => new Promise(() => {}), urlOf: () => '' } as unknown as Server
	const outbox = new Outbox({ server, storage: undefined, heard: () => 50, posted() {}, signedOut() {}, changed() {} })
	outbox.belongsTo('ada')
	void outbox.send('general', 'ok')
	const said = (position: number, about: Partial<MessageFrame> = {}): MessageFrame => ({
		type: 'message',
		position,
		cursor: `${position}-0`,
		room: 'general',
		sequence: position,
		id: `id-${position}`,
		sender: 'ada',
		content: 'ok',
		timestamp: 0,
		...about,
	})
	for (const other of [said(40), said(60, { sender: 'bob' }), said(60, { room: 'den' }), said(60, { content: 'OK' })]) {
		outbox.seen(other)
		t.not(outbox.entries[0]?.isSeen, true)
	}
	outbox.seen(said(61))
	t.match(outbox.entries, [{ isSeen: true, id: 'id-61', state: 'sending' }])
	outbox.close()
	t.end()
})

t.test('what something in between does not let through lets the next one go, and is not lost', async (t) => {
	const asked: string[] = []
	const ask = async (_method: string, _path: string, { body }: { body: { content: string } }) => {
		asked.push(body.content)
		if (body.content === 'elsewhere') return { messages: [], cursor: '7-0' }
		if (body.content !== 'hello') throw new TailroomError('not_tailroom', 'Forbidden.', { status: 403 })
		return { type: 'message', id: 'id', position: 1, room: 'general', content: 'hello' }
	}
	const server = { ask, urlOf: () => 'http://127.0.0.1' } as unknown as Server
	const outbox = new Outbox({ server, storage: new Shelf(), heard: () => 0, posted() {}, signedOut() {}, changed() {} })
	t.teardown(() => outbox.close())
	outbox.belongsTo('ada')
	const refused = outbox.send('general', '<script>')
	const sent = outbox.send('general', 'hello')
	await until(() => {
		outbox.nudge()
		return outbox.entries[0]?.state === 'refused'
	})
	t.match(outbox.entries[0], { problem: { code: 'not_tailroom', status: 403 } })
	t.same(
		asked.filter((content) => content === '<script>'),
		Array.from({ length: 5 }, () => '<script>'),
	)
	await t.rejects(refused, { code: 'not_tailroom' })
	t.match(await sent, { content: 'hello' })
	void outbox.send('general', 'elsewhere')
	await until(() => asked.includes('elsewhere') && outbox.entries.at(-1)?.state === 'waiting')
	t.match(outbox.entries.at(-1), { content: 'elsewhere', problem: { code: 'not_tailroom' } }, 'an answer that is none')
})

t.test('who is nobody any more sends nothing until it is said who they are', async (t) => {
	let asked = 0
	const ask = async () => {
		asked += 1
		throw new TailroomError('not_authenticated', 'Sign in again.', { status: 401 })
	}
	const server = { ask, urlOf: () => '' } as unknown as Server
	const signedOut = Promise.withResolvers<void>()
	const told = { posted() {}, signedOut: signedOut.resolve, changed() {} }
	const outbox = new Outbox({ server, storage: undefined, heard: () => 0, ...told })
	t.teardown(() => outbox.close())
	outbox.belongsTo('ada')
	void outbox.send('general', 'by ada')
	await signedOut.promise
	t.match(outbox.entries, [{ state: 'waiting', problem: { code: 'not_authenticated' } }])
	await new Promise(setImmediate)
	outbox.nudge()
	t.equal(asked, 1)
	outbox.belongsTo('ada')
	t.equal(asked, 2)
})
