import { setImmediate as nextTurn } from 'node:timers/promises'
import { erasedBy, erasingInstead } from '../events/catalogue.ts'
import type { AppendableEvent, EventLog, Position, RecordedEvent } from '../events/log.ts'
import {
	holds,
	isOfDataDirectory,
	type LogCopy,
	openLogCopy,
	openNewestCopies,
	type TellDamage,
} from '../events/log-copies.ts'
import { openLogForWriting } from '../events/sqlite-log.ts'
import { endedConsumers } from './consumers.ts'

export interface ErasedAgain {
	/** So many texts were erased. */
	texts: number
	/** Up to when it is known what was erased, in Unix milliseconds; undefined: nothing is in the log. */
	knownUntil: number | undefined
	/** Whether a data directory was among the copies and read to its end: after that nothing was erased that it knows of. */
	isAllKnown: boolean
	/** What could not be read of the copies, in words: what was erased by it may be there. */
	damaged: string[]
}

/**
 * Erases from a log that nobody has open what other copies of it, at these paths, have erased since.
 *
 * What was erased there is appended here as it was said there: by whom, when, and with what has taken the place of
 * the text; but only of those texts that are here. Copies that have taken another turn count up to where it was taken.
 */
export async function eraseAgain(path: string, copyPaths: readonly string[]): Promise<ErasedAgain> {
	const findings = new Set<string>()
	const cut = new Set<string>()
	const tell: TellDamage = (finding, cutFile) => {
		findings.add(finding)
		if (cutFile !== undefined) cut.add(cutFile)
	}
	let texts = 0
	for (;;) {
		const whole = copyPaths.filter((copy) => !cut.has(copy))
		const cutBefore = cut.size
		const { erased, ...known } = await eraseOnce(path, whole, tell)
		texts += erased
		// Of what one of them holds that cannot be read to its end, older ones may know more.
		if (cut.size === cutBefore) return { texts, ...known, damaged: [...findings] }
	}
}

async function eraseOnce(path: string, copyPaths: readonly string[], tell: TellDamage) {
	const here = openLogCopy(path)
	const copies = openNewestCopies(copyPaths, tell)
	try {
		const newer = copies.filter((copy) => !holds(here, copy.head))
		const times = [here, ...newer].flatMap(({ lastAt }) => lastAt ?? [])
		const knownUntil = times.length === 0 ? undefined : Math.max(...times)
		const ends = new Set([here, ...copies].map(({ head }) => head.fingerprint))
		const isAllKnown = copyPaths.filter(isOfDataDirectory).some((copy) => ends.has(endOf(copy) ?? ''))
		const erased = newer.length === 0 ? 0 : await eraseAgainAs(newer, here, tell)
		return { erased, knownUntil, isAllKnown }
	} finally {
		for (const each of [here, ...copies]) each.close()
	}
}

/** The fingerprint there; undefined: it cannot be read. */
function endOf(path: string): string | undefined {
	try {
		const copy = openLogCopy(path)
		copy.close()
		return copy.head.fingerprint
	} catch {
		return undefined
	}
}

/** Closes `here`: the connection that has written is the last. */
async function eraseAgainAs(copies: LogCopy[], here: LogCopy, tell: TellDamage): Promise<number> {
	const log = openLogForWriting(here.path)
	const erasedNumbers = here.erasedNumbers()
	try {
		let texts = 0
		for (const copy of copies) {
			const shared = lastShared(here, copy, tell)
			texts += await new ErasingAgain({ log, here, copy, shared, erasedNumbers }).run(tell)
		}
		return texts
	} finally {
		here.close()
		log.close()
	}
}

/**
 * The last position at which both hold the same event. Mostly one is the beginning of the other; else it is found by
 * halves, for behind the first other one all are others.
 */
function lastShared(here: LogCopy, copy: LogCopy, tell: TellDamage): Position {
	const isSame = (position: Position) => here.fingerprintAt(position) === copy.fingerprintAt(position)
	const end = Math.min(here.head.position, copy.head.position)
	let [same, other] = isSame(end) ? [end, end + 1] : [0, end]
	while (other - same > 1) {
		const middle = Math.floor((same + other) / 2)
		if (isSame(middle)) same = middle
		else other = middle
	}
	if (same < end && copy.fingerprintAt(other) === undefined) {
		tell(`${copy.path} cannot be read at position ${other}`, copy.path)
	}
	return same
}

/** So many events, or texts, are one transaction. */
const batchEventsMax = 500
const batchTextsMax = 5_000

interface Between {
	log: EventLog
	/** The log too, as it was before. */
	here: LogCopy
	copy: LogCopy
	/** Up to there the copy and the log are the same. */
	shared: Position
	/** Of those who are erased in the log, by their streams. */
	erasedNumbers: Map<string, number>
}

/** What one copy has erased. */
class ErasingAgain {
	readonly #between: Between
	/** Where events of the copy lie that were appended, for some erase what others of them say. */
	readonly #appended = new Map<Position, Position>()
	#events: AppendableEvent[] = []
	readonly #erases = new Set<Position>()

	constructor(between: Between) {
		this.#between = between
	}

	/** Gives how many texts it has erased. */
	async run(tell: TellDamage): Promise<number> {
		const { copy, shared } = this.#between
		let texts = 0
		for (const event of copy.erasing(shared, tell)) {
			this.#add(event)
			if (this.#events.length >= batchEventsMax || this.#erases.size >= batchTextsMax) texts += await this.#append()
		}
		return texts + (await this.#append())
	}

	#add(event: RecordedEvent): void {
		const erases = erasedBy(event).flatMap((position) => this.#here(position) ?? [])
		if (erases.length === 0 || this.#between.log.find(event.eventId) !== undefined) return
		const again = this.#fitting({ ...event, data: erasingInstead(event, erases) } as RecordedEvent)
		if (again === undefined) return
		const { streamId, eventId, type, schemaVersion, recordedAt, metadata, data, body } = again
		this.#events.push({ streamId, eventId, type, schemaVersion, recordedAt, metadata, data, body } as AppendableEvent)
		this.#appended.set(event.position, this.#between.log.head().position + this.#events.length)
		for (const position of erases) this.#erases.add(position)
	}

	/** Where the text lies here that the copy has erased at a position; undefined: it is not here. */
	#here(position: Position): Position | undefined {
		if (position > this.#between.shared) return this.#appended.get(position)
		const body = this.#between.log.at(position)?.body ?? null
		const isHere = body !== null && !this.#erases.has(position)
		return isHere ? position : undefined
	}

	/** As much of it as is true here. */
	#fitting(event: RecordedEvent): RecordedEvent | undefined {
		if (event.type === 'HistoryCleared') {
			// Messages that are not here were cleared there as well; others will bear their numbers here.
			const last = this.#between.here.sequenceAt(event.streamId, this.#between.shared)
			const { after, through } = event.data
			return { ...event, data: { ...event.data, after: Math.min(after, last), through: Math.min(through, last) } }
		}
		if (event.type !== 'UserErased') return event
		// Where the log has erased the person itself, it goes on by itself too.
		if (this.#between.erasedNumbers.has(event.streamId)) return undefined
		const number = 1 + [...this.#between.erasedNumbers.values()].reduce((last, next) => Math.max(last, next), 0)
		this.#between.erasedNumbers.set(event.streamId, number)
		return { ...event, data: { ...event.data, number } }
	}

	async #append(): Promise<number> {
		const texts = [...this.#erases].filter((position) => position <= this.#between.shared).length
		if (this.#events.length === 0) return 0
		await this.#between.log.append(this.#between.log.head().position, this.#events, {
			erases: [...this.#erases],
			forgets: this.#events.flatMap(endedConsumers),
		})
		this.#between.log.tidy({ isIdle: true })
		this.#events = []
		this.#erases.clear()
		// A signal is heard in between.
		await nextTurn()
		return texts
	}
}
