import { Worker } from 'node:worker_threads'
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

/** `failed` is called if the thread dies: then no page will ever be answered. */
export function startDeepReader(path: string, failed: (error: Error) => void): DeepReader {
	const worker = new Worker(new URL('./deep-reader-thread.ts', import.meta.url), { workerData: { path } })
	const waiting: PromiseWithResolvers<RecordedEvent[]>[] = []
	worker.on('message', (page: DeepPage) => {
		const asked = waiting.shift()
		if ('events' in page) asked?.resolve(page.events)
		else asked?.reject(new DamagedLog(...page.damaged))
	})
	worker.on('error', (cause) => failed(cause instanceof Error ? cause : new Error(String(cause))))
	// Not `once` of node:events, which would reject for the error that `failed` is told of already.
	const exited = new Promise<void>((resolve) => worker.once('exit', () => resolve()))
	return {
		read(range) {
			const asked = Promise.withResolvers<RecordedEvent[]>()
			waiting.push(asked)
			worker.postMessage(range)
			return asked.promise
		},
		async stop() {
			worker.postMessage('stop')
			await exited
		},
	}
}
