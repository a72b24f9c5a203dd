import { get, type IncomingMessage } from 'node:http'
import { ask } from './http.ts'
import type { Account } from './people.ts'

/** What a client shows of a message. Of one that is erased nothing else is left. */
export type ShownMessage =
	| { sequence: number; sender: string; erased: string; replyTo?: string }
	| {
			sequence: number
			sender: string
			content: string
			editedAtMs?: number
			replyTo?: string
			mentions: string[]
			/** `<emoji> <name>`, in the order in which they came. */
			reactions: string[]
	  }

export interface ShownRoom {
	title: string
	topic: string
	visibility: string
	archived: boolean
	members: Record<string, string>
	/** How far its reader has read. */
	read: number
	messages: Record<string, ShownMessage>
}

/** Something that a client was told, as of a position. */
interface Known<Value> {
	asOf: number
	value: Value
}

interface KnownRoom {
	about: Known<Pick<ShownRoom, 'title' | 'topic' | 'visibility' | 'archived'>>
	members: Known<Record<string, string>>
	read: Known<number>
	messages: Map<string, Known<ShownMessage>>
}

// biome-ignore lint/suspicious/noExplicitAny: a frame is what the server says it is
type Json = any

/**
 * A client as people write them: it reads what there is, then follows, and applies what it is told to what
 * it knows. What it has read later than a frame says is not applied again.
 */
export class ChatClient {
	readonly account: Account
	readonly #url: string
	readonly #rooms = new Map<string, KnownRoom>()
	/** The names of erased people that it has met. */
	readonly #erased = new Set<string>()
	#cursor = ''

	constructor(url: string, account: Account) {
		this.#url = url
		this.account = account
	}

	/** Reads everything that there is for its reader. */
	async load(): Promise<void> {
		const sync = await this.#read('/sync')
		this.#cursor = sync.cursor
		this.#rooms.clear()
		for (const { room } of sync.rooms) await this.#loadRoom(room)
	}

	/**
	 * Catches up with all that there is, or goes away after so many bytes of the answer, in the middle of
	 * whatever comes there.
	 */
	async follow(cutAfterBytes: number = Number.POSITIVE_INFINITY): Promise<void> {
		const path = `/events?after=${this.#cursor}`
		const headers = { ...this.account.headers, Accept: 'application/x-ndjson' }
		const request = get(`${this.#url}${path}`, { headers })
		const response = await new Promise<IncomingMessage>((resolve, reject) => {
			request.once('response', resolve).once('error', reject)
		})
		let text = ''
		let bytes = 0
		try {
			for await (const chunk of response) {
				text += chunk.subarray(0, Math.max(0, cutAfterBytes - bytes)).toString('latin1')
				bytes += chunk.length
				const lines = text.split('\n')
				text = lines.pop() as string
				for (const line of lines) {
					const frame = JSON.parse(Buffer.from(line, 'latin1').toString())
					if (frame.type === 'bye') throw new Error(`the server said bye: ${frame.reason}`)
					if (frame.type === 'hello' && frame.mode !== 'resumed') throw new Error(`a stream that begins with ${line}`)
					if (frame.type !== 'hello') await this.#hear(frame)
					if (frame.type === 'live') return
				}
				if (bytes >= cutAfterBytes) return
			}
		} finally {
			request.destroy()
		}
	}

	/** All that its reader would see. */
	shown(): Record<string, ShownRoom> {
		const rooms = [...this.#rooms].sort(([a], [b]) => (a < b ? -1 : 1))
		return Object.fromEntries(
			rooms.map(([name, { about, members, read, messages }]) => {
				const shown = [...messages].map(([id, { value }]) => [id, value] as const)
				shown.sort(([, a], [, b]) => a.sequence - b.sequence)
				return [name, { ...about.value, members: members.value, read: read.value, messages: Object.fromEntries(shown) }]
			}),
		)
	}

	/** What is unread in a room, counted by what is shown. */
	unreadIn(room: string): { unread: number; mentions: number } {
		const { messages, read } = this.#rooms.get(room) as KnownRoom
		const { name } = this.account
		const unread = [...messages.values()]
			.map(({ value }) => value)
			.filter((message) => message.sequence > read.value && message.sender !== name && 'content' in message)
		const mentioning = unread.filter(
			(message) => 'mentions' in message && (message.mentions.includes(name) || message.mentions.includes('room')),
		)
		return { unread: unread.length, mentions: mentioning.length }
	}

	async #read(path: string): Promise<Json> {
		const { status, json, text } = await ask(this.#url, path, { headers: this.account.headers })
		if (status !== 200) throw new Error(`GET ${path} was answered ${status} ${text}`)
		return json
	}

	async #loadRoom(room: string): Promise<void> {
		const sync = await this.#read('/sync')
		const about = sync.rooms.find((entry: Json) => entry.room === room)
		// It was lost in the meantime, and the stream will say so.
		if (about === undefined) return
		const { title, topic, visibility, archived, read } = about
		const { members } = await this.#read(`/rooms/${room}/members`)
		const asOf = Number.parseInt(sync.cursor, 10)
		const messages = new Map<string, Known<ShownMessage>>()
		for (let after = 0; ; ) {
			const page = await this.#read(`/rooms/${room}/messages?limit=7&after=${after}`)
			if (page.messages.length === 0) break
			for (const message of page.messages) messages.set(message.id, { asOf: page.position, value: inHistory(message) })
			after = page.messages.at(-1).sequence
		}
		this.#rooms.set(room, {
			about: { asOf, value: { title, topic, visibility, archived } },
			// Read after the rest, so it may know more: being told again changes nothing.
			members: { asOf, value: Object.fromEntries(members.map(({ userId, role }: Json) => [userId, role])) },
			read: { asOf, value: read },
			messages,
		})
	}

	async #hear(frame: Json): Promise<void> {
		const { type, room, cursor } = frame
		// What it knows has their old name.
		if (this.#isNewlyErased(frame)) await this.load()
		const isAboutMe = type === 'member' && frame.userId === this.account.name
		if (isAboutMe && frame.action === 'remove') this.#rooms.delete(room)
		else if (room !== undefined && cursor !== undefined) {
			if (!this.#rooms.has(room)) await this.#loadIfMine(room)
			const known = this.#rooms.get(room)
			if (known !== undefined) apply(known, frame)
		}
		if (cursor !== undefined) this.#cursor = cursor
	}

	#isNewlyErased({ userId, sender, room, by }: Json): boolean {
		const name = [userId, sender, by, room?.replace('@', '')].find((one) => /^erased-/.test(one ?? ''))
		if (name === undefined || this.#erased.has(name)) return false
		this.#erased.add(name)
		return true
	}

	async #loadIfMine(room: string): Promise<void> {
		const sync = await this.#read('/sync')
		if (sync.rooms.some((entry: Json) => entry.room === room)) await this.#loadRoom(room)
	}
}

function inHistory(message: Json): ShownMessage {
	const { sequence, sender, content, erased, editedAtMs, replyTo, mentions = [], reactions = [] } = message
	const place = { sequence, sender, ...(replyTo === undefined ? {} : { replyTo }) }
	if (erased !== undefined) return { ...place, erased }
	const names = reactions.flatMap(({ emoji, users }: Json) => users.map((user: string) => `${emoji} ${user}`))
	return {
		...place,
		content,
		...(editedAtMs === undefined ? {} : { editedAtMs }),
		mentions,
		reactions: names.sort(),
	}
}

function apply(room: KnownRoom, frame: Json): void {
	const { type, position } = frame
	switch (type) {
		case 'room': {
			const { title, topic, visibility, archived } = frame
			return learn(room.about, position, () => ({ title, topic, visibility, archived }))
		}
		case 'member':
			return learn(room.members, position, ({ [frame.userId]: _, ...others }) =>
				frame.action === 'remove' ? others : { ...others, [frame.userId]: frame.role },
			)
		case 'read':
			return learn(room.read, position, () => frame.sequence)
		case 'message':
			if (!room.messages.has(frame.id)) room.messages.set(frame.id, { asOf: position, value: inHistory(frame) })
			return
		case 'edit': {
			const { content, mentions = [], erased, timestamp } = frame
			return change(room, frame, (message) =>
				erased === undefined ? { ...message, content, mentions, editedAtMs: timestamp } : message,
			)
		}
		case 'delete':
			return change(room, frame, (message) => gone(message, frame.reason))
		case 'reaction': {
			const reaction = `${frame.emoji} ${frame.userId}`
			return change(room, frame, (message) => {
				const others = message.reactions.filter((one) => one !== reaction)
				return { ...message, reactions: frame.action === 'add' ? [...others, reaction].sort() : others }
			})
		}
		case 'clear':
			for (const [id, { value }] of room.messages) {
				if (value.sequence <= frame.through) change(room, { id, position }, (message) => gone(message, frame.reason))
			}
	}
}

function learn<Value>(known: Known<Value>, position: number, next: (value: Value) => Value): void {
	if (position <= known.asOf) return
	known.value = next(known.value)
	known.asOf = position
}

type WithText = Extract<ShownMessage, { content: string }>

/** Nothing more happens to a message that is erased. */
function change(
	{ messages }: KnownRoom,
	{ id, position }: { id: string; position: number },
	next: (message: WithText) => ShownMessage,
): void {
	const known = messages.get(id)
	if (known !== undefined) learn(known, position, (message) => ('content' in message ? next(message) : message))
}

function gone({ sequence, sender, replyTo }: WithText, erased: string): ShownMessage {
	return { sequence, sender, ...(replyTo === undefined ? {} : { replyTo }), erased }
}
