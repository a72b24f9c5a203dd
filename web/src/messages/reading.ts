import { chat, roomNamed } from '../state/chat.ts'
import type { View } from './virtual-messages.tsx'

/** Whether somebody looks at this page. */
export function isAttentive(): boolean {
	return document.visibilityState === 'visible' && document.hasFocus()
}

/**
 * What counts as read in a room while it is on the screen: all down to the lowest message that is seen. Where somebody
 * wants to read something again, nothing counts until they scroll.
 */
export class Reading {
	readonly #room: string
	#read: number | undefined
	#isHeldBack = false

	constructor(room: string) {
		this.#room = room
		this.#read = roomNamed(room)?.read
	}

	/** True: what was read is to be read again. */
	goesBack(): boolean {
		const { read } = roomNamed(this.#room) ?? {}
		const before = this.#read
		this.#read = read
		if (read === undefined || before === undefined || read === before) return false
		// Who has read on, here or elsewhere, reads.
		this.#isHeldBack = read < before
		return this.#isHeldBack
	}

	viewed({ lowest, isScrolled }: View): void {
		if (isScrolled) this.#isHeldBack = false
		if (lowest > 0 && !this.#isHeldBack && isAttentive()) chat.markRead(this.#room, lowest)
	}

	/** Also what was not on the screen. */
	readAll(): void {
		this.#isHeldBack = false
		const room = roomNamed(this.#room)
		if (room !== undefined) chat.markRead(this.#room, room.sequence)
	}
}
