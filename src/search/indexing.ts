import { erasedBy } from '../events/catalogue.ts'
import { DamagedLog } from '../events/damaged-log.ts'
import type { LogReader, Position, RecordedEvent } from '../events/log.ts'
import { erasedBatch, erasedMax, erasedShareMax, factsAheadMax, factsBatch, indexBatch } from './limits.ts'
import type { SearchIndex } from './search-index.ts'

/**
 * Brings an index to the head of its log, a batch at a time.
 *
 * First goes what is erased, also where that is far ahead in the log: a text that is to be gone does not wait for
 * others to be indexed. When its event comes, there is nothing left to take away.
 */
export class Indexing {
	readonly #index: SearchIndex
	readonly #log: LogReader
	/** Where texts lay that are erased, as far as the log was looked through for it. */
	readonly #erased: Position[] = []
	#erasedThrough = 0

	constructor(index: SearchIndex, log: LogReader) {
		this.#index = index
		this.#log = log
	}

	/**
	 * Does one batch. `done`: there was nothing to do. `startAgain`: so much is erased that it takes less time to make
	 * the index anew; nothing was done.
	 */
	next(): 'more' | 'done' | 'startAgain' {
		if (this.#looksAhead() && this.#isTooMuch()) return 'startAgain'
		if (this.#erased.length === 0) return this.#append() ? 'more' : 'done'
		this.#index.remove(this.#erased.slice(0, erasedBatch))
		this.#erased.splice(0, erasedBatch)
		return 'more'
	}

	/** Whether the index may hold what is erased. Looks through all of the log that is not indexed. */
	holdsErased(): boolean {
		while (this.#erased.length === 0 && this.#isAhead()) this.#looksAhead()
		return this.#erased.length > 0
	}

	#isAhead(): boolean {
		return Math.max(this.#erasedThrough, this.#index.checkpoint().position) < this.#log.head().position
	}

	/** True: more is erased than was known. */
	#looksAhead(): boolean {
		const known = this.#erased.length
		for (let looked = 0; looked < factsAheadMax && this.#isAhead(); looked += factsBatch) {
			const { position } = this.#index.checkpoint()
			const after = Math.max(this.#erasedThrough, position)
			const through = this.#log.head().position
			const { events, last } = this.#factsIn(after, through)
			// What is erased and not indexed yet never will be.
			for (const event of events) this.#erased.push(...erasedBy(event).filter((erased) => erased <= position))
			this.#erasedThrough = last
		}
		return this.#erased.length > known
	}

	/** The next facts, and up to where they were looked at: past an event that is damaged. */
	#factsIn(after: Position, through: Position): { events: RecordedEvent[]; last: Position } {
		try {
			const events = this.#log.readFacts({ after, through, limit: factsBatch })
			return { events, last: events.at(-1)?.position ?? through }
		} catch (error) {
			if (!(error instanceof DamagedLog) || error.position === undefined) throw error
			const { position } = error
			return { events: this.#log.readFacts({ after, through: position - 1, limit: factsBatch }), last: position }
		}
	}

	#isTooMuch(): boolean {
		const { length } = this.#erased
		return length > erasedMax && length > erasedShareMax * this.#index.count()
	}

	#append(): boolean {
		const { position: after } = this.#index.checkpoint()
		const through = this.#log.head().position
		if (after >= through) return false
		try {
			const events = this.#log.read({ after, through, limit: indexBatch })
			const last = events.at(-1)
			if (last === undefined) return false
			this.#index.append(events, last)
		} catch (error) {
			if (!(error instanceof DamagedLog) || error.position === undefined) throw error
			this.#passOver(after, error.position)
		}
		return true
	}

	/** An event that is damaged is not found, and what follows it is. */
	#passOver(after: Position, damaged: Position): void {
		const before = damaged - 1 > after ? this.#log.read({ after, through: damaged - 1, limit: indexBatch }) : []
		const last = before.at(-1)
		// A page may end before it, by its text; then it is met again.
		if (last !== undefined && last.position < damaged - 1) return this.#index.append(before, last)
		const fingerprint = this.#log.fingerprintAt(damaged) as string
		this.#index.append(before, { position: damaged, fingerprint })
	}
}
