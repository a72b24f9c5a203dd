import type { ShownMessage } from '../../../src/client/browser.ts'
import { chat } from '../state/chat.ts'
import { dialog } from '../state/layers.ts'

/** Asks whether a message is to be deleted, and deletes it. */
export function askToDelete({ room, id, sender }: ShownMessage): void {
	const whose = sender === chat.user?.name ? 'your message' : `the message of ${sender}`
	dialog.value = {
		name: 'confirm',
		title: `Delete ${whose}?`,
		hint: 'Its text will be gone from every file of this server, for everybody. It cannot be brought back.',
		action: 'Delete',
		confirmed: () => chat.delete(room, id),
	}
}
