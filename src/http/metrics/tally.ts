/** How often something was so large, in plain numbers: adding costs a few nanoseconds, and a scrape makes a histogram of it. */
export class Tally {
	/** The largest value of each bucket, ascending; what is larger than all is counted too. */
	readonly bounds: readonly number[]
	/** Of each bucket by itself, and of what is larger than all. */
	readonly counts: number[]
	sum = 0

	constructor(bounds: readonly number[]) {
		this.bounds = bounds
		this.counts = Array(bounds.length + 1).fill(0)
	}

	add(value: number): void {
		let bucket = 0
		while (bucket < this.bounds.length && value > (this.bounds[bucket] as number)) bucket += 1
		this.counts[bucket] = (this.counts[bucket] as number) + 1
		this.sum += value
	}
}
