import type { Allowance } from '../allowance.ts'

/** How long until a change that could not be recorded is tried again. */
const tryAgainMs = 1_000

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

	/** By another's doing the log says this by now. */
	isRecorded(state: State): void {
		this.#recorded = state
		void this.#settle()
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
