import { setImmediate as nextTurn } from 'node:timers/promises'
import type { HistoryLimits } from '../events/catalogue.ts'
import { roomsBeyond } from '../projections/retention.ts'
import type { Views } from '../projections/views.ts'
import { doUntilDone } from './chores.ts'
import type { JumpWatch } from './jump-watch.ts'
import { retentionEveryMs, roomsLookedAtMax } from './limits.ts'
import type { Writer } from './writer.ts'

/**
 * Looks for rooms with messages beyond what is kept and erases those, now and again and again until `stop`:
 * many messages of a room at once, and not each on its own as it passes the limit.
 */
export function startRetention(
	writer: Pick<Writer, 'submit'>,
	views: Views,
	history: HistoryLimits,
	failed: (error: unknown) => void,
	clock: Pick<JumpWatch, 'look' | 'tell'>,
	everyMs: number = retentionEveryMs,
): { stop(): void } {
	let isAtIt = false
	let isStopped = false
	const timer = setInterval(() => void eraseAll(), everyMs)
	timer.unref()
	void eraseAll()

	async function eraseAll(): Promise<void> {
		if (isAtIt) return
		isAtIt = true
		const isDoubted = clock.look()
		try {
			let after: string | undefined = ''
			while (after !== undefined && !isStopped) {
				const { roomIds, last } = roomsBeyond(views, history, Date.now(), after, roomsLookedAtMax)
				// What a wrong clock erased would not come back with the right one. It is hidden meanwhile.
				if (isDoubted && roomIds.length > 0) return clock.tell()
				for (const roomId of roomIds) {
					if (!isStopped) await doUntilDone(writer, { type: 'ApplyRetention', roomId }, failed)
				}
				after = last
				await nextTurn()
			}
		} catch (error) {
			failed(error)
		} finally {
			isAtIt = false
		}
	}

	return {
		stop() {
			isStopped = true
			clearInterval(timer)
		},
	}
}
