import { lazy, Suspense } from 'preact/compat'
import { Composer } from '../composer/composer.tsx'
import { MessageList } from '../messages/message-list.tsx'
import type { Place } from '../state/place.ts'
import { useTimeline } from '../state/timelines.ts'
import { RoomHeader } from './room-header.tsx'
import './room.css'

const Moment = lazy(() => import('../moment/moment.tsx'))

/** A room: what it is, what is said in it, and where one says something. */
export function Room({ place }: { place: Extract<Place, { at: 'room' }> }) {
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
				<Suspense fallback={null}>
					<Moment place={{ ...place, moment: place.moment }} />
				</Suspense>
			)}
		</main>
	)
}
