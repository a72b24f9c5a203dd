import type { Actor } from '../../commands/actor.ts'
import type { RoomRights } from '../../commands/policy.ts'
import type { MemberRole } from '../../events/catalogue.ts'
import { describeRoom, type Room } from '../../projections/rooms.ts'
import type { Unread } from '../../projections/unread.ts'
import type { RoomAnswer } from '../../protocol/answers.ts'
import { directName } from '../delivery/frame.ts'
import type { Services } from '../services.ts'

/** What the views say of a room to somebody: of one snapshot, and without what lies in the log. */
export interface RoomRow {
	room: Room
	/** Undefined: they do not belong to it. */
	role: MemberRole | undefined
	/** The last message that they have read; undefined: they have never said so. */
	read: number | undefined
	unread: Unread
}

/** Reads rooms for somebody, who is to be one and the same, in one snapshot. Guests follow nothing that is unread. */
export function roomRows(
	{ readMarkers }: Pick<Services, 'readMarkers'>,
	rightsOf: (room: Room) => RoomRights,
	{ kind, userId }: Actor,
): (room: Room) => RoomRow {
	const readIn = kind === 'user' ? readMarkers.ofAll(userId) : () => undefined
	return (room) => {
		const read = readIn(room.roomId)
		const unread = read === undefined ? { unread: 0, mentions: 0 } : readMarkers.unreadIn(room, userId, read)
		return { room, role: rightsOf(room).membership, read, unread }
	}
}

/** A room as it is to somebody: with its texts, and by the name that they call it by. */
export function roomAnswer(
	{ log, nameOf }: Pick<Services, 'log' | 'nameOf'>,
	{ room, role, unread }: RoomRow,
	{ userId }: Actor,
): RoomAnswer {
	const { roomId, visibility, archived, sequence, historyLimit, historyTtlMs } = room
	const slug = visibility === 'direct' ? directName(roomId, nameOf, userId) : room.slug
	return {
		room: slug,
		...describeRoom(log, { ...room, slug }),
		visibility,
		archived,
		sequence,
		...unread,
		...(historyLimit === null ? {} : { historyLimit }),
		...(historyTtlMs === null ? {} : { historyTtlMs }),
		...(role === undefined ? {} : { role }),
	}
}

export function byName(a: { room: string }, b: { room: string }): number {
	return a.room < b.room ? -1 : 1
}
