import { readdir } from 'node:fs/promises'
import type { Registry } from 'prom-client'
import type { Prometheus } from './kinds.ts'

/**
 * What Prometheus' clients tell of any process, under the names that dashboards know. Begins with the first scrape,
 * once a process, for what listens to the garbage collector cannot be stopped again.
 */
export function processMetrics({ Registry, Gauge, collectDefaultMetrics }: Prometheus): Registry {
	if (registry !== undefined) return registry
	registry = new Registry()
	collectDefaultMetrics({ register: registry, eventLoopMonitoringPrecision: 1_000 })
	for (const { name } of registry.getMetricsAsArray()) if (dear.test(name)) registry.removeSingleMetric(name)
	if (process.platform !== 'linux') return registry
	new Gauge({
		name: 'process_open_fds',
		help: 'Number of open file descriptors.',
		registers: [registry],
		async collect() {
			// Without the one that the directory itself is read by.
			this.set((await readdir('/proc/self/fd')).length - 1)
		},
	})
	return registry
}

let registry: Registry | undefined

/** They look at every open connection while nobody else is served; and the delay of the loop is among our own. */
const dear = /^(nodejs_active_|nodejs_eventloop_|nodejs_heap_space_|process_open_fds)/
