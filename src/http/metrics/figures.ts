import type { Commit } from '../../commands/writer.ts'
import type { ErrorCode } from '../../protocol/errors.ts'
import { loopSampledEveryMs } from '../limits.ts'
import { Tally } from './tally.ts'

/** From a fast disk to one that hangs. */
const commitSeconds = [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5]
/** Up to as many as the writer takes at once. */
const batchCommands = [1, 2, 4, 8, 16, 32, 64, 128, 256]
/** From what nobody notices to what everybody does. */
const delaySeconds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5]

/** What is counted as it happens, in plain numbers, whether anybody asks for it or not. */
export class Figures {
	readonly batches: Tally = new Tally(batchCommands)
	readonly commits: Tally = new Tally(commitSeconds)
	readonly loopDelays: Tally = new Tally(delaySeconds)
	/** Those that an operator has to know of are there before they happen, so that the first one is seen to be one. */
	readonly refusedPosts: Map<ErrorCode, number> = new Map([
		['disk_full', 0],
		['internal', 0],
		['overloaded', 0],
		['rate_limited', 0],
	])
	eventsAppended = 0
	failures = 0
	#sampling: NodeJS.Timeout | undefined

	committed({ commands, events, ms }: Commit): void {
		this.batches.add(commands)
		this.commits.add(ms / 1_000)
		this.eventsAppended += events
	}

	/** A message that somebody wanted to post was refused. */
	postRefused(code: ErrorCode): void {
		this.refusedPosts.set(code, (this.refusedPosts.get(code) ?? 0) + 1)
	}

	/** Begins to look how late the main loop is. A histogram adds up over scrapes and scrapers; Node's own has to be reset. */
	start(): void {
		let due = performance.now() + loopSampledEveryMs
		this.#sampling = setInterval(() => {
			const now = performance.now()
			this.loopDelays.add(Math.max(0, now - due) / 1_000)
			due = now + loopSampledEveryMs
		}, loopSampledEveryMs)
		this.#sampling.unref()
	}

	stop(): void {
		clearInterval(this.#sampling)
	}
}
