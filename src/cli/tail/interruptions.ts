import type { Status } from '../../client/connection.ts'
import { complain } from '../complain.ts'

/** Says once that the connection is lost, however many tries it takes, and once that it is back. */
export class Interruptions {
	#isLost = false
	#wasLive = false

	readonly see = ({ state }: Status): void => {
		if (state !== 'offline' || !this.#wasLive || this.#isLost) return
		this.#isLost = true
		complain('connection lost, trying again')
	}

	/** What was missed has come, and is printed. */
	live(): void {
		if (this.#isLost) complain('back, nothing is missing')
		this.#isLost = false
		this.#wasLive = true
	}

	/** It is back, and something may be missing. */
	reset(why: string): void {
		complain(`the server cannot go on where this was: ${why}. Something may be missing, following from now`)
		this.#isLost = false
	}
}
