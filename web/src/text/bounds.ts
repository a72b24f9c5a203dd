/**
 * What reading one message may take: steps of about a nanosecond and a half, so that the worst message delays a page
 * by a few frames, once. A text of 64 KiB with as much Markdown in it as people write takes less.
 */
const stepsMax = 16_000_000

/** Quotes, lists and emphasis in each other. Nobody writes so deep, and each takes from the stack. */
const depthMax = 24

/** What is shown of one message, each an element of the page: a screen shows a few hundred. */
const nodesMax = 4_000

/** A text that is not worth the work of reading its Markdown: it is shown as it was typed. */
export class TooMuch extends Error {}

/** How much of what it may take the reading of one message has taken. */
export class Bounds {
	#steps = 0
	#depth = 0
	#nodes = 0

	spend(steps: number): void {
		this.#steps += steps
		if (this.#steps > stepsMax) throw new TooMuch('It takes too long to read')
	}

	/** Does something that may do the same again inside itself. */
	deeper<Result>(work: () => Result): Result {
		this.#depth += 1
		if (this.#depth > depthMax) throw new TooMuch('It is nested too deep')
		const result = work()
		this.#depth -= 1
		return result
	}

	addNode(): void {
		this.#nodes += 1
		if (this.#nodes > nodesMax) throw new TooMuch('It is made of too many parts')
	}
}
