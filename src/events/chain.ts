import { type EventFact, erasedBy, erasingTypes } from './catalogue.ts'
import { DamagedLog } from './damaged-log.ts'
import { type Database, isDamage, openBeside, reasonOf } from './database.ts'
import { genesisFingerprint } from './fingerprint.ts'
import type { Position } from './log.ts'
import { checkBody, checkLink } from './proof.ts'
import { type StoredEvent, storedEvents } from './stored-events.ts'

/** Long enough to be quick, short enough that a writer's write-ahead log can be emptied in between. */
const pageEvents = 2_000

/**
 * Checks that the events of a log are what was written, up to a position: every fingerprint follows from
 * the one before it and from its event, and every body that is there is the one that its digest is of. A
 * body that is gone while its digest is left must have been erased by a later event.
 *
 * Gives the number of events. Throws DamagedLog, for the first event that is not what was written.
 */
export function checkChain(path: string, through: Position): number {
	// Where SQLite itself stumbles, it is said how far it came.
	let position = 0
	let database: Database | undefined
	try {
		database = openBeside(path)
		const logId = database.prepare('SELECT log_id FROM log_identity').pluck().get() as string
		const chain = new Chain(logId)
		let events = 0
		for (const event of inPages(database, 0, through)) {
			follow(chain, event, path)
			position = event.position
			events += 1
		}
		// What was erased while this went on is accounted for behind the end.
		if (chain.unexplained !== undefined) {
			for (const event of inPages(database, through, Number.MAX_SAFE_INTEGER)) chain.hear(event)
		}
		checkExplained(chain, path)
		return events
	} catch (error) {
		if (!isDamage(error)) throw error
		throw new DamagedLog(path, undefined, `is damaged after position ${position} (${reasonOf(error)})`)
	} finally {
		database?.close()
	}
}

/** The chain goes on with that event of that file, or it is a DamagedLog. */
export function follow(chain: Chain, event: StoredEvent, path: string): void {
	try {
		chain.next(event)
	} catch (error) {
		throw new DamagedLog(path, event.position, `is not what was written (${(error as Error).message})`)
	}
}

/** At the end of the chain: each text of that file that is gone was erased, or it is a DamagedLog. */
export function checkExplained({ unexplained }: Chain, path: string): void {
	if (unexplained !== undefined) throw new DamagedLog(path, unexplained, lostText)
}

export const lostText = 'has lost its text, and no event says that it was erased'

/** The events of a log one after the other, from its first. Each must follow from those before it. */
export class Chain {
	#fingerprint: Buffer
	/** Bodies that are gone, until an event comes that has erased them. */
	readonly #gone = new Set<Position>()

	constructor(logId: string) {
		this.#fingerprint = genesisFingerprint(logId)
	}

	/** Of the last event. */
	get fingerprint(): Buffer {
		return this.#fingerprint
	}

	/** The first body that is gone, and nobody knows why. */
	get unexplained(): Position | undefined {
		return this.#gone.values().next().value
	}

	/** Throws if it is not what was written. */
	next(event: StoredEvent): void {
		checkLink(this.#fingerprint, event, event.fingerprint)
		checkBody(event.body, event)
		this.#fingerprint = event.fingerprint
		if (event.body === null && event.bodyDigest !== null) this.#gone.add(event.position)
		this.hear(event)
	}

	/** What it says of earlier ones. */
	hear({ type, data }: StoredEvent): void {
		if (!erasingTypes.has(type)) return
		for (const erased of erasedBy({ type, data: JSON.parse(data) } as EventFact)) this.#gone.delete(erased)
	}
}

function* inPages(database: Database, from: Position, through: Position): Generator<StoredEvent> {
	let after = from
	for (;;) {
		const page = [...storedEvents(database, { after, through, limit: pageEvents })]
		const last = page.at(-1)
		if (last === undefined) return
		yield* page
		after = last.position
	}
}
