import { formatCursor } from '../../events/cursor.ts'
import type { LogReader } from '../../events/log.ts'
import { type MessagePlace, type PageRequest, pageOfMessages } from '../../projections/messages.ts'
import type { Room } from '../../projections/rooms.ts'
import type { Views } from '../../projections/views.ts'
import { type FrameSources, type MessageFrame, messageFrame } from '../delivery/frame.ts'
import { outOfRange, RequestError } from '../errors.ts'
import { historyLimitMax } from '../limits.ts'

export interface History {
	messages: MessageFrame[]
	/** Of the very snapshot that was read: a stream after it continues without a gap or a repeat. */
	cursor: string
	position: number
}

export interface HistoryRequest {
	limit?: number
	before?: number
	after?: number
	around?: number
}

/** A page of a room's history, oldest first. */
export function readHistory(
	{ views, ...texts }: Texts & { views: Views },
	{ roomId }: Room,
	viewerId: string,
	request: HistoryRequest,
	defaults: { limit: number; chars: number },
): History {
	const { limit = defaults.limit, ...where } = request
	if (Object.keys(where).length > 1) {
		throw new RequestError('malformed', 'Only one of before, after and around can be given.')
	}
	if (limit < 1 || limit > historyLimitMax) throw outOfRange('limit', 1, historyLimitMax)
	const page: PageRequest = { limit, ...where }
	return views.snapshot((checkpoint) => ({
		messages: messagesAt(texts, viewerId, pageOfMessages(views, roomId, page), page, defaults.chars),
		cursor: formatCursor(checkpoint),
		position: checkpoint.position,
	}))
}

/** The messages at these places; where they are long, those nearest to what was asked for. */
function messagesAt(
	texts: Texts,
	viewerId: string,
	places: readonly MessagePlace[],
	{ after, around }: PageRequest,
	charsMax: number,
): MessageFrame[] {
	const distance = ({ sequence }: MessagePlace) =>
		after !== undefined ? sequence : around !== undefined ? Math.abs(sequence - around) : -sequence
	const messages: MessageFrame[] = []
	let chars = 0
	for (const place of [...places].sort((a, b) => distance(a) - distance(b))) {
		const message = messageAt(texts, viewerId, place)
		messages.push(message)
		chars += message.content.length
		if (chars > charsMax) break
	}
	return messages.sort((a, b) => a.sequence - b.sequence)
}

/** Where texts and names are. */
export interface Texts extends FrameSources {
	log: LogReader
}

/** As the one with that id sees it. */
export function messageAt(texts: Texts, viewerId: string, { position }: Pick<MessagePlace, 'position'>): MessageFrame {
	const event = texts.log.at(position)
	if (event?.type !== 'MessagePosted') throw new Error(`the log has no message at ${position}`)
	return messageFrame(event, texts, viewerId)
}
