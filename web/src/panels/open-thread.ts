import { signal } from '@preact/signals'
import { addressOf, go, place } from '../state/place.ts'

/** How often somebody wanted to write in the thread: then the focus goes there. */
export const replies = signal(0)

/** The address of the thread of a message, beside what is on the screen. */
export function threadAddress(room: string, thread: string): string {
	const here = place.value
	if (here.at !== 'room' || here.room !== room) return addressOf(room, { thread })
	return addressOf(room, { sequence: here.sequence, moment: here.moment, thread })
}

/** Opens the thread of a message, to answer it. */
export function openThread(room: string, thread: string): void {
	go(threadAddress(room, thread), { stays: true })
	focusReply()
}

/** Writes in the thread that is open. */
export function focusReply(): void {
	replies.value += 1
}
