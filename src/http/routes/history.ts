import { messageUnknown } from '../../commands/messages.ts'
import type { LogReader, Position } from '../../events/log.ts'
import {
	editPositions,
	findMessage,
	type MessagePlace,
	type PageRequest,
	pageOfMessages,
} from '../../projections/messages.ts'
import { findRoomById, type Room } from '../../projections/rooms.ts'
import type { Views } from '../../projections/views.ts'
import type { History, HistoryMessage, Replies } from '../../protocol/answers.ts'
import type { MessageFrame } from '../../protocol/frames.ts'
import { type EventOf, type FrameSources, messageFrame, textIn } from '../delivery/frame.ts'
import { outOfRange, RequestError } from '../errors.ts'
import { historyCharsMax, historyLimitMax } from '../limits.ts'
import { momentOf } from './moment.ts'
import { readReactions } from './reactions.ts'

export type HistoryRequest = Omit<PageRequest, 'limit'> & { limit?: number }

/** How large a page is: so many messages unless another number is asked for, and so many characters of text at most. */
interface PageSize {
	limit: number
	chars: number
}

/** Where texts and names are. */
export interface Texts extends FrameSources {
	log: LogReader
}

/** Also where messages are, and what is shown of them. */
export interface HistorySources extends Texts {
	views: Views
	/** Why a text is not shown in a room that is just as these views have it; `erasureOf` may be a moment behind. */
	erasuresIn(room: Room): FrameSources['erasureOf']
}

const onlyOneOf = ['before', 'after', 'around', 'replyTo'] as const

/** A page of a room's history, oldest first. */
export function readHistory(
	sources: HistorySources,
	room: Room,
	viewerId: string,
	request: HistoryRequest,
	defaults: PageSize,
): History {
	if (onlyOneOf.filter((name) => request[name] !== undefined).length > 1) {
		throw new RequestError('malformed', 'Only one of before, after, around and replyTo can be given.')
	}
	return readPage(sources, room, viewerId, request, defaults)
}

/** The newest messages that answer one, before a sequence if that is asked for. */
export function readReplies(
	sources: HistorySources,
	room: Room,
	viewerId: string,
	request: Pick<HistoryRequest, 'limit' | 'before' | 'at'> & { replyTo: string },
	defaults: PageSize,
): Replies {
	const page = readPage(sources, room, viewerId, request, defaults)
	const next = page.messages[0]?.sequence
	// What lies before a message stays as many: it need not be of the same moment.
	const earlier = { limit: 1, replyTo: request.replyTo, before: next ?? 0 }
	const hasEarlier = next !== undefined && pageOfMessages(sources.views, room.roomId, earlier).length > 0
	return { ...page, ...(hasEarlier ? { next } : {}) }
}

function readPage(
	sources: HistorySources,
	room: Room,
	viewerId: string,
	request: HistoryRequest,
	defaults: PageSize,
): History {
	const { limit = defaults.limit, at, ...where } = request
	if (limit < 1 || limit > historyLimitMax) throw outOfRange('limit', 1, historyLimitMax)
	const page: PageRequest = { limit, ...where, ...(at === undefined ? {} : { at }) }
	const { views, log } = sources
	return views.snapshot((checkpoint) => {
		const moment = momentOf(at, checkpoint, log)
		const shown = asIn(sources, room)
		if (where.replyTo !== undefined) placeIn(views, room, where.replyTo)
		const places = pageOfMessages(views, room.roomId, page)
		return { messages: messagesAt(shown, viewerId, places, page, defaults.chars), ...moment }
	})
}

/** A message with all that it has said, if it was edited. */
export function readMessage(
	sources: HistorySources,
	room: Room,
	viewerId: string,
	id: string,
): HistoryMessage & { edits?: SaidText[] } {
	const { views } = sources
	return views.snapshot(() => {
		const place = placeIn(views, room, id)
		const shown = asIn(sources, room)
		const message = historyMessage(shown, viewerId, place)
		if (message.erased !== undefined || place.editedPosition === null) return message
		return { ...message, edits: textsAt(shown, [place.position, ...editPositions(views, id)]) }
	})
}

/** What a message said from a position on. */
interface SaidText {
	content: string
	timestamp: number
	position: Position
}

/** The texts at these positions, in their order; where they are many and long, the last of them. */
function textsAt(texts: Texts, positions: readonly Position[]): SaidText[] {
	const said: SaidText[] = []
	let chars = 0
	for (const position of positions.toReversed()) {
		const event = saidAt(texts, position)
		const { content } = textIn(event, texts)
		said.push({ content, timestamp: event.recordedAt, position })
		chars += content.length
		if (chars > historyCharsMax) break
	}
	return said.reverse()
}

/** What is shown of a room in the snapshot that is being read. */
export function asIn(sources: HistorySources, room: Room): HistorySources {
	// A conversation that nobody has opened is in no view.
	const now = findRoomById(sources.views, room.roomId) ?? room
	return { ...sources, erasureOf: sources.erasuresIn(now) }
}

function placeIn(views: Views, { roomId, slug }: Room, id: string): MessagePlace {
	const place = findMessage(views, id)
	if (place?.roomId !== roomId) throw messageUnknown(slug)
	return place
}

/** The messages at these places; where they are long, those nearest to what was asked for. */
function messagesAt(
	sources: HistorySources,
	viewerId: string,
	places: readonly MessagePlace[],
	{ after, around, at }: PageRequest,
	charsMax: number,
): HistoryMessage[] {
	const distance = ({ sequence }: MessagePlace) =>
		after !== undefined ? sequence : around !== undefined ? Math.abs(sequence - around) : -sequence
	const messages: HistoryMessage[] = []
	let chars = 0
	for (const place of [...places].sort((a, b) => distance(a) - distance(b))) {
		const message = textOf(sources, viewerId, place)
		const { weight, ...reactions } = readReactions(sources, message, at)
		messages.push({ ...message, ...reactions })
		chars += message.content.length + weight
		if (chars > charsMax) break
	}
	return messages.sort((a, b) => a.sequence - b.sequence)
}

/** As the one with that id sees it. */
export function historyMessage(sources: HistorySources, viewerId: string, place: MessagePlace): HistoryMessage {
	const message = textOf(sources, viewerId, place)
	const { weight: _weight, ...reactions } = readReactions(sources, message)
	return { ...message, ...reactions }
}

function textOf(texts: Texts, viewerId: string, place: MessagePlace): HistoryMessage {
	const message = messageAt(texts, viewerId, place)
	if (message.erased !== undefined || place.editedPosition === null) return message
	const edit = saidAt(texts, place.editedPosition)
	const { mentions: _ofBefore, ...facts } = message
	return { ...facts, ...textIn(edit, texts), editedAtMs: edit.recordedAt }
}

/** The frame of the posting at a position: with its first text. */
export function messageAt(texts: Texts, viewerId: string, { position }: Pick<MessagePlace, 'position'>): MessageFrame {
	const event = saidAt(texts, position)
	if (event.type !== 'MessagePosted') throw new Error(`no message was posted at ${position}`)
	return messageFrame(event, texts, viewerId)
}

function saidAt({ log }: Texts, position: Position): EventOf<'MessagePosted' | 'MessageEdited'> {
	const event = log.at(position)
	if (event?.type !== 'MessagePosted' && event?.type !== 'MessageEdited') {
		throw new Error(`the log has no text of a message at ${position}`)
	}
	return event
}
