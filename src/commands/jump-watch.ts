import type { LogReader } from '../events/log.ts'
import { clockDoubtedMs, clockJumpMs, dayMs } from './limits.ts'

/**
 * Notices that the clock went forward by so much that it may be wrong: from one look to the next, and from the
 * newest event to the start. For a day it is doubted then, so that somebody can set it.
 */
export class JumpWatch {
	readonly #warn: (text: string) => void
	/** What the clock is ahead of the one that nobody sets. */
	#ahead = aheadNow()
	#doubtedUntil = Number.NEGATIVE_INFINITY

	constructor(log: Pick<LogReader, 'head' | 'readFacts'>, warn: (text: string) => void) {
		this.#warn = warn
		// Without the last day: what an earlier start has recorded by a wrong clock does not prove it right.
		const known = newestBefore(log, Date.now() - clockDoubtedMs)
		if (known !== undefined) this.#look(Date.now() - clockDoubtedMs - known)
	}

	/** Whether the clock is doubted. To be asked regularly. */
	hasJumped(): boolean {
		const ahead = aheadNow()
		this.#look(ahead - this.#ahead)
		this.#ahead = ahead
		return performance.now() < this.#doubtedUntil
	}

	#look(forwardMs: number): void {
		if (forwardMs < clockJumpMs) return
		this.#doubtedUntil = performance.now() + clockDoubtedMs
		this.#warn(
			`The clock says ${new Date(Date.now()).toISOString()}, and nothing is known of the last ${Math.round(forwardMs / dayMs)} days. ` +
				'If it is wrong, set it within a day: until then nothing is erased for its age, only hidden',
		)
	}
}

function aheadNow(): number {
	return Date.now() - performance.now()
}

/** When the last event before a time was recorded; undefined: there is none. By halves, as times rise with positions. */
function newestBefore(log: Pick<LogReader, 'head' | 'readFacts'>, time: number): number | undefined {
	let newest: number | undefined
	let after = 0
	let through = log.head().position
	while (after < through) {
		const middle = Math.floor((after + through) / 2)
		const [event] = log.readFacts({ after: middle, through, limit: 1 })
		if (event !== undefined && event.recordedAt < time) {
			newest = event.recordedAt
			after = event.position
		} else through = middle
	}
	return newest
}
