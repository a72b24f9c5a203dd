import type { ErasureReason } from '../../src/events/catalogue.ts'
import type { EventLog } from '../../src/events/log.ts'
import { readHistory } from '../../src/http/routes/history.ts'
import { presenceName } from '../../src/http/routes/presence.ts'
import { listMembers } from '../../src/projections/members.ts'
import { erasedName } from '../../src/projections/names.ts'
import { listPresences, listVisitors } from '../../src/projections/presence.ts'
import { describeRoom, listRooms } from '../../src/projections/rooms.ts'
import type { Views } from '../../src/projections/views.ts'
import type { HistoryMessage } from '../../src/protocol/answers.ts'
import type { EditFrame, Frame } from '../../src/protocol/frames.ts'
import { sourcesOf } from './sources.ts'

interface RoomModel {
	title: string
	topic: string
	visibility: string
	archived: boolean
	sequence: number
	messages: HistoryMessage[]
	/** What each of its members is there, by name. */
	members: Record<string, string>
	/** How far people have read, by name. */
	read: Record<string, number>
	/** Who is visiting, by name. */
	visitors: string[]
}

/**
 * What a client knows: all that it can learn from one snapshot and the frames after it. It hears everything
 * but what people say to each other alone, and what each of them has read.
 */
export interface ClientModel {
	rooms: Record<string, RoomModel>
	/** Of those who are not offline, by name. */
	presences: Record<string, string>
}

interface Marker {
	userId: string
	sequence: number
}

/** What a client knows that asks for everything now. */
export function snapshot(views: Views, log: EventLog): ClientModel {
	const sources = sourcesOf(views, log)
	const { nameOf } = sources
	const named = (rows: { position: number }[]) => rows.map(({ position }) => presenceName(sources, position))
	const rooms = listRooms(views).map((room) => {
		const { slug, roomId, visibility, archived, sequence } = room
		const { messages } = readHistory(sources, room, '', {}, { limit: 500, chars: Number.POSITIVE_INFINITY })
		const members = Object.fromEntries(listMembers(views, roomId).map(({ userId, role }) => [nameOf(userId), role]))
		const markers = views.all<Marker>('SELECT user_id AS userId, sequence FROM read_markers WHERE room_id = ?', roomId)
		const read = Object.fromEntries(markers.map(({ userId, sequence }) => [nameOf(userId), sequence]))
		const visitors = named(listVisitors(views, roomId)).sort()
		return [
			slug,
			{ ...describeRoom(log, room), visibility, archived, sequence, messages, members, read, visitors },
		] as const
	})
	const presences = listPresences(views)
	const names = named(presences)
	return {
		rooms: Object.fromEntries(rooms),
		presences: Object.fromEntries(presences.map(({ state }, index) => [names[index] as string, state])),
	}
}

/** What a client knows once it has heard of this too. */
export function hear(model: ClientModel, frame: Frame): void {
	if (frame.room?.startsWith('@') === true) return
	const room = frame.room === undefined ? undefined : model.rooms[frame.room]
	switch (frame.type) {
		case 'room': {
			const { title, topic, visibility, archived } = frame
			const known = room ?? { sequence: 0, messages: [], members: {}, read: {}, visitors: [] }
			model.rooms[frame.room] = { ...known, title, topic, visibility, archived }
			break
		}
		case 'message':
			if (room === undefined) throw new Error(`a message in ${frame.room}, of which nobody has heard`)
			room.messages.push({ ...frame })
			room.sequence = frame.sequence
			break
		case 'edit':
		case 'delete':
			if (room === undefined) throw new Error(`something was said in ${frame.room}, of which nobody has heard`)
			room.messages = room.messages.map((message) => {
				if (message.id !== frame.id) return message
				return frame.type === 'edit' ? edited(message, frame) : erased(message, frame.reason)
			})
			break
		case 'clear':
			if (room === undefined) throw new Error(`${frame.room} is cleared, of which nobody has heard`)
			room.messages = room.messages.map((message) => {
				return message.sequence <= frame.through ? erased(message, frame.reason) : message
			})
			break
		case 'reaction': {
			const message = room?.messages.find(({ id }) => id === frame.id)
			if (message === undefined) throw new Error(`a reaction to ${frame.id}, of which nobody has heard`)
			hearReaction(message, frame)
			break
		}
		case 'member': {
			if (room === undefined) throw new Error(`a member of ${frame.room}, of which nobody has heard`)
			const { userId, action, role } = frame
			if (action === 'add') {
				room.members[userId] = role
				room.visitors = room.visitors.filter((name) => name !== userId)
				// Who comes into a room has read what was said before.
				room.read[userId] ??= room.sequence
			} else {
				delete room.members[userId]
				delete room.read[userId]
			}
			break
		}
		case 'read':
			if (room === undefined) throw new Error(`somebody has read ${frame.room}, of which nobody has heard`)
			room.read[frame.userId] = frame.sequence
			break
		case 'presence':
			if (frame.action === 'state') {
				if (frame.state === 'offline') delete model.presences[frame.userId]
				else model.presences[frame.userId] = frame.state
			} else if (room !== undefined) {
				const others = room.visitors.filter((name) => name !== frame.userId)
				room.visitors = frame.action === 'join' ? [...others, frame.userId].sort() : others
			}
	}
}

function edited(message: HistoryMessage, { content, mentions, erased: reason, timestamp }: EditFrame): HistoryMessage {
	if (reason !== undefined) return erased(message, reason)
	const { mentions: _ofBefore, ...kept } = message
	return { ...kept, content, ...(mentions === undefined ? {} : { mentions }), editedAtMs: timestamp }
}

/** What was erased before stays as it was. A guest is named by what was said alone. */
function erased(message: HistoryMessage, reason: ErasureReason): HistoryMessage {
	if (message.erased !== undefined) return message
	const { mentions: _mentions, editedAtMs: _editedAtMs, reactions: _reactions, ...kept } = message
	return { ...kept, content: '', erased: reason, sender: message.guest === true ? erasedName : message.sender }
}

/** An emoji keeps its place for as long as anybody's is there. What is erased by now has none, also where it is replayed. */
function hearReaction(message: HistoryMessage, { emoji, userId, action }: Extract<Frame, { type: 'reaction' }>): void {
	if (message.erased !== undefined) return
	const before = message.reactions ?? []
	const known = before.some((list) => list.emoji === emoji) ? before : [...before, { emoji, users: [] }]
	const reactions = known.map((list) => {
		if (list.emoji !== emoji) return list
		const others = list.users.filter((name) => name !== userId)
		return { emoji, users: action === 'add' ? [...others, userId] : others }
	})
	const left = reactions.filter(({ users }) => users.length > 0)
	if (left.length > 0) message.reactions = left
	else delete message.reactions
}
