import { Composer } from '../composer/composer.tsx'
import { MessageList } from '../messages/message-list.tsx'
import type { Place } from '../state/place.ts'
import { RoomHeader } from './room-header.tsx'
import './room.css'

/** A room: what it is, what is said in it, and where one says something. */
export function Room({ place }: { place: Extract<Place, { at: 'room' }> }) {
	return (
		<main class="room">
			<RoomHeader place={place} />
			<MessageList place={place} />
			{place.moment === undefined && <Composer room={place.room} />}
		</main>
	)
}
