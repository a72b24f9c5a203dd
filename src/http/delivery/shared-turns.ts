/**
 * Turns of the loop, of which all who wait share so many milliseconds each, one step after the other: however many they
 * are, others are served.
 */
export class SharedTurns {
	readonly #msMax: number
	readonly #waiting: (() => void)[] = []

	constructor(msMax: number) {
		this.#msMax = msMax
	}

	/** Resolves in a later turn of the loop, in the order in which it was asked for. */
	next(): Promise<void> {
		if (this.#waiting.length === 0) setImmediate(() => this.#letGo(performance.now() + this.#msMax))
		return new Promise((resolve) => this.#waiting.push(resolve))
	}

	#letGo(until: number): void {
		this.#waiting.shift()?.()
		if (this.#waiting.length === 0) return
		// What was just let go on runs before this microtask.
		if (performance.now() < until) queueMicrotask(() => this.#letGo(until))
		else setImmediate(() => this.#letGo(performance.now() + this.#msMax))
	}
}
