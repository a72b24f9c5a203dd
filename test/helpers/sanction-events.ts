import type { NewEvent } from '../../src/events/catalogue.ts'
import { generalId } from './events.ts'

interface Where {
	room?: string
	roomId?: string
}

/** What is said of a ban or a mute; `guest` is the name of one. */
interface Said extends Where {
	untilMs?: number
	reason?: string
	guest?: string
}

export function personBanned(userId: string, said: Said = {}): NewEvent {
	return { type: 'PersonBanned', ...imposed(userId, said) }
}

export function personMuted(userId: string, said: Said = {}): NewEvent {
	return { type: 'PersonMuted', ...imposed(userId, said) }
}

export function banLifted(userId: string, { room = 'general', roomId = generalId }: Where = {}): NewEvent {
	return { streamId: roomId, type: 'BanLifted', data: { room, userId }, body: null }
}

export function muteLifted(userId: string, { room = 'general', roomId = generalId }: Where = {}): NewEvent {
	return { streamId: roomId, type: 'MuteLifted', data: { room, userId }, body: null }
}

function imposed(userId: string, { room = 'general', roomId = generalId, untilMs, reason = '', guest }: Said) {
	return {
		streamId: roomId,
		data: { room, userId, ...(untilMs === undefined ? {} : { untilMs }) },
		body: { reason, ...(guest === undefined ? {} : { name: guest }) },
	}
}
