import type { Visibility } from '../events/catalogue.ts'
import type { LogReader, Position } from '../events/log.ts'
import type { Projection } from './projection.ts'
import type { Views } from './views.ts'

export interface Room {
	/** The room's stream. */
	roomId: string
	slug: string
	visibility: Visibility
	archived: boolean
	/** The number of its newest message; 0 while there is none. */
	sequence: number
	openedPosition: Position
	/** Where title and topic lie in the log; null if it has none but its name. */
	describedPosition: Position | null
}

export const rooms: Projection = {
	name: 'rooms',
	version: 2,
	handles: {
		RoomOpened(views, { streamId, position, data }) {
			views.run(
				`INSERT INTO rooms (room_id, slug, visibility, archived, sequence, opened_position, described_position)
				VALUES (?, ?, ?, 0, 0, ?, ?)`,
				streamId,
				data.room,
				data.visibility,
				position,
				data.described === true ? position : null,
			)
		},
		RoomChanged(views, { streamId, position, data }) {
			views.run(
				'UPDATE rooms SET visibility = ?, archived = ?, described_position = ? WHERE room_id = ?',
				data.visibility,
				data.archived ? 1 : 0,
				position,
				streamId,
			)
		},
		MessagePosted(views, { streamId, data }) {
			views.run('UPDATE rooms SET sequence = ? WHERE room_id = ?', data.sequence, streamId)
		},
	},
}

export function findRoom(views: Views, slug: string): Room | undefined {
	return room(views.get<RoomRow>(`SELECT ${columns} FROM rooms WHERE slug = ?`, slug))
}

export function findRoomById(views: Views, roomId: string): Room | undefined {
	return room(views.get<RoomRow>(`SELECT ${columns} FROM rooms WHERE room_id = ?`, roomId))
}

/** All rooms, by name. */
export function listRooms(views: Views): Room[] {
	return views.all<RoomRow>(`SELECT ${columns} FROM rooms ORDER BY slug`).map((row) => room(row))
}

export function countRooms(views: Views): number {
	return views.prepare('SELECT count(*) FROM rooms').pluck().get() as number
}

/** A room's title, which is its name unless it was given another, and its topic line. */
export function describeRoom(log: LogReader, { slug, describedPosition }: Room): { title: string; topic: string } {
	const event = describedPosition === null ? undefined : log.at(describedPosition)
	const isDescription = event?.type === 'RoomOpened' || event?.type === 'RoomChanged'
	return (isDescription ? event.body : null) ?? { title: slug, topic: '' }
}

const columns = `room_id AS roomId, slug, visibility, archived, sequence,
	opened_position AS openedPosition, described_position AS describedPosition`

type RoomRow = Omit<Room, 'archived'> & { archived: number }

function room(row: RoomRow): Room
function room(row: RoomRow | undefined): Room | undefined
function room(row: RoomRow | undefined): Room | undefined {
	return row && { ...row, archived: row.archived === 1 }
}
