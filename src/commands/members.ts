import type { MemberRole } from '../events/catalogue.ts'
import { countMembers, findMember, type Member } from '../projections/members.ts'
import { findSanctions, holds } from '../projections/sanctions.ts'
import { findUserByName, type User } from '../projections/users.ts'
import type { Views } from '../projections/views.ts'
import { quoted } from './actor.ts'
import type { Decision, Request } from './decision.ts'
import { checkNoDirect } from './directs.ts'
import { membersMax } from './limits.ts'
import { can } from './policy.ts'
import { Refusal } from './refusal.ts'
import { loadNamed, type NamedRoom, visible } from './rooms.ts'

/** Makes somebody a member of a room, or gives a member another role. No event if it is so already. */
export interface AddMember {
	type: 'AddMember'
	room: string
	name: string
	/** Absent: the role that is held already, else member. */
	role?: MemberRole
}

export interface RemoveMember {
	type: 'RemoveMember'
	room: string
	name: string
}

interface MembershipState extends NamedRoom {
	user: User | undefined
	member: Member | undefined
	isBanned: boolean
	count: number
}

function loadMembership(
	views: Views,
	{ room: slug, name }: AddMember | RemoveMember,
	request: Request,
): MembershipState {
	const named = loadNamed(views, slug, request)
	const { room } = named
	const user = findUserByName(views, name)
	const sanctions = room && user ? findSanctions(views, room.roomId, user.userId) : []
	return {
		...named,
		user,
		member: room && user && findMember(views, room.roomId, user.userId),
		isBanned: sanctions.some((one) => one.kind === 'ban' && holds(one, request.now)),
		count: room === undefined ? 0 : countMembers(views, room.roomId),
	}
}

export const addMember: Decision<AddMember, MembershipState> = {
	load: loadMembership,
	decide({ room: slug, name, role: wanted }, state, { actor }) {
		const { room, rights } = visible(state, actor)
		checkNoDirect(room)
		const { user, member, isBanned, count } = state
		const role = wanted ?? member?.role ?? 'member'
		// Also who is in it already can say so again.
		const joins = user !== undefined && user.userId === actor.userId && role === (member?.role ?? 'member')
		const action = joins && can(actor, { action: 'join', room: rights }) ? 'join' : 'change-members'
		if (!can(actor, { action, room: rights })) {
			throw new Refusal('forbidden', `Only a moderator of ${slug} says who belongs to it.`)
		}
		if (user?.active !== true) throw userUnknown(name)
		if (isBanned) {
			const detail = `Lift the ban of ${name} from ${slug} first: DELETE /rooms/${slug}/bans/${name}.`
			throw new Refusal('person_banned', detail, 'user')
		}
		if (member?.role === role) return []
		if (member === undefined && count >= membersMax) {
			throw new Refusal('limit_reached', `A room has at most ${membersMax} members.`)
		}
		const data = { room: slug, userId: user.userId, role }
		return [{ streamId: room.roomId, type: 'MemberAdded', data, body: null }]
	},
}

export const removeMember: Decision<RemoveMember, MembershipState> = {
	load: loadMembership,
	decide({ room: slug, name }, state, { actor }) {
		const { room, rights } = visible(state, actor)
		checkNoDirect(room)
		const { user, member } = state
		const action = user !== undefined && user.userId === actor.userId ? 'leave' : 'change-members'
		if (!can(actor, { action, room: rights }) && !(action === 'leave' && member === undefined)) {
			throw new Refusal('forbidden', `Only a moderator of ${slug} says who belongs to it.`)
		}
		if (member === undefined) {
			throw new Refusal('not_found', `There is no member ${quoted(name)} in ${slug}.`, 'user')
		}
		const data = { room: slug, userId: member.userId, role: member.role }
		return [{ streamId: room.roomId, type: 'MemberRemoved', data, body: null }]
	},
}

export function userUnknown(name: string, field = 'user'): Refusal {
	return new Refusal('not_found', `There is nobody called ${quoted(name)} here.`, field)
}
