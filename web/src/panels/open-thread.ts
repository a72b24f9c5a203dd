import { signal } from '@preact/signals'
import { addressOf, go } from '../state/place.ts'

/** How often somebody wanted to write in the thread: then the focus goes there. */
export const replies = signal(0)

/** Opens the thread of a message, to answer it. */
export function openThread(room: string, thread: string): void {
	go(addressOf(room, { thread }))
	focusReply()
}

/** Writes in the thread that is open. */
export function focusReply(): void {
	replies.value += 1
}
