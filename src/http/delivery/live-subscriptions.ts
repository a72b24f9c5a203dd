import type { Subscription } from './subscription.ts'

/** The subscriptions that are pushed to, found by what happens where. */
export class LiveSubscriptions {
	readonly #all = new Set<Subscription>()
	/** Those that follow one room, by each of its streams. */
	readonly #byStream = new Map<string, Set<Subscription>>()
	/** Those that follow whatever there is. */
	readonly #wide = new Set<Subscription>()

	get all(): ReadonlySet<Subscription> {
		return this.#all
	}

	get wide(): ReadonlySet<Subscription> {
		return this.#wide
	}

	has(subscription: Subscription): boolean {
		return this.#all.has(subscription)
	}

	/** Those that follow the room of that stream, and nothing else. */
	of(streamId: string): ReadonlySet<Subscription> {
		return this.#byStream.get(streamId) ?? none
	}

	add(subscription: Subscription): void {
		this.#all.add(subscription)
		if (subscription.streams === undefined) this.#wide.add(subscription)
		for (const streamId of subscription.streams ?? []) {
			const followers = this.#byStream.get(streamId) ?? new Set()
			this.#byStream.set(streamId, followers.add(subscription))
		}
	}

	delete(subscription: Subscription): void {
		this.#all.delete(subscription)
		this.#wide.delete(subscription)
		for (const streamId of subscription.streams ?? []) {
			const followers = this.#byStream.get(streamId)
			followers?.delete(subscription)
			if (followers?.size === 0) this.#byStream.delete(streamId)
		}
	}
}

const none: ReadonlySet<Subscription> = new Set()
