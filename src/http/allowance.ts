const minuteMs = 60_000

/** So many changes a minute. */
export class Allowance {
	readonly #perMinute: number
	/** When the latest changes were made, by a clock that nobody sets. */
	#changes: number[] = []

	constructor(perMinute: number) {
		this.#perMinute = perMinute
	}

	/** Milliseconds until the next change is allowed. */
	get waitMs(): number {
		const now = this.#forget()
		const oldest = this.#changes[0]
		return this.#changes.length < this.#perMinute || oldest === undefined ? 0 : oldest + minuteMs - now
	}

	/** Nothing was changed for a minute, so it is as if it were new. */
	get isWhole(): boolean {
		this.#forget()
		return this.#changes.length === 0
	}

	take(): void {
		this.#changes.push(performance.now())
	}

	#forget(): number {
		const now = performance.now()
		this.#changes = this.#changes.filter((time) => time > now - minuteMs)
		return now
	}
}
