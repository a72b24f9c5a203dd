import type { Actor } from '../../commands/actor.ts'
import { countMembersIn, listMembersIn, type Member } from '../../projections/members.ts'
import type { Room } from '../../projections/rooms.ts'
import type { WholeRoom } from '../../protocol/answers.ts'
import { syncMembersInAllMax, syncMembersMax } from '../limits.ts'
import { inParts } from '../long-list.ts'
import type { Services } from '../services.ts'
import { type RoomRow, roomAnswer } from './room-answers.ts'

export interface WholeRoomRow extends RoomRow {
	memberCount: number
	/** Undefined: there are too many. */
	members: Member[] | undefined
}

/**
 * Rooms with who is in them, as far as they are few. To be read in a snapshot, so in one turn of the loop: of a
 * great many rooms nothing is asked for one by one but what is unread, where something is.
 */
export function wholeRoomRows(
	{ views }: Pick<Services, 'views'>,
	rooms: readonly Room[],
	rowOf: (room: Room) => RoomRow,
): WholeRoomRow[] {
	const roomIds = rooms.map(({ roomId }) => roomId)
	const counts = countMembersIn(views, roomIds)
	let told = 0
	const few = roomIds.filter((_roomId, index) => {
		const count = counts[index] as number
		if (count > syncMembersMax || told + count > syncMembersInAllMax) return false
		told += count
		return true
	})
	const areFew = new Set(few)
	const members = listMembersIn(views, few)
	return rooms.map((room, index) => ({
		...rowOf(room),
		memberCount: counts[index] as number,
		members: areFew.has(room.roomId) ? (members.get(room.roomId) ?? []) : undefined,
	}))
}

/** With the names and titles, which lie in the log. */
export async function wholeRoomAnswers(
	services: Services,
	rows: readonly WholeRoomRow[],
	actor: Actor,
): Promise<WholeRoom[]> {
	const { nameOf } = services
	const everybody = rows.flatMap(({ members = [] }) => members)
	const names = new Map(await inParts(everybody, ({ userId }) => [userId, nameOf(userId)] as const))
	return await inParts(rows, (row) => {
		const { read, memberCount, members } = row
		const named = members?.map(({ userId, role }) => ({ userId: names.get(userId) as string, role }))
		return {
			...roomAnswer(services, row, actor),
			...(read === undefined ? {} : { read }),
			memberCount,
			...(named && { members: named }),
		}
	})
}
