import type { NewEvent } from '../events/catalogue.ts'
import type { Position } from '../events/log.ts'
import { pageOfMessages } from '../projections/messages.ts'
import { floorOf } from '../projections/retention.ts'
import { findRoomById, type Room } from '../projections/rooms.ts'
import type { Views } from '../projections/views.ts'
import type { Decision } from './decision.ts'
import { textsErasedMax } from './limits.ts'
import { can } from './policy.ts'
import { Refusal } from './refusal.ts'
import { loadNamed, type NamedRoom, roomIn, visible } from './rooms.ts'
import { firstWhole } from './whole-messages.ts'

/**
 * Erases the messages of a room up to a sequence; so many texts at a time, the oldest first. Asked again
 * until there is no event, for then nothing is left up to there.
 */
export interface ClearHistory {
	type: 'ClearHistory'
	room: string
	through: number
}

interface ClearState extends NamedRoom {
	texts: Texts
}

export const clearHistory: Decision<ClearHistory, ClearState> = {
	load(views, { room, through }, request) {
		const named = loadNamed(views, room, request)
		return { ...named, texts: textsUpTo(views, named.room, Number.isSafeInteger(through) ? through : 0) }
	},

	decide({ room: slug, through }, state, { actor }) {
		const { room, rights } = visible(state, actor)
		if (!can(actor, { action: 'moderate', room: rights })) {
			throw new Refusal('forbidden', `Only a moderator of ${slug} clears its history.`)
		}
		if (!(Number.isSafeInteger(through) && through >= 0 && through <= room.sequence)) {
			const detail = `The newest message of ${slug} is ${room.sequence}: there is no ${through} yet.`
			throw new Refusal('sequence_unknown', detail, 'through')
		}
		return cleared(room, state.texts, 'moderator')
	},
}

/** Erases what a room keeps no longer; so many texts at a time, the oldest first. No event if there is nothing. */
export interface ApplyRetention {
	type: 'ApplyRetention'
	roomId: string
}

interface RetentionState {
	room: Room | undefined
	texts: Texts
}

export const applyRetention: Decision<ApplyRetention, RetentionState> = {
	load(views, { roomId }, { history, now }) {
		const room = findRoomById(views, roomId)
		return { room, texts: textsUpTo(views, room, room === undefined ? 0 : floorOf(views, room, history, now)) }
	},

	decide: (_command, { room, texts }) => (room === undefined ? [] : cleared(room, texts, 'retention')),
}

/** The texts of the messages after a sequence up to another, as many as one event erases. */
interface Texts {
	after: number
	through: number
	erases: Position[]
}

/** Those that come next, of a room that is to be erased up to a sequence. Always some message whole, if there is one. */
function textsUpTo(views: Views, room: Room | undefined, wanted: number): Texts {
	const after = room?.clearedSequence ?? 0
	const texts: Texts = { after, through: after, erases: [] }
	if (room === undefined || wanted <= after) return texts
	const limit = Math.min(wanted - after, textsErasedMax)
	for (const { message, erases } of firstWhole(views, pageOfMessages(views, room.roomId, { after, limit }))) {
		texts.through = message.sequence
		texts.erases.push(...erases)
	}
	return texts
}

function cleared(room: Room, texts: Texts, reason: 'moderator' | 'retention'): NewEvent[] {
	if (texts.through === texts.after) return []
	const data = { ...roomIn(room), ...texts, reason }
	return [{ streamId: room.roomId, type: 'HistoryCleared', data, body: null }]
}
