import type { Registry } from 'prom-client'
import type { Prometheus } from './kinds.ts'

/**
 * What Prometheus' clients tell of any process, under the names that dashboards know. Begins with the first scrape,
 * once a process, for what listens to the garbage collector cannot be stopped again.
 */
export function processMetrics(prometheus: Prometheus): Registry {
	if (registry !== undefined) return registry
	registry = new prometheus.Registry()
	prometheus.collectDefaultMetrics({ register: registry, eventLoopMonitoringPrecision: 1_000 })
	for (const { name } of registry.getMetricsAsArray()) if (dear.test(name)) registry.removeSingleMetric(name)
	return registry
}

let registry: Registry | undefined

/** They look at every open connection; and the delay of the loop is among our own. */
const dear = /^nodejs_(active_|eventloop_|heap_space_)/
