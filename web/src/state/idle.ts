import { pathOf } from '../../../src/client/server.ts'
import { chat, rooms } from './chat.ts'

/** Well below the five minutes after which the server takes who does nothing for away. */
const tellEveryMs = 2 * 60_000

const activities = ['pointerdown', 'pointermove', 'keydown', 'wheel', 'touchstart', 'visibilitychange', 'focus']

/** Tells the server that somebody is here, as long as they do something in the page. */
export function tellActivity(): void {
	let toldAt = Date.now()
	const act = () => {
		if (document.visibilityState !== 'visible' || Date.now() - toldAt < tellEveryMs) return
		toldAt = Date.now()
		// Without a line nobody is here; with the next one is, and anew.
		tell().catch(() => {})
	}
	for (const activity of activities) addEventListener(activity, act, { capture: true, passive: true })
}

/**
 * Says that one has read nothing more in a room: that changes nothing, and is something that one does. To say `online`
 * would end an `away` that was chosen, here or on another device.
 */
async function tell(): Promise<void> {
	const known = rooms.value.find(({ read }) => read !== undefined)
	if (known !== undefined) await chat.ask('PUT', pathOf(known.room, 'read'), { sequence: 0 })
}
