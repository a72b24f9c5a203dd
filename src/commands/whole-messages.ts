import type { Position } from '../events/log.ts'
import { editPositions, type MessagePlace } from '../projections/messages.ts'
import { guestNamesAt, listReactions } from '../projections/reactions.ts'
import type { Views } from '../projections/views.ts'
import { textsErasedMax } from './limits.ts'

/** A message, and where all lies that is erased with it. */
export interface WholeMessage {
	message: MessagePlace
	/** What it says and has said, and the names of the guests who have reacted to it; none if it is erased. */
	erases: Position[]
	/** Counted in texts. To forget who has reacted is work too, also where no name is erased by it. */
	work: number
}

export function whole(views: Views, message: MessagePlace): WholeMessage {
	const { messageId, position, editedPosition, erased } = message
	if (erased !== null) return { message, erases: [], work: 0 }
	const edited = editedPosition === null ? [] : editPositions(views, messageId)
	const reactions = listReactions(views, messageId)
	const erases = [position, ...edited, ...guestNamesAt(reactions)]
	return { message, erases, work: erases.length + reactions.length }
}

/** Those that come first of some messages, each whole: as many as one command erases, and always one. */
export function firstWhole(views: Views, messages: readonly MessagePlace[]): WholeMessage[] {
	const first: WholeMessage[] = []
	let work = 0
	for (const message of messages) {
		const next = whole(views, message)
		if (work > 0 && work + next.work > textsErasedMax) break
		work += next.work
		first.push(next)
	}
	return first
}
