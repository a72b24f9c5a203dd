import type { Actor } from '../commands/actor.ts'
import { callerAt } from './auth/addresses.ts'
import { RequestError } from './errors.ts'
import { limitedCallersMax } from './limits.ts'
import { isLoopback } from './networks.ts'

export interface RateLimitOptions {
	/** What is counted, as it is said: `You may post <n> messages a second.` */
	says: (perSecond: number) => string
	/** How often a caller may do it in the long run; 0 is no limit. */
	perSecond: number
	/** So many seconds' worth may be saved up. */
	burstSeconds: number
	/** Who is on this machine may do it as often as they want. */
	sparesLoopback: boolean
	/** Milliseconds of a clock that nobody sets. */
	now?: () => number
}

/** What a caller has left of a limit. */
export interface Remaining {
	perSecond: number
	burst: number
	remaining: number
}

/** A token bucket a caller, who is known by their account, a guest by the address. */
export class RateLimit {
	readonly #options: RateLimitOptions
	readonly #burst: number
	readonly #now: () => number
	readonly #buckets = new Map<string, { tokens: number; at: number }>()

	constructor(options: RateLimitOptions) {
		this.#options = options
		this.#burst = Math.max(1, options.perSecond * options.burstSeconds)
		this.#now = options.now ?? (() => performance.now())
	}

	/** Counts one, or throws `rate_limited`, with when there is room for another. */
	take(actor: Actor, address: string): void {
		const caller = this.#callerOf(actor, address)
		if (caller === undefined) return
		const now = this.#now()
		const tokens = this.#tokensOf(caller, now)
		const { perSecond, says } = this.#options
		if (tokens < 1) {
			throw new RequestError('rate_limited', says(perSecond), [], Math.ceil((1 - tokens) / perSecond))
		}
		this.#buckets.set(caller, { tokens: tokens - 1, at: now })
		if (this.#buckets.size > limitedCallersMax) this.#forgetFull(now)
	}

	/** What is left to a caller; undefined: there is no limit. */
	remainingOf(actor: Actor, address: string): Remaining | undefined {
		const caller = this.#callerOf(actor, address)
		if (caller === undefined) return undefined
		const remaining = Math.floor(this.#tokensOf(caller, this.#now()))
		return { perSecond: this.#options.perSecond, burst: this.#burst, remaining }
	}

	/** A guest can change the name, and not so easily the address. */
	#callerOf(actor: Actor, address: string): string | undefined {
		const { perSecond, sparesLoopback } = this.#options
		if (perSecond === 0 || actor.kind === 'system' || (sparesLoopback && isLoopback(address))) return undefined
		return actor.kind === 'guest' ? callerAt(address) : actor.userId
	}

	#tokensOf(caller: string, now: number): number {
		const { tokens, at } = this.#buckets.get(caller) ?? { tokens: this.#burst, at: now }
		const saved = (Math.max(0, now - at) / 1_000) * this.#options.perSecond
		return Math.min(this.#burst, tokens + saved)
	}

	/** Who has a full bucket again is as one who never came. */
	#forgetFull(now: number): void {
		for (const caller of this.#buckets.keys()) {
			if (this.#tokensOf(caller, now) === this.#burst) this.#buckets.delete(caller)
		}
	}
}
