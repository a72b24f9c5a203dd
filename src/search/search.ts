import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Worker } from 'node:worker_threads'
import { isDamage, isDiskFull } from '../events/database.ts'
import { removeDatabase } from '../events/files.ts'
import type { Position } from '../events/log.ts'
import { startThread } from '../program/threads.ts'
import type { FromIndexer, IndexerOptions, ToIndexer } from './indexer-thread.ts'
import {
	againMs,
	againMsMax,
	indexDelayMs,
	searchesMax,
	searchesPerCallerMax,
	searchMsMax,
	stepAtEndMsMax,
	youngGenerationMib,
} from './limits.ts'
import { indexPath } from './search-index.ts'
import type { FromSearcher, SearcherOptions, ToSearcher } from './searcher-thread.ts'
import type { Found, Wanted } from './seeking.ts'

/** The search as the rest of the process sees it: nothing of it happens on the main thread. */
export interface Search {
	/**
	 * Looks for messages. `caller`: who shares turns and limits. Rejects with SearchesTooMany; with SearchBroken if it failed,
	 * then it is at work again in a moment; or with the reason of the signal.
	 */
	find(caller: string, wanted: Wanted, signal: AbortSignal): Promise<Found>
	/** There is more in the log: it is indexed within a second. */
	headMoved(): void
	/** Everything up to there is indexed; undefined: it has not begun yet. */
	position(): Position | undefined
	stop(): Promise<void>
}

/** Of one caller, or of all. */
export class SearchesTooMany extends Error {
	readonly whose: 'caller' | 'all'

	constructor(whose: 'caller' | 'all') {
		super('there are too many searches under way')
		this.whose = whose
	}
}

export class SearchBroken extends Error {
	constructor() {
		super('the search has failed, and starts again')
	}
}

export interface SearchOptions {
	directory: string
	/** For one search. Absent: a second. */
	msMax?: number
	/** Whatever goes wrong costs an index at most, and the threads start again. */
	failed(error: Error): void
}

interface Asked {
	caller: string
	wanted: Wanted
	settled: PromiseWithResolvers<Found>
}

interface Threads {
	indexer: Thread
	/** The index can be searched. */
	isOpen: boolean
	position?: Position
	/** From the first search on. */
	searcher?: Thread
}

interface Thread {
	worker: Worker
	/** However it came to that. */
	exited: Promise<void>
}

/** Starts what indexes, and with the first search what searches; waits for neither: what is asked meanwhile is answered when they are there. */
export function startSearch({ directory, msMax = searchMsMax, failed }: SearchOptions): Search {
	const asked = new Map<number, Asked>()
	let lastId = 0
	let threads: Threads | undefined
	let looking: NodeJS.Timeout | undefined
	let again: NodeJS.Timeout | undefined
	let ending: Promise<void> | undefined
	let againAfterMs = againMs
	let stopping = false

	function begin(): void {
		const indexer = start('indexer', { directory } satisfies IndexerOptions)
		const started: Threads = { indexer, isOpen: false }
		threads = started
		indexer.worker.on('error', (error) => broke(started, asError(error)))
		indexer.worker.on('message', (message: FromIndexer) => {
			if (threads !== started || stopping) return
			if (message === 'startAgain') return startAgain(started)
			if (message !== 'ready') {
				started.position = message.position
				return
			}
			started.isOpen = true
			if (asked.size > 0) beginSearching(started)
		})
	}

	function beginSearching(started: Threads): void {
		const workerData: SearcherOptions = { logPath: join(directory, 'log.db'), indexPath: indexPath(directory), msMax }
		const searcher = start('searcher', workerData)
		started.searcher = searcher
		searcher.worker.on('error', (error) => broke(started, asError(error)))
		searcher.worker.on('message', ({ id, found }: FromSearcher) => {
			againAfterMs = againMs
			asked.get(id)?.settled.resolve(found)
		})
		for (const [id, { caller, wanted }] of asked) tell(searcher, { type: 'find', id, caller, wanted })
	}

	/** An index that is damaged is gone before the next one begins. */
	function broke(broken: Threads, error: Error): void {
		if (threads !== broken || stopping) return
		// The server's state says so already, and it goes on by itself.
		if (!isDiskFull(error)) failed(error)
		ending = giveUp(async () => {
			await Promise.all([broken.indexer.worker.terminate(), broken.searcher?.worker.terminate()])
			if (isDamage(error)) removeDatabase(indexPath(directory))
		}, againAfterMs)
		againAfterMs = Math.min(2 * againAfterMs, againMsMax)
	}

	/** The indexer leaves no index that it cannot free from what is erased. */
	function startAgain(old: Threads): void {
		ending = giveUp(() => endThreads(old), 0)
	}

	async function giveUp(end: () => Promise<void>, afterMs: number): Promise<void> {
		threads = undefined
		for (const { settled } of asked.values()) settled.reject(new SearchBroken())
		await end().catch((error: unknown) => failed(asError(error)))
		if (!stopping) again = setTimeout(begin, afterMs)
	}

	begin()
	return {
		async find(caller, wanted, signal) {
			signal.throwIfAborted()
			if (threads === undefined) throw new SearchBroken()
			const own = [...asked.values()].filter((other) => other.caller === caller)
			if (own.length >= searchesPerCallerMax) throw new SearchesTooMany('caller')
			if (asked.size >= searchesMax) throw new SearchesTooMany('all')
			lastId += 1
			const id = lastId
			const settled = Promise.withResolvers<Found>()
			const gone = () => settled.reject(signal.reason)
			signal.addEventListener('abort', gone)
			asked.set(id, { caller, wanted, settled })
			if (threads.searcher !== undefined) tell(threads.searcher, { type: 'find', id, caller, wanted })
			else if (threads.isOpen) beginSearching(threads)
			try {
				return await settled.promise
			} finally {
				asked.delete(id)
				signal.removeEventListener('abort', gone)
				if (signal.aborted && threads?.searcher !== undefined) tell(threads.searcher, { type: 'forget', id })
			}
		},
		headMoved() {
			looking ??= setTimeout(() => {
				looking = undefined
				threads?.indexer.worker.postMessage('look' satisfies ToIndexer)
			}, indexDelayMs)
		},
		position: () => threads?.position,
		async stop() {
			stopping = true
			clearTimeout(looking)
			for (const { settled } of asked.values()) settled.reject(new SearchBroken())
			await ending
			clearTimeout(again)
			if (threads !== undefined) await endThreads(threads)
		},
	}
}

/** Texts that were looked at are garbage, and would pile up in each thread to some 50 MiB before it is collected. */
const resourceLimits = { maxYoungGenerationSizeMb: youngGenerationMib }

function start(name: 'indexer' | 'searcher', workerData: IndexerOptions | SearcherOptions): Thread {
	const worker = startThread(`search/${name}-thread`, { workerData, resourceLimits })
	return { worker, exited: new Promise((resolve) => worker.once('exit', () => resolve())) }
}

function tell({ worker }: Thread, message: ToSearcher): void {
	worker.postMessage(message)
}

/** Who writes ends last: SQLite then leaves one file. Who only reads is not waited for in the middle of a long step. */
async function endThreads({ searcher, indexer }: Threads): Promise<void> {
	if (searcher !== undefined) {
		tell(searcher, { type: 'stop' })
		await Promise.race([searcher.exited, sleep(stepAtEndMsMax, undefined, { ref: false })])
		await searcher.worker.terminate()
	}
	indexer.worker.postMessage('stop' satisfies ToIndexer)
	await indexer.exited
}

function asError(cause: unknown): Error {
	return cause instanceof Error ? cause : new Error(String(cause))
}
