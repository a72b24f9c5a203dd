import { parentPort, workerData } from 'node:worker_threads'
import { openLogForReading } from '../events/sqlite-log.ts'
import { type Found, IndexReader, seek, type Wanted } from './seeking.ts'
import { Turns } from './turns.ts'

/*
 * Searches, a step of one caller after a step of another. SQLite is not to be interrupted within a step, so
 * between two it is looked at the clock, and at who has gone.
 */

export interface SearcherOptions {
	logPath: string
	indexPath: string
	/** For one search. */
	msMax: number
}

export type ToSearcher =
	| { type: 'find'; id: number; caller: string; wanted: Wanted }
	/** Nobody waits for it any more. */
	| { type: 'forget'; id: number }
	| { type: 'stop' }

export interface FromSearcher {
	id: number
	found: Found
}

interface Search {
	id: number
	caller: string
	steps: Generator<void, Found>
}

const port = parentPort
if (port === null) throw new Error('the searcher runs as a worker thread')
const { logPath, indexPath, msMax } = workerData as SearcherOptions
const log = openLogForReading(logPath)
const reader = new IndexReader(indexPath, log)
const searches = new Map<number, Search>()
const turns = new Turns<Search>()
let awake = false

port.on('message', (message: ToSearcher) => {
	if (message.type === 'stop') return stop()
	if (message.type === 'forget') return forget(message.id)
	const { id, caller, wanted } = message
	const search = { id, caller, steps: seek(reader, wanted, msMax) }
	searches.set(id, search)
	turns.add(caller, search)
	wake()
})

function wake(): void {
	if (!awake) setImmediate(work)
	awake = true
}

function work(): void {
	awake = false
	const turn = turns.next()
	if (turn === undefined) return
	const step = turn.work.steps.next()
	if (step.done === true) {
		forget(turn.work.id)
		port?.postMessage({ id: turn.work.id, found: step.value } satisfies FromSearcher)
	}
	wake()
}

function forget(id: number): void {
	const search = searches.get(id)
	if (search === undefined) return
	searches.delete(id)
	turns.remove(search.caller, search)
}

function stop(): void {
	for (const id of searches.keys()) forget(id)
	reader.close()
	log.close()
	port?.close()
}
