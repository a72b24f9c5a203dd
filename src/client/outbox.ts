import type { MessageFrame } from '../protocol/frames.ts'
import { backoffMs } from './backoff.ts'
import { parsed, TailroomError } from './error.ts'
import type { Server } from './server.ts'

/** What was written, until it is seen in its room. */
export interface Outgoing {
	/** Its idempotency key: however often it is sent, it is posted once. */
	readonly key: string
	readonly room: string
	readonly content: string
	readonly replyTo?: string
	/**
	 * `waiting` for its turn, or for the line; `sending`; `sent`: posted, and about to be heard of; `refused`: it waits for
	 * `retry` or `discard`, and `problem` says why.
	 */
	state: 'waiting' | 'sending' | 'sent' | 'refused'
	problem?: TailroomError
	/** Of the message that it has become, as far as that is known. */
	id?: string
	/** That message is on the screen already, and only the answer is not here yet: not to be shown as well. */
	isSeen?: true
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
	changed(): void
}

/** Nobody writes so much without a line; whoever does is told. */
const waitingMax = 1_000
/** What the server fails at so often is not tried for ever: what was written after it shall arrive. */
const failuresMax = 5

/**
 * What was written is sent one after the other, as often as it takes, and posted once, by its key. What the server
 * refuses lets the next one go.
 */
export class Outbox {
	/** In the order in which they were written. */
	readonly entries: Outgoing[] = []
	readonly #options: OutboxOptions
	readonly #waiters = new Map<string, PromiseWithResolvers<MessageFrame>>()
	readonly #failures = new Map<string, number>()
	/** Those that may have been posted, whatever was heard of it. */
	readonly #tried = new Set<string>()
	/** Those that are in the storage, unless another page has taken them out. */
	readonly #stored = new Set<string>()
	#user: string | undefined
	#lastOrder = 0
	#attempt = 0
	#isSending = false
	#isClosed = false
	#nudge: () => void = () => {}

	constructor(options: OutboxOptions) {
		this.#options = options
	}

	/** From here on it is that user who writes; what they have written before is sent. */
	belongsTo(user: string): void {
		if (this.#user === user) return
		// What somebody else has written is theirs to send.
		if (this.#user !== undefined) this.entries.length = 0
		this.#user = user
		const kept = this.#kept()
		for (const entry of this.entries) this.#keep(entry)
		this.entries.unshift(...kept)
		this.nudge()
	}

	/** Sends it as soon as it can be. Resolves when it is on the server's disk; rejects when it is refused, or discarded. */
	send(room: string, content: string, { replyTo }: { replyTo?: string } = {}): Promise<MessageFrame> {
		if (this.#isClosed) throw new TailroomError('closed', 'The client is closed.')
		if (this.entries.length >= waitingMax) {
			throw new TailroomError('outbox_full', `${waitingMax} messages wait to be sent. Nothing more is kept.`)
		}
		const entry: Outgoing = {
			key: this.#newKey(),
			room,
			content,
			...(replyTo === undefined ? {} : { replyTo }),
			state: 'waiting',
		}
		this.entries.push(entry)
		this.#keep(entry)
		const waiter = Promise.withResolvers<MessageFrame>()
		// Who does not wait for it sees it in the entries.
		waiter.promise.catch(() => {})
		this.#waiters.set(entry.key, waiter)
		this.nudge()
		return waiter.promise
	}

	/** Sends again what was refused. */
	retry(key: string): void {
		const entry = this.#find(key)
		if (entry?.state !== 'refused') return
		delete entry.problem
		entry.state = 'waiting'
		this.#failures.delete(key)
		this.nudge()
	}

	/** Forgets what waits or was refused. What is being sent may be posted all the same. */
	discard(key: string): void {
		const entry = this.#find(key)
		if (entry === undefined) return
		this.#drop(entry)
		this.#settle(key)?.reject(new TailroomError('closed', 'It was discarded.'))
	}

	/** There may be a line again. */
	nudge(): void {
		this.#attempt = 0
		this.#nudge()
		this.#options.changed()
		if (!this.#isSending) void this.#sendAll()
	}

	/** A message is on the screen: if it is one of these, it is not shown as waiting any more. */
	seen(frame: MessageFrame): void {
		const entry = this.entries.find((entry) => {
			if (entry.id !== undefined || !this.#tried.has(entry.key)) return entry.id === frame.id
			// Its answer is still under way, or was lost; only one is being sent at a time.
			return frame.sender === this.#user && entry.room === frame.room && entry.content === frame.content
		})
		if (entry === undefined) return
		if (entry.state === 'sent') return this.#drop(entry)
		entry.id = frame.id
		entry.isSeen = true
		this.#options.changed()
	}

	/** Everything that was sent is on the screen, or is not to be seen from here. */
	allSeen(): void {
		for (const entry of this.entries.filter(({ state }) => state === 'sent')) this.#drop(entry)
	}

	/** Stops sending. What waits is kept in the storage alone. */
	close(): void {
		this.#isClosed = true
		this.#nudge()
		for (const waiter of this.#waiters.values()) waiter.reject(new TailroomError('closed', 'The client was closed.'))
		this.#waiters.clear()
	}

	async #sendAll(): Promise<void> {
		this.#isSending = true
		while (!this.#isClosed) {
			const entry = this.entries.find(({ state }) => state === 'waiting' || state === 'sending')
			if (entry === undefined) break
			// Another page of the same user has sent it, or discarded it.
			if (this.#isGone(entry)) this.#drop(entry)
			else await this.#send(entry)
		}
		this.#isSending = false
	}

	async #send(entry: Outgoing): Promise<void> {
		const { key, room, content, replyTo } = entry
		entry.state = 'sending'
		this.#tried.add(key)
		this.#options.changed()
		try {
			const path = `/rooms/${encodeURIComponent(room)}/messages`
			const body = { content, replyTo }
			const message = await this.#options.server.ask<MessageFrame>('POST', path, { body, key })
			this.#attempt = 0
			this.#sent(entry, message)
		} catch (error) {
			const problem = error as TailroomError
			const failures = (this.#failures.get(key) ?? 0) + (problem.code === 'internal' ? 1 : 0)
			this.#failures.set(key, failures)
			const isWaiting =
				problem.isTemporary || /^(not_tailroom|certificate_invalid|not_authenticated)$/.test(problem.code)
			if (isWaiting && failures < failuresMax) {
				await this.#wait(entry, problem)
			} else {
				entry.state = 'refused'
				entry.problem = problem
				this.#settle(key)?.reject(problem)
			}
		}
		this.#options.changed()
	}

	#sent(entry: Outgoing, message: MessageFrame): void {
		const isSeen = entry.isSeen === true && entry.id === message.id
		delete entry.isSeen
		entry.id = message.id
		entry.state = 'sent'
		this.#forget(entry)
		if (isSeen) this.#drop(entry)
		this.#settle(entry.key)?.resolve(message)
	}

	/** For the line, or for somebody to sign in. */
	async #wait(entry: Outgoing, { retryAfterS = 0 }: TailroomError): Promise<void> {
		entry.state = 'waiting'
		this.#attempt += 1
		this.#options.changed()
		if (this.#isClosed) return
		await new Promise<void>((resolve) => {
			const timer = setTimeout(resolve, Math.max(retryAfterS * 1_000, backoffMs(this.#attempt)))
			this.#nudge = () => {
				clearTimeout(timer)
				resolve()
			}
		})
		this.#nudge = () => {}
	}

	#find(key: string): Outgoing | undefined {
		return this.entries.find((entry) => entry.key === key)
	}

	#settle(key: string): PromiseWithResolvers<MessageFrame> | undefined {
		const waiter = this.#waiters.get(key)
		this.#waiters.delete(key)
		return waiter
	}

	#drop(entry: Outgoing): void {
		this.#forget(entry)
		this.#failures.delete(entry.key)
		this.#tried.delete(entry.key)
		const index = this.entries.indexOf(entry)
		if (index >= 0) this.entries.splice(index, 1)
		this.#options.changed()
	}

	/** Sorts as it was written, and is nobody else's. */
	#newKey(): string {
		// Not in the past of what was written last, whatever the clock says.
		this.#lastOrder = Math.max(Date.now(), this.#lastOrder + 1)
		// `randomUUID` is not there in a page without TLS, as on a server at home.
		const random = crypto.getRandomValues(new Uint32Array(4))
		return `${this.#lastOrder.toString(36)}-${[...random].map((part) => part.toString(36)).join('')}`
	}

	get #prefix(): string {
		return `tailroom-outbox ${this.#options.server.urlOf('')} ${this.#user} `
	}

	#keep({ key, room, content, replyTo }: Outgoing): void {
		if (this.#user === undefined) return
		try {
			this.#options.storage?.setItem(this.#prefix + key, JSON.stringify({ room, content, replyTo }))
			this.#stored.add(key)
		} catch {
			// It is full, or forbidden: then it lasts as long as the page.
		}
	}

	#forget({ key }: Outgoing): void {
		if (this.#stored.delete(key)) this.#options.storage?.removeItem(this.#prefix + key)
	}

	#isGone({ key }: Outgoing): boolean {
		return this.#stored.has(key) && this.#options.storage?.getItem(this.#prefix + key) === null
	}

	#kept(): Outgoing[] {
		const { storage } = this.#options
		if (storage === undefined) return []
		const prefix = this.#prefix
		const names = Array.from({ length: storage.length }, (_, index) => storage.key(index) ?? '')
		return names
			.filter((name) => name.startsWith(prefix))
			.sort()
			.flatMap((name) => {
				const text = parsed<Pick<Outgoing, 'room' | 'content' | 'replyTo'>>(storage.getItem(name) ?? '')
				if (text === undefined) return []
				const key = name.slice(prefix.length)
				this.#stored.add(key)
				this.#tried.add(key)
				return [{ ...text, key, state: 'waiting' as const }]
			})
	}
}
