import { DamagedLog } from '../events/damaged-log.ts'
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
	#forwardMs = 0
	#doubtedUntil = Number.NEGATIVE_INFINITY
	#isTold = false

	constructor(log: Pick<LogReader, 'head' | 'readFacts'>, warn: (text: string) => void) {
		this.#warn = warn
		// Without the last day: what an earlier start has recorded by a wrong clock does not prove it right.
		const before = Date.now() - clockDoubtedMs
		this.#went(before - (newestBefore(log, before) ?? before))
	}

	/** To be asked regularly: whether the clock is doubted. */
	look(): boolean {
		const ahead = aheadNow()
		this.#went(ahead - this.#ahead)
		this.#ahead = ahead
		return performance.now() < this.#doubtedUntil
	}

	/** Something waits for the clock to be believed. Said once. */
	tell(): void {
		if (this.#isTold) return
		this.#isTold = true
		this.#warn(
			`The clock says ${new Date(Date.now()).toISOString()}, and nothing is known of the last ${Math.round(this.#forwardMs / dayMs)} days. ` +
				'If it is wrong, set it within a day: until then nothing is erased that is not kept any longer, only hidden',
		)
	}

	#went(forwardMs: number): void {
		if (forwardMs < clockJumpMs) return
		this.#doubtedUntil = performance.now() + clockDoubtedMs
		this.#forwardMs = forwardMs
		this.#isTold = false
	}
}

function aheadNow(): number {
	return Date.now() - performance.now()
}

/** When the last event before a time was recorded; undefined: that is not known. By halves, as times rise with positions. */
function newestBefore(log: Pick<LogReader, 'head' | 'readFacts'>, time: number): number | undefined {
	let newest: number | undefined
	let after = 0
	let through = log.head().position
	try {
		while (after < through) {
			const middle = Math.floor((after + through) / 2)
			const [event] = log.readFacts({ after: middle, through, limit: 1 })
			if (event !== undefined && event.recordedAt < time) {
				newest = event.recordedAt
				after = event.position
			} else through = middle
		}
		return newest
	} catch (error) {
		// A server starts on a log of which one event is damaged.
		if (error instanceof DamagedLog) return newest
		throw error
	}
}
