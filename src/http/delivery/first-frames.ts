import type { ByeReason, Encoding } from './encoding.ts'
import type { Sink } from './subscription.ts'

/** The frames as JSON, at least one; why there are none; undefined: there were none in time. */
export type FirstFound = { frames: string[] } | { bye: ByeReason } | undefined

/** A reader that wants the first frames that come of those that are in the log: all of one page or turn, or the first. */
export class FirstFrames implements Sink {
	readonly encoding = recorded
	readonly pendingBytes = 0
	readonly result: Promise<FirstFound>
	readonly #resolve: (found: FirstFound) => void
	readonly #timeoutMs: number
	#waiting: NodeJS.Timeout | undefined

	/** The time counts from when everything up to the head was looked at; absent: as long as it takes. */
	constructor(timeoutMs = Number.POSITIVE_INFINITY) {
		this.#timeoutMs = timeoutMs
		const { promise, resolve } = Promise.withResolvers<FirstFound>()
		this.result = promise
		this.#resolve = resolve
	}

	write(bytes: Buffer): void {
		if (bytes.length > 0) this.#end({ frames: bytes.toString().trimEnd().split('\n') })
	}

	/** It has caught up. */
	control(): void {
		if (this.#timeoutMs === Number.POSITIVE_INFINITY) return
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

	#end(found: FirstFound): void {
		clearTimeout(this.#waiting)
		this.#resolve(found)
	}
}

/** A line a frame; nothing of what is only news. */
const recorded: Encoding = { name: 'ndjson', encode: (frame, json) => ('cursor' in frame ? `${json}\n` : '') }
