import type { Worker } from 'node:worker_threads'
import { startThread } from '../program/threads.ts'
import { DamagedLog } from './damaged-log.ts'
import type { LogRange, RecordedEvent } from './log.ts'

/** A page on its way from the thread. */
export type DeepPage = { events: RecordedEvent[] } | { damaged: DamagedLog['parts'] }

/** Reading the log on a thread of its own: for what lies far behind the head. */
export interface DeepReader {
	/** As LogReader.read, also in what it rejects with. Pages are read one after the other, in the order in which they are asked for. */
	read(range: LogRange): Promise<RecordedEvent[]>
	/** Ends the thread; what was asked for before is still answered. */
	stop(): Promise<void>
}

interface Thread {
	worker: Worker
	/** However it came to that. */
	exited: Promise<void>
}

/**
 * Starts the thread with the first page that is asked for: many servers are never asked for one. `failed` is called if
 * it dies: then no page will ever be answered.
 */
export function startDeepReader(path: string, failed: (error: Error) => void): DeepReader {
	const waiting: PromiseWithResolvers<RecordedEvent[]>[] = []
	let thread: Thread | undefined
	let stopping = false

	function begin(): Thread {
		const worker = startThread('events/deep-reader-thread', { workerData: { path } })
		worker.on('message', (page: DeepPage) => {
			const asked = waiting.shift()
			if ('events' in page) asked?.resolve(page.events)
			else asked?.reject(new DamagedLog(...page.damaged))
		})
		worker.on('error', (cause) => failed(cause instanceof Error ? cause : new Error(String(cause))))
		// Not `once` of node:events, which would reject for the error that `failed` is told of already.
		return { worker, exited: new Promise((resolve) => worker.once('exit', () => resolve())) }
	}

	return {
		read(range) {
			const asked = Promise.withResolvers<RecordedEvent[]>()
			waiting.push(asked)
			if (!stopping) thread ??= begin()
			thread?.worker.postMessage(range)
			return asked.promise
		},
		async stop() {
			stopping = true
			thread?.worker.postMessage('stop')
			await thread?.exited
		},
	}
}
