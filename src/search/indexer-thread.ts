import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { parentPort, workerData } from 'node:worker_threads'
import { isDiskFull } from '../events/database.ts'
import { removeDatabase } from '../events/files.ts'
import type { Position } from '../events/log.ts'
import { openLogForReading } from '../events/sqlite-log.ts'
import { Indexing } from './indexing.ts'
import { againMs, indexAtEndMsMax } from './limits.ts'
import { indexPath, removeOtherIndexes, SearchIndex } from './search-index.ts'

/*
 * Keeps the index: the only one who writes it. What the log has more than the index is taken in batches, and
 * after each the thread rests for as long as it has worked, so that a long log leaves a core to others.
 */

export interface IndexerOptions {
	directory: string
}

export type ToIndexer = 'look' | 'stop'
export type FromIndexer =
	/** The index can be opened, however far it is. */
	| 'ready'
	/** So much is erased that it takes less time to make the index anew. */
	| 'startAgain'
	/** So far it is. */
	| { position: Position }

const port = parentPort
if (port === null) throw new Error('the indexer runs as a worker thread')
const { directory } = workerData as IndexerOptions
const log = openLogForReading(join(directory, 'log.db'))
removeOtherIndexes(directory)
const index = SearchIndex.open(indexPath(directory), log)
const indexing = new Indexing(index, log)
let isWorking = false
let looksAgain = false
let stopping = false
let tidying: NodeJS.Timeout | undefined
const stopped = new AbortController()

port.on('message', (message: ToIndexer) => {
	if (message === 'stop') {
		stopping = true
		stopped.abort()
	}
	look()
})
port.postMessage('ready' satisfies FromIndexer)
tellPosition()
look()

function look(): void {
	looksAgain = true
	if (!isWorking) void catchUp()
}

async function catchUp(): Promise<void> {
	isWorking = true
	while (looksAgain && !stopping) {
		looksAgain = false
		while (!stopping) {
			const startedAt = performance.now()
			if (!next()) break
			index.tidy({ isIdle: false })
			await rest(performance.now() - startedAt)
		}
	}
	isWorking = false
	if (stopping) stop()
	else tidy()
}

/** False: there is nothing to do, or nothing that can be done here and now. */
function next(): boolean {
	try {
		const done = indexing.next()
		if (done === 'more') tellPosition()
		if (done === 'startAgain') port?.postMessage('startAgain' satisfies FromIndexer)
		return done === 'more'
	} catch (error) {
		if (!isDiskFull(error)) throw error
		if (!stopping) setTimeout(look, againMs).unref()
		return false
	}
}

function tellPosition(): void {
	port?.postMessage({ position: index.checkpoint().position } satisfies FromIndexer)
}

async function rest(ms: number): Promise<void> {
	await sleep(ms, undefined, { signal: stopped.signal }).catch(() => {})
}

/** What was erased is to be in no file; who searches can be in the way of that for a moment. */
function tidy(): void {
	if (tidying !== undefined || index.tidy({ isIdle: true })) return
	tidying = setTimeout(() => {
		tidying = undefined
		tidy()
	}, againMs)
}

/**
 * What was erased is to be in no file when the process ends, for nobody knows when there is another. Nobody
 * searches any more.
 */
function stop(): void {
	clearTimeout(tidying)
	const startedAt = performance.now()
	while (next()) if (performance.now() - startedAt > indexAtEndMsMax) break
	const holdsErased = indexing.holdsErased()
	index.close()
	if (holdsErased) removeDatabase(indexPath(directory))
	log.close()
	port?.close()
}
