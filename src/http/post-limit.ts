import type { Person } from '../commands/actor.ts'
import { RequestError } from './errors.ts'

/** A caller may save up so many seconds' worth of posts. */
const burstSeconds = 5

/** A token bucket a caller: so many posts a second, with a burst. 0 is no limit. */
export class PostLimit {
	readonly #perSecond: number
	readonly #burst: number
	readonly #now: () => number
	readonly #buckets = new Map<string, { tokens: number; at: number }>()

	constructor(perSecond: number, now: () => number = Date.now) {
		this.#perSecond = perSecond
		this.#burst = Math.max(1, perSecond * burstSeconds)
		this.#now = now
	}

	/** Counts a post, or throws `rate_limited`. A guest can change the name, and not so easily the address. */
	take({ kind, userId }: Person, address: string): void {
		if (this.#perSecond === 0) return
		const caller = kind === 'guest' ? address : userId
		const now = this.#now()
		const bucket = this.#buckets.get(caller) ?? { tokens: this.#burst, at: now }
		const saved = (Math.max(0, now - bucket.at) / 1_000) * this.#perSecond
		const tokens = Math.min(this.#burst, bucket.tokens + saved)
		if (tokens < 1) throw new RequestError('rate_limited', `You may post ${this.#perSecond} messages a second.`)
		this.#buckets.set(caller, { tokens: tokens - 1, at: now })
		if (this.#buckets.size > bucketsMax) this.#forgetFull(now)
	}

	/** Who has a full bucket again is as one who never came. */
	#forgetFull(now: number): void {
		for (const [caller, { at }] of this.#buckets) {
			if (now - at > burstSeconds * 1_000) this.#buckets.delete(caller)
		}
	}
}

const bucketsMax = 10_000
