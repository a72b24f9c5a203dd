import type { RoomAnswer } from '../../../src/client/browser.ts'
import { me } from './chat.ts'

/** Whether one changes a room and says who belongs to it: its moderators do, and administrators where they see it. */
export function governs({ role, visibility }: Pick<RoomAnswer, 'role' | 'visibility'>): boolean {
	return visibility !== 'direct' && (role === 'moderator' || isAdministrator())
}

export function isAdministrator(): boolean {
	return me.value?.role === 'owner' || me.value?.role === 'admin'
}

/** Guests read and speak in open rooms, and nothing else. */
export function isGuest(): boolean {
	return me.value?.role === 'guest'
}
