import type { EndsAnother, EventShapes, NewEvent, SanctionText } from '../events/catalogue.ts'
import type { Position, RecordedEvent } from '../events/log.ts'
import { findMember, type Member } from '../projections/members.ts'
import {
	countSanctions,
	findSanctions,
	holds,
	namesGuest,
	type Sanction,
	sanctionTextsOver,
} from '../projections/sanctions.ts'
import { findUserByName, isNameTaken, type User } from '../projections/users.ts'
import type { Views } from '../projections/views.ts'
import { guestNamed } from './actor.ts'
import type { Decision, Request } from './decision.ts'
import { checkNoDirect } from './directs.ts'
import { dayMs, reasonCharsMax, sanctionMsMax, sanctionsMax, sanctionTextsErasedMax } from './limits.ts'
import { userUnknown } from './members.ts'
import { can } from './policy.ts'
import { Refusal } from './refusal.ts'
import { loadNamed, type NamedRoom, visible } from './rooms.ts'
import { checkLine } from './text.ts'
import { textsErased } from './texts-erased.ts'

/** Whom a ban or a mute is against, and where. */
interface Against {
	room: string
	name: string
	/** Guests are let in: a name that no account has is that of one. */
	guests?: true
}

interface Imposing extends Against {
	/** Unix milliseconds; absent: until it is lifted. */
	untilMs?: number
	/** Empty if none is given. */
	reason: string
}

/** Keeps somebody out of a room, and ends their membership. No event if it is so already. */
export interface BanPerson extends Imposing {
	type: 'BanPerson'
}

/** Lets somebody read in a room and say nothing. No event if it is so already. */
export interface MutePerson extends Imposing {
	type: 'MutePerson'
}

/** No event where there is nothing to lift. */
export interface LiftBan extends Against {
	type: 'LiftBan'
}

export interface LiftMute extends Against {
	type: 'LiftMute'
}

interface SanctionState extends NamedRoom {
	/** Undefined: nobody has an account of that name. */
	user: User | undefined
	/** Nor can a guest have it: somebody is erased who was called so. */
	isErased: boolean
	member: Member | undefined
	/** Who is meant: the account, else the guest of that name. */
	userId: string
	/** What there is of its kind against the account and against the guest of that name; it may be over. */
	sanctions: readonly Ended[]
	/** Why there is one against who is meant. */
	reason: string | undefined
	/** Others of its kind that hold in the room. */
	count: number
}

/** A ban or mute, and what it erases to end it. */
type Ended = Sanction & EndsAnother

export const banPerson: Decision<BanPerson, SanctionState> = {
	load: (views, command, request) => loadSanction(views, command, 'ban', request),
	decide(command, state, request) {
		const imposed = impose(command, state, request)
		if (imposed === undefined) return []
		const { streamId, data, body } = imposed
		const banned: NewEvent = { streamId, type: 'PersonBanned', data, body }
		if (state.member === undefined) return [banned]
		const { room, userId } = data
		return [{ streamId, type: 'MemberRemoved', data: { room, userId, role: state.member.role }, body: null }, banned]
	},
}

export const mutePerson: Decision<MutePerson, SanctionState> = {
	load: (views, command, request) => loadSanction(views, command, 'mute', request),
	decide(command, state, request) {
		const imposed = impose(command, state, request)
		return imposed === undefined ? [] : [{ type: 'PersonMuted', ...imposed }]
	},
}

export const liftBan: Decision<LiftBan, SanctionState> = {
	load: (views, command, request) => loadSanction(views, command, 'ban', request),
	decide: (command, state, request) =>
		lift(command, state, request).map((lifted) => ({ type: 'BanLifted', ...lifted })),
}

export const liftMute: Decision<LiftMute, SanctionState> = {
	load: (views, command, request) => loadSanction(views, command, 'mute', request),
	decide: (command, state, request) =>
		lift(command, state, request).map((lifted) => ({ type: 'MuteLifted', ...lifted })),
}

/** Erases what guests were called who were banned or muted until a time that is over; so many at a time. No event if there are none. */
export interface EraseSanctionTexts {
	type: 'EraseSanctionTexts'
}

export const eraseSanctionTexts: Decision<EraseSanctionTexts, Position[]> = {
	load: (views, _command, { now }) => sanctionTextsOver(views, now, sanctionTextsErasedMax),
	decide: (_command, erases) => textsErased('sanction', erases),
}

/** Why somebody was banned or muted, as long as that is kept. */
export function reasonIn(event: RecordedEvent | undefined): string | undefined {
	return event?.type === 'PersonBanned' || event?.type === 'PersonMuted' ? event.body?.reason : undefined
}

/** The same again, without what was given as its reason. */
export function withoutReason({ position, streamId, type, data, body }: RecordedSanction): NewEvent {
	const { erases, ...same } = data
	return { streamId, type, data: { ...same, erases: [position] }, body: { ...body, reason: '' } }
}

/** A ban or mute as it lies in the log. */
export type RecordedSanction = Extract<RecordedEvent, { type: 'PersonBanned' | 'PersonMuted' }>

function loadSanction(
	views: Views,
	{ room: slug, name }: Against,
	kind: Sanction['kind'],
	request: Request,
): SanctionState {
	const named = loadNamed(views, slug, request)
	const { room } = named
	const user = findUserByName(views, name)
	const guestId = guestNamed(name, views.logId).userId
	const userId = user?.userId ?? guestId
	const sanctions = [...new Set([userId, guestId])].flatMap((id) =>
		room === undefined ? [] : findSanctions(views, room.roomId, id).filter((one) => one.kind === kind),
	)
	const present = sanctions.find((one) => one.userId === userId)
	return {
		...named,
		user,
		isErased: user === undefined && isNameTaken(views, name),
		member: room && findMember(views, room.roomId, userId),
		userId,
		sanctions: sanctions.map((one) => ({
			...one,
			...(namesGuest(views, one.position) ? { erases: [one.position] } : {}),
		})),
		reason: present && reasonIn(request.eventAt(present.position)),
		count: room === undefined ? 0 : countSanctions(views, room.roomId, kind, request.now),
	}
}

/** What is imposed; undefined where it is so already. */
function impose(
	{ name, untilMs, reason, guests }: Imposing,
	state: SanctionState,
	request: Request,
): { streamId: string; data: EventShapes['PersonBanned']['data']; body: SanctionText } | undefined {
	const { actor, now } = request
	const room = governed(state, request)
	const { slug, user, userId, count } = state
	if (!isSomebody(state, guests)) throw userUnknown(name)
	if (userId === actor.userId) throw new Refusal('forbidden', 'Nobody bans or mutes themselves.', 'user')
	if (user?.role === 'owner' || user?.role === 'admin') {
		throw new Refusal('forbidden', `Nobody bans or mutes who administers the server, as ${name} does.`, 'user')
	}
	checkLine(reason, 'reason', reasonCharsMax)
	const isFit =
		untilMs === undefined || (Number.isSafeInteger(untilMs) && untilMs > now && untilMs <= now + sanctionMsMax)
	if (!isFit) {
		const detail = `An end lies in the future, within ${sanctionMsMax / dayMs} days; without one, it is for good.`
		throw new Refusal('time_unfit', detail, 'untilMs')
	}
	const earlier = state.sanctions.find((one) => one.userId === userId)
	const isInForce = earlier !== undefined && holds(earlier, now)
	if (isInForce && earlier.untilMs === (untilMs ?? null) && state.reason === reason) return undefined
	if (!isInForce && count >= sanctionsMax) {
		const detail = `There are ${sanctionsMax} of these in ${slug}, the most there can be. Lift some.`
		throw new Refusal('limit_reached', detail)
	}
	return {
		streamId: room.roomId,
		data: { room: slug, userId, ...(untilMs === undefined ? {} : { untilMs }), ...erasing(earlier) },
		body: { reason, ...(user === undefined ? { name } : {}) },
	}
}

/** What is lifted: all that is in force under that name. */
function lift(
	{ name, guests }: Against,
	state: SanctionState,
	request: Request,
): { streamId: string; data: EventShapes['BanLifted']['data']; body: null }[] {
	const room = governed(state, request)
	if (state.userId === request.actor.userId) {
		throw new Refusal('forbidden', 'Nobody lifts what is against themselves. Ask another moderator.', 'user')
	}
	const inForce = state.sanctions.filter((one) => holds(one, request.now))
	if (inForce.length === 0 && !isSomebody(state, guests)) throw userUnknown(name)
	return inForce.map((one) => ({
		streamId: room.roomId,
		data: { room: state.slug, userId: one.userId, ...erasing(one) },
		body: null,
	}))
}

/** Whether there is an account of that name, or can be a guest. */
function isSomebody({ user, isErased }: SanctionState, guests: true | undefined): boolean {
	return user !== undefined || (guests === true && !isErased)
}

function erasing(earlier: Ended | undefined): EndsAnother {
	return earlier?.erases === undefined ? {} : { erases: earlier.erases }
}

/** The room, if it is the actor's to say who may be and speak there. */
function governed(state: NamedRoom, { actor }: Request): { roomId: string } {
	const { room, rights } = visible(state, actor)
	checkNoDirect(room)
	if (can(actor, { action: 'moderate', room: rights })) return room
	throw new Refusal('forbidden', `Only a moderator of ${state.slug} bans and mutes people, and lets them off.`)
}
