import type { FastifyInstance, FastifyRequest } from 'fastify'
import { type Actor, type Person, parseUserName, system } from '../commands/actor.ts'
import { checkNoDirect, isDirectName, parseDirectName } from '../commands/directs.ts'
import { type Action, can, isForServer, type RoomAction, type RoomRights } from '../commands/policy.ts'
import { loadNamed, parseRoomName, rightsIn, visible } from '../commands/rooms.ts'
import { checkMaySpeak } from '../commands/speaking.ts'
import { findRoomById, type Room } from '../projections/rooms.ts'
import type { Views } from '../projections/views.ts'
import { isControl } from './control.ts'
import { RequestError } from './errors.ts'
import type { Services } from './services.ts'
import { isOfThisMachine } from './this-machine.ts'

declare module 'fastify' {
	interface FastifyContextConfig {
		policy?: Policy
		/** A message is posted by it. */
		isPost?: true
		/** Programs on this machine need no credentials. */
		isForMachine?: true
		/** It says itself that its caller asks too often, as streams say it. */
		isStream?: true
	}
	interface FastifyInstance {
		/** What each route declares, by its method and address: `GET /rooms/:room`. */
		policies: ReadonlyMap<string, Policy>
	}
	interface FastifyRequest {
		/** Who asks; not there on public routes, and where a program on this machine needs to be nobody. */
		actor: Actor
	}
}

/** What a caller must have a right to; `public`: anybody may ask, with any credentials or none. */
export type Policy = 'public' | Action

/**
 * Every route says what a caller must have a right to, and nobody gets further without. What is done
 * in a room is checked where the room is known: by `roomFor`, or by the command's decision.
 */
export function requireRights(app: FastifyInstance, { identities, leases, requestLimit, config }: Services): void {
	const policies = new Map<string, Policy>()
	app.decorate('policies', policies)
	app.decorateRequest('actor')
	app.addHook('onRoute', ({ method, url, config }) => {
		if (config?.policy === undefined) throw new Error(`the route ${method} ${url} declares no policy`)
		for (const one of [method].flat()) policies.set(`${one} ${url}`, config.policy)
	})
	app.addHook('onRequest', async (request) => {
		const { policy, isStream, isForMachine } = request.routeOptions.config
		if (policy === undefined || policy === 'public') return
		// Whoever sends credentials, good ones or bad ones, is asked for nothing else.
		const isNobody = request.headers.authorization === undefined && identities.sessionIn(request.headers) === undefined
		if (isForMachine === true && isNobody && isOfThisMachine(request.raw, config)) return
		// First of all: who may not ask is not told what would be wrong with the question.
		request.actor = isControl(request.raw.socket) ? system : identities.authenticate(request.headers)
		if (isStream !== true) requestLimit.take(request.actor, request.ip)
		if (isForServer(policy) && !can(request.actor, { action: policy })) throw mayNot(request.actor)
		// Streams open again by themselves, and pages read again: to read is nothing that one does.
		if (request.method !== 'GET' && request.method !== 'HEAD') leases.act(request.actor.userId)
	})
}

/** The room that a request names, if its actor may do there what its route declares. */
export function roomFor({ views }: { views: Views }, request: FastifyRequest<{ Params: RoomParams }>): Room {
	return accessibleRoom(views, request.actor, request.routeOptions.config.policy as RoomAction, request.params.room)
}

export interface RoomParams {
	room: string
}

/** The room of that name; `not_found` for one that does not exist and a hidden one alike. */
export function accessibleRoom(views: Views, actor: Actor, action: RoomAction, text: string): Room {
	return accessible(views, actor, action, text).room
}

/** The same for what says something there: refused too where the room is archived, or the actor is muted. */
export function roomToSpeakIn({ views, log }: Services, actor: Actor, action: RoomAction, text: string): Room {
	const { room, rights } = accessible(views, actor, action, text)
	checkMaySpeak(room, rights, (position) => log.at(position))
	return room
}

function accessible(views: Views, actor: Actor, action: RoomAction, text: string): { room: Room; rights: RoomRights } {
	const named = visible(loadNamed(views, roomNamed(actor, text), { actor, now: Date.now() }), actor)
	if (!can(actor, { action, room: named.rights })) {
		if (action === 'moderate') checkNoDirect(named.room)
		throw mayNot(actor)
	}
	return named
}

/** The names of rooms by their ids, as far as the actor may see them. */
export type RoomNames = (roomId: string) => string | undefined

/** Each room is read once. */
export function visibleNames(views: Views, actor: Actor): RoomNames {
	const names = new Map<string, string | undefined>()
	const now = Date.now()
	return (roomId) => {
		if (!names.has(roomId)) {
			const room = findRoomById(views, roomId)
			const isVisible = room !== undefined && can(actor, { action: 'read', room: rightsIn(views, room, actor, now) })
			names.set(roomId, isVisible ? room.slug : undefined)
		}
		return names.get(roomId)
	}
}

/** The name of a room or of a conversation as it stands in a request; `@me` is who asks. */
export function roomNamed(actor: Actor, text: string): string {
	if (!isDirectName(text.trim())) return parseRoomName(text, 'room')
	if (actor.kind === 'guest') {
		throw new RequestError('forbidden', 'A direct conversation needs an account; guests have none.')
	}
	const name = parseDirectName(text, 'room')
	return name === '@me' && actor.kind === 'user' ? `@${actor.name}` : name
}

/** The name of whom a request names in that field; `me` is who asks. */
export function personNamed(actor: Actor, text: string, field: string): string {
	return text.toLowerCase() === 'me' && actor.kind === 'user' ? actor.name : parseUserName(text, field)
}

/** Whoever asks as somebody, and not as the machine's administration. */
export function personOf({ actor }: Pick<FastifyRequest, 'actor'>): Person {
	if (actor.kind !== 'system') return actor
	throw new RequestError('forbidden', 'This is for people; the administration of the machine is nobody.')
}

export function mayNot(actor: Actor): RequestError {
	const how =
		actor.kind === 'guest'
			? ' Sign in.'
			: actor.kind === 'user' && actor.credential.kind === 'token'
				? ' A token may be good for less than its user.'
				: ''
	return new RequestError('forbidden', `You may not do that.${how}`)
}
