import { signal } from '@preact/signals'

/** What is in front of everything else, one at a time. */
export type OpenDialog =
	| { name: 'switcher' }
	| { name: 'browse' }
	| { name: 'new-room' }
	| { name: 'new-direct' }
	| { name: 'room-settings'; room: string }
	| { name: 'keys' }
	/** Asks before what cannot be undone. */
	| { name: 'confirm'; title: string; hint: string; action: string; confirmed: () => Promise<unknown> }

/** What is beside the messages; a thread is in the address instead. */
export type OpenPanel = { name: 'members' } | { name: 'search' }

export const dialog = signal<OpenDialog | undefined>()
export const panel = signal<OpenPanel | undefined>()

/** What closes the dialog that is open now, and none that is opened after it. */
export function closing(): () => void {
	const opened = dialog.peek()
	return () => {
		if (dialog.peek() === opened) closeDialog()
	}
}

export function closeDialog(): void {
	dialog.value = undefined
}
