import type { MessageFrame } from '../protocol/frames.ts'
import { waitMs } from './backoff.ts'
import { nonsense, parsed, TailroomError } from './error.ts'
import { pathOf, type Server } from './server.ts'

/** What was written, until it is seen in its room. */
export interface Outgoing {
	/** Its idempotency key: however often it is sent, it is posted once. */
	readonly key: string
	readonly room: string
	readonly content: string
	readonly replyTo?: string | undefined
	/**
	 * `waiting` for its turn, or for the line; `sending`; `sent`: posted, and about to be heard of; `refused`: it waits for
	 * `retry` or `discard`, and `problem` says why.
	 */
	state: 'waiting' | 'sending' | 'sent' | 'refused'
	problem?: TailroomError | undefined
	/** Of the message that it has become, as far as that is known. */
	id?: string
	position?: number
	/** That message is on the screen already, and only the answer is not here yet: not to be shown as well. */
	isSeen?: boolean
}

/** Where what was written survives a reload: `localStorage`, or anything like it. */
export interface OutboxStorage {
	readonly length: number
	key(index: number): string | null
	getItem(key: string): string | null
	setItem(key: string, value: string): void
	removeItem(key: string): void
}

export interface OutboxOptions {
	server: Server
	storage: OutboxStorage | undefined
	/** Everything up to that position was heard. */
	heard(): number
	/** It is on the server's disk. */
	posted(message: MessageFrame): void
	/** Nobody is signed in any more: nothing is sent until it is said who is. */
	signedOut(): void
	changed(): void
}

/** Nobody writes so much without a line; whoever does is told. */
export const waitingMax = 1_000
/** What the server, or a proxy before it, fails at so often is not tried for ever: what was written after it shall arrive. */
const failuresMax = 5

/** So long a page that is open has what it wrote to itself. If two send it all the same, it is posted once. */
const takenAfterMs = 2_000

/** An entry, and what nobody else need know of it. */
interface Entry extends Outgoing {
	/** It may have been posted after that position, whatever was heard of it. */
	triedAfter?: number | undefined
	/** It is in the storage, unless another page has taken it out. */
	isStored?: boolean
	/** How often the server has failed at it. */
	failures?: number
	waiter?: { resolve(message: MessageFrame): void; reject(problem: TailroomError): void }
}

/** What the storage holds of an entry. */
interface Kept extends Pick<Entry, 'room' | 'content' | 'replyTo' | 'triedAfter'> {
	/** It waits for somebody to decide, also after a reload. */
	refused?: [code: TailroomError['code'], message: string]
}

/**
 * What was written is sent one after the other, as often as it takes, and posted once, by its key. What the server
 * refuses lets the next one go.
 */
export class Outbox {
	/** In the order in which they were written. */
	readonly entries: Entry[] = []
	readonly #options: OutboxOptions
	#user: string | undefined
	#lastOrder = 0
	#attempt = 0
	#isSending = false
	/** Until it is known who is signed in: what one has written is not sent as another. */
	#isHeldBack = true
	#isClosed = false
	#nudge: () => void = () => {}
	#taking: ReturnType<typeof setTimeout> | undefined

	constructor(options: OutboxOptions) {
		this.#options = options
	}

	/** From here on it is that user who writes; what they have written before is sent. */
	belongsTo(user: string): void {
		this.#isHeldBack = false
		if (this.#user !== user) {
			// What somebody else has written is theirs to send: it waits in the storage.
			if (this.#user !== undefined) for (const { waiter } of this.entries.splice(0)) waiter?.reject(isClosed())
			this.#user = user
			const kept = this.#kept()
			for (const entry of this.entries) this.#keep(entry)
			this.entries.unshift(...kept)
		}
		this.nudge()
	}

	/** Sends nothing until it belongs to somebody again. */
	holdBack(): void {
		this.#isHeldBack = true
	}

	/** Sends it as soon as it can be. Resolves when it is on the server's disk; rejects when it is refused, or discarded. */
	send(room: string, content: string, replyTo?: string): Promise<MessageFrame> {
		const waiter = Promise.withResolvers<MessageFrame>()
		// Who does not wait for it sees it in the entries.
		waiter.promise.catch(() => {})
		if (this.#isClosed) waiter.reject(isClosed())
		else if (this.entries.length >= waitingMax) {
			waiter.reject(new TailroomError('outbox_full', `${waitingMax} messages wait to be sent. Nothing more is kept.`))
		} else this.#add(room, content, replyTo, waiter)
		return waiter.promise
	}

	#add(room: string, content: string, replyTo: string | undefined, waiter: PromiseWithResolvers<MessageFrame>): void {
		const entry: Entry = { key: this.#newKey(), room, content, replyTo, state: 'waiting', waiter }
		this.entries.push(entry)
		this.#keep(entry)
		this.nudge()
	}

	/** Sends again what was refused. */
	retry(key: string): void {
		const entry = this.#find(key)
		if (entry?.state !== 'refused') return
		entry.state = 'waiting'
		entry.problem = undefined
		entry.failures = 0
		this.#keep(entry)
		this.nudge()
	}

	/** Forgets what waits or was refused. What is being sent may be posted all the same. */
	discard(key: string): void {
		const entry = this.#find(key)
		if (entry === undefined) return
		this.#drop(entry)
	}

	/** There is a line again: a while later what other pages have left is sent too, for they may be closed. */
	connected(): void {
		this.nudge()
		clearTimeout(this.#taking)
		this.#taking = setTimeout(() => this.#takeLeft(), takenAfterMs)
	}

	/** There may be a line again. */
	nudge(): void {
		this.#attempt = 0
		this.#nudge()
		this.#options.changed()
		if (!this.#isSending) void this.#sendAll()
	}

	/** A message is on the screen: if it is one of these, it is not shown as waiting any more. */
	seen({ id, position, sender, room, content }: MessageFrame): void {
		const entry = this.entries.find((entry) => {
			if (entry.id !== undefined || entry.triedAfter === undefined) return entry.id === id
			// Its answer is still under way, or was lost; only one is being sent at a time.
			const isMine = sender === this.#user && position > entry.triedAfter
			return isMine && entry.room === room && entry.content === content
		})
		if (entry === undefined) return
		if (entry.state === 'sent') return this.#drop(entry)
		entry.id = id
		entry.isSeen = true
		this.#options.changed()
	}

	/** What was sent and is not to be seen from here, or was seen before, is not waited for. */
	forgetSent(isOver: (room: string, position: number) => boolean): void {
		for (const entry of this.entries.filter(({ state }) => state === 'sent')) {
			if (isOver(entry.room, entry.position as number)) this.#drop(entry)
		}
	}

	/** Stops sending. What waits is kept in the storage alone. */
	close(): void {
		this.#isClosed = true
		clearTimeout(this.#taking)
		this.#nudge()
		for (const { waiter } of this.entries) waiter?.reject(isClosed())
	}

	#takeLeft(): void {
		const left = this.#kept().filter(({ key, state }) => state === 'waiting' && this.#find(key) === undefined)
		this.entries.unshift(...left)
		if (left.length > 0) this.nudge()
	}

	async #sendAll(): Promise<void> {
		this.#isSending = true
		while (!this.#isClosed && !this.#isHeldBack) {
			const entry = this.entries.find(({ state }) => state === 'waiting')
			if (entry === undefined) break
			if (this.#isElsewhere(entry)) this.#drop(entry)
			else await this.#send(entry)
		}
		this.#isSending = false
	}

	/** Whether another page of the same user has sent it, or discarded it. */
	#isElsewhere(entry: Entry): boolean {
		return entry.isStored === true && this.#stored((storage) => storage.getItem(this.#nameOf(entry))) === null
	}

	/** What the storage says; undefined where it is full, or forbidden: then what waits lasts as long as the page. */
	#stored<Result>(use: (storage: OutboxStorage) => Result): Result | undefined {
		try {
			return this.#options.storage && use(this.#options.storage)
		} catch {
			return undefined
		}
	}

	async #send(entry: Entry): Promise<void> {
		const { key, room, content, replyTo } = entry
		entry.state = 'sending'
		if (entry.triedAfter === undefined) {
			entry.triedAfter = this.#options.heard()
			this.#keep(entry)
		}
		this.#options.changed()
		try {
			const path = pathOf(room, 'messages')
			const body = { content, replyTo }
			const message = await this.#options.server.ask<MessageFrame>('POST', path, { body, key })
			// Who was sent elsewhere by something in between has posted nothing.
			if (message?.type !== 'message' || typeof message.id !== 'string') throw nonsense(this.#options.server.urlOf(''))
			this.#sent(entry, message)
		} catch (error) {
			await this.#failed(entry, error as TailroomError)
		}
		this.#options.changed()
	}

	#sent(entry: Entry, message: MessageFrame): void {
		this.#attempt = 0
		const isSeen = entry.isSeen === true && entry.id === message.id
		entry.isSeen = false
		entry.id = message.id
		entry.position = message.position
		entry.state = 'sent'
		this.#forget(entry)
		entry.waiter?.resolve(message)
		if (isSeen) this.#drop(entry)
		else this.#options.posted(message)
	}

	/** Waits for the line, or for somebody to sign in; what is refused is put aside. */
	async #failed(entry: Entry, problem: TailroomError): Promise<void> {
		const { code, status, isTemporary } = problem
		const isRefusal = code === 'internal' || (code === 'not_tailroom' && status !== undefined)
		if (isRefusal) entry.failures = (entry.failures ?? 0) + 1
		const isWaiting = isTemporary || /^(not_tailroom|certificate_invalid|not_authenticated)$/.test(code)
		entry.problem = problem
		if (!isWaiting || (entry.failures ?? 0) >= failuresMax) {
			entry.state = 'refused'
			// Meanwhile it may have been discarded.
			if (this.entries.includes(entry)) this.#keep(entry)
			entry.waiter?.reject(problem)
			return
		}
		entry.state = 'waiting'
		this.#options.changed()
		if (code === 'not_authenticated') {
			this.holdBack()
			this.#options.signedOut()
		}
		if (this.#isClosed || this.#isHeldBack) return
		this.#attempt += 1
		await new Promise<void>((resolve) => {
			const timer = setTimeout(resolve, waitMs(problem, this.#attempt))
			this.#nudge = () => {
				clearTimeout(timer)
				resolve()
			}
		})
	}

	#find(key: string): Entry | undefined {
		return this.entries.find((entry) => entry.key === key)
	}

	#drop(entry: Entry): void {
		this.#forget(entry)
		const index = this.entries.indexOf(entry)
		if (index >= 0) this.entries.splice(index, 1)
		// Of one that was sent it was told already.
		entry.waiter?.reject(new TailroomError('closed', 'It was discarded, or sent from elsewhere.'))
		this.#options.changed()
	}

	/** Sorts as it was written, and is nobody else's. */
	#newKey(): string {
		// Not in the past of what was written last, whatever the clock says.
		this.#lastOrder = Math.max(Date.now(), this.#lastOrder + 1)
		// `randomUUID` is not there in a page without TLS, as on a server at home.
		const random = crypto.getRandomValues(new Uint32Array(4))
		return `${this.#lastOrder.toString(36)}-${random.join('-')}`
	}

	#nameOf({ key }: { key: string }): string {
		return `tailroom-outbox ${this.#options.server.urlOf('')} ${this.#user} ${key}`
	}

	#keep(entry: Entry): void {
		const { room, content, replyTo, triedAfter, state, problem } = entry
		if (this.#user === undefined) return
		const refused = state === 'refused' ? [problem?.code, problem?.message] : undefined
		const text = JSON.stringify({ room, content, replyTo, triedAfter, refused })
		entry.isStored = this.#stored((storage) => storage.setItem(this.#nameOf(entry), text) ?? true) === true
	}

	#forget(entry: Entry): void {
		if (entry.isStored === true) this.#stored((storage) => storage.removeItem(this.#nameOf(entry)))
		entry.isStored = false
	}

	#kept(): Entry[] {
		const prefix = this.#nameOf({ key: '' })
		const names = this.#stored((storage) =>
			Array.from({ length: storage.length }, (_, index) => storage.key(index) ?? ''),
		)
		return (names ?? [])
			.filter((name) => name.startsWith(prefix))
			.sort()
			.flatMap((name) => {
				const text = this.#stored((storage) => storage.getItem(name)) ?? ''
				const kept = parsed<Kept>(text)
				if (kept === undefined) return []
				const { refused, ...rest } = kept
				const problem = refused && new TailroomError(...refused)
				return [
					{ ...rest, problem, key: name.slice(prefix.length), state: refused ? 'refused' : 'waiting', isStored: true },
				]
			})
	}
}

export function isClosed(): TailroomError {
	return new TailroomError('closed', 'The client is closed.')
}
