import { chat, roomNamed } from '../state/chat.ts'
import type { View } from './virtual-messages.tsx'

/** Whether somebody looks at this page. */
export function isAttentive(): boolean {
	return document.visibilityState === 'visible' && document.hasFocus()
}

/** What is read just now. */
let here: Reading | undefined

/** One wants to read a message again, and all after it. What is said until the server knows of that does not count. */
export async function markUnread(room: string, sequence: number): Promise<void> {
	const reading = here?.room === room ? here : undefined
	const undo = reading?.holdBack()
	try {
		await chat.markUnread(room, sequence)
	} catch (error) {
		undo?.()
		throw error
	}
}

/**
 * What counts as read in a room while it is on the screen: all down to the lowest message that is seen. Where somebody
 * wants to read something again, nothing counts until they scroll.
 */
export class Reading {
	readonly room: string
	#read: number | undefined
	#isHeldBack = false

	constructor(room: string) {
		here = this
		this.room = room
		this.#read = roomNamed(room)?.read
	}

	/** True: what was read is to be read again. */
	goesBack(): boolean {
		const { read } = roomNamed(this.room) ?? {}
		const before = this.#read
		this.#read = read
		if (read === undefined || before === undefined || read === before) return false
		// Who has read on, here or elsewhere, reads.
		this.#isHeldBack = read < before
		return this.#isHeldBack
	}

	/** Nothing counts, before it is known that the room is read to somewhere else. The returned function undoes just that. */
	holdBack(): () => void {
		const before = this.#isHeldBack
		this.#isHeldBack = true
		return () => {
			this.#isHeldBack &&= before
		}
	}

	viewed({ lowest, isScrolled }: View): void {
		if (isScrolled) this.#isHeldBack = false
		if (lowest > 0 && !this.#isHeldBack && isAttentive()) chat.markRead(this.room, lowest)
	}

	/** Also what was not on the screen. */
	readAll(): void {
		this.#isHeldBack = false
		const room = roomNamed(this.room)
		if (room !== undefined) chat.markRead(this.room, room.sequence)
	}
}
