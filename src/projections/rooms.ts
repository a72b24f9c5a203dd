import type { Visibility } from '../events/catalogue.ts'
import type { LogReader, Position } from '../events/log.ts'
import type { Projection } from './projection.ts'
import type { Views } from './views.ts'

export interface Room {
	/** The room's stream. */
	roomId: string
	/** Empty for a direct conversation, which each of the two calls by the other's name. */
	slug: string
	visibility: Visibility | 'direct'
	archived: boolean
	/** The number of its newest message; 0 while there is none. */
	sequence: number
	/** All messages up to there are erased. */
	clearedSequence: number
	/** Nothing is shown up to there, whatever is kept now. */
	floorSequence: number
	/** What of its messages is kept; null: as the server is told for all rooms. */
	historyLimit: number | null
	historyTtlMs: number | null
	openedPosition: Position
	/** Where title and topic lie in the log; null if it has none but its name. */
	describedPosition: Position | null
}

export const rooms: Projection = {
	name: 'rooms',
	version: 4,
	handles: {
		RoomOpened(views, { streamId, position, data }) {
			views.run(
				`INSERT INTO rooms (room_id, slug, visibility, archived, sequence, cleared_sequence, floor_sequence, opened_position,
					described_position, history_limit, history_ttl_ms)
				VALUES (?, ?, ?, 0, 0, 0, 0, ?, ?, ?, ?)`,
				streamId,
				data.room,
				data.visibility,
				position,
				data.described === true ? position : null,
				data.historyLimit ?? null,
				data.historyTtlMs ?? null,
			)
		},
		RoomChanged(views, { streamId, position, data }) {
			views.run(
				`UPDATE rooms SET visibility = ?, archived = ?, described_position = ?, history_limit = ?, history_ttl_ms = ?,
					floor_sequence = max(floor_sequence, ?)
				WHERE room_id = ?`,
				data.visibility,
				data.archived ? 1 : 0,
				position,
				data.historyLimit ?? null,
				data.historyTtlMs ?? null,
				data.historyFloor ?? 0,
				streamId,
			)
		},
		DirectOpened(views, { streamId, position }) {
			views.run(
				`INSERT INTO rooms (room_id, visibility, archived, sequence, cleared_sequence, floor_sequence, opened_position)
				VALUES (?, 'direct', 0, 0, 0, 0, ?)`,
				streamId,
				position,
			)
		},
		MessagePosted(views, { streamId, data }) {
			views.run('UPDATE rooms SET sequence = ? WHERE room_id = ?', data.sequence, streamId)
		},
		HistoryCleared(views, { streamId, data }) {
			views.run('UPDATE rooms SET cleared_sequence = ? WHERE room_id = ?', data.through, streamId)
		},
	},
}

export function findRoom(views: Views, slug: string): Room | undefined {
	return room(views.get<RoomRow>(`SELECT ${columns} FROM rooms WHERE slug = ?`, slug))
}

export function findRoomById(views: Views, roomId: string): Room | undefined {
	return room(views.get<RoomRow>(`SELECT ${columns} FROM rooms WHERE room_id = ?`, roomId))
}

/** All rooms that have a name, by it. */
export function listRooms(views: Views): Room[] {
	return views
		.all<RoomRow>(`SELECT ${columns} FROM rooms WHERE slug IS NOT NULL ORDER BY rooms.slug`)
		.map((row) => room(row))
}

/** Rooms and conversations that somebody belongs to: those without a name first, then by it. */
export function listRoomsOf(views: Views, userId: string): Room[] {
	const sql = `SELECT ${columns} FROM members JOIN rooms USING (room_id) WHERE user_id = ? ORDER BY rooms.slug`
	return views.all<RoomRow>(sql, userId).map((row) => room(row))
}

/** The conversations of somebody that have been opened. They have no name but what each of the two calls them. */
export function listDirects(views: Views, userId: string): Room[] {
	const sql = `SELECT ${columns} FROM rooms WHERE slug IS NULL AND room_id IN (SELECT room_id FROM members WHERE user_id = ?)`
	return views.all<RoomRow>(sql, userId).map((row) => room(row))
}

export function countRooms(views: Views): number {
	return views.prepare('SELECT count(*) FROM rooms WHERE slug IS NOT NULL').pluck().get() as number
}

/** A room's title, which is its name unless it was given another, and its topic line. */
export function describeRoom(log: LogReader, { slug, describedPosition }: Room): { title: string; topic: string } {
	const event = describedPosition === null ? undefined : log.at(describedPosition)
	const isDescription = event?.type === 'RoomOpened' || event?.type === 'RoomChanged'
	return (isDescription ? event.body : null) ?? { title: slug, topic: '' }
}

const columns = `room_id AS roomId, coalesce(slug, '') AS slug, visibility, archived, sequence,
	cleared_sequence AS clearedSequence, floor_sequence AS floorSequence, history_limit AS historyLimit, history_ttl_ms AS historyTtlMs,
	opened_position AS openedPosition, described_position AS describedPosition`

type RoomRow = Omit<Room, 'archived'> & { archived: number }

function room(row: RoomRow): Room
function room(row: RoomRow | undefined): Room | undefined
function room(row: RoomRow | undefined): Room | undefined {
	return row && { ...row, archived: row.archived === 1 }
}
