/** How long until a change that could not be recorded is tried again. */
const tryAgainMs = 1_000

const minuteMs = 60_000

/** So many changes a minute. */
export class Allowance {
	readonly #perMinute: number
	/** When the latest changes were made. */
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
		this.#changes.push(Date.now())
	}

	#forget(): number {
		const now = Date.now()
		this.#changes = this.#changes.filter((time) => time > now - minuteMs && time <= now)
		return now
	}
}

/**
 * Brings what the log says to what is the case, one change at a time. What comes and goes while a
 * change is on its way, or faster than the allowance, is never recorded: the last state counts.
 */
export class Settling<State> {
	readonly #record: (state: State) => Promise<unknown>
	readonly #settled: () => void
	readonly #allowance: Allowance
	#recorded: State
	#wanted: State
	#busy: Promise<void> | undefined
	#timer: NodeJS.Timeout | undefined

	/**
	 * `record` resolves when the state is in the log, and is called again later if it rejects.
	 * `settled` is called whenever there is nothing left to record.
	 */
	constructor(recorded: State, allowance: Allowance, record: (state: State) => Promise<unknown>, settled: () => void) {
		this.#recorded = recorded
		this.#wanted = recorded
		this.#allowance = allowance
		this.#record = record
		this.#settled = settled
	}

	/** The last state that was asked for. */
	get wanted(): State {
		return this.#wanted
	}

	/** Resolves when the change that this leads to now, if any, is recorded or has failed. */
	want(state: State): Promise<void> {
		this.#wanted = state
		return this.#settle()
	}

	stop(): void {
		clearTimeout(this.#timer)
	}

	#settle(): Promise<void> {
		this.#busy ??= this.#change().finally(() => {
			this.#busy = undefined
			if (this.#timer !== undefined) return
			// Something may have been asked for between the last look and here.
			if (this.#wanted !== this.#recorded) void this.#settle()
			else this.#settled()
		})
		return this.#busy
	}

	async #change(): Promise<void> {
		while (this.#wanted !== this.#recorded && this.#timer === undefined) {
			const { waitMs } = this.#allowance
			if (waitMs > 0) return this.#later(waitMs)
			const state = this.#wanted
			try {
				await this.#record(state)
			} catch {
				return this.#later(tryAgainMs)
			}
			this.#allowance.take()
			this.#recorded = state
		}
	}

	#later(ms: number): void {
		this.#timer = setTimeout(() => {
			this.#timer = undefined
			void this.#settle()
		}, ms)
		this.#timer.unref()
	}
}
