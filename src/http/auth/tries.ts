import { RequestError } from '../errors.ts'
import { triesRememberedMax, triesWindowMs } from '../limits.ts'

/** Failed tries of each key (an address, an account) within the last ten minutes. */
export class Tries {
	readonly #failuresMax: number
	readonly #now: () => number
	/** When each failed try was made; the key that failed last stands last. */
	readonly #times = new Map<string, number[]>()

	/** `now`: milliseconds, from any beginning. */
	constructor(failuresMax: number, now: () => number = () => performance.now()) {
		this.#failuresMax = failuresMax
		this.#now = now
	}

	/**
	 * Throws `tries_too_many` if so many have failed. To be asked before a try, and again before its
	 * outcome is told: of a hundred that are made at once, those that are late learn nothing.
	 */
	check(key: string): void {
		if (this.#failures(key).length < this.#failuresMax) return
		throw new RequestError('tries_too_many', 'Too many tries that failed. Wait some minutes, then try again.')
	}

	/** A try has failed. */
	failed(key: string): void {
		const times = [...this.#failures(key), this.#now()].slice(-this.#failuresMax)
		this.#times.delete(key)
		this.#times.set(key, times)
		if (this.#times.size > triesRememberedMax) this.#forgetOldest()
	}

	#failures(key: string): number[] {
		const now = this.#now()
		return (this.#times.get(key) ?? []).filter((time) => now - time < triesWindowMs)
	}

	#forgetOldest(): void {
		const [oldest] = this.#times.keys()
		if (oldest !== undefined) this.#times.delete(oldest)
	}
}
