/** Work of several callers, a step at a time: each caller has a turn, whoever has more waits longer. */
export class Turns<Work> {
	readonly #waiting = new Map<string, Work[]>()

	add(caller: string, work: Work): void {
		const works = this.#waiting.get(caller)
		if (works === undefined) this.#waiting.set(caller, [work])
		else works.push(work)
	}

	/** The first work of the caller whose turn it is; undefined: there is none. */
	next(): { caller: string; work: Work } | undefined {
		const [first] = this.#waiting
		if (first === undefined) return undefined
		const [caller, works] = first
		// To the end of the line.
		this.#waiting.delete(caller)
		this.#waiting.set(caller, works)
		return { caller, work: works[0] as Work }
	}

	/** It is done, or nobody wants it any more. */
	remove(caller: string, work: Work): void {
		const works = this.#waiting.get(caller)?.filter((other) => other !== work) ?? []
		if (works.length > 0) this.#waiting.set(caller, works)
		else this.#waiting.delete(caller)
	}
}
