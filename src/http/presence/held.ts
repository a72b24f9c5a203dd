import type { Settling } from './settling.ts'

/** Something that is the case while at least one connection holds it, and a little longer. */
export class Held<State> {
	readonly #settling: Settling<State>
	readonly #absent: State
	#present: State
	#count = 0
	#ending: NodeJS.Timeout | undefined

	constructor(settling: Settling<State>, present: State, absent: State) {
		this.#settling = settling
		this.#present = present
		this.#absent = absent
	}

	/** What is the case while it is held. */
	get present(): State {
		return this.#present
	}

	get isHeld(): boolean {
		return this.#count > 0
	}

	get isOver(): boolean {
		return !this.isHeld && this.#ending === undefined && this.#settling.wanted === this.#absent
	}

	take(): void {
		this.#count += 1
		clearTimeout(this.#ending)
		this.#ending = undefined
		void this.#settling.want(this.#present)
	}

	giveBack(graceMs: number): void {
		this.#count -= 1
		if (this.#count === 0) this.endAfter(graceMs)
	}

	endAfter(graceMs: number): void {
		clearTimeout(this.#ending)
		this.#ending = setTimeout(() => {
			this.#ending = undefined
			void this.#settling.want(this.#absent)
		}, graceMs)
		this.#ending.unref()
	}

	/** From now on that is the case while it is held. */
	async become(present: State): Promise<void> {
		this.#present = present
		if (this.isHeld) await this.#settling.want(present)
	}

	/** By another's doing it is the case no longer; while it is held it will be so again. */
	wasEnded(): void {
		this.#settling.isRecorded(this.#absent)
	}

	stop(): void {
		clearTimeout(this.#ending)
		this.#settling.stop()
	}
}
