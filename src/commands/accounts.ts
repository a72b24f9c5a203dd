import type { NewEvent, UserRole } from '../events/catalogue.ts'
import { findInvitationByCode, type Invitation } from '../projections/credentials.ts'
import { findRoom, findRoomById, type Room } from '../projections/rooms.ts'
import { countOwners, countUsers, digestOfName, isNameTaken } from '../projections/users.ts'
import type { Views } from '../projections/views.ts'
import { type Actor, parseAccountName, quoted } from './actor.ts'
import type { Decision } from './decision.ts'
import { usersMax } from './limits.ts'
import { can } from './policy.ts'
import { Refusal } from './refusal.ts'
import { firstRoom, rightsIn } from './rooms.ts'
import { actorNow } from './standing.ts'

/*
 * How accounts come to be: the owner by the setup code, others by an invitation, bots by an
 * administrator. Codes, passwords and tokens reach a command as hashes; the caller has checked them.
 */

/** What every account begins with. */
interface NewAccount {
	name: string
	/** Absent for who signs in by tokens alone. */
	passwordHash?: string
	/** Of the first token, which can do whatever its user may. */
	tokenHash: string
}

/** Makes the owner, once. */
export interface SetUp extends NewAccount {
	type: 'SetUp'
}

/** Makes the account that an invitation is good for, and uses it up. */
export interface AcceptInvitation extends NewAccount {
	type: 'AcceptInvitation'
	codeHash: string
}

/** Makes an account without an invitation. */
export interface AddUser extends NewAccount {
	type: 'AddUser'
	role: UserRole
}

interface AccountState {
	nameDigest: string
	isTaken: boolean
	userCount: number
	hasOwner: boolean
	/** The first room, which everybody belongs to. */
	first: Room | undefined
}

export const setUp: Decision<SetUp, AccountState> = {
	load: loadAccount,
	decide(command, state, { id }) {
		if (state.hasOwner) throw new Refusal('setup_taken', 'Somebody else was quicker: this server has an owner now.')
		return joining(command, state, id, { role: 'owner', rooms: [], label: 'setup' })
	},
}

interface InvitedState extends AccountState {
	invitation: Invitation | undefined
	/** Who invites, with the rights of now. */
	issuer: Actor | undefined
	rooms: readonly Room[]
}

export const acceptInvitation: Decision<AcceptInvitation, InvitedState> = {
	load(views, command, { now }) {
		const invitation = findInvitationByCode(views, command.codeHash)
		const issuer = invitation && actorNow(views, invitation.issuerId)
		const rooms = (invitation?.roomIds ?? []).flatMap((roomId) => findRoomById(views, roomId) ?? [])
		// What the issuer may not give any more is not given.
		const given = rooms.filter(
			(room) => issuer && can(issuer, { action: 'change-members', room: rightsIn(views, room, issuer, now) }),
		)
		return { ...loadAccount(views, command), invitation, issuer, rooms: given }
	},
	decide(command, state, { id, now }) {
		const { invitation, issuer, rooms } = state
		if (invitation === undefined || issuer === undefined || invitation.expiresAt <= now) throw invitationUnknown()
		const { role, invitationId } = invitation
		const mayGive = can(issuer, { action: 'change-user', user: { role }, to: role })
		if (!mayGive) throw invitationUnknown()
		return joining(command, state, id, { role, rooms, invitationId, label: 'invitation' })
	},
}

export const addUser: Decision<AddUser, AccountState> = {
	load: loadAccount,
	decide(command, state, { actor, id }) {
		const { role } = command
		if (!can(actor, { action: 'change-user', user: { role }, to: role })) {
			throw new Refusal('forbidden', `You may not make an account with the role ${role}.`)
		}
		return joining(command, state, id, { role, rooms: [], label: 'first' })
	},
}

function loadAccount(views: Views, { name }: NewAccount): AccountState {
	return {
		nameDigest: digestOfName(name, views.logId),
		isTaken: isNameTaken(views, name),
		userCount: countUsers(views),
		hasOwner: countOwners(views) > 0,
		first: findRoom(views, firstRoom),
	}
}

/** The events by which an account begins. The last one issues its first token. */
function joining(
	{ name, passwordHash, tokenHash }: NewAccount,
	{ nameDigest, isTaken, userCount, first }: AccountState,
	id: string,
	{
		role,
		rooms,
		invitationId,
		label,
	}: { role: UserRole; rooms: readonly Room[]; invitationId?: string; label: string },
): NewEvent[] {
	// Whoever asks has parsed the name; what has not been through that would be a name beside its like.
	if (parseAccountName(name, 'name') !== name) throw nameUnparsed(name)
	if (isTaken) throw new Refusal('name_taken', `The name ${quoted(name)} is taken. Choose another one.`, 'name')
	if (userCount >= usersMax)
		throw new Refusal('limit_reached', `This server has ${usersMax} accounts, the most it allows.`)
	const userId = `user-${id}`
	const invited = invitationId === undefined ? {} : { invitationId }
	const joined: NewEvent = {
		streamId: userId,
		type: 'UserJoined',
		data: { userId, nameDigest, role, ...invited },
		body: { name },
	}
	const password: NewEvent[] =
		passwordHash === undefined
			? []
			: [{ streamId: userId, type: 'PasswordSet', data: { userId }, body: { passwordHash } }]
	const belongsTo = new Map([...(first === undefined ? [] : [first]), ...rooms].map((room) => [room.roomId, room]))
	const memberships = [...belongsTo.values()].map(({ roomId, slug }): NewEvent => {
		return { streamId: roomId, type: 'MemberAdded', data: { room: slug, userId, role: 'member' }, body: null }
	})
	const token: NewEvent = {
		streamId: userId,
		type: 'TokenIssued',
		data: { userId, tokenId: id, secretHash: tokenHash, scope: 'full' },
		body: { label },
	}
	return [joined, ...password, ...memberships, token]
}

function nameUnparsed(name: string): Refusal {
	return new Refusal('name_invalid', `A name is trimmed and in lower case; ${quoted(name)} is not.`, 'name')
}

/** The same for one that was used, has expired, was revoked, or never was. */
export function invitationUnknown(): Refusal {
	return new Refusal('not_found', 'This invitation is not valid (any more). Ask for a new one.', 'code')
}
