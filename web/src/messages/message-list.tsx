import { roomNamed } from '../state/chat.ts'
import type { Place } from '../state/place.ts'
import { useTimeline } from '../state/timelines.ts'
import { titleOf } from '../state/unread.ts'
import { MessageRow } from './message-row.tsx'
import './message-list.css'
import { OutgoingRows } from './outgoing-rows.tsx'

/** What is said in a room, oldest first. */
export function MessageList({ place: { room } }: { place: Extract<Place, { at: 'room' }> }) {
	const timeline = useTimeline(room)
	return (
		<div class="message-list" role="log" aria-label={titleOf(roomNamed(room) ?? { room, title: '' })}>
			{timeline?.messages.map((message) => (
				<MessageRow key={message.id} message={message} isContinued={false} />
			))}
			<OutgoingRows room={room} />
		</div>
	)
}
