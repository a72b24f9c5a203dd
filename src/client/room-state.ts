import type { WholeRoom } from '../protocol/answers.ts'
import type { Frame, MemberFrame, MessageFrame } from '../protocol/frames.ts'

/** A room of one's own, as it was at a position of the log. */
export interface RoomState extends WholeRoom {
	asOf: number
}

/** From so many members on the server tells only how many they are. */
const membersMax = 100
/** What is older than the newest so many messages counts as read. */
const unreadMax = 10_000

/** Changes a room by what was heard of it. True: only the server knows what it is now, so it has to be asked. */
export function hearOf(room: RoomState, frame: Frame, me: string): boolean {
	if (frame.position <= room.asOf) return false
	room.asOf = frame.position
	const { read } = room
	switch (frame.type) {
		case 'message':
			room.sequence = frame.sequence
			countUnread(room, frame, me)
			return false
		case 'edit':
		case 'delete':
			// Whether it was counted, and whom it called upon, its frame does not say.
			return room.unread > 0 && read !== undefined && frame.sequence > read
		case 'clear':
			return room.unread > 0 && read !== undefined && frame.through > read
		case 'read':
			room.read = frame.sequence
			if (frame.sequence < room.sequence) return true
			room.unread = 0
			room.mentions = 0
			return false
		case 'room':
			// What it keeps, the frame does not say.
			return true
		case 'member':
			return hearOfMember(room, frame, me)
		default:
			return false
	}
}

function countUnread(room: RoomState, { sequence, sender, erased, mentions = [] }: MessageFrame, me: string): void {
	const { read } = room
	if (read === undefined || sequence <= read) return
	if (sender !== me && erased === undefined) {
		room.unread += 1
		if (mentions.includes(me) || mentions.includes('room')) room.mentions += 1
	}
	room.unread = Math.min(room.unread, unreadMax)
}

function hearOfMember(room: RoomState, { userId, action, role }: MemberFrame, me: string): boolean {
	if (userId === me && action === 'add') room.role = role
	if (room.members === undefined) return true
	const others = room.members.filter((member) => member.userId !== userId)
	room.members = action === 'add' ? [...others, { userId, role }] : others
	room.memberCount = room.members.length
	return room.memberCount > membersMax
}
