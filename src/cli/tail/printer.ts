import { once } from 'node:events'
import type { Writable } from 'node:stream'

/** Writes no faster than is read. Once nobody reads any more, that is the end, and no failure: so it is with `| head`. */
export class Printer {
	readonly #output: Writable

	constructor(output: Writable, ended: () => void = () => process.exit(0)) {
		this.#output = output
		output.on('error', (error: NodeJS.ErrnoException) => {
			if (error.code === 'EPIPE') ended()
			else throw error
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
