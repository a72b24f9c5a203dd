import { signal } from '@preact/signals'

/** The id of the message of one's own that is being written anew, one at a time. */
export const editing = signal<string | undefined>()

/** Where one has just said something, anew each time: that is what one wants to see. */
export const lastSent = signal<{ room: string; replyTo?: string | undefined } | undefined>()

/** Puts the focus where one writes: after something else was done, the next is to say something. */
export function focusComposer(): void {
	document.querySelector<HTMLElement>('[data-focus-home]')?.focus()
}
