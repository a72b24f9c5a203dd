import { once } from 'node:events'
import type { Writable } from 'node:stream'
import { setImmediate } from 'node:timers/promises'

/** Where bytes go no faster than they are taken. What it rejects with is why nothing can be written any more. */
export class Outlet {
	readonly #output: Writable
	#failure: NodeJS.ErrnoException | undefined

	constructor(output: Writable) {
		this.#output = output
		output.on('error', (error) => {
			this.#failure ??= error
		})
	}

	/** Resolves to true when there is room for more, or to false when there was none for so long; unless told, it waits. */
	async hasRoom(waitMs?: number): Promise<boolean> {
		// Also where there always is, as in a file, signals are heard.
		await setImmediate()
		this.#check()
		if (!this.#output.writableNeedDrain) return true
		const giveUp = new AbortController()
		const timer = waitMs === undefined ? undefined : setTimeout(() => giveUp.abort(), waitMs)
		try {
			await once(this.#output, 'drain', { signal: giveUp.signal })
			return true
		} catch (error) {
			this.#check()
			if (giveUp.signal.aborted) return false
			throw error
		} finally {
			clearTimeout(timer)
		}
	}

	write(bytes: Buffer): void {
		this.#output.write(bytes)
	}

	/** Resolves when all has left this process. */
	async flush(): Promise<void> {
		const { promise, resolve } = Promise.withResolvers<void>()
		this.#output.write('', () => resolve())
		await promise
		this.#check()
	}

	#check(): void {
		if (this.#failure === undefined) return
		const { code, message } = this.#failure
		throw Object.assign(new Error(`what is exported cannot be written: ${message}`), { code })
	}
}
