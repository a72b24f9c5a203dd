import fc from 'fast-check'
import t, { type Test } from 'tap'
import { startInProcess } from '../helpers/app.ts'
import { temporaryDirectory } from '../helpers/directory.ts'
import { ask } from '../helpers/http.ts'
import { type Listener, listen } from '../helpers/listener.ts'
import { type Account, addMember, addPerson, putRoom, removeMember, setUp } from '../helpers/people.ts'
import type { Received } from '../helpers/websocket.ts'
import { inTime } from '../helpers/writer.ts'

const directory = temporaryDirectory(t)
const { url } = await startInProcess(t, { directory })
const owner = await setUp({ url, directory })
/** Is in every room, so what it hears is all that there is to hear. */
const witness = await listen(t, url, 'sse', '/events', { headers: owner.headers })
let runs = 0

const room = fc.nat({ max: 2 })
const deed = fc.oneof(
	{ weight: 4, arbitrary: fc.record({ type: fc.constant('post' as const), room }) },
	{ weight: 3, arbitrary: fc.record({ type: fc.constant('add' as const), room }) },
	{ weight: 3, arbitrary: fc.record({ type: fc.constant('remove' as const), room }) },
	{
		weight: 2,
		arbitrary: fc.record({
			type: fc.constant('show' as const),
			room,
			visibility: fc.constantFrom('open' as const, 'private' as const),
		}),
	},
	{ weight: 3, arbitrary: fc.record({ type: fc.constant('connect' as const) }) },
	/** Without reading to the end: what was on its way then comes again. */
	{ weight: 2, arbitrary: fc.record({ type: fc.constant('disconnect' as const), hasRead: fc.boolean() }) },
)
type Deed = typeof deed extends fc.Arbitrary<infer Value> ? Value : never

const ways = ['all rooms as a member', 'all rooms as a guest', 'rooms by their names'] as const
type Way = (typeof ways)[number]

t.test('what is delivered over all connections is what was visible then, in order and once', async (t) => {
	const seed = Date.now() % 2 ** 31
	t.comment(`seed ${seed}`)
	const property = fc.asyncProperty(
		fc.constantFrom(...ways),
		fc.array(deed, { minLength: 10, maxLength: 50, size: 'max' }),
		async (way, deeds) => {
			const world = await World.begin(t, way)
			for (const deed of deeds) await world.do(deed)
			await world.do({ type: 'disconnect', hasRead: false })
			await world.do({ type: 'connect' })
			await world.do({ type: 'disconnect', hasRead: true })
		},
	)
	await fc.assert(property, { numRuns: 40, seed, endOnFailure: true })
	t.pass(`${runs} lives`)
})

/** Three rooms, somebody who follows them in one way, and what they are to hear by the rights of each moment. */
class World {
	readonly #t: Test
	readonly #way: Way
	readonly #bob: Account
	readonly #rooms: readonly string[]
	readonly #isOpen = [false, false, true]
	readonly #isMember = [false, false, false]
	/** All that has happened in the rooms. */
	readonly #truth: Received[] = []
	readonly #heardEver: Received[] = []
	/** The position at which all is as it begins. */
	readonly #begun: number
	#cursor: string
	#posts = 0
	#connection: { listener: Listener; scope: readonly string[]; expected: Received[] } | undefined

	private constructor(t: Test, way: Way, bob: Account, rooms: readonly string[], cursor: string) {
		this.#t = t
		this.#way = way
		this.#bob = bob
		this.#rooms = rooms
		this.#cursor = cursor
		this.#begun = Number.parseInt(cursor, 10)
	}

	static async begin(t: Test, way: Way): Promise<World> {
		runs += 1
		const bob = await addPerson(url, owner, `bob-${runs}`, 'bot')
		const rooms = ['a', 'b', 'c'].map((letter) => `room-${runs}-${letter}`)
		for (const [i, room] of rooms.entries()) {
			await putRoom(url, owner, room, { visibility: i === 2 ? 'open' : 'private' })
		}
		const { json } = await ask(url, '/rooms', { headers: owner.headers })
		return new World(t, way, bob, rooms, json.cursor)
	}

	async do(deed: Deed): Promise<void> {
		if (deed.type === 'connect') return await this.#connect()
		if (deed.type === 'disconnect') return await this.#disconnect(deed.hasRead)
		const room = this.#rooms[deed.room] as string
		if (!(await this.#change(deed, room))) return
		const last = this.#truth.at(-1)?.position ?? this.#begun
		const frame = await witness.until((frame) => isSeen(frame) && frame.position > last && frame.room === room)
		this.#truth.push(frame)
		if (this.#connection === undefined) return
		if (this.#isHeard(frame)) this.#connection.expected.push(frame)
		if (this.#way !== 'rooms by their names' || this.#connection.scope.some((room) => this.#mayRead(room))) return
		const { reason } = await inTime(this.#connection.listener.over, 'a stream of which nothing is left', 10)
		if (reason !== 'rights_lost') throw new Error(`it ended with ${reason}`)
		await this.#disconnect(true)
	}

	/** False: it is so already. */
	async #change(deed: Exclude<Deed, { type: 'connect' | 'disconnect' }>, room: string): Promise<boolean> {
		const { room: i } = deed
		switch (deed.type) {
			case 'post':
				this.#posts += 1
				await ask(url, `/rooms/${room}/messages`, {
					headers: { ...owner.headers, 'Content-Type': 'text/plain' },
					body: `${this.#posts}`,
				})
				return true
			case 'show':
				if (this.#isOpen[i] === (deed.visibility === 'open')) return false
				await putRoom(url, owner, room, { visibility: deed.visibility })
				this.#isOpen[i] = deed.visibility === 'open'
				return true
			case 'add':
				if (this.#isMember[i]) return false
				await addMember(url, owner, room, this.#bob.name)
				this.#isMember[i] = true
				return true
			case 'remove':
				if (!this.#isMember[i]) return false
				await removeMember(url, owner, room, this.#bob.name)
				this.#isMember[i] = false
				return true
		}
	}

	async #connect(): Promise<void> {
		if (this.#connection !== undefined) return
		const isNamed = this.#way === 'rooms by their names'
		const headers = this.#way === 'all rooms as a guest' ? { 'Tailroom-User': `guest-${runs}` } : this.#bob.headers
		const named = isNamed ? this.#rooms.map((room) => `room=${room}&`).join('') : ''
		const path = `/events?${named}after=${this.#cursor}`
		const scope = isNamed ? this.#rooms.filter((room) => this.#mayRead(room)) : this.#rooms
		if (scope.length === 0) {
			const { status } = await ask(url, path, { headers })
			if (status !== 404) throw new Error(`${status} where there is nothing to hear`)
			return
		}
		const listener = await listen(this.#t, url, 'sse', path, { headers })
		this.#connection = { listener, scope, expected: [] }
		const from = Number.parseInt(this.#cursor, 10)
		this.#connection.expected.push(...this.#truth.filter((f) => f.position > from && this.#isHeard(f)))
	}

	async #disconnect(hasRead: boolean): Promise<void> {
		if (this.#connection === undefined) return
		const { listener, expected } = this.#connection
		this.#connection = undefined
		const last = expected.at(-1)
		if (hasRead && last !== undefined) await listener.until(({ position }) => position === last.position)
		listener.close()
		const heard = listener.heard.filter((frame) => isSeen(frame) && this.#rooms.includes(frame.room))
		const wanted = hasRead ? expected : expected.slice(0, heard.length)
		if (JSON.stringify(heard) !== JSON.stringify(wanted)) {
			throw new Error(`${this.#way}: heard ${JSON.stringify(heard)}, and not ${JSON.stringify(wanted)}`)
		}
		this.#cursor = listener.heard.findLast(({ cursor }) => cursor !== undefined)?.cursor ?? this.#cursor
		this.#heardEver.push(...heard)
		if (this.#heardEver.some(({ position }, i) => i > 0 && position <= this.#heardEver[i - 1]?.position)) {
			throw new Error(`out of order: ${this.#heardEver.map(({ position }) => position)}`)
		}
	}

	/** By the rights of now. */
	#isHeard({ room, type, action, userId }: Received): boolean {
		const i = this.#rooms.indexOf(room)
		if (this.#way === 'all rooms as a guest') return this.#isOpen[i] === true
		if (this.#connection?.scope.includes(room) !== true) return false
		if (type === 'member' && action === 'remove' && userId === this.#bob.name) return true
		return this.#way === 'rooms by their names' ? this.#mayRead(room) : this.#isMember[i] === true
	}

	#mayRead(room: string): boolean {
		const i = this.#rooms.indexOf(room)
		return this.#isOpen[i] === true || this.#isMember[i] === true
	}
}

/** What is replayed, and so compared. */
function isSeen({ type }: Received): boolean {
	return type === 'message' || type === 'member' || type === 'room'
}
