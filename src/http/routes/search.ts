import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import Type from 'typebox'
import { type Actor, guestNamed, parseUserName } from '../../commands/actor.ts'
import { can } from '../../commands/policy.ts'
import { rightsIn, rightsInAll } from '../../commands/rooms.ts'
import { DamagedLog } from '../../events/damaged-log.ts'
import type { Position } from '../../events/log.ts'
import { findMessage } from '../../projections/messages.ts'
import { findRoomById, listDirects, listRooms, type Room } from '../../projections/rooms.ts'
import { findErasedUser, findUserByName } from '../../projections/users.ts'
import type { FoundMessage, SearchAnswer } from '../../protocol/answers.ts'
import { messageLine } from '../../protocol/message-line.ts'
import { queryCharsMax } from '../../search/limits.ts'
import { highlightsIn } from '../../search/match.ts'
import { parseQuery, type Query, QueryError } from '../../search/query.ts'
import { SearchBroken, SearchesTooMany } from '../../search/search.ts'
import type { Hit, Wanted } from '../../search/seeking.ts'
import { accessibleRoom } from '../access.ts'
import { outOfRange, RequestError } from '../errors.ts'
import { historyCharsMax, searchLimitDefault, searchLimitMax } from '../limits.ts'
import type { Services } from '../services.ts'
import { count, validator } from '../validation.ts'
import { asIn, historyMessage } from './history.ts'

const checkSearchQuery = validator(
	Type.Object({ q: Type.String(), limit: count, before: count }, { additionalProperties: false }),
	'query',
)

/** Looking for messages. The index says where they are; what they say and who may see them, the log and the rights of now. */
export function searchRoutes(app: FastifyInstance, services: Services): void {
	const { views, search, identities } = services

	app.get('/search', { config: { policy: 'look-around' } }, async (request, reply) => {
		const { limit: digits = searchLimitDefault, before } = checkSearchQuery(request.query)
		const limit = Number(digits)
		if (limit < 1 || limit > searchLimitMax) throw outOfRange('limit', 1, searchLimitMax)
		const query = understood(queryIn(request.raw.url as string))
		const wanted = views.snapshot(() => wantedBy(services, request.actor, query))
		const page = { limit, ...(before === undefined ? {} : { before: Number(before) }) }
		const { hits, isCut, isBehind, position, next } = await search
			.find(callerOf(request), { ...wanted, ...page }, whileWaiting(reply))
			.catch(refused)
		// Meanwhile they may have been signed out.
		const actor = identities.renew(request.actor)
		if (typeof actor === 'string') {
			throw new RequestError('not_authenticated', 'These credentials are not valid any more. Sign in again.')
		}
		const shown = views.snapshot((checkpoint) => {
			// The log is a moment ahead of the views, and nobody is told of what is beyond them.
			return { ...messagesOf(services, actor, hits, query), position: Math.min(position, checkpoint.position) }
		})
		const goOn = shown.next ?? next
		const rest = { ...(goOn === undefined ? {} : { next: goOn }), complete: !isCut && !isBehind }
		const answer: SearchAnswer = { messages: shown.messages, position: shown.position, ...rest }
		return request.headers.accept?.startsWith('text/plain') ? asText(reply, answer) : answer
	})
}

/** What was asked for, out of the address itself: what is no UTF-8 would be something else after decoding. */
function queryIn(url: string): string {
	const pairs = url.slice(url.indexOf('?') + 1).split('&')
	const value = pairs.find((pair) => decoded(pair.split('=', 1)[0] ?? '') === 'q') ?? ''
	const text = decoded(value.slice(value.indexOf('=') + 1).replaceAll('+', ' '))
	if (text === undefined) throw invalid('is not UTF-8, percent-encoded')
	if (text.includes('\0')) throw invalid(`has a character U+0000, at character ${text.indexOf('\0') + 1}`)
	if (text.length > queryCharsMax) throw invalid(`is longer than ${queryCharsMax} characters`)
	return text
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** Undefined: it cannot be. */
function decoded(text: string): string | undefined {
	if (/%(?![0-9a-f]{2})/i.test(text)) return undefined
	const bytes = text.replaceAll(/%(..)/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
	try {
		return utf8.decode(Buffer.from(bytes, 'latin1'))
	} catch {
		return undefined
	}
}

function invalid(problem: string): RequestError {
	return new RequestError('query_invalid', `The search ${problem}.`, [{ field: 'q', problem }])
}

function understood(text: string): Query {
	try {
		return parseQuery(text)
	} catch (error) {
		if (!(error instanceof QueryError)) throw error
		const detail = `This search is not understood: ${error.message}. Words, "phrases", from:name, in:room, after:2026-11-22, before:2026-11-29.`
		throw new RequestError('query_invalid', detail, [{ field: 'q', problem: error.message }])
	}
}

/** Where somebody looks: in all that they may read, or in the room that they name. */
function wantedBy(services: Services, actor: Actor, query: Query): Omit<Wanted, 'limit'> {
	const { views, log } = services
	const { terms, from, in: where, ...times } = query
	const rooms = where === undefined ? readable(services, actor) : [accessibleRoom(views, actor, 'read', where)]
	const messages = rooms.reduce((sum, { sequence }) => sum + sequence, 0)
	const authorIds = from === undefined ? {} : { authorIds: peopleCalled({ views, log }, actor, from) }
	return { terms, roomIds: rooms.map(({ roomId }) => roomId), messages, ...authorIds, ...times }
}

function readable({ views }: Pick<Services, 'views'>, actor: Actor): Room[] {
	const rightsOf = rightsInAll(views, actor, Date.now())
	const directs = actor.kind === 'user' ? listDirects(views, actor.userId) : []
	return [...listRooms(views), ...directs].filter((room) => can(actor, { action: 'read', room: rightsOf(room) }))
}

/** Whoever has that name, or had it as a guest; where that is nobody, nobody has said anything. */
function peopleCalled({ views, log }: Pick<Services, 'views' | 'log'>, actor: Actor, text: string): string[] {
	const called = text.trim().toLowerCase().replace(/^@/, '')
	const number = /^erased-([1-9][0-9]{0,8})$/.exec(called)?.[1]
	const erased = number === undefined ? undefined : findErasedUser(views, Number(number))
	if (number !== undefined) return erased === undefined ? [] : [erased.userId]
	if (called === 'me' && actor.kind !== 'system') return [actor.userId]
	const name = parseUserName(called, 'q')
	const user = findUserByName(views, name)
	return [...(user === undefined ? [] : [user.userId]), guestNamed(name, log.logId).userId]
}

/** Who shares turns: a guest can change the name, and not so easily the address. */
function callerOf({ actor, ip }: FastifyRequest): string {
	return actor.kind === 'guest' ? ip : actor.userId
}

/** Ends with the connection: nobody looks for what nobody waits for. */
function whileWaiting(reply: FastifyReply): AbortSignal {
	const gone = new AbortController()
	reply.raw.once('close', () => gone.abort(new RequestError('overloaded', 'Nobody waits for this answer.')))
	return gone.signal
}

function refused(error: unknown): never {
	if (error instanceof SearchesTooMany && error.whose === 'caller') {
		throw new RequestError('rate_limited', 'Wait for the answers to your searches before you send more of them.')
	}
	if (error instanceof SearchesTooMany) {
		throw new RequestError('overloaded', 'Too many people are searching. Try again in a few seconds.')
	}
	if (error instanceof SearchBroken) {
		throw new RequestError('overloaded', 'The search has to start again. Try again in a few seconds.')
	}
	throw error
}

/** What was found, as it is now, to who may see it now; where the texts are long, the first of it, and where to go on. */
function messagesOf(
	services: Services,
	actor: Actor,
	hits: readonly Hit[],
	query: Query,
): { messages: FoundMessage[]; next?: Position } {
	const show = shower(services, actor)
	const messages: FoundMessage[] = []
	let chars = 0
	for (const hit of hits) {
		const message = show(hit, query)
		if (message === undefined) continue
		messages.push(message)
		chars += message.content.length
		if (chars > historyCharsMax && hit !== hits.at(-1)) return { messages, next: hit.position }
	}
	return { messages }
}

/** Each room is looked at once. */
function shower(services: Services, actor: Actor): (hit: Hit, query: Query) => FoundMessage | undefined {
	const { views, log } = services
	const now = Date.now()
	const rooms = new Map<string, ReturnType<typeof asIn> | undefined>()
	const roomOf = (roomId: string) => {
		if (!rooms.has(roomId)) {
			const room = findRoomById(views, roomId)
			const isVisible = room !== undefined && can(actor, { action: 'read', room: rightsIn(views, room, actor, now) })
			rooms.set(roomId, isVisible ? asIn(services, room) : undefined)
		}
		return rooms.get(roomId)
	}
	return ({ position, textPosition, highlights }, { terms }) => {
		try {
			const event = log.at(position)
			const place = event?.type === 'MessagePosted' ? findMessage(views, event.data.messageId) : undefined
			const sources = place && roomOf(place.roomId)
			if (place === undefined || sources === undefined) return undefined
			const message = historyMessage(sources, actor.userId, place)
			if (message.erased !== undefined) return undefined
			const isSameText = (place.editedPosition ?? place.position) === textPosition
			const found = isSameText ? highlights : highlightsIn(message.content, terms)
			return found && { ...message, highlights: found }
		} catch (error) {
			// What cannot be proven is not shown, and what else was found is.
			if (error instanceof DamagedLog && error.position !== undefined) return undefined
			throw error
		}
	}
}

function asText(reply: FastifyReply, { messages, next, complete }: SearchAnswer): string {
	reply.type('text/plain; charset=utf-8').header('Tailroom-Complete', String(complete))
	if (next !== undefined) reply.header('Tailroom-Next', next)
	return messages.map(messageLine).join('')
}
