import type { Socket } from 'node:net'
import { setImmediate as nextTurn } from 'node:timers/promises'
import type { WebSocket } from '@fastify/websocket'
import type { FastifyRequest } from 'fastify'
import { type Person, parseGuestName } from '../../commands/actor.ts'
import { isDirectName } from '../../commands/directs.ts'
import { can, isForServer } from '../../commands/policy.ts'
import { cursorAt } from '../../events/cursor.ts'
import { DamagedLog } from '../../events/damaged-log.ts'
import { sequenceAt } from '../../projections/messages.ts'
import { findRoom, type Room } from '../../projections/rooms.ts'
import { accessibleRoom, mayNot, roomNamed, roomToSpeakIn } from '../access.ts'
import { guestNameIn } from '../auth/identities.ts'
import { type OwnConsumer, ownConsumer } from '../consumers.ts'
import { webSocketFrame } from '../delivery/encoding.ts'
import { filterOf } from '../delivery/filter.ts'
import { drained } from '../delivery/sockets.ts'
import { positionOf, type Start, startAfter, startAt, startLive } from '../delivery/start.ts'
import { asRequestError, RequestError } from '../errors.ts'
import { drainMsMax, helloMsMax, pingMs, socketBytesMax, toldLimits, typingMs } from '../limits.ts'
import type { Lease } from '../presence/leases.ts'
import { messageAt } from '../routes/history.ts'
import type { Services } from '../services.ts'
import { Inbox } from './inbox.ts'
import { type ClientMessage, type ClientMessageOf, parseClientMessage, policies, refOf } from './messages.ts'
import { Subscriptions } from './subscriptions.ts'
import { answerTo } from './twins.ts'

/** One WebSocket: what its client asks, in order, and its subscriptions. */
export class WebSocketConnection {
	readonly #services: Services
	readonly #socket: WebSocket
	readonly #tcp: Socket
	/** By which it was opened. */
	readonly #request: FastifyRequest
	readonly #subscriptions: Subscriptions
	/** Undefined until somebody has said who they are; then it is closed for who is nobody. */
	#actor: Person | undefined
	/** Until a name is given, its guest is unnamed. */
	#isNamed = false
	#begins: NodeJS.Timeout | undefined
	#lease: Lease | undefined
	readonly #inbox: Inbox
	#isSentAway = false
	#isAlive = true
	#typedAt = Number.NEGATIVE_INFINITY
	readonly #pinging: NodeJS.Timeout

	constructor(services: Services, socket: WebSocket, request: FastifyRequest) {
		this.#services = services
		this.#socket = socket
		this.#tcp = request.raw.socket
		this.#request = request
		this.#subscriptions = new Subscriptions(services.delivery, this)
		this.#inbox = new Inbox({
			socket,
			counts: () => !this.#isSentAway,
			isRead: () => this.#isRead(),
			answer: (text) => this.#answer(text),
		})
		this.#pinging = setInterval(() => this.#ping(), pingMs)
		this.#pinging.unref()
		services.webSockets.add(this)
		socket.on('message', (data: Buffer, isBinary: boolean) => this.#receive(data, isBinary))
		socket.on('pong', () => {
			this.#isAlive = true
		})
		// The library closes the socket itself after such an error, with the code that belongs to it.
		socket.on('error', () => {})
		socket.on('close', (code: number) => this.#closed(code))
		this.#begin(request)
	}

	/** Whether frames can still be sent. */
	get isOpen(): boolean {
		return this.#socket.readyState === this.#socket.OPEN
	}

	get pendingBytes(): number {
		return this.#tcp.writableLength
	}

	get actor(): Person | undefined {
		return this.#actor
	}

	get tcp(): Socket {
		return this.#tcp
	}

	/** Bytes that are whole frames already. The library has nothing in between: it does not compress. */
	write(bytes: Buffer): void {
		if (!this.isOpen) return
		this.#tcp.write(bytes)
	}

	send(message: Record<string, unknown>): void {
		this.write(webSocketFrame(JSON.stringify(message)))
	}

	/** Codes: 4000–4099 come back with your cursor, 4400–4499 do not. */
	close(code: number, reason: string): void {
		this.#isSentAway = true
		this.#socket.close(code, reason)
	}

	/** A subscription has ended, for its reader may not hear any longer what it asked for. */
	lost(room: string | undefined): void {
		this.renew()
		if (!this.isOpen) return
		this.#leave(room)
		this.send({ type: 'unsubscribed', ...(room === undefined ? {} : { room }), reason: 'rights_lost' })
	}

	/** Asks for its user's rights again, and closes if there are none left. */
	renew(): void {
		if (this.#actor === undefined) return
		const renewed = this.#services.identities.renew(this.#actor)
		if (renewed === 'expired') this.close(4009, 'sign in again')
		else if (renewed === 'rights_lost') this.close(4403, 'rights lost')
		else this.#actor = renewed as Person
	}

	#begin({ headers }: FastifyRequest): void {
		const { connections, isStopping, identities, config } = this.#services
		const isFull = connections.full
		connections.opened()
		if (isStopping()) return this.close(4001, 'the server is stopping')
		if (isFull) return this.close(4429, 'too many connections')
		try {
			const isAnonymous = headers.authorization === undefined && identities.sessionIn(headers) === undefined
			if (isAnonymous && !config.guests) {
				this.#begins = setTimeout(() => this.close(4401, 'not authenticated'), helloMsMax)
				this.#begins.unref()
				return
			}
			this.#actor = identities.authenticate(headers)
			this.#isNamed = this.#actor.kind === 'user' || guestNameIn(headers) !== undefined
		} catch (error) {
			this.#fail(error, undefined)
			const code = asRequestError(error)?.code
			if (code === 'not_authenticated' || code === 'name_taken') this.close(4401, 'not authenticated')
			else this.close(4400, 'not a name')
		}
	}

	#receive(data: Buffer, isBinary: boolean): void {
		if (this.isOpen) this.#inbox.receive(isBinary ? undefined : data.toString())
	}

	/** Who does not read for long is closed. */
	async #isRead(): Promise<boolean> {
		const isLittle = !this.isOpen || this.pendingBytes <= socketBytesMax
		if (isLittle || (await drained(this.#tcp, drainMsMax))) return true
		this.close(4008, 'too slow')
		return false
	}

	/**
	 * What is published and acknowledged is on its way to the disk together; whatever comes after it waits until it is
	 * there, so that it sees it.
	 */
	async #answer(text: string | undefined): Promise<void> {
		let value: unknown
		try {
			if (text === undefined) return this.#noText()
			value = parseJson(text)
			const message = parseClientMessage(value)
			if (this.#actor === undefined && message.type !== 'hello') throw this.#unknown()
			this.renew()
			if (this.#isSentAway) return
			if (this.#actor !== undefined && !isWritten(message)) {
				this.#services.requestLimit.take(this.#actor, this.#request.ip)
			}
			this.#checkRights(message.type)
			if (isWritten(message)) return this.#goesOn(message)
			await this.#inbox.written()
			if (!this.#isSentAway) await this.#handle(message)
		} catch (error) {
			this.#fail(error, refOf(value))
		}
		// Others have their turn, however much this client asks at once.
		await nextTurn()
	}

	#noText(): void {
		this.#fail(new RequestError('frame_not_text', 'Frames are JSON text; this one is binary.'), undefined)
		this.close(4400, 'frames are JSON text')
	}

	async #handle(message: Exclude<ClientMessage, Written>): Promise<void> {
		switch (message.type) {
			case 'hello':
				return this.#hello(message)
			case 'subscribe':
				return await this.#subscribe(message)
			case 'unsubscribe':
				return this.#unsubscribe(message)
			case 'typing':
				return this.#typing(message)
			default: {
				// Who only reads what was said need not be here.
				if (message.type !== 'get_history') this.#act()
				const asker = { person: this.#person, address: this.#request.ip }
				return this.send(await answerTo(this.#services, asker, message))
			}
		}
	}

	/** What is done in a room is checked where the room is known. */
	#checkRights(type: ClientMessage['type']): void {
		const policy = policies[type]
		if (policy === 'public' || !isForServer(policy)) return
		if (!can(this.#person, { action: policy })) throw mayNot(this.#person)
	}

	get #person(): Person {
		if (this.#actor === undefined) throw this.#unknown()
		return this.#actor
	}

	/** Nobody is let in who says nothing of who they are. */
	#unknown(): RequestError {
		const detail = 'Say who you are first: {"type":"hello","token":"…"}.'
		setImmediate(() => this.close(4401, 'not authenticated'))
		return new RequestError('not_authenticated', detail)
	}

	#hello({ token, ref }: ClientMessageOf<'hello'>): void {
		if (token !== undefined && !this.#signIn(token, ref)) return
		const { delivery } = this.#services
		const { name } = this.#person
		this.send({
			type: 'hello',
			protocol: 1,
			user: name,
			head: delivery.advance().position,
			heartbeatMs: delivery.heartbeatMs,
			limits: toldLimits,
		})
	}

	/** Who a connection is, is said before it does anything. */
	#signIn(token: string, ref: string | number | undefined): boolean {
		let user: Person
		try {
			user = this.#services.identities.byToken(token)
		} catch (error) {
			this.#fail(error, ref)
			this.close(4401, 'not authenticated')
			return false
		}
		if (this.#actor?.userId !== user.userId && (this.#lease !== undefined || this.#actor?.kind === 'user')) {
			const detail = `This connection belongs to ${this.#person.name}. Open another one to speak as ${user.name}.`
			throw new RequestError('sender_mismatch', detail)
		}
		clearTimeout(this.#begins)
		this.#actor = user
		this.#isNamed = true
		// What is followed already is followed by what was shown last.
		for (const subscription of this.#subscriptions.all) subscription.actor = user
		return true
	}

	async #subscribe(message: ClientMessageOf<'subscribe'>): Promise<void> {
		const { room: named, userId, consumer, filter: text } = message
		this.#bind(userId, 'userId')
		const { consumers, delivery, views } = this.#services
		const filter = filterOf(text)
		const own = consumer === undefined ? undefined : ownConsumer(this.#person, consumer)
		let room = named === undefined ? undefined : await this.#roomToFollow(named)
		if (own !== undefined && consumers.find(own) === undefined) {
			// One that is named for the first time begins where the subscription does.
			await consumers.make(own, this.#startOf(message, own).position)
			// Meanwhile the rights may have become others.
			if (named !== undefined && this.isOpen) room = await this.#roomToFollow(named)
		}
		if (!this.isOpen) return
		// From here to the first `live` of a short catch-up everything happens in one turn.
		const start = this.#startOf(message, own)
		const subscription = this.#subscriptions.open(room, own, { actor: this.#person, after: start.position, filter })
		this.send({
			type: 'subscribed',
			...(room === undefined ? {} : { room: room.slug }),
			mode: start.mode,
			...(start.reason === undefined ? {} : { reason: start.reason }),
			sequence: room === undefined ? 0 : sequenceAt(views, room.roomId, start.position),
			position: start.position,
			cursor: start.cursor,
		})
		delivery.follow(subscription)
		const lease = this.#present()
		if (room !== undefined) lease.enter(room.roomId)
	}

	#startOf({ after }: ClientMessageOf<'subscribe'>, own: OwnConsumer | undefined): Start {
		const { consumers, delivery, log } = this.#services
		const head = delivery.advance()
		if (after !== undefined) return startAfter(String(after), head, log)
		const consumer = own && consumers.find(own)
		return consumer === undefined ? startLive(head) : startAt(consumer.position, log)
	}

	/** The room of that name; opened if there is none. */
	async #roomToFollow(named: string): Promise<Room> {
		const { views, writer, postLimit, config, delivery } = this.#services
		const person = this.#person
		const slug = roomNamed(person, named)
		const isMissing = !isDirectName(slug) && findRoom(views, slug) === undefined
		if (config.guests && isMissing && can(person, { action: 'open-room' })) {
			postLimit.take(person, this.#request.ip)
			await writer.submit(person, { type: 'OpenRoom', room: slug })
		}
		// So that a removal that has just happened is in the rights that are asked for.
		delivery.advance()
		return accessibleRoom(views, person, 'read', slug)
	}

	#unsubscribe({ room: named, userId }: ClientMessageOf<'unsubscribe'>): void {
		this.#bind(userId, 'userId')
		const room = named === undefined ? undefined : roomNamed(this.#person, named)
		this.#leave(room)
		this.send({ type: 'unsubscribed', ...(room === undefined ? {} : { room }) })
	}

	#leave(room: string | undefined): void {
		const scope = this.#subscriptions.close(room)?.scope
		if (scope?.kind === 'room') this.#lease?.leave(scope.streamId)
	}

	/** Nobody waits for what is only written. */
	#goesOn(message: Written): void {
		const writing = message.type === 'publish' ? this.#publish(message) : this.#acknowledge(message)
		const isPost = message.type === 'publish'
		this.#inbox.goesOn(writing.catch((error: unknown) => this.#fail(error, message.ref, isPost)))
	}

	async #publish({ room: named, sender, content, replyTo, key }: ClientMessageOf<'publish'>): Promise<void> {
		this.#bind(sender, 'sender')
		const { writer, postLimit, config } = this.#services
		const actor = this.#person
		const room = roomNamed(actor, named)
		postLimit.take(actor, this.#request.ip)
		this.#act()
		const reply = replyTo === undefined ? {} : { replyTo }
		const opens = config.guests ? { opens: true as const } : {}
		const { position } = await writer.submit(actor, { type: 'PostMessage', room, content, ...reply, ...opens }, key)
		const { id, sequence } = messageAt(this.#services, actor.userId, { position: position as number })
		this.send({ type: 'published', room, id, sequence, position, ...(key === undefined ? {} : { key }) })
	}

	async #acknowledge({ room: named, cursor }: ClientMessageOf<'ack'>): Promise<void> {
		const { consumers, delivery, log } = this.#services
		const room = named === undefined ? undefined : roomNamed(this.#person, named)
		const own = this.#subscriptions.consumerOf(room)
		if (own === undefined) {
			const detail = 'There is no such subscription that names a consumer: {"type":"subscribe","consumer":"phone"}.'
			throw new RequestError('consumer_unnamed', detail)
		}
		await consumers.moveOn(own, positionOf(String(cursor), 'cursor', delivery.advance(), log))
		const { position } = consumers.find(own) ?? { position: 0 }
		const where = { ...(room === undefined ? {} : { room }), consumer: own.name, cursor: cursorAt(position, log) }
		this.send({ type: 'acked', ...where })
	}

	#typing({ room: named }: ClientMessageOf<'typing'>): void {
		this.#act()
		const room = roomToSpeakIn(this.#services, this.#person, 'type', named)
		const timestamp = Date.now()
		const { userId, name } = this.#person
		// In a conversation only the other one hears it, who calls it by this one's name.
		const called = room.visibility === 'direct' ? `@${name}` : room.slug
		if (performance.now() - this.#typedAt < typingMs) return
		this.#typedAt = performance.now()
		this.#services.delivery.notify(room.roomId, { type: 'typing', room: called, userId: name, timestamp }, userId)
	}

	#isCalled(name: string): void {
		this.#actor = this.#services.identities.guest(name)
		this.#isNamed = true
	}

	/** The first name that a guest gives is that of the connection, also for what it did before. */
	#bind(given: string | undefined, field: string): void {
		// Whoever has an account is that, whatever else is said.
		if (given === undefined || this.#person.kind === 'user') return
		const name = parseGuestName(given, field)
		if (this.#isNamed) {
			if (name === this.#person.name) return
			const detail = `This connection belongs to ${this.#person.name}. Open another one to speak as ${name}.`
			throw new RequestError('sender_mismatch', detail, [{ field, problem: 'is another name' }])
		}
		this.#isCalled(name)
		const unnamed = this.#lease
		if (unnamed === undefined) return
		this.#lease = undefined
		const lease = this.#present()
		for (const subscription of this.#subscriptions.all) {
			const { scope } = subscription
			subscription.actor = this.#person
			// Who was unnamed may have a name that is banned.
			if (!this.#services.delivery.rights.mayHearSome(this.#person, scope)) subscription.end('rights_lost')
			else if (scope.kind === 'room') lease.enter(scope.streamId)
		}
		unnamed.release(true)
	}

	/** Who asks for more than to say hello is there. */
	#present(): Lease {
		this.#lease ??= this.#services.leases.open(this.#person)
		return this.#lease
	}

	/** Who does something is there, and active; unless they have gone with it. */
	#act(): void {
		if (!this.isOpen) return
		this.#present()
		this.#services.leases.act(this.#person.userId)
	}

	#fail(error: unknown, ref: string | number | undefined, isPost = false): void {
		const known = asRequestError(error)
		const request = this.#request
		if (known === undefined || known.code === 'internal' || error instanceof DamagedLog)
			this.#services.failed(error, request)
		const failure = `This failed inside the server. Its log says more, under ${request.id}.`
		const { code, detail, retryAfterS } = known ?? new RequestError('internal', failure)
		const again = retryAfterS === undefined ? {} : { retryAfterS }
		if (isPost) this.#services.figures.postRefused(code)
		this.send({ type: 'error', code, error: detail, ...again, ...(ref === undefined ? {} : { ref }) })
	}

	#ping(): void {
		// Where this process stood still, the answer has come and is not read yet: it is, before this turn of the loop ends.
		if (!this.#isAlive) return void setImmediate(() => this.#isAlive || this.#socket.terminate())
		this.#isAlive = false
		this.#socket.ping()
	}

	#closed(code: number): void {
		clearInterval(this.#pinging)
		clearTimeout(this.#begins)
		this.#subscriptions.closeAll()
		// 1006: the connection ended without a word.
		this.#lease?.release(code !== 1006)
		this.#lease = undefined
		this.#services.connections.closed()
		this.#services.webSockets.delete(this)
	}
}

/** What is as much as somebody has to say, or has heard. */
type Written = ClientMessageOf<'publish' | 'ack'>

function isWritten(message: ClientMessage): message is Written {
	return message.type === 'publish' || message.type === 'ack'
}

function parseJson(text: string): unknown {
	try {
		return JSON.parse(text)
	} catch {
		throw new RequestError('malformed', 'This is not JSON.')
	}
}
