import type { Credential, User } from '../../src/commands/actor.ts'
import type { EventShapes, MemberRole, NewEvent, UserRole } from '../../src/events/catalogue.ts'
import { digestOfName } from '../../src/projections/users.ts'
import { generalId } from './events.ts'

/** When what is decided in a specification happens. */
export const now = 1_790_000_000_000

/** The id of who has that name, in these events. */
export const idOf = (name: string): string => `user-${name}`

const session: Credential = { kind: 'session', id: 'session', expiresAtMs: now + 1 }

/** Somebody with an account, as a command's actor. */
export function person(name: string, role: UserRole = 'member', credential: Credential = session): User {
	return { kind: 'user', userId: idOf(name), name, role, credential }
}

/** What a token can be good for. */
export function token(scope: 'read' | 'write' | 'full', roomIds?: readonly string[]): Credential {
	return { kind: 'token', id: 'token', scope, ...(roomIds === undefined ? {} : { roomIds }) }
}

/** Of the log that specifications happen in. */
export const digest = (name: string): string => digestOfName(name, 'a log')

export function joined(name: string, role: UserRole = 'member', invitationId?: string): NewEvent {
	const userId = idOf(name)
	const invited = invitationId === undefined ? {} : { invitationId }
	return {
		streamId: userId,
		type: 'UserJoined',
		data: { userId, nameDigest: digest(name), role, ...invited },
		body: { name },
	}
}

export function passwordSet(name: string, passwordHash = 'a hash', replaces?: number): NewEvent {
	const userId = idOf(name)
	const data = { userId, ...(replaces === undefined ? {} : { replaces }) }
	return { streamId: userId, type: 'PasswordSet', data, body: { passwordHash } }
}

export function displayNameChanged(name: string, displayName: string, replaces?: number): NewEvent {
	const userId = idOf(name)
	const data = { userId, ...(replaces === undefined ? {} : { replaces }) }
	return { streamId: userId, type: 'DisplayNameChanged', data, body: { displayName } }
}

export function roleChanged(name: string, role: UserRole): NewEvent {
	const userId = idOf(name)
	return { streamId: userId, type: 'RoleChanged', data: { userId, role }, body: null }
}

export function deactivated(name: string): NewEvent {
	const userId = idOf(name)
	return { streamId: userId, type: 'UserDeactivated', data: { userId }, body: null }
}

export function reactivated(name: string): NewEvent {
	const userId = idOf(name)
	return { streamId: userId, type: 'UserReactivated', data: { userId }, body: null }
}

export function userErased(
	name: string,
	number: number,
	{ erases = [], messages }: { erases?: readonly number[]; messages?: true } = {},
): NewEvent {
	const userId = idOf(name)
	const also = messages === undefined ? {} : { messages }
	return { streamId: userId, type: 'UserErased', data: { userId, number, ...also, erases }, body: null }
}

export function sessionOpened(name: string, sessionId: string, expiresAtMs: number = now + 1_000): NewEvent {
	const userId = idOf(name)
	const data = { userId, sessionId, secretHash: `hash of ${sessionId}`, expiresAtMs }
	return { streamId: userId, type: 'SessionOpened', data, body: { address: '192.0.2.7', agent: 'a browser' } }
}

export function sessionEnded(name: string, sessionId?: string): NewEvent {
	const userId = idOf(name)
	const data = { userId, ...(sessionId === undefined ? {} : { sessionId }) }
	return { streamId: userId, type: 'SessionEnded', data, body: null }
}

export function tokenIssued(
	name: string,
	tokenId: string,
	changes: Partial<EventShapes['TokenIssued']['data']> & { label?: string } = {},
): NewEvent {
	const { label = '', ...data } = changes
	const userId = idOf(name)
	return {
		streamId: userId,
		type: 'TokenIssued',
		data: { userId, tokenId, secretHash: `hash of ${tokenId}`, scope: 'full', ...data },
		body: { label },
	}
}

export function tokenRevoked(name: string, tokenId: string): NewEvent {
	const userId = idOf(name)
	return { streamId: userId, type: 'TokenRevoked', data: { userId, tokenId }, body: null }
}

export function hookIssued(
	name: string,
	hookId: string,
	changes: Partial<EventShapes['HookIssued']['data'] & EventShapes['HookIssued']['body']> = {},
): NewEvent {
	const { label = '', secret = `secret of ${hookId}`, ...data } = changes
	const userId = idOf(name)
	return {
		streamId: userId,
		type: 'HookIssued',
		data: { userId, hookId, roomId: generalId, ...data },
		body: { label, secret },
	}
}

export function webhookIssued(
	name: string,
	webhookId: string,
	changes: Partial<EventShapes['WebhookIssued']['data'] & EventShapes['WebhookIssued']['body']> = {},
): NewEvent {
	const { label = '', url = 'https://bot.example.org/', secret = `secret of ${webhookId}`, filter, ...data } = changes
	const userId = idOf(name)
	return {
		streamId: userId,
		type: 'WebhookIssued',
		data: { userId, webhookId, ...data },
		body: { label, url, secret, ...(filter === undefined ? {} : { filter }) },
	}
}

/** `position` is where the webhook was issued. */
export function webhookRevoked(name: string, webhookId: string, position: number): NewEvent {
	const userId = idOf(name)
	return { streamId: userId, type: 'WebhookRevoked', data: { userId, webhookId, erases: [position] }, body: null }
}

/** `position` is where the hook was issued. */
export function hookRevoked(name: string, hookId: string, position: number): NewEvent {
	const userId = idOf(name)
	return { streamId: userId, type: 'HookRevoked', data: { userId, hookId, erases: [position] }, body: null }
}

export function invitationIssued(
	invitationId: string,
	changes: Partial<EventShapes['InvitationIssued']['data']> = {},
): NewEvent {
	const codeHash = `hash of ${invitationId}`
	const data = { invitationId, codeHash, role: 'member' as const, roomIds: [], expiresAtMs: now + 1_000, ...changes }
	return { streamId: 'server', type: 'InvitationIssued', data, body: null }
}

export function invitationRevoked(invitationId: string): NewEvent {
	return { streamId: 'server', type: 'InvitationRevoked', data: { invitationId }, body: null }
}

export function memberAdded(
	name: string,
	role: MemberRole = 'member',
	room: string = 'general',
	roomId: string = generalId,
): NewEvent {
	return { streamId: roomId, type: 'MemberAdded', data: { room, userId: idOf(name), role }, body: null }
}

export function memberRemoved(
	name: string,
	role: MemberRole = 'member',
	room: string = 'general',
	roomId: string = generalId,
): NewEvent {
	return { streamId: roomId, type: 'MemberRemoved', data: { room, userId: idOf(name), role }, body: null }
}

export function readMarkerMoved(
	name: string,
	sequence: number,
	room: string = 'general',
	roomId: string = generalId,
): NewEvent {
	const userId = idOf(name)
	const data = { room, roomId, userId, sequence }
	return { streamId: `reads-${roomId}-${userId}`, type: 'ReadMarkerMoved', data, body: null }
}
