import type { UserRole } from '../events/catalogue.ts'
import { countInvitations, findInvitation, type Invitation } from '../projections/credentials.ts'
import type { Decision } from './decision.ts'
import { dayMs, invitationMs, invitationMsMax, invitationsMax, namedRoomsMax } from './limits.ts'
import { can } from './policy.ts'
import { Refusal } from './refusal.ts'
import { checkRoomName, loadNamed, type NamedRoom, visible } from './rooms.ts'

/** Invites one person, whoever comes first with the code. */
export interface IssueInvitation {
	type: 'IssueInvitation'
	codeHash: string
	role: UserRole
	/** Which rooms the person will belong to, besides the first one. */
	rooms: readonly string[]
	/** Absent: a week from now. */
	expiresAtMs?: number
}

export interface RevokeInvitation {
	type: 'RevokeInvitation'
	invitationId: string
}

interface IssueState {
	count: number
	rooms: readonly NamedRoom[]
}

export const issueInvitation: Decision<IssueInvitation, IssueState> = {
	load: (views, { rooms }, request) => ({
		count: countInvitations(views, request.now),
		rooms: rooms.slice(0, namedRoomsMax + 1).map((slug) => loadNamed(views, slug, request)),
	}),

	decide({ codeHash, role, expiresAtMs }, { count, rooms }, { actor, id, now }) {
		if (!can(actor, { action: 'invite' })) throw new Refusal('forbidden', 'Only an administrator invites people.')
		if (role === 'bot') throw new Refusal('forbidden', 'A bot is added, not invited: see POST /users.', 'role')
		if (!can(actor, { action: 'change-user', user: { role }, to: role })) {
			throw new Refusal('forbidden', `You may not invite somebody as ${role}.`, 'role')
		}
		if (count >= invitationsMax) {
			throw new Refusal(
				'limit_reached',
				`There are ${invitationsMax} unused invitations, the most there can be. Revoke some.`,
			)
		}
		if (rooms.length > namedRoomsMax) {
			throw new Refusal('limit_reached', `An invitation names at most ${namedRoomsMax} rooms.`, 'rooms')
		}
		const roomIds = rooms.map((named) => {
			checkRoomName(named.slug, 'rooms')
			const { room, rights } = visible(named, actor, 'rooms')
			if (can(actor, { action: 'change-members', room: rights })) return room.roomId
			throw new Refusal('forbidden', `Only a moderator of ${named.slug} says who belongs to it.`, 'rooms')
		})
		const until = expiresAtMs ?? now + invitationMs
		if (until <= now || until > now + invitationMsMax) {
			const detail = `An invitation ends in the future, within ${invitationMsMax / dayMs} days.`
			throw new Refusal('time_unfit', detail, 'expiresAtMs')
		}
		const data = { invitationId: id, codeHash, role, roomIds, expiresAtMs: until }
		return [{ streamId: 'server', type: 'InvitationIssued', data, body: null }]
	},
}

export const revokeInvitation: Decision<RevokeInvitation, Invitation | undefined> = {
	load: (views, { invitationId }) => findInvitation(views, invitationId),
	decide({ invitationId }, invitation, { actor }) {
		if (!can(actor, { action: 'invite' })) throw new Refusal('forbidden', 'Only an administrator revokes invitations.')
		if (invitation === undefined) throw new Refusal('not_found', 'There is no such unused invitation.', 'id')
		return [{ streamId: 'server', type: 'InvitationRevoked', data: { invitationId }, body: null }]
	},
}
