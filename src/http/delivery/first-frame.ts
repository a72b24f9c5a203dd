import type { ByeReason, Encoding } from './encoding.ts'
import type { Sink } from './subscription.ts'

/** A reader that wants one frame of those that are in the log: the first that comes. */
export class FirstFrame implements Sink {
	readonly encoding = recorded
	readonly pendingBytes = 0
	/** The frame as JSON; why there will be none; undefined: there was none in time. */
	readonly result: Promise<{ frame: string } | { bye: ByeReason } | undefined>
	readonly #resolve: (result: { frame: string } | { bye: ByeReason } | undefined) => void
	readonly #timeoutMs: number
	#waiting: NodeJS.Timeout | undefined

	/** The time counts from when everything up to the head was looked at. */
	constructor(timeoutMs: number) {
		this.#timeoutMs = timeoutMs
		const { promise, resolve } = Promise.withResolvers<{ frame: string } | { bye: ByeReason } | undefined>()
		this.result = promise
		this.#resolve = resolve
	}

	write(bytes: Buffer): void {
		if (bytes.length > 0) this.#end({ frame: bytes.toString('utf8', 0, bytes.indexOf('\n')) })
	}

	/** It has caught up. */
	control(): void {
		this.#waiting ??= setTimeout(() => this.#end(undefined), this.#timeoutMs)
	}

	mark(): void {}

	acquire(): undefined {}

	release(): void {}

	async drained(): Promise<true> {
		return true
	}

	end(bye: ByeReason = 'overloaded'): void {
		this.#end({ bye })
	}

	/** Nobody wants it any more, or it failed. */
	cut(): void {
		this.#end({ bye: 'overloaded' })
	}

	#end(result: { frame: string } | { bye: ByeReason } | undefined): void {
		clearTimeout(this.#waiting)
		this.#resolve(result)
	}
}

/** A line a frame; nothing of what is only news. */
const recorded: Encoding = { name: 'ndjson', encode: (frame, json) => ('cursor' in frame ? `${json}\n` : '') }
