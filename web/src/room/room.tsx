import { Composer } from '../composer/composer.tsx'
import { useLater } from '../later/use-later.ts'
import { MessageList } from '../messages/message-list.tsx'
import type { Place } from '../state/place.ts'
import { useTimeline } from '../state/timelines.ts'
import { RoomHeader } from './room-header.tsx'
import './room.css'

/** A room: what it is, what is said in it, and where one says something. */
export function Room({ place }: { place: Extract<Place, { at: 'room' }> }) {
	const later = useLater()
	const isLost = useTimeline(place.room).state === 'lost'
	return (
		<main class="room">
			<RoomHeader place={place} />
			{place.moment === undefined ? (
				<>
					<MessageList place={place} />
					{!isLost && <Composer room={place.room} />}
				</>
			) : (
				later && <later.Moment place={{ ...place, moment: place.moment }} />
			)}
		</main>
	)
}
