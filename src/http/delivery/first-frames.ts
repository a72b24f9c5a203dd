import type { ByeReason, ControlFrame } from '../../protocol/frames.ts'
import type { Encoding } from './encoding.ts'
import type { Filter } from './filter.ts'
import type { Sink } from './subscription.ts'

/** The frames as JSON, at least one; why there are none; undefined: there were none in time. */
export type FirstFound = { frames: string[] } | { bye: ByeReason } | undefined

export interface FirstFramesOptions {
	transport: 'wait' | 'webhook'
	/** Those that are wanted; absent: all. One's own removal, which a subscription delivers unasked, is no exception. */
	filter?: Filter | undefined
	/** So long after everything up to the head was looked at there is nothing. Absent: it takes as long as it takes. */
	timeoutMs?: number
	/** Everything was looked at, and nothing of it is wanted. */
	arrived?(): void
	/** Everything up to there was looked at, and nothing of it is wanted. */
	passed?(cursor: string): void
}

/** A reader that wants the first frames that come of those that are in the log: all of one page or turn. */
export class FirstFrames implements Sink {
	readonly encoding = recorded
	readonly pendingBytes = 0
	readonly transport: FirstFramesOptions['transport']
	readonly result: Promise<FirstFound>
	readonly #resolve: (found: FirstFound) => void
	readonly #options: FirstFramesOptions
	#waiting: NodeJS.Timeout | undefined
	#isOver = false

	constructor(options: FirstFramesOptions) {
		this.#options = options
		this.transport = options.transport
		const { promise, resolve } = Promise.withResolvers<FirstFound>()
		this.result = promise
		this.#resolve = resolve
	}

	write(bytes: Buffer): void {
		const { filter } = this.#options
		const lines = bytes.toString().split('\n').slice(0, -1)
		const frames = filter === undefined ? lines : lines.filter((line) => filter.matches(JSON.parse(line)))
		if (frames.length > 0) this.#end({ frames })
	}

	/** It has caught up. */
	control(): void {
		const { arrived, timeoutMs } = this.#options
		if (this.#isOver) return
		arrived?.()
		if (timeoutMs === undefined) return
		this.#waiting ??= setTimeout(() => this.#end(undefined), timeoutMs)
	}

	mark({ cursor }: Extract<ControlFrame, { type: 'mark' }>): void {
		if (!this.#isOver) this.#options.passed?.(cursor)
	}

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
		this.#isOver = true
		clearTimeout(this.#waiting)
		this.#resolve(found)
	}
}

/** A line a frame; nothing of what is only news. */
const recorded: Encoding = { name: 'ndjson', encode: (frame, json) => ('cursor' in frame ? `${json}\n` : '') }
