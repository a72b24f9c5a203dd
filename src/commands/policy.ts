import type { MemberRole, TokenScope, UserRole, Visibility } from '../events/catalogue.ts'
import type { Sanction } from '../projections/sanctions.ts'
import type { Actor, Guest, User } from './actor.ts'

/** What one can have a right to, each with what it is done to. */
export type Permission =
	/** Something that is done in or to a room. */
	| { action: RoomAction; room: RoomRights }
	/** Something that is done to the server as a whole. */
	| { action: ServerAction }
	/** Give somebody an account, or another role, or take it away. Who may has `change-users` and `invite`. */
	| { action: 'change-user'; user: { role: UserRole }; to: UserRole }

/** Of a room, what decides who may do what: as the one who asks stands to it. */
export interface RoomRights {
	roomId: string
	/** `direct`: of the two whose conversation it is, each its member. */
	visibility: Visibility | 'direct'
	/** What the one who asks is there; undefined: no member. */
	membership: MemberRole | undefined
	/** Of a conversation: the other one is deactivated or erased. */
	deserted?: true
	/** Then it does not exist for the one who asks. */
	banned: boolean
	/** By which they say nothing there; absent: they are not muted. */
	mute?: Sanction
}

export type RoomAction =
	/** See that the room exists, read its history and who is in it, follow it. */
	| 'read'
	| 'post'
	/** Say that one is typing. */
	| 'type'
	| 'react'
	/** Say in other words what one has said, or take it back. Whose it is, is for the command to see. */
	| 'edit'
	/** Say how far one has read. */
	| 'mark-read'
	/** Become a member by oneself; of a private room nobody does, for who sees it is one. */
	| 'join'
	/** End one's own membership. */
	| 'leave'
	/** Change its title, topic and visibility. */
	| 'change-room'
	/** Say who belongs to it, and as what. */
	| 'change-members'
	/** Delete what others have said, and ban and mute people. */
	| 'moderate'

export type ServerAction =
	/** Be a caller at all: lists that hold only what the caller may see. */
	| 'look-around'
	/** Open a room. */
	| 'open-room'
	/** See who is online or away. */
	| 'see-presence'
	/** Say of oneself to be online or away. */
	| 'be-present'
	| 'see-users'
	/** See and end one's own sessions. */
	| 'own-sessions'
	/** Have the server keep how far one has read the log, under a name. */
	| 'own-consumers'
	/** Put a webhook of one's own elsewhere in the log. */
	| 'move-webhook'
	/** Change an account: one's own profile and password; more only where `change-user` allows it. */
	| 'change-account'
	/** Issue and revoke tokens and hooks: one's own; others' only where `change-user` allows it. */
	| 'handle-tokens'
	| 'invite'
	| 'change-users'
	| 'read-audit'
	/** See how much the server does, and how well. */
	| 'read-metrics'
	/** What only the machine's administration does, at the control socket. */
	| 'operate'

export type Action = RoomAction | ServerAction

/** What a person does in a room as one of those in it. */
const takingPart = ['post', 'type', 'react', 'edit', 'mark-read', 'join', 'leave'] as const
const governing = ['change-room', 'change-members', 'moderate'] as const
const roomActions: ReadonlySet<Action> = new Set<RoomAction>(['read', ...takingPart, ...governing])

/** Whether it is done to the server as a whole, and not in a room. */
export function isForServer(action: Action): action is ServerAction {
	return !roomActions.has(action)
}

/**
 * The one place where rights are decided: for commands, requests, streams and every frame that is
 * delivered. What is not allowed here is forbidden.
 */
export function can(actor: Actor, permission: Permission): boolean {
	switch (actor.kind) {
		case 'system':
			return systemCan(permission)
		case 'guest':
			return guestCan(actor, permission)
		case 'user':
			return credentialAllows(actor, permission) && userCan(actor, permission)
	}
}

/** It administers everything, and is nobody: it says nothing, is present nowhere, and talks to nobody. */
function systemCan(permission: Permission): boolean {
	if ('room' in permission && permission.room.visibility === 'direct') return false
	return !asPersonOnly.has(permission.action)
}

const asPersonOnly: ReadonlySet<Permission['action']> = new Set([
	...takingPart,
	'be-present',
	'own-sessions',
	'own-consumers',
	'move-webhook',
])

/** Guests are let into open rooms, where they read and speak. */
function guestCan(_guest: Guest, permission: Permission): boolean {
	switch (permission.action) {
		case 'read':
		case 'post':
		case 'type':
		case 'react':
			return permission.room.visibility === 'open' && !permission.room.banned
		case 'look-around':
		case 'open-room':
		case 'see-presence':
		case 'be-present':
			return true
		default:
			return false
	}
}

function userCan({ role }: User, permission: Permission): boolean {
	switch (permission.action) {
		case 'read':
		case 'post':
		case 'type':
		case 'react':
		case 'edit':
		case 'mark-read':
			return isVisible(permission.room)
		case 'join':
			return isVisible(permission.room) && hasMembers(permission.room)
		case 'leave':
			return permission.room.membership !== undefined && hasMembers(permission.room)
		case 'change-room':
		case 'change-members':
		case 'moderate':
			return isVisible(permission.room) && hasMembers(permission.room) && governs(role, permission.room)
		case 'look-around':
		case 'see-presence':
		case 'be-present':
		case 'see-users':
		case 'own-consumers':
		case 'move-webhook':
			return true
		case 'open-room':
		case 'own-sessions':
		case 'change-account':
		case 'handle-tokens':
			return role !== 'bot'
		case 'invite':
		case 'change-users':
		case 'read-audit':
			return administers(role)
		case 'read-metrics':
			return role === 'owner'
		case 'change-user':
			return role === 'owner' || (role === 'admin' && isOrdinary(permission.user.role) && isOrdinary(permission.to))
		case 'operate':
			return false
	}
}

/** An open room is everybody's; a private one its members', also where an administrator asks; none is theirs who are banned. */
function isVisible({ visibility, membership, banned }: RoomRights): boolean {
	return !banned && (visibility === 'open' || membership !== undefined)
}

/** A direct conversation belongs to the same two for ever, and nobody governs it. */
function hasMembers({ visibility }: RoomRights): boolean {
	return visibility !== 'direct'
}

function governs(role: UserRole, { membership }: RoomRights): boolean {
	return membership === 'moderator' || administers(role)
}

function administers(role: UserRole): boolean {
	return role === 'owner' || role === 'admin'
}

/** Whom an administrator may make and unmake. */
function isOrdinary(role: UserRole): boolean {
	return role === 'member' || role === 'bot'
}

/** A session is its user; a token can be less, and a hook or webhook is only for hearing and saying something in its room. */
function credentialAllows({ credential }: User, permission: Permission): boolean {
	if (credential.kind === 'session') return true
	if (credential.kind === 'hook' || credential.kind === 'webhook') {
		const isTalking = permission.action === 'read' || permission.action === 'post'
		return isTalking && (credential.roomId === undefined || permission.room.roomId === credential.roomId)
	}
	if (!scopes[credential.scope].has(permission.action)) return false
	if (credential.roomIds === undefined) return true
	if ('room' in permission) return credential.roomIds.includes(permission.room.roomId)
	return permission.action === 'look-around' || permission.action === 'own-consumers'
}

const reading: Permission['action'][] = [
	'read',
	'look-around',
	'see-presence',
	'see-users',
	'own-consumers',
	'read-metrics',
]
const taking: Permission['action'][] = [...takingPart, 'open-room', 'be-present', 'move-webhook']
const administering: Permission['action'][] = [
	...governing,
	'own-sessions',
	'change-account',
	'handle-tokens',
	'invite',
	'change-users',
	'change-user',
	'read-audit',
]

const scopes: { readonly [Scope in TokenScope]: ReadonlySet<Permission['action']> } = {
	read: new Set(reading),
	write: new Set([...reading, ...taking]),
	full: new Set([...reading, ...taking, ...administering]),
}
