import { closeSync, createReadStream, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setImmediate } from 'node:timers/promises'

/**
 * Bytes that wait on the disk until somebody takes them: in a file that has lost its name before anything
 * is in it, so that nothing is left of it however the process ends.
 */
export class SetAside {
	readonly #file: number

	constructor() {
		const directory = mkdtempSync(join(tmpdir(), 'tailroom-'))
		try {
			this.#file = openSync(join(directory, 'set-aside'), 'wx+', 0o600)
		} finally {
			rmSync(directory, { recursive: true })
		}
	}

	async add(bytes: Buffer): Promise<void> {
		// Meanwhile signals are heard.
		await setImmediate()
		try {
			for (let written = 0; written < bytes.length; ) written += writeSync(this.#file, bytes, written)
		} catch (error) {
			const reason = (error as Error).message
			throw new Error(`what is not taken at once cannot be kept in ${tmpdir()}: ${reason}. TMPDIR says where else`)
		}
	}

	/** All of it, from the beginning. */
	read(): AsyncIterable<Buffer> {
		return createReadStream('', { fd: this.#file, start: 0, autoClose: false })
	}

	close(): void {
		closeSync(this.#file)
	}
}
