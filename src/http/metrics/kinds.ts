import type { Metric, Registry } from 'prom-client'
import type { Tally } from './tally.ts'

export type Value = readonly [value: number, labels?: Readonly<Record<string, string>>]

/** The library, which is loaded when it is needed. */
export type Prometheus = typeof import('prom-client')

const prefix = 'tailroom_'

/** Metrics of a registry whose values are read at a scrape. The last argument of each is the names of its labels. */
export function kindsIn({ Counter, Gauge }: Prometheus, registry: Registry) {
	const registers = [registry]
	return {
		gauge(name: string, help: string, read: () => readonly Value[], ...labelNames: string[]): void {
			new Gauge({
				...{ name: `${prefix}${name}`, help, labelNames, registers },
				collect() {
					this.reset()
					for (const [value, labels = {}] of read()) this.set(labels, value)
				},
			})
		},
		counter(name: string, help: string, read: () => readonly Value[], ...labelNames: string[]): void {
			new Counter({
				...{ name: `${prefix}${name}_total`, help, labelNames, registers },
				collect() {
					this.reset()
					for (const [value, labels = {}] of read()) this.inc(labels, value)
				},
			})
		},
		/** The library's own histogram can only be told of one value after the other, and this is all that is asked of one. */
		histogram(suffix: string, help: string, tally: Tally): void {
			const name = `${prefix}${suffix}`
			const metric = { name, get: async () => ({ name, help, type: 'histogram', values: valuesOf(name, tally) }) }
			registry.registerMetric(metric as unknown as Metric)
		},
	}
}

/** A bucket of Prometheus' holds what is in those before it too. */
function valuesOf(name: string, { bounds, counts, sum }: Tally) {
	let count = 0
	const buckets = counts.map((inBucket, index) => {
		count += inBucket
		return { metricName: `${name}_bucket`, labels: { le: bounds[index] ?? '+Inf' }, value: count }
	})
	return [
		...buckets,
		{ metricName: `${name}_sum`, labels: {}, value: sum },
		{ metricName: `${name}_count`, labels: {}, value: count },
	]
}
