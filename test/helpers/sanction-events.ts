import type { NewEvent } from '../../src/events/catalogue.ts'
import { generalId } from './events.ts'

interface Where {
	room?: string
	roomId?: string
	erases?: number[]
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

export function banLifted(userId: string, where: Where = {}): NewEvent {
	return { type: 'BanLifted', ...lifted(userId, where) }
}

export function muteLifted(userId: string, where: Where = {}): NewEvent {
	return { type: 'MuteLifted', ...lifted(userId, where) }
}

function lifted(userId: string, { room = 'general', roomId = generalId, erases }: Where) {
	return { streamId: roomId, data: { room, userId, ...(erases === undefined ? {} : { erases }) }, body: null }
}

function imposed(userId: string, { room = 'general', roomId = generalId, untilMs, reason = '', guest, erases }: Said) {
	return {
		streamId: roomId,
		data: {
			room,
			userId,
			...(untilMs === undefined ? {} : { untilMs }),
			...(erases === undefined ? {} : { erases }),
		},
		body: { reason, ...(guest === undefined ? {} : { name: guest }) },
	}
}
