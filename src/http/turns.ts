import { RequestError } from './errors.ts'

/** Work of which little is done at once; the rest waits in the order in which it came. */
export class Turns {
	readonly #runningMax: number
	readonly #waitingMax: number
	readonly #waiting: (() => void)[] = []
	#running = 0

	constructor(runningMax: number, waitingMax: number) {
		this.#runningMax = runningMax
		this.#waitingMax = waitingMax
	}

	/**
	 * Gives what `work` gives when its turn has come. Rejects with `overloaded` if too much is waiting, and where it is
	 * stopped while it waits.
	 */
	async run<Result>(work: () => Promise<Result>, stopped?: AbortSignal): Promise<Result> {
		await this.#turn(stopped)
		try {
			return await work()
		} finally {
			// The turn goes straight to the next one, so that nobody who comes now is quicker.
			const next = this.#waiting.shift()
			if (next === undefined) this.#running -= 1
			else next()
		}
	}

	#turn(stopped: AbortSignal | undefined): Promise<void> | undefined {
		if (this.#running < this.#runningMax) {
			this.#running += 1
			return undefined
		}
		if (this.#waiting.length >= this.#waitingMax) {
			throw new RequestError('overloaded', 'Too many people are signing in at once. Try again in a moment.')
		}
		return new Promise((resolve, reject) => {
			const begin = () => {
				stopped?.removeEventListener('abort', leave)
				resolve()
			}
			const leave = () => {
				this.#waiting.splice(this.#waiting.indexOf(begin), 1)
				reject(stopped?.reason)
			}
			this.#waiting.push(begin)
			stopped?.addEventListener('abort', leave, { once: true })
		})
	}
}
