import { roomNamed } from '../state/chat.ts'
import { titleOf } from '../state/unread.ts'

interface RoomBeginningProps {
	room: string
	/** So many messages were here and are not kept any more. */
	floor: number
	/** Nothing has been said yet. */
	isEmpty: boolean
}

/** Before the first message of a room: what it is for, and who reads it. */
export function RoomBeginning({ room, floor, isEmpty }: RoomBeginningProps) {
	const state = roomNamed(room)
	const title = titleOf(state ?? { room, title: '' })
	if (floor > 0) {
		return (
			<div class="room-beginning">
				<h2>Older messages are gone</h2>
				<p>This room keeps its messages for a while only: {floor.toLocaleString()} were here before.</p>
			</div>
		)
	}
	if (room.startsWith('@')) {
		const isNotebook = title === 'Notes to self'
		return (
			<div class="room-beginning">
				<h2 dir="auto">{title}</h2>
				<p>
					{isNotebook ? 'Nobody but you reads what you write here.' : `Only you and ${title} read what is said here.`}
				</p>
			</div>
		)
	}
	return (
		<div class="room-beginning">
			<h2>
				This is the beginning of <bdi>#{title}</bdi>
			</h2>
			{state?.topic && <p dir="auto">{state.topic}</p>}
			<p>
				{state?.visibility === 'private'
					? 'Only its members can see this room.'
					: 'Everybody here can find and read this room.'}
			</p>
			{isEmpty && <p>Nothing has been said yet.</p>}
		</div>
	)
}
