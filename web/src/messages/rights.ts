import type { ShownMessage } from '../../../src/client/browser.ts'
import { me, roomNamed } from '../state/chat.ts'
import { isAdministrator } from '../state/rights.ts'

/** What one may do with a message; what it is refused for all the same, the server says. */
export interface MessageRights {
	/** In a room where nothing is said any more, nothing is answered or changed. */
	speak: boolean
	edit: boolean
	delete: boolean
	markUnread: boolean
}

export function rightsTo({ room, sender, guest }: ShownMessage): MessageRights {
	const user = me.value
	const state = roomNamed(room)
	const isOwn = user !== undefined && user.role !== 'guest' && guest !== true && sender === user.name
	const speak = state?.archived !== true
	const isModerator = !room.startsWith('@') && (state?.role === 'moderator' || isAdministrator())
	return {
		speak,
		edit: isOwn && speak,
		delete: isOwn || isModerator,
		markUnread: state !== undefined && user?.role !== 'guest',
	}
}
