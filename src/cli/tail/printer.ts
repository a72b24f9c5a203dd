import { once } from 'node:events'
import type { Writable } from 'node:stream'
import { complain } from '../complain.ts'
import { exitCodes } from '../remote/exit-codes.ts'

/**
 * Writes no faster than is read. Once nobody reads any more, that is the end, and no failure: so it is with `| head`. What
 * cannot be written for another reason, as on a full disk, is said.
 */
export class Printer {
	readonly #output: Writable

	constructor(output: Writable, exit: (code: number) => void = (code) => process.exit(code)) {
		this.#output = output
		output.on('error', (error: NodeJS.ErrnoException) => {
			if (error.code === 'EPIPE') return exit(exitCodes.done)
			complain(`what is printed cannot be written: ${error.message}`)
			exit(exitCodes.notWritten)
		})
	}

	/** Resolves when more may be written. `written` is called when it has left this process. */
	async print(text: string, written: () => void = () => {}): Promise<void> {
		const hasRoom = this.#output.write(text, (error) => {
			if (!error) written()
		})
		if (!hasRoom) await once(this.#output, 'drain')
	}
}
