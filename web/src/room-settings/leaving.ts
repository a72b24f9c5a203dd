import { chat } from '../state/chat.ts'
import type { OpenDialog } from '../state/layers.ts'

/** Asks who leaves a private room, for they do not come back by themselves. */
export function leaving(room: string, title: string): OpenDialog {
	return {
		name: 'confirm',
		title: `Leave ${title}`,
		hint: 'This room is private: only its moderators can let you in again.',
		action: 'Leave',
		confirmed: () => chat.leave(room),
	}
}
