import { statSync } from 'node:fs'
import { join } from 'node:path'
import type { Registry } from 'prom-client'
import { webhookConsumers } from '../../commands/consumers.ts'
import { queueMax } from '../../commands/limits.ts'
import { viewsPath } from '../../projections/files.ts'
import { indexPath } from '../../search/search-index.ts'
import { consumersAbandonedMs } from '../limits.ts'
import { partsOf } from '../parts.ts'
import type { Services } from '../services.ts'
import { kindsIn, type Prometheus, type Value } from './kinds.ts'
import { processMetrics } from './process.ts'

/** What is told to Prometheus. Everything is read when it is asked for; until then nothing but numbers is kept. */
export class Metrics {
	readonly #directory: string
	readonly #services: () => Services
	#registry: Registry | undefined

	constructor(directory: string, services: () => Services) {
		this.#directory = directory
		this.#services = services
	}

	/** As Prometheus reads it. */
	async read(): Promise<{ contentType: string; text: string }> {
		// Who is never scraped need not load it: that takes as long as a tenth of a start.
		const { default: prometheus } = await import('prom-client')
		this.#registry ??= this.#open(prometheus)
		const all = prometheus.Registry.merge([this.#registry, processMetrics(prometheus)])
		return { contentType: all.contentType, text: await all.metrics() }
	}

	#open(prometheus: Prometheus): Registry {
		const registry = new prometheus.Registry()
		const { counter, gauge, histogram } = kindsIn(prometheus, registry)
		const services = this.#services()
		const { figures, delivery, webhooks, writer, connections, webSockets, config } = services

		gauge('info', 'Always 1; which version this is.', () => [[1, { version: config.version }]], 'version')

		counter('events_appended', 'Events that were appended to the log.', () => [[figures.eventsAppended]])
		histogram('batch_commands', 'Commands that were committed together.', figures.batches)
		histogram('commit_duration_seconds', 'What the log and the views took to commit a batch.', figures.commits)
		gauge('commands_waiting', 'Commands that are not answered yet.', () => [[writer.waiting()]])
		gauge('commands_waiting_limit', 'With more, commands are refused as overloaded.', () => [[queueMax]])
		gauge('writable', '0 while the disk is full, else 1.', () => [[writer.isWritable() ? 1 : 0]])
		const postsRefused = () => [...figures.refusedPosts].map(([code, count]): Value => [count, { code }])
		counter('posts_refused', 'Messages that were refused, by the code of the error.', postsRefused, 'code')
		counter('failures', 'Failures inside the server; its log has a line for each.', () => [[figures.failures]])

		gauge('head_position', 'The last position of the log.', () => [[services.log.head().position]])
		gauge('lag_positions', 'How far a part is behind the head.', () => this.#lags(), 'part')
		gauge('wal_bytes', 'The write-ahead log of a file.', () => this.#walBytes(), 'file')

		const open = (): Value[] => [
			[connections.open - webSockets.size, { kind: 'stream' }],
			[webSockets.size, { kind: 'websocket' }],
		]
		gauge('connections', 'Open streams and WebSockets.', open, 'kind')
		gauge('connections_limit', 'With more, they are refused as overloaded.', () => [[connections.max]])
		const subscribers = () => delivery.countSubscribers().map(({ count, ...labels }): Value => [count, labels])
		gauge('subscribers', 'Subscriptions, by how they are read.', subscribers, 'transport', 'state')
		counter('deliveries', 'Frames that were written to subscribers.', () => [[delivery.counts.deliveries]])
		const demotions = () => asValues(delivery.counts.demotions, 'cause')
		counter('demotions', 'Live subscribers that fell back to reading at their own pace.', demotions, 'cause')

		gauge('webhooks', 'Webhooks, by how it stands with them.', () => asValues(webhooks.countStates(), 'state'), 'state')
		const posted = () => asValues(webhooks.counts, 'outcome')
		counter('webhook_deliveries', 'What was posted to webhooks.', posted, 'outcome')

		histogram(
			'event_loop_delay_seconds',
			'How late the main loop was, looked at ten times a second.',
			figures.loopDelays,
		)
		return registry
	}

	#lags(): Value[] {
		const { log } = this.#services()
		const { views, search, webhooks } = partsOf(this.#services())
		const head = log.head().position
		const consumers = log.hindmostConsumer(Date.now() - consumersAbandonedMs, webhookConsumers) ?? head
		const of = {
			views: views.behind,
			search: search.behind,
			webhooks: webhooks.behind,
			consumers: Math.max(0, head - consumers),
		}
		return asValues(of, 'part')
	}

	/** The size alone is asked for: another open and close of a file would drop SQLite's locks. */
	#walBytes(): Value[] {
		const directory = this.#directory
		const paths = { log: join(directory, 'log.db'), views: viewsPath(directory), search: indexPath(directory) }
		return Object.entries(paths).map(([file, path]) => [
			statSync(`${path}-wal`, { throwIfNoEntry: false })?.size ?? 0,
			{ file },
		])
	}
}

/** Numbers by the values of one label. */
function asValues(numbers: Readonly<Record<string, number>>, label: string): Value[] {
	return Object.entries(numbers).map(([name, number]) => [number, { [label]: name }])
}
