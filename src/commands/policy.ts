import type { Room } from '../projections/rooms.ts'
import type { Actor } from './actor.ts'

/** What one can have a right to, each with what it is done to. */
export type Permission =
	/** See that the room exists, read its history, follow it. */
	| { action: 'read'; room: Pick<Room, 'visibility'> }
	| { action: 'post'; room: Pick<Room, 'visibility'> }
	/** Open a room by naming it. */
	| { action: 'open-room' }
	/** See who is online or away, and say so of oneself. */
	| { action: 'see-people' }

/**
 * The one place where rights are decided: for commands, requests, streams and every frame that is
 * delivered. What is not allowed here is forbidden.
 */
export function can(actor: Actor, permission: Permission): boolean {
	switch (actor.kind) {
		case 'system':
			return true
		case 'guest':
			return guestCan(permission)
	}
}

function guestCan(permission: Permission): boolean {
	switch (permission.action) {
		case 'read':
		case 'post':
			return permission.room.visibility === 'open'
		case 'open-room':
		case 'see-people':
			return true
	}
}
