import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import fc from 'fast-check'
import t, { type Test } from 'tap'
import { type Chat, connect, type Timeline } from '../../src/client/node.ts'
import { type BadLine, type Fate, openBadLine } from '../helpers/bad-line.ts'
import { temporaryDirectory } from '../helpers/directory.ts'
import { ask, askJson } from '../helpers/http.ts'
import { type Account, addMember, addPerson, putRoom, setUp } from '../helpers/people.ts'
import { type QuickServer, startQuickServer } from '../helpers/quick-server.ts'
import { Screen } from '../helpers/screen.ts'
import { until } from '../helpers/until.ts'

/*
 * Two clients, one over each transport, behind a line that cuts, delays, throttles, half-closes and stalls each of
 * their connections, while others do what people do and the server is killed. In the end they show what the server
 * has, what they wrote was posted once, and at no moment did they show less than before.
 */

const bytes = fc.oneof(fc.integer({ min: 0, max: 400 }), fc.integer({ min: 0, max: 20_000 }))
const fate: fc.Arbitrary<Fate> = fc.oneof(
	fc.record({ kind: fc.constant('good' as const) }),
	fc.record({ kind: fc.constant('cut' as const), afterBytes: bytes }),
	fc.record({ kind: fc.constant('cutUp' as const), afterBytes: bytes }),
	fc.record({ kind: fc.constant('halfClose' as const), afterBytes: bytes }),
	fc.record({ kind: fc.constant('stall' as const), afterBytes: bytes }),
	fc.record({ kind: fc.constant('delay' as const), ms: fc.integer({ min: 1, max: 40 }) }),
	fc.record({ kind: fc.constant('throttle' as const), bytes: fc.integer({ min: 20, max: 500 }) }),
)

/** What happens next. */
type Deed = 'write' | 'say' | 'edit' | 'delete' | 'react' | 'read' | 'clear' | 'leave' | 'kill' | 'cut' | 'wait'
const deed: fc.Arbitrary<Deed> = fc.oneof(
	{ weight: 8, arbitrary: fc.constant('write' as const) },
	{ weight: 6, arbitrary: fc.constant('say' as const) },
	{ weight: 12, arbitrary: fc.constantFrom<Deed>('edit', 'delete', 'react', 'read') },
	{ weight: 3, arbitrary: fc.constantFrom<Deed>('clear', 'leave', 'cut', 'wait') },
	{ weight: 1, arbitrary: fc.constant('kill' as const) },
)

const room = 'harbour'
const transports = ['sse', 'websocket'] as const

t.test('whatever becomes of the line, a client shows what there is, and what it wrote was posted once', async (t) => {
	const directory = join(temporaryDirectory(t), 'data')
	let runs = 0
	const property = fc.asyncProperty(
		fc.array(fate, { minLength: 10, maxLength: 40 }),
		fc.array(deed, { minLength: 30, maxLength: 60 }),
		async (fates, deeds) => {
			runs += 1
			const world = new World(t, `${directory}-${runs}`, fates)
			await world.begin()
			for (const deed of deeds) await world.does(deed)
			await world.ends()
			if (!t.passing()) throw new Error('see above')
		},
	)
	await fc.assert(property, { numRuns: 2, endOnFailure: true })
})

interface Reader {
	account: Account
	chat: Chat
	timeline: Timeline
	screen: Screen
	/** In the order in which it was written. */
	written: string[]
}

class World {
	readonly #t: Test
	readonly #directory: string
	readonly #fates: readonly Fate[]
	#server!: QuickServer
	#line!: BadLine
	#owner!: Account
	#other!: Account
	#readers: Reader[] = []
	#said = 0
	/** Of those that nobody but the owner has written, so that no screen watches over them. */
	#ids: string[] = []

	constructor(t: Test, directory: string, fates: readonly Fate[]) {
		this.#t = t
		this.#directory = directory
		this.#fates = fates
	}

	async begin(): Promise<void> {
		const t = this.#t
		this.#server = await startQuickServer(t, this.#directory)
		this.#line = await openBadLine(t, this.#server.port)
		this.#owner = await setUp({ url: this.#server.url, directory: this.#directory })
		this.#other = await addPerson(this.#server.url, this.#owner, 'other')
		await putRoom(this.#server.url, this.#owner, room, { title: 'The harbour' })
		await addMember(this.#server.url, this.#owner, room, this.#other.name)
		for (const transport of transports) {
			const account = await addPerson(this.#server.url, this.#owner, `by-${transport}`)
			await addMember(this.#server.url, this.#owner, room, account.name)
			const chat = connect({ url: this.#line.url, token: account.token, transport })
			const timeline = chat.open(room)
			this.#readers.push({ account, chat, timeline, screen: new Screen(chat, timeline), written: [] })
		}
		let next = 0
		this.#line.nextFate = () => this.#fates[next++ % this.#fates.length] as Fate
	}

	async does(deed: Deed): Promise<void> {
		this.#said += 1
		switch (deed) {
			case 'write':
				for (const [index, { screen, written }] of this.#readers.entries()) {
					const content = `written by ${index}, ${this.#said}`
					written.push(content)
					screen.write(content)
				}
				return
			case 'say': {
				const content = this.#said % 3 === 0 ? `said ${this.#said} to @by-sse and @by-websocket` : `said ${this.#said}`
				const { json } = await this.#as(this.#owner, 'POST', `/rooms/${room}/messages`, { content })
				this.#ids.push(json.id)
				return
			}
			case 'edit':
				return await this.#toSome((path) =>
					this.#as(this.#owner, 'PATCH', path, { content: `edited ${this.#said} @room` }),
				)
			case 'delete':
				return await this.#toSome((path, id) => {
					this.#ids = this.#ids.filter((one) => one !== id)
					return this.#as(this.#owner, 'DELETE', path)
				})
			case 'react':
				return await this.#toSome((path) =>
					this.#as(this.#said % 2 === 0 ? this.#owner : this.#other, 'PUT', `${path}/reactions/👍`, undefined),
				)
			case 'read':
				for (const { chat } of this.#readers) {
					const state = chat.rooms.get(room)
					if (state !== undefined) chat.markRead(room, state.sequence - (this.#said % 3))
				}
				return
			case 'clear': {
				// Another room: in this one the screens watch over what they have written.
				await this.#as(this.#owner, 'POST', '/rooms/general/messages', { content: `for @room ${this.#said}` })
				return void (await this.#as(this.#owner, 'DELETE', '/rooms/general/messages', undefined))
			}
			case 'leave': {
				const path = `/rooms/${room}/members/${this.#other.name}`
				await this.#as(this.#owner, 'DELETE', path)
				return void (await this.#as(this.#owner, 'PUT', path, { role: 'moderator' }))
			}
			case 'kill':
				await this.#server.kill()
				this.#server = await startQuickServer(this.#t, this.#directory)
				this.#line.port = this.#server.port
				return
			case 'cut':
				return this.#line.cutAll()
			case 'wait':
				await until(() => this.#readers.some(({ chat }) => chat.status.state === 'live'))
		}
	}

	async ends(): Promise<void> {
		const t = this.#t
		this.#line.nextFate = () => ({ kind: 'good' })
		this.#line.cutAll()
		for (const reader of this.#readers) {
			const { chat, account, screen, written } = reader
			await until(() => chat.status.state === 'live' && chat.outbox.length === 0)
			await until(async () => isDeepStrictEqual(this.#shown(reader), await this.#there(reader)))
			t.same(this.#shown(reader), await this.#there(reader), `${account.name} shows what there is`)
			t.same(screen.faults, [], 'and at no moment something that there is not')
			const { messages } = (await this.#there(reader)) as { messages: { content: string; sender: string }[] }
			const posted = messages.filter(({ sender }) => sender === account.name).map(({ content }) => content)
			t.same(posted, written, 'what it wrote is there once, in the order in which it was written')
			chat.close()
		}
		t.comment(JSON.stringify(this.#line.counts))
		this.#readers = []
		await this.#server.kill()
	}

	#shown({ chat, timeline }: Reader): unknown {
		const rooms = [...chat.rooms.values()].map(({ asOf: _, ...known }) => known)
		rooms.sort((a, b) => (a.room < b.room ? -1 : 1))
		const messages = timeline.messages.map(({ asOf: _, ...message }) => message)
		const presence = [...chat.presence.values()].map(({ userId, state }) => `${userId} ${state}`).sort()
		return { rooms, messages, presence }
	}

	/** The same, of a client that has just begun. */
	async #there({ account: { headers } }: Reader): Promise<unknown> {
		const { json } = await ask(this.#server.url, '/sync', { headers })
		const history = await ask(this.#server.url, `/rooms/${room}/messages?limit=500`, { headers })
		const presence = json.presence.users.map(({ userId, state }: Record<string, string>) => `${userId} ${state}`).sort()
		return { rooms: json.rooms, messages: history.json.messages, presence }
	}

	/** Does something to one of the owner's messages, if there is one. */
	async #toSome(does: (path: string, id: string) => Promise<unknown>): Promise<void> {
		const id = this.#ids[this.#said % Math.max(1, this.#ids.length)]
		if (id !== undefined) await does(`/rooms/${room}/messages/${id}`, id)
	}

	#as({ headers }: Account, method: string, path: string, body?: unknown) {
		return body === undefined
			? ask(this.#server.url, encodeURI(path), { method, headers })
			: askJson(this.#server.url, encodeURI(path), body, { method, headers })
	}
}
