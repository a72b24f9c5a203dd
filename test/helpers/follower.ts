import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { WebSocket } from 'ws'
import type { SeenFrame } from './record.ts'

/** What a follower asks for: all rooms where none are named. */
export interface FollowerOptions {
	name: string
	/** Of an account; absent: a guest. */
	token?: string
	transport: 'sse' | 'websocket'
	rooms?: readonly string[]
	/** Where to begin; absent: live from the first connection on. */
	after?: string
}

export interface FollowOptions {
	/** Goes away after so many bytes of what the server sends. */
	cutAfterBytes?: number
	/** Goes away when this is true, asked whenever something has come. */
	enough?: () => boolean
	/** Stops reading when it is live, and reads on when that is over. */
	hold?: Hold
}

/** A time in which a follower does not read. */
export interface Hold {
	began(): void
	over: Promise<void>
}

/**
 * A client as the contract wants it: keeps the last cursor that it has received completely, goes
 * away at any byte, comes back with it, and keeps every frame with a cursor, in order.
 *
 * What the server may never do throws at once: an order that is not that of the positions, a
 * frame at or before a cursor that was given, a start elsewhere than asked for.
 */
export class Follower {
	readonly name: string
	readonly tracks: readonly Track[]
	readonly #options: FollowerOptions
	/** The reasons of `bye` and the close codes that it met. */
	readonly farewells: string[] = []
	readonly #held = new Set<Hold>()

	constructor(options: FollowerOptions) {
		this.name = options.name
		this.#options = options
		// Over WebSocket each room is a subscription, with a cursor of its own.
		const { rooms, transport, after } = options
		this.tracks =
			transport === 'websocket' && rooms !== undefined
				? rooms.map((room) => new Track(`${this.name} in ${room}`, [room], after))
				: [new Track(this.name, rooms, after)]
	}

	/** Everything up to there has come, in every room that it follows. */
	hasReached(lastPositions: ReadonlyMap<string, number>): boolean {
		return this.tracks.every((track) => track.hasReached(lastPositions))
	}

	/**
	 * Connects and follows. Resolves with `cut` when it has gone away itself, after that many bytes
	 * of what the server sends or when `enough` says so, with `ended` when the server ended it.
	 */
	follow(url: string, options: FollowOptions = {}): Promise<'cut' | 'ended'> {
		return this.#options.transport === 'sse' ? this.#followSse(url, options) : this.#followWebSocket(url, options)
	}

	async #followSse(url: string, options: FollowOptions): Promise<'cut' | 'ended'> {
		const { cutAfterBytes = Number.POSITIVE_INFINITY } = options
		const [track] = this.tracks as [Track]
		const { port, hostname } = new URL(url)
		const { rooms } = this.#options
		const query = new URLSearchParams((rooms?.length ?? 0) > 1 ? rooms?.map((room) => ['room', room]) : [])
		const resumes = track.cursor !== undefined
		// Both ways of giving a cursor, one after the other.
		const byHeader = resumes && track.connections % 2 === 1
		if (resumes && !byHeader) query.set('after', track.cursor as string)
		const path = rooms?.length === 1 ? `/rooms/${rooms[0]}/events` : '/events'
		const header = byHeader ? `Last-Event-ID: ${track.cursor}\r\n` : ''
		track.connected()

		const socket = connect(Number(port), hostname)
		socket.write(
			`GET ${path}?${query} HTTP/1.1\r\nHost: ${hostname}:${port}\r\n${this.#whoAsks}\r\n` +
				`Accept: text/event-stream\r\n${header}\r\n`,
		)
		const body = new ChunkedBody()
		const blocks = new SseBlocks()
		let bytes = 0
		return await untilOver<Buffer>(socket as Source<Buffer>, options, (chunk) => {
			bytes += chunk.length
			const kept = bytes > cutAfterBytes ? chunk.subarray(0, chunk.length - (bytes - cutAfterBytes)) : chunk
			for (const { id, data } of blocks.push(body.push(kept))) {
				const frame = JSON.parse(data)
				if (frame.type === 'hello') track.begin(frame.mode, id as string, frame.from)
				else if (frame.type === 'live') track.live(id as string)
				else if (frame.type === 'mark') track.moved(id as string)
				else if (frame.type === 'bye') this.farewells.push(frame.reason)
				else track.accept(frame, id, data)
			}
			this.#hold(socket, options)
			return bytes >= cutAfterBytes
		})
	}

	async #followWebSocket(url: string, options: FollowOptions): Promise<'cut' | 'ended'> {
		const { cutAfterBytes = Number.POSITIVE_INFINITY } = options
		const [name = '', value = ''] = this.#whoAsks.split(': ')
		const headers = { [name]: value }
		const socket = new WebSocket(`${url.replace('http', 'ws')}/ws`, { perMessageDeflate: false, headers })
		let bytes = 0
		let tcp: Socket | undefined
		socket.on('upgrade', (response) => {
			tcp = response.socket
		})
		socket.on('open', () => {
			for (const track of this.tracks) {
				const room = this.#options.rooms === undefined ? {} : { room: track.rooms?.[0] }
				const after = track.cursor === undefined ? {} : { after: track.cursor }
				track.connected()
				socket.send(JSON.stringify({ type: 'subscribe', userId: this.name, ...room, ...after }))
			}
		})
		socket.on('close', (code) => this.farewells.push(String(code)))
		const source = messagesOf(socket)
		return await untilOver(source, options, (text) => {
			bytes += Buffer.byteLength(text)
			// The message in which the cut falls has not come completely.
			if (bytes >= cutAfterBytes) {
				tcp?.destroy()
				return true
			}
			this.#receive(text)
			this.#hold(source, options)
			return false
		})
	}

	get #whoAsks(): string {
		const { name, token } = this.#options
		return token === undefined ? `Tailroom-User: ${name}` : `Authorization: Bearer ${token}`
	}

	#hold(source: Pick<Source<never>, 'pause' | 'resume'>, { hold }: FollowOptions): void {
		if (hold === undefined || !this.tracks.every((track) => track.isLive) || this.#held.has(hold)) return
		this.#held.add(hold)
		source.pause()
		hold.began()
		void hold.over.then(() => source.resume())
	}

	#receive(text: string): void {
		const message = JSON.parse(text)
		const { type, room } = message
		if (type === 'error') throw new Error(`${this.name} was answered ${text}`)
		if (type === 'subscribed') this.#track(room).begin(message.mode, message.cursor, message.position)
		else if (type === 'live') this.#track(room).live(message.cursor)
		else if (type === 'mark') {
			const tracks = room === undefined ? this.tracks.filter((track) => track.isLive) : [this.#track(room)]
			for (const track of tracks) track.moved(message.cursor)
		} else this.#track(room).accept(message, message.cursor, text)
	}

	#track(room: string | undefined): Track {
		if (this.#options.rooms === undefined) return this.tracks[0] as Track
		const track = this.tracks.find(({ rooms }) => rooms?.[0] === room)
		if (track === undefined) throw new Error(`${this.name} heard of the room ${room}, which it did not ask for`)
		return track
	}
}

/** What one stream or subscription has seen, over all its connections. */
export class Track {
	readonly name: string
	readonly rooms: readonly string[] | undefined
	readonly frames: SeenFrame[] = []
	cursor: string | undefined
	/** Everything after it, in these rooms, is what the frames must be. */
	startPosition: number | undefined
	connections = 0
	isLive = false
	/** The last position that was given or shown. */
	#position = 0

	constructor(name: string, rooms: readonly string[] | undefined, after: string | undefined) {
		this.name = name
		this.rooms = rooms
		this.cursor = after
	}

	hasReached(lastPositions: ReadonlyMap<string, number>): boolean {
		const rooms = this.rooms ?? [...lastPositions.keys()]
		return rooms.every((room) => (lastPositions.get(room) ?? 0) <= this.#position)
	}

	/** Which of the log's frames it must have seen. */
	expected(all: readonly SeenFrame[]): SeenFrame[] {
		const start = this.startPosition
		if (start === undefined) return []
		return all.filter(({ position, room }) => position > start && (this.rooms?.includes(room) ?? true))
	}

	connected(): void {
		this.connections += 1
		this.isLive = false
	}

	begin(mode: string, cursor: string, position: number): void {
		const wanted = this.cursor === undefined ? 'live' : 'resumed'
		if (mode !== wanted) throw new Error(`${this.name} asked for ${this.cursor} and the stream begins as ${mode}`)
		if (this.cursor !== undefined && cursor !== this.cursor) {
			throw new Error(`${this.name} asked for ${this.cursor} and the stream begins at ${cursor}`)
		}
		this.cursor = cursor
		this.startPosition ??= position
		this.#position = position
	}

	live(cursor: string): void {
		this.isLive = true
		this.moved(cursor)
	}

	moved(cursor: string): void {
		const position = Number.parseInt(cursor, 10)
		if (position < this.#position) throw new Error(`${this.name} was moved back from ${this.#position} to ${cursor}`)
		this.#position = position
		this.cursor = cursor
	}

	accept(frame: { position: number; room: string; cursor?: string }, id: string | undefined, json: string): void {
		const { position, room, cursor } = frame
		if (position === undefined) return
		if (position <= this.#position) throw new Error(`${this.name} at ${this.#position} was shown ${json}`)
		if (cursor !== id) throw new Error(`${this.name} was shown ${json} with the id ${id}`)
		this.#position = position
		if (cursor === undefined) return
		this.cursor = cursor
		this.frames.push({ position, room, json })
	}
}

/** Where bytes or messages come from, until it ends by itself or is destroyed. */
interface Source<Item> {
	on(event: 'data', listener: (item: Item) => void): unknown
	on(event: 'error' | 'close', listener: () => void): unknown
	pause(): void
	resume(): void
	destroy(): void
}

function messagesOf(socket: WebSocket): Source<string> {
	return {
		on(event: 'data' | 'error' | 'close', listener: (text: string) => void) {
			if (event === 'data') socket.on('message', (data) => listener(String(data)))
			else socket.on(event, () => listener(''))
		},
		pause: () => socket.pause(),
		resume: () => socket.resume(),
		destroy: () => socket.terminate(),
	} as Source<string>
}

/** Hands over what comes until `take` or `enough` is true, then destroys the source. */
function untilOver<Item>(source: Source<Item>, options: FollowOptions, take: (item: Item) => boolean) {
	const { enough = () => false } = options
	return new Promise<'cut' | 'ended'>((resolve, reject) => {
		let over = false
		const finish = (settle: () => void) => {
			if (over) return
			over = true
			source.destroy()
			settle()
		}
		source.on('data', (item) => {
			if (over) return
			try {
				if (take(item) || enough()) finish(() => resolve('cut'))
			} catch (error) {
				finish(() => reject(error))
			}
		})
		source.on('error', () => finish(() => resolve('ended')))
		source.on('close', () => finish(() => resolve('ended')))
	})
}

/** The body of an HTTP/1.1 answer in chunks, given back as far as it has come. */
class ChunkedBody {
	#head: Buffer = Buffer.alloc(0)
	#inBody = false
	/** Of the present chunk; 0: a line with a size comes next. */
	#left = 0

	push(bytes: Buffer): Buffer {
		let rest = this.#head.length > 0 ? Buffer.concat([this.#head, bytes]) : bytes
		this.#head = Buffer.alloc(0)
		const parts: Buffer[] = []
		if (!this.#inBody) {
			const end = rest.indexOf('\r\n\r\n')
			if (end < 0) {
				this.#head = rest
				return Buffer.alloc(0)
			}
			const head = rest.subarray(0, end).toString()
			if (!/^HTTP\/1\.1 200 /.test(head)) throw new Error(`the stream was answered ${head}`)
			this.#inBody = true
			rest = rest.subarray(end + 4)
		}
		while (rest.length > 0) {
			if (this.#left > 0) {
				const part = rest.subarray(0, this.#left)
				rest = rest.subarray(part.length)
				this.#left -= part.length
				parts.push(part)
				continue
			}
			const line = /^(?:\r\n)?([0-9a-f]+)\r\n/.exec(rest.subarray(0, 20).toString('latin1'))
			if (line === null) {
				this.#head = rest
				break
			}
			this.#left = Number.parseInt(line[1] as string, 16)
			rest = rest.subarray(line[0].length)
			if (this.#left === 0) break
		}
		return Buffer.concat(parts)
	}
}

/** Server-Sent Events as far as they are complete. */
class SseBlocks {
	#rest: Buffer = Buffer.alloc(0)

	push(bytes: Buffer): { id: string | undefined; data: string }[] {
		const events: { id: string | undefined; data: string }[] = []
		this.#rest = this.#rest.length > 0 ? Buffer.concat([this.#rest, bytes]) : bytes
		for (let end = this.#rest.indexOf('\n\n'); end >= 0; end = this.#rest.indexOf('\n\n')) {
			const lines = this.#rest.subarray(0, end).toString().split('\n')
			this.#rest = this.#rest.subarray(end + 2)
			const field = (name: string) => lines.find((line) => line.startsWith(`${name}: `))?.slice(name.length + 2)
			const data = field('data')
			if (data !== undefined) events.push({ id: field('id'), data })
		}
		return events
	}
}

/** A listener of a socket that never reads. Resolves when it is connected and has asked. */
export async function stuckSocket(url: string, path: string, name: string): Promise<Socket> {
	const { port, hostname } = new URL(url)
	const socket = connect(Number(port), hostname)
	socket.on('error', () => {})
	socket.pause()
	await once(socket, 'connect')
	socket.write(`GET ${path} HTTP/1.1\r\nHost: ${hostname}:${port}\r\nTailroom-User: ${name}\r\n\r\n`)
	return socket
}
