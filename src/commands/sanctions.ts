import type { NewEvent, SanctionText } from '../events/catalogue.ts'
import type { RecordedEvent } from '../events/log.ts'
import { findMember, type Member } from '../projections/members.ts'
import { countSanctions, findSanctions, holds, type Sanction } from '../projections/sanctions.ts'
import { findUserByName, type User } from '../projections/users.ts'
import type { Views } from '../projections/views.ts'
import { guestNamed } from './actor.ts'
import type { Decision, Request } from './decision.ts'
import { checkNoDirect } from './directs.ts'
import { dayMs, reasonCharsMax, sanctionMsMax, sanctionsMax } from './limits.ts'
import { userUnknown } from './members.ts'
import { can } from './policy.ts'
import { Refusal } from './refusal.ts'
import { loadNamed, type NamedRoom, visible } from './rooms.ts'
import { checkLine } from './text.ts'

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
	member: Member | undefined
	/** Who is meant: the account, else the guest of that name. */
	userId: string
	/** What holds against them already, and why. */
	sanction: Sanction | undefined
	reason: string | undefined
	/** Others of its kind that hold in the room. */
	count: number
}

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
	decide(command, state, request) {
		const lifted = lift(command, state, request)
		return lifted === undefined ? [] : [{ type: 'BanLifted', ...lifted }]
	},
}

export const liftMute: Decision<LiftMute, SanctionState> = {
	load: (views, command, request) => loadSanction(views, command, 'mute', request),
	decide(command, state, request) {
		const lifted = lift(command, state, request)
		return lifted === undefined ? [] : [{ type: 'MuteLifted', ...lifted }]
	},
}

/** Why somebody was banned or muted, as long as that is kept. */
export function reasonIn(event: RecordedEvent | undefined): string | undefined {
	return event?.type === 'PersonBanned' || event?.type === 'PersonMuted' ? event.body?.reason : undefined
}

function loadSanction(
	views: Views,
	{ room: slug, name }: Against,
	kind: Sanction['kind'],
	request: Request,
): SanctionState {
	const named = loadNamed(views, slug, request)
	const { room } = named
	const user = findUserByName(views, name)
	const userId = user?.userId ?? guestNamed(name, views.logId).userId
	const sanction = room && findSanctions(views, room.roomId, userId).find((one) => one.kind === kind)
	const held = sanction !== undefined && holds(sanction, request.now) ? sanction : undefined
	return {
		...named,
		user,
		member: room && findMember(views, room.roomId, userId),
		userId,
		sanction: held,
		reason: held && reasonIn(request.eventAt(held.position)),
		count: room === undefined ? 0 : countSanctions(views, room.roomId, kind, request.now),
	}
}

/** What is imposed; undefined where it is so already. */
function impose(
	{ name, untilMs, reason, guests }: Imposing,
	state: SanctionState,
	request: Request,
): { streamId: string; data: { room: string; userId: string; untilMs?: number }; body: SanctionText } | undefined {
	const { actor, now } = request
	const room = governed(state, request)
	const { slug, user, userId, sanction, count } = state
	if (user === undefined && guests !== true) throw userUnknown(name)
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
	if (sanction !== undefined && sanction.untilMs === (untilMs ?? null) && state.reason === reason) return undefined
	if (sanction === undefined && count >= sanctionsMax) {
		const detail = `There are ${sanctionsMax} of these in ${slug}, the most there can be. Lift some.`
		throw new Refusal('limit_reached', detail)
	}
	return {
		streamId: room.roomId,
		data: { room: slug, userId, ...(untilMs === undefined ? {} : { untilMs }) },
		body: { reason, ...(user === undefined ? { name } : {}) },
	}
}

/** What is lifted; undefined where there is nothing. */
function lift(
	{ name, guests }: Against,
	state: SanctionState,
	request: Request,
): { streamId: string; data: { room: string; userId: string }; body: null } | undefined {
	const room = governed(state, request)
	const { slug, user, userId, sanction } = state
	if (userId === request.actor.userId) {
		throw new Refusal('forbidden', 'Nobody lifts what is against themselves. Ask another moderator.', 'user')
	}
	if (sanction !== undefined) return { streamId: room.roomId, data: { room: slug, userId }, body: null }
	if (user === undefined && guests !== true) throw userUnknown(name)
	return undefined
}

/** The room, if it is the actor's to say who may be and speak there. */
function governed(state: NamedRoom, { actor }: Request): { roomId: string } {
	const { room, rights } = visible(state, actor)
	checkNoDirect(room)
	if (can(actor, { action: 'moderate', room: rights })) return room
	throw new Refusal('forbidden', `Only a moderator of ${state.slug} bans and mutes people, and lets them off.`)
}
