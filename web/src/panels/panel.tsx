import { panel } from '../state/layers.ts'
import type { Place } from '../state/place.ts'
import { Thread } from './thread.tsx'

/** What is beside the messages of a room: a thread, its members, or what was searched for. */
export function Panel({ place }: { place: Extract<Place, { at: 'room' }> }) {
	if (place.thread !== undefined) return <Thread key={place.thread} place={place} id={place.thread} />
	if (panel.value === undefined) return null
	return <aside class="panel" />
}
