/** Streams and WebSockets that are open. */
export class ConnectionCount {
	readonly #max: number
	#open = 0

	constructor(max: number) {
		this.#max = max
	}

	get open(): number {
		return this.#open
	}

	get max(): number {
		return this.#max
	}

	get full(): boolean {
		return this.#open >= this.#max
	}

	opened(): void {
		this.#open += 1
	}

	closed(): void {
		this.#open -= 1
	}
}
