import type {
	History,
	Limits,
	Member,
	OwnProfile,
	Presence,
	PresentUser,
	RoomAnswer,
	SearchAnswer,
	SyncAnswer,
	WholeRoom,
} from '../protocol/answers.ts'
import type { Frame, MemberFrame, MessageFrame, PresenceFrame } from '../protocol/frames.ts'
import { waitMs } from './backoff.ts'
import { Connection, positionOf, protocolUnknown, type Status } from './connection.ts'
import { nonsense, TailroomError } from './error.ts'
import type { StreamFrame } from './line.ts'
import { isClosed, Outbox, type OutboxStorage, type Outgoing } from './outbox.ts'
import { ReadMarkers } from './read-markers.ts'
import { hearOf, type RoomState } from './room-state.ts'
import { pathOf, Server, type ServerOptions } from './server.ts'
import type { Platform } from './sse.ts'
import { Timeline } from './timeline.ts'

export interface ChatOptions extends ServerOptions {
	/** Over `websocket` others see who is typing, and a guest in a browser has a name. Absent: `sse`. */
	transport?: 'sse' | 'websocket' | undefined
	/** Where what was written survives a reload, such as `localStorage`. Absent: nowhere. */
	storage?: OutboxStorage | undefined
	/** So many messages of a room are kept at a time. Absent: 1,000. */
	messagesMax?: number | undefined
	/**
	 * What was kept of a `snapshot`: it begins with that while the server does not answer, and goes on from there. Asked for
	 * once, when it is needed; undefined: nothing was. Absent: it begins with what the server says alone.
	 */
	kept?: (() => Promise<Snapshot | undefined>) | undefined
}

/** All that a client knows of a server, of one moment. */
export interface Snapshot extends Omit<SyncAnswer, 'heartbeatMs' | 'rooms'> {
	/** Some may be known as they were a little later than the rest. */
	rooms: (WholeRoom & { asOf?: number })[]
}

/** What has changed: look again there. What happens at once is told once. */
export type Change = 'status' | 'rooms' | 'presence' | 'outbox' | `timeline ${string}`

export interface ChatListener {
	/** Something is not as it was. */
	change?: (changes: ReadonlySet<Change>) => void
	/** Each frame that comes, in order and once, also those that are missed and come later. */
	frame?: (frame: StreamFrame) => void
}

const messagesMaxDefault = 1_000
/** Who has something to begin with does not wait longer for a line that may be there or not. */
const keptAfterMs = 3_000
/** Of so many rooms that may have changed each is asked for; of more, all at once. */
const askedAloneMax = 10

/**
 * All that a client shows of a server, kept as it is there: its rooms with what is unread, who is here, and the
 * messages of the rooms that are open. It reads a snapshot and follows from there, across every interruption.
 */
export class Chat {
	/** Who one is; undefined until the first snapshot. */
	user: OwnProfile | undefined
	limits: Limits | undefined
	/** One's own rooms, by name. */
	readonly rooms: Map<string, RoomState> = new Map()
	/** Who is here, by name; empty where one may not see it. */
	readonly presence: Map<string, PresentUser> = new Map()
	readonly #server: Server
	readonly #connection: Connection
	readonly #outbox: Outbox
	readonly #messagesMax: number
	readonly #readKept: () => Promise<Snapshot | undefined>
	readonly #platform: Platform
	readonly #timelines = new Set<Timeline>()
	readonly #listeners = new Set<ChatListener>()
	#changes = new Set<Change>()
	/** Infinite: one may not see it. */
	#presenceAsOf = Number.POSITIVE_INFINITY
	/** Names that erased people have from now on, of whom it is known. */
	readonly #erased = new Set<string>()
	/** How often it has begun: what was asked before that was of a log that may be another. */
	#beginnings = 0
	/** Rooms that have to be asked for; `''` is all of them. */
	readonly #stale = new Set<string>()
	#isRefreshing = false
	#isClosed = false
	/** For each question that is under way, what was heard since it was asked: the answer may not know of it. */
	readonly #asking = new Set<Frame[]>()
	readonly #reads: ReadMarkers
	/** Those who wait for `live`. */
	#waiters: PromiseWithResolvers<void>[] = []

	constructor(options: ChatOptions, platform: Platform) {
		const { transport, storage, messagesMax = messagesMaxDefault, kept = nothingKept } = options
		this.#server = new Server(options)
		this.#platform = platform
		this.#messagesMax = messagesMax
		this.#readKept = kept
		this.#outbox = new Outbox({
			server: this.#server,
			storage,
			heard: () => positionOf(this.cursor),
			posted: (message) => this.#posted(message),
			signedOut: () => this.#connection.beginAgain(),
			changed: () => this.#changed('outbox'),
		})
		this.#reads = new ReadMarkers({
			tell: (room, sequence) => this.ask('PUT', pathOf(room, 'read'), { sequence }),
			told: (room, sequence) => {
				const state = this.rooms.get(room)
				if (state !== undefined && sequence < state.sequence) this.#refresh(room)
			},
			isLive: () => this.status.state === 'live',
		})
		this.#connection = new Connection({
			server: this.#server,
			followed: { path: (after) => `/events?after=${after}`, subscription: {} },
			transport,
			platform,
			begin: (signal) => this.#begin(signal),
			beginsAgain: true,
			hear: (frame) => this.#hear(frame),
			changed: (status) => this.#statusChanged(status),
		})
		this.#connection.reconnect()
	}

	/** Whether it is connected, and if not why. */
	get status(): Status {
		return this.#connection.status
	}

	/** What was written and is not on the screen yet, in the order in which it was written. */
	get outbox(): readonly Outgoing[] {
		return this.#outbox.entries
	}

	/** The cursor up to which everything was heard. */
	get cursor(): string | undefined {
		return this.#connection.cursor
	}

	/**
	 * To be kept, and begun with another day. Undefined while what it knows is not of one moment: something has to be asked
	 * for first, or what was read is not told yet.
	 */
	get snapshot(): Snapshot | undefined {
		const { user, limits, cursor } = this
		const isWhole = this.#stale.size === 0 && !this.#isRefreshing && this.#reads.isTold
		if (user === undefined || limits === undefined || cursor === undefined || !isWhole) return undefined
		const presence = { users: [...this.presence.values()] }
		return {
			protocol: 1,
			user,
			limits,
			rooms: [...this.rooms.values()],
			...(this.#presenceAsOf === Number.POSITIVE_INFINITY ? {} : { presence }),
			cursor,
			position: positionOf(cursor),
		}
	}

	/** Resolves when all that there is has come; rejects with the problem, if it stops before that. */
	async untilLive(): Promise<void> {
		const { state, problem = isClosed() } = this.status
		if (state === 'live') return
		if (state === 'stopped') throw problem
		const waiter = Promise.withResolvers<void>()
		this.#waiters.push(waiter)
		await waiter.promise
	}

	/** Listens until the returned function is called. */
	listen(listener: ChatListener): () => void {
		this.#listeners.add(listener)
		return () => this.#listeners.delete(listener)
	}

	/** Shows the newest messages of a room, and follows them if it is one's own; until its `close`. */
	open(named: string): Timeline {
		const room = this.#nameOf(named)
		const timeline: Timeline = new Timeline({
			room,
			messagesMax: this.#messagesMax,
			read: (query, take) =>
				this.#patiently<History>(`${pathOf(room, 'messages')}${query}`, (page, heard) => {
					const { isWholeFrame } = this.#platform
					if (isWholeFrame && !page.messages.every(isWholeFrame)) throw nonsense(this.#server.urlOf(''))
					take(page, heard)
				}),
			newest: () => this.rooms.get(room)?.sequence ?? Number.POSITIVE_INFINITY,
			shows: (message) => this.#outbox.seen(message),
			changed: () => {
				this.#settleSent()
				this.#changed(`timeline ${room}`)
			},
			closed: () => this.#timelines.delete(timeline),
		})
		this.#timelines.add(timeline)
		void timeline.latest()
		return timeline
	}

	/**
	 * Writes to a room, also without a line: it is sent when there is one, in the order in which it was written, and posted
	 * once. Resolves when it is on the server's disk; rejects with a TailroomError if it is refused.
	 */
	send(room: string, content: string, { replyTo }: { replyTo?: string } = {}): Promise<MessageFrame> {
		return this.#outbox.send(this.#nameOf(room), content, replyTo)
	}

	/** Sends again what was refused. */
	retry(key: string): void {
		this.#outbox.retry(key)
	}

	/** Forgets what waits in the outbox, or was refused. */
	discard(key: string): void {
		this.#outbox.discard(key)
	}

	edit(room: string, id: string, content: string): Promise<void> {
		return this.ask('PATCH', pathOf(room, 'messages', id), { content })
	}

	delete(room: string, id: string): Promise<void> {
		return this.ask('DELETE', pathOf(room, 'messages', id))
	}

	react(room: string, id: string, emoji: string): Promise<void> {
		return this.ask('PUT', pathOf(room, 'messages', id, 'reactions', emoji))
	}

	unreact(room: string, id: string, emoji: string): Promise<void> {
		return this.ask('DELETE', pathOf(room, 'messages', id, 'reactions', emoji))
	}

	/** Erases everything up to a sequence, or all that there is. */
	clearHistory(room: string, through?: number): Promise<{ room: string; through: number }> {
		return this.ask('DELETE', `${pathOf(room, 'messages')}${through === undefined ? '' : `?through=${through}`}`)
	}

	/** One has read up to a sequence. It counts here at once, and is told to the server as soon as there is a line. */
	markRead(named: string, sequence: number): void {
		const room = this.#nameOf(named)
		const state = this.rooms.get(room)
		if (state?.read === undefined || sequence <= state.read) return
		this.#reads.read(room, sequence)
		this.#applyRead(state)
		this.#changed('rooms')
	}

	/** One wants to read a message again, and all after it. */
	async markUnread(named: string, sequence: number): Promise<void> {
		const room = this.#nameOf(named)
		await this.#reads.forget(room)
		await this.ask('PUT', pathOf(room, 'unread'), { sequence })
		// What counted as read here alone, no frame takes back.
		this.#refresh(room)
	}

	/** Belongs to an open room from now on. */
	join(room: string): Promise<void> {
		return this.ask('PUT', pathOf(room, 'members', 'me'), {})
	}

	leave(room: string): Promise<void> {
		return this.ask('DELETE', pathOf(room, 'members', 'me'))
	}

	/** All rooms that one may see. */
	async browse(): Promise<RoomAnswer[]> {
		return (await this.ask<{ rooms: RoomAnswer[] }>('GET', '/rooms')).rooms
	}

	async members(room: string): Promise<Member[]> {
		return (await this.ask<{ members: Member[] }>('GET', pathOf(room, 'members'))).members
	}

	/** Who is in a room just now. */
	present(room: string): Promise<Presence> {
		return this.ask('GET', pathOf(room, 'presence'))
	}

	/** Messages that one may see, newest first; `before` is the `next` of the page before. */
	search(q: string, { limit = 20, before = '' }: { limit?: number; before?: number | '' } = {}): Promise<SearchAnswer> {
		return this.ask('GET', `/search?q=${encodeURIComponent(q)}&limit=${limit}${before && `&before=${before}`}`)
	}

	/** `away` holds until one says `online`, whatever one does. */
	setPresence(state: 'online' | 'away'): Promise<void> {
		return this.ask('PUT', '/presence', { state })
	}

	/** Tells the others that one is typing; over `websocket` alone. */
	typing(room: string): void {
		this.#connection.say({ type: 'typing', room })
	}

	/** Anything else that docs/protocol.md knows, as one who is signed in. Rejects with a TailroomError. */
	ask<Answer>(method: string, path: string, body?: unknown): Promise<Answer> {
		return this.#server.ask(method, path, { body })
	}

	/** Tries again now: after somebody has signed in, or because they do not want to wait. */
	reconnect(): void {
		if (!this.#isClosed) this.#connection.reconnect()
	}

	/** Ends it for good. What waits to be sent is kept in the storage. */
	close(): void {
		this.#isClosed = true
		this.#outbox.close()
		this.#connection.close()
		this.#listeners.clear()
	}

	/** Reads the snapshot from which it follows. What is shown is replaced by it in one go. */
	async #begin(signal: AbortSignal): Promise<string> {
		const sync = await this.#beginning(signal)
		checkSync(sync, this.#server.urlOf(''))
		this.#beginnings += 1
		// It was restored to before they were posted.
		this.#outbox.forgetSent((_room, position) => position > sync.position)
		this.#take(sync, [])
		this.#stale.clear()
		for (const timeline of this.#timelines) if (timeline.state !== 'loading') void timeline.reload()
		return sync.cursor
	}

	/** What the server says; at first what was kept, if there is no line. Later that would be older than what is known. */
	async #beginning(signal: AbortSignal): Promise<Snapshot> {
		const asked = this.#server.ask<SyncAnswer>('GET', '/sync', { signal })
		if (this.#beginnings > 0) return asked
		const late = Promise.withResolvers<undefined>()
		const timer = setTimeout(late.resolve, keptAfterMs, undefined)
		const unreachable = asked.catch((problem: TailroomError) => {
			if (!problem.isTemporary || signal.aborted) throw problem
		})
		const answer = await Promise.race([unreachable, late.promise])
		clearTimeout(timer)
		return answer ?? (await this.#readKept()) ?? asked
	}

	#take({ user, limits, rooms, presence, cursor, position }: Snapshot, heard: readonly Frame[]): void {
		if (this.user?.name !== user.name) this.#reads.forgetAll()
		this.user = user
		this.limits = limits
		this.rooms.clear()
		for (const room of rooms) this.#takeRoom(room, positionOf(cursor), heard)
		this.#takePresence({ users: [], ...presence, position }, heard)
		if (presence === undefined) this.#presenceAsOf = Number.POSITIVE_INFINITY
		this.#outbox.belongsTo(user.name)
		this.#changed('rooms')
	}

	#takeRoom(room: Snapshot['rooms'][number], asOf: number, heard: readonly Frame[]): void {
		if (this.#platform.isWholeRoom?.(room) === false) throw nonsense(this.#server.urlOf(''))
		const state: RoomState = { ...room, asOf: Math.max(asOf, room.asOf ?? 0) }
		// Meanwhile it may have been lost, which the answer does not know.
		const last = heard.findLast((frame): frame is MemberFrame => {
			return frame.position > asOf && this.#isMine(frame) && frame.room === room.room
		})
		if (last?.action === 'remove') return this.#lose(room.room)
		this.#applyRead(state)
		this.rooms.set(room.room, state)
		for (const frame of heard) if (frame.room === room.room) this.#hearOf(state, frame)
	}

	/** What one has read counts before the server knows it. */
	#applyRead(state: RoomState): void {
		const read = this.#reads.in(state.room) ?? 0
		if (state.read === undefined || read <= state.read) return
		state.read = read
		if (read >= state.sequence) Object.assign(state, { unread: 0, mentions: 0 })
	}

	#takePresence({ users, position }: Presence, heard: readonly Frame[]): void {
		this.#presenceAsOf = position
		this.presence.clear()
		for (const user of users) this.presence.set(user.userId, user)
		for (const frame of heard) if (frame.type === 'presence') this.#hearPresence(frame)
		this.#changed('presence')
	}

	#hear(frame: StreamFrame): void {
		if (frame.type === 'presence' || ('cursor' in frame && 'room' in frame)) {
			for (const heard of this.#asking) heard.push(frame)
			if (frame.type === 'presence') this.#hearPresence(frame)
			else this.#hearInRoom(frame)
		} else if (frame.type === 'live') this.#isLive()
		for (const { frame: told } of this.#listeners) told?.(frame)
	}

	#hearInRoom(frame: Exclude<Frame, { type: 'presence' }>): void {
		const { room } = frame
		const state = this.rooms.get(room)
		const isAboutMe = this.#isMine(frame)
		if (this.#meetsErased(frame)) this.#refresh('')
		else if (isAboutMe && frame.action === 'remove') this.#lose(room)
		else if (state === undefined) this.#refresh(room)
		else this.#hearOf(state, frame)
		for (const timeline of this.#timelinesOf(room)) {
			timeline.hear(frame)
			// What was said while it was not to be seen, nobody has told.
			const isBack = isAboutMe && state === undefined
			if (isBack || (frame.type === 'room' && state?.role === undefined)) void timeline.reload()
		}
		// Where it is on the screen, or will be, the timeline says so.
		if (frame.type === 'message' && !this.#isWatched(room)) this.#outbox.seen(frame)
		this.#changed('rooms')
	}

	/** Whether one came to belong to a room, or ceased to. */
	#isMine(frame: Frame): frame is MemberFrame {
		return frame.type === 'member' && frame.userId === this.user?.name
	}

	/** A room as it is called in frames. */
	#nameOf(room: string): string {
		const name = room.trim().toLowerCase()
		return name === '@me' && this.user !== undefined ? `@${this.user.name}` : name
	}

	#posted({ room }: MessageFrame): void {
		// Nobody tells what is said in a room that is not one's own, so it is read.
		if (!this.rooms.has(room)) for (const timeline of this.#timelinesOf(room)) void timeline.reload()
		this.#settleSent()
	}

	/** What was sent is not waited for when its place has been heard, and no timeline is about to show it. */
	#settleSent(): void {
		this.#outbox.forgetSent((room, position) => {
			const isHeard = !this.rooms.has(room) || position <= positionOf(this.cursor)
			return isHeard && !this.#timelinesOf(room).some(({ isPending }) => isPending)
		})
	}

	/** Whether a timeline shows what is said in a room, or is about to. */
	#isWatched(room: string): boolean {
		if (!this.rooms.has(room)) return false
		return this.#timelinesOf(room).some(({ atEnd, isPending }) => atEnd || isPending)
	}

	#timelinesOf(room: string): Timeline[] {
		return [...this.#timelines].filter((timeline) => timeline.room === room)
	}

	#hearOf(state: RoomState, frame: Frame): void {
		if (hearOf(state, frame, this.user?.name ?? '')) this.#refresh(state.room)
		if (frame.type === 'read') this.#applyRead(state)
	}

	#lose(room: string): void {
		this.rooms.delete(room)
		this.#stale.delete(room)
		for (const timeline of this.#timelinesOf(room)) timeline.lose()
		this.#outbox.forgetSent((sentTo) => sentTo === room)
	}

	/** There is no frame with the name that they had: whatever is kept of people, rooms and messages is read again. */
	#meetsErased(frame: Frame): boolean {
		const { userId, sender, by, room } = frame as { userId?: string; sender?: string; by?: string; room?: string }
		const name = [userId, sender, by, room?.replace('@', '')].find((name) => /^erased-\d/.test(name ?? ''))
		if (name === undefined || this.#erased.has(name)) return false
		this.#erased.add(name)
		for (const timeline of this.#timelines) void timeline.reload()
		return true
	}

	#hearPresence({ action, userId, state, timestamp: since, position }: PresenceFrame): void {
		if (action !== 'state' || position <= this.#presenceAsOf) return
		if (state === 'offline') this.presence.delete(userId)
		else this.presence.set(userId, { userId, state, since })
		this.#changed('presence')
	}

	#isLive(): void {
		for (const waiter of this.#waiters.splice(0)) waiter.resolve()
		this.#settleSent()
		this.#outbox.connected()
		for (const room of this.#reads.takeTold()) this.#stale.add(room)
		// Nobody tells a guest that a room is private now.
		if (this.user?.role === 'guest') this.#stale.add('')
		void this.#reads.tell()
		void this.#refreshAll()
		// Who came and went is not replayed.
		if (this.#presenceAsOf === Number.POSITIVE_INFINITY) return
		this.#patiently<Presence>('/presence', (now, heard) => this.#takePresence(now, heard)).catch(ignore)
	}

	#statusChanged({ state, problem = isClosed() }: Status): void {
		if (state === 'stopped') {
			// Whoever signs in next may be somebody else.
			this.#outbox.holdBack()
			for (const waiter of this.#waiters.splice(0)) waiter.reject(problem)
		}
		this.#changed('status')
	}

	/** A room has to be asked for, as soon as all that was missed is here. */
	#refresh(room: string): void {
		this.#stale.add(room)
		if (this.status.state === 'live') void this.#refreshAll()
	}

	async #refreshAll(): Promise<void> {
		if (this.#isRefreshing) return
		this.#isRefreshing = true
		try {
			while (this.#stale.size > 0) {
				const all = this.#stale.has('') || this.#stale.size > askedAloneMax
				const [room = ''] = all ? [''] : this.#stale
				if (all) this.#stale.clear()
				else this.#stale.delete(room)
				if (all) await this.#patiently<SyncAnswer>('/sync', (sync, heard) => this.#take(sync, heard))
				else await this.#askFor(room)
			}
		} catch {
			// It is closed, or begins again.
		} finally {
			this.#isRefreshing = false
		}
	}

	async #askFor(room: string): Promise<void> {
		try {
			await this.#patiently<WholeRoom & { cursor: string }>(pathOf(room), ({ cursor, ...whole }, heard) => {
				const isMine = this.user?.role === 'guest' ? whole.visibility === 'open' : whole.role !== undefined
				if (isMine) this.#takeRoom(whole, positionOf(cursor), heard)
				else this.#lose(room)
			})
		} catch (error) {
			if (/^(not_found|forbidden)$/.test((error as TailroomError).code)) this.#lose(room)
			else throw error
		}
		this.#changed('rooms')
	}

	/**
	 * Asks as soon as all that was missed is here, and again after each interruption, and takes the answer with what was
	 * heard since it was asked for. Rejects with what is not an interruption.
	 */
	async #patiently<Answer>(path: string, take: (answer: Answer, heard: readonly Frame[]) => void): Promise<void> {
		for (let attempt = 1; ; attempt++) {
			await this.untilLive()
			const beginning = this.#beginnings
			const heard: Frame[] = []
			this.#asking.add(heard)
			let pauseMs = 0
			try {
				const answer = await this.ask<Answer>('GET', path)
				if (beginning === this.#beginnings) return take(answer, heard)
			} catch (error) {
				// What nobody has foreseen was said by the server.
				if (!(error instanceof TailroomError)) throw nonsense(this.#server.urlOf(''))
				if (!error.isTemporary || error.code === 'log_damaged') throw error
				pauseMs = waitMs(error, attempt)
			} finally {
				this.#asking.delete(heard)
			}
			await new Promise((resolve) => setTimeout(resolve, pauseMs))
		}
	}

	#changed(change: Change): void {
		if (this.#changes.size === 0) {
			queueMicrotask(() => {
				const changes = this.#changes
				this.#changes = new Set()
				for (const { change: told } of this.#listeners) told?.(changes)
			})
		}
		this.#changes.add(change)
	}
}

function checkSync(sync: Snapshot, url: string): void {
	const isWhole = typeof sync?.user?.name === 'string' && Array.isArray(sync.rooms) && typeof sync.cursor === 'string'
	if (sync?.protocol === 1 && isWhole) return
	if (Number(sync?.protocol) > 1) throw protocolUnknown(sync.protocol)
	throw nonsense(url)
}

function ignore(): void {}

async function nothingKept(): Promise<undefined> {}
