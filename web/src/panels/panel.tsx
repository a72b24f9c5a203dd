import { panel } from '../state/layers.ts'
import type { Place } from '../state/place.ts'
import { Members } from './members.tsx'
import { Search } from './search.tsx'
import { Thread } from './thread.tsx'
import './panel.css'

/** What is beside the messages of a room: a thread, its members, or what was searched for. */
export function Panel({ place }: { place: Extract<Place, { at: 'room' }> }) {
	if (place.thread !== undefined) return <Thread key={place.thread} place={place} id={place.thread} />
	if (panel.value?.name === 'members' && !place.room.startsWith('@'))
		return <Members key={place.room} room={place.room} />
	if (panel.value?.name === 'search') return <Search room={place.room} />
	return null
}
