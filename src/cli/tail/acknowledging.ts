import { setTimeout } from 'node:timers/promises'
import { waitMs } from '../../client/backoff.ts'
import { TailroomError } from '../../client/error.ts'

/**
 * Tells the server how far a consumer is, one after the other and always the newest: of many frames at once only the
 * last is told.
 */
export class Acknowledging {
	readonly #ack: (cursor: string) => Promise<void>
	readonly #fail: (problem: unknown) => void
	#newest: string | undefined
	#isTelling = false

	/** `failed` is called when the server does not want to hear it. */
	constructor(ack: (cursor: string) => Promise<void>, failed: (problem: unknown) => void) {
		this.#ack = ack
		this.#fail = failed
	}

	/** Everything up to there is done. */
	done(cursor: string): void {
		this.#newest = cursor
		if (!this.#isTelling) void this.#tell()
	}

	async #tell(): Promise<void> {
		this.#isTelling = true
		for (let attempt = 1; this.#newest !== undefined; ) {
			const cursor = this.#newest
			this.#newest = undefined
			try {
				await this.#ack(cursor)
				attempt = 1
			} catch (error) {
				if (!(error instanceof TailroomError) || !error.isTemporary) return this.#fail(error)
				this.#newest ??= cursor
				await setTimeout(waitMs(error, attempt++))
			}
		}
		this.#isTelling = false
	}
}
