import { randomInt } from 'node:crypto'
import type { OutgoingHttpHeaders, ServerResponse } from 'node:http'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import Type, { type Static } from 'typebox'
import type { Actor, Person } from '../../commands/actor.ts'
import { can } from '../../commands/policy.ts'
import { findNamed, rightsIn, rightsInAll } from '../../commands/rooms.ts'
import type { LogHead } from '../../events/log.ts'
import { positionBeforeLast } from '../../projections/messages.ts'
import { listRooms, listRoomsOf, type Room } from '../../projections/rooms.ts'
import type { Views } from '../../projections/views.ts'
import type { ByeReason } from '../../protocol/frames.ts'
import { personOf, type RoomParams, roomFor, roomNamed } from '../access.ts'
import { type OwnConsumer, ownConsumer } from '../consumers.ts'
import { type Encoding, encodeControl, encodeRetry, ndjson, sse, text } from '../delivery/encoding.ts'
import { type Filter, filterOf } from '../delivery/filter.ts'
import { HttpSink } from '../delivery/http-sink.ts'
import type { Scope } from '../delivery/scope.ts'
import { type Start, startAfter, startAt, startLive } from '../delivery/start.ts'
import { Subscription } from '../delivery/subscription.ts'
import { asRequestError, errorCatalogue, outOfRange, RequestError } from '../errors.ts'
import { historyLimitMax, streamRoomsMax } from '../limits.ts'
import type { Services } from '../services.ts'
import { validator } from '../validation.ts'

const streamQuery = {
	// Of any length: what is not a cursor resets the stream, and no EventSource would survive a 400.
	after: Type.Optional(Type.String()),
	consumer: Type.Optional(Type.String()),
	filter: Type.Optional(Type.String()),
	tail: Type.Optional(Type.String({ pattern: '^[0-9]{1,6}$' })),
	until: Type.Optional(Type.Literal('head')),
}
const RoomStreamQuery = Type.Object(streamQuery, { additionalProperties: false })
const StreamQuery = Type.Object(
	{ ...streamQuery, room: Type.Optional(Type.Union([Type.String(), Type.Array(Type.String())])) },
	{ additionalProperties: false },
)
type RoomStreamQuery = Static<typeof RoomStreamQuery>

const checkRoomStreamQuery = validator(RoomStreamQuery, 'query')
const checkStreamQuery = validator(StreamQuery, 'query')

/** The log as a stream: Server-Sent Events, NDJSON or lines of text, first replayed, then live. */
export function streamRoutes(app: FastifyInstance, services: Services): void {
	app.get<{ Params: RoomParams }>(
		'/rooms/:room/events',
		{ exposeHeadRoute: false, config: { policy: 'read', isStream: true } },
		async (request, reply) => {
			const ask = () => {
				const query = checkRoomStreamQuery(request.query)
				const filter = filterOf(query.filter)
				const actor = personOf(request)
				// So that a removal that has just happened is in the rights that are asked for.
				services.delivery.advance()
				const room = roomFor(services, request)
				const scope: Scope = { kind: 'room', streamId: room.roomId }
				return { actor, query, scope, rooms: () => [room], refused: [], filter }
			}
			await openStream(services, request, reply, ask)
		},
	)

	app.get(
		'/events',
		{ exposeHeadRoute: false, config: { policy: 'look-around', isStream: true } },
		async (request, reply) => {
			const ask = () => {
				const query = checkStreamQuery(request.query)
				const filter = filterOf(query.filter)
				const actor = personOf(request)
				services.delivery.advance()
				return { actor, query, ...scopeOf(services, actor, query.room), filter }
			}
			await openStream(services, request, reply, ask)
		},
	)
}

function scopeOf({ views }: Services, actor: Person, named: string | string[] | undefined) {
	if (named === undefined) {
		const rooms = () => roomsIn(views, actor)
		return { scope: { kind: 'all' } as const, rooms, refused: [] }
	}
	const slugs = [...new Set([named].flat().map((slug) => roomNamed(actor, slug)))]
	if (slugs.length > streamRoomsMax) {
		throw new RequestError(
			'subscriptions_too_many',
			`A stream names at most ${streamRoomsMax} rooms; without any it has all.`,
		)
	}
	const rooms = slugs.map((slug) => findNamed(views, slug, actor)).filter((room) => room !== undefined)
	const visible = rooms.filter((room) => mayRead(views, actor, room))
	const refused = slugs.filter((slug) => !visible.some((room) => room.slug === slug))
	if (visible.length === 0) {
		throw new RequestError('not_found', `There is none of these rooms that you may see: ${refused.join(', ')}.`)
	}
	return {
		scope: { kind: 'rooms', streamIds: new Set(visible.map((room) => room.roomId)) } as const,
		rooms: () => visible,
		refused,
	}
}

/** The rooms that somebody is in: a guest, who can be no member, in all open ones. */
export function roomsIn(views: Views, actor: Person): Room[] {
	const rightsOf = rightsInAll(views, actor, Date.now())
	const rooms = actor.kind === 'guest' ? listRooms(views) : listRoomsOf(views, actor.userId)
	return rooms.filter((room) => can(actor, { action: 'read', room: rightsOf(room) }))
}

function mayRead(views: Views, actor: Actor, room: Room): boolean {
	return can(actor, { action: 'read', room: rightsIn(views, room, actor, Date.now()) })
}

interface StreamRequest {
	actor: Person
	query: RoomStreamQuery
	scope: Scope
	/** Those that the stream begins with; asked for only where it matters. */
	rooms(): readonly Room[]
	refused: readonly string[]
	filter: Filter | undefined
}

/** `ask` throws where there is nothing that may be heard. */
async function openStream(
	services: Services,
	request: FastifyRequest,
	reply: FastifyReply,
	ask: () => StreamRequest,
): Promise<void> {
	const busyBefore = busyNow(services, request, reply)
	if (busyBefore !== undefined) return sayBye(request, reply, busyBefore)
	const asked = ask()
	const isNew = isNewConsumer(services, asked)
	const busy = isNew ? await makeConsumer(services, request, asked) : undefined
	// Who has gone meanwhile would never end what is begun for them.
	if (request.raw.socket.destroyed) return void reply.hijack()
	if (busy !== undefined) return sayBye(request, reply, busy)
	// Meanwhile the rights may have become others.
	sendStream(services, request, reply, isNew ? ask() : asked)
}

function isNewConsumer({ consumers }: Services, asked: StreamRequest): boolean {
	const own = consumerOf(asked)
	return own !== undefined && consumers.find(own) === undefined
}

/** Why no stream can be had at the moment: a browser gives up for good on any other answer than a stream. */
function busyNow(services: Services, { actor, ip }: FastifyRequest, { raw }: FastifyReply): ByeReason | undefined {
	if (services.isStopping()) return 'stopping'
	// Behind another answer on the same connection its bytes could only be piled up.
	if (services.connections.full || raw.socket === null) return 'overloaded'
	try {
		services.requestLimit.take(actor, ip)
		return undefined
	} catch {
		return 'overloaded'
	}
}

/** A consumer that is named for the first time begins where the stream does. Gives why it cannot be made just now. */
async function makeConsumer(
	services: Services,
	request: FastifyRequest,
	asked: StreamRequest,
): Promise<ByeReason | undefined> {
	const { consumers, delivery } = services
	try {
		await consumers.make(consumerOf(asked) as OwnConsumer, startOf(services, request, asked, delivery.head).position)
		return undefined
	} catch (error) {
		const { status } = errorCatalogue[asRequestError(error)?.code ?? 'internal']
		if (status < 500) throw error
		return 'overloaded'
	}
}

function sayBye(request: FastifyRequest, reply: FastifyReply, reason: ByeReason): void {
	const encoding = negotiate(request.headers.accept)
	const response = beginAnswer(reply, encoding)
	response.write(encodeRetry(encoding, retryMs()))
	response.end(encodeControl(encoding, { type: 'bye', reason }))
}

/** Not all come back in the same moment. */
function retryMs(): number {
	return randomInt(1_000, 3_001)
}

function beginAnswer(reply: FastifyReply, encoding: Encoding): ServerResponse {
	reply.hijack()
	const response = reply.raw
	response.writeHead(200, {
		...(reply.getHeaders() as OutgoingHttpHeaders),
		'content-type': contentTypes[encoding.name],
		'cache-control': 'no-store, no-transform',
		'x-accel-buffering': 'no',
	})
	return response
}

function consumerOf({ actor, query }: StreamRequest): OwnConsumer | undefined {
	return query.consumer === undefined ? undefined : ownConsumer(actor, query.consumer)
}

/** From here to the first `live` of a short catch-up everything happens in one turn. */
function sendStream(services: Services, request: FastifyRequest, reply: FastifyReply, asked: StreamRequest): void {
	const encoding = negotiate(request.headers.accept)
	const { delivery } = services
	const { actor, query, scope, filter } = asked
	const head = delivery.advance()
	const start = startOf(services, request, asked, head)

	const response = beginAnswer(reply, encoding)
	// The reader of a stream is present; one who only takes a copy of what is there is not.
	const lease = query.until === undefined ? services.leases.open(actor) : undefined
	services.connections.opened()
	const sink = new HttpSink(request.raw, response, encoding, delivery.drainMs)
	const until = query.until === undefined ? {} : { until: head }
	const subscription = new Subscription(delivery, { actor, scope, sink, filter, after: start.position, ...until })
	response.once('close', () => {
		subscription.close()
		services.connections.closed()
		// HTTP has no goodbye: a reload and a tunnel look alike.
		lease?.release(false)
	})
	const { mode, reason, position: from, cursor } = start
	sink.write(encodeRetry(sink.encoding, retryMs()))
	sink.control({
		type: 'hello',
		cursor,
		protocol: 1,
		mode,
		...(reason === undefined ? {} : { reason }),
		from,
		head: head.position,
		heartbeatMs: delivery.heartbeatMs,
		...(asked.refused.length > 0 ? { refused: [...asked.refused] } : {}),
	})
	delivery.follow(subscription)
	if (scope.kind === 'room') lease?.enter(scope.streamId)
}

function startOf(services: Services, request: FastifyRequest, asked: StreamRequest, head: LogHead): Start {
	const { consumers, log, views } = services
	const { query, rooms } = asked
	const lastEventId = request.headers['last-event-id']
	if (typeof lastEventId === 'string' && lastEventId !== '') return startAfter(lastEventId, head, log)
	if (query.after !== undefined) return startAfter(query.after, head, log)
	const own = consumerOf(asked)
	const consumer = own && consumers.find(own)
	if (consumer !== undefined) return startAt(consumer.position, log)
	if (query.tail !== undefined) {
		const count = Number(query.tail)
		if (count > historyLimitMax) throw outOfRange('tail', 0, historyLimitMax)
		const ids = rooms().map((room) => room.roomId)
		const position = count === 0 ? undefined : positionBeforeLast(views, ids, count, head.position)
		return startAt(position ?? head.position, log)
	}
	return startLive(head)
}

const contentTypes = {
	sse: 'text/event-stream',
	ndjson: 'application/x-ndjson',
	text: 'text/plain; charset=utf-8',
	websocket: '',
}

/** Server-Sent Events unless something else is asked for by name. */
function negotiate(accept = '*/*'): Encoding {
	const wanted = accept
		.split(',')
		.map((part) => {
			const [type = '', ...parameters] = part.split(';').map((word) => word.trim().toLowerCase())
			const quality = parameters.find((parameter) => parameter.startsWith('q='))
			return { type, quality: quality === undefined ? 1 : Number(quality.slice(2)) || 0 }
		})
		.filter(({ quality }) => quality > 0)
		.sort((a, b) => b.quality - a.quality)
	for (const { type } of wanted) {
		if (type === 'text/event-stream' || type === '*/*' || type === 'text/*') return sse
		if (type === 'application/x-ndjson' || type === 'application/*') return ndjson
		if (type === 'text/plain') return text
	}
	return sse
}
