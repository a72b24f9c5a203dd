import { Held } from './held.ts'

/** `away` is what somebody has chosen to be, `idle` who is away because they do nothing. */
export type Standing = 'online' | 'idle' | 'away' | 'offline'

/** Somebody who is here: as they choose, and while they choose nothing else, as they are active. */
export class Attendant extends Held<Standing> {
	/** When they last did something, by a clock that nobody sets. */
	#activeAt = performance.now()

	/** Who was gone is online. Who comes back is as they were: to be connected is nothing that one does. */
	override take(): void {
		if (this.isOver) void this.choose('online')
		super.take()
	}

	/** They do something. On the way of many requests, so most of the time it is only a number. */
	act(): void {
		this.#activeAt = performance.now()
		if (this.present === 'idle') void this.become('online')
	}

	/** They choose to be online, for as long as they are active, or away, whatever they do. */
	async choose(state: 'online' | 'away'): Promise<void> {
		this.#activeAt = performance.now()
		await this.become(state)
	}

	/** Whether they have become idle just now, having done nothing since that time. */
	rest(since: number): boolean {
		if (this.present !== 'online' || !this.isHeld || this.#activeAt > since) return false
		void this.become('idle')
		return true
	}
}
