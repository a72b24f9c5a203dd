import type { Projection } from './projection.ts'
import type { Views } from './views.ts'

export interface Room {
	/** The room's stream. */
	roomId: string
	slug: string
	title: string
	topic: string
	visibility: 'open' | 'private'
	archived: boolean
	/** The number of its newest message; 0 while there is none. */
	sequence: number
	openedPosition: number
}

export const rooms: Projection = {
	name: 'rooms',
	version: 1,
	handles: {
		RoomOpened(views, { streamId, position, data }) {
			views.run(
				`INSERT INTO rooms (room_id, slug, title, topic, visibility, archived, sequence, opened_position)
				VALUES (?, ?, ?, '', ?, 0, 0, ?)`,
				streamId,
				data.room,
				data.room,
				data.visibility,
				position,
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

const columns = `room_id AS roomId, slug, title, topic, visibility, archived, sequence,
	opened_position AS openedPosition`

type RoomRow = Omit<Room, 'archived'> & { archived: number }

function room(row: RoomRow): Room
function room(row: RoomRow | undefined): Room | undefined
function room(row: RoomRow | undefined): Room | undefined {
	return row && { ...row, archived: row.archived === 1 }
}
