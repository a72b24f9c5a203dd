import type { EventShapes, EventType, NewEvent } from './catalogue.ts'

/** The text in a page, from which on no further event is read: a page is a bounded piece of work. */
export const pageBytesMax: number = 256 * 1024

/** The place of an event in the log: a positive integer; 0 is before the first event. */
export type Position = number

/** An event with all that is decided before it is appended. */
export type AppendableEvent = NewEvent & {
	/** Unique in the log for ever. */
	eventId: string
	schemaVersion: number
	/** Unix milliseconds. */
	recordedAt: number
	metadata: { actor: string }
}

/**
 * An event as the log holds it.
 *
 * `type` may be one that this version does not know: views skip it, decisions refuse it.
 */
export type RecordedEvent = {
	[Type in EventType]: {
		position: Position
		/** The log's fingerprint at this position: SHA-256 over everything up to here, 64 hex digits. */
		fingerprint: string
		streamId: string
		eventId: string
		type: Type
		schemaVersion: number
		recordedAt: number
		metadata: { actor: string }
		data: EventShapes[Type]['data']
		/** null also once the text is erased. */
		body: EventShapes[Type]['body'] | null
	}
}[EventType]

export interface LogHead {
	position: Position
	/** SHA-256 over the whole log up to here, 64 hex digits. */
	fingerprint: string
}

/** What to read: the events in (after, through], of some streams or of all, the oldest `limit`. */
export interface LogRange {
	after: Position
	through: Position
	/** One stream, or two that are read as if they were one. */
	streams?: StreamChoice
	limit: number
}

/** How far one who reads for somebody has come: what the server keeps of a named cursor. */
export interface Consumer {
	name: string
	/** Everything up to there is done with. */
	position: Position
	/** Unix milliseconds. */
	movedAt: number
}

/** A consumer, or without a name all, of somebody. */
export interface ConsumerOf {
	userId: string
	name?: string
}

/** What is to become of somebody's consumer. */
export interface ConsumerMove {
	userId: string
	name: string
	/** Where it is from now on, and made if there is none; undefined: there is none any more. */
	position: Position | undefined
	/** `to`: back too. `make`: one that is there stays. Absent: one that is farther stays where it is. */
	how?: 'to' | 'make'
	/** Unix milliseconds. */
	movedAt: number
}

export type StreamChoice = readonly [string] | readonly [string, string]

/** Somebody else appended in between: read on, decide again. */
export class HeadMoved extends Error {
	constructor(after: Position, head: Position) {
		super(`the append was meant to follow position ${after}, but the head of the log is ${head}`)
	}
}

/**
 * Reading the log. Every method is a bounded, indexed read and answers from what is committed; one
 * that meets something else than what was written throws DamagedLog.
 */
export interface LogReader {
	/** Which log this is; never changes, and a restored copy keeps it. */
	readonly logId: string
	head(): LogHead
	/**
	 * Oldest first; at most `limit` events, and no more once their text exceeds `pageBytesMax`. An empty
	 * page says that there is nothing more in the range; a short one does not.
	 */
	read(range: LogRange): RecordedEvent[]
	/**
	 * The facts alone, of all streams: as `read`, but that every `body` is null and every `fingerprint`
	 * empty. Twice as quick, and a text that is damaged does not stop it.
	 */
	readFacts(range: Omit<LogRange, 'streams'>): RecordedEvent[]
	/** The event at that position, or undefined. Several times quicker than a range of one. */
	at(position: Position): RecordedEvent | undefined
	/** The event with that id, or undefined. */
	find(eventId: string): RecordedEvent | undefined
	/** The fingerprint in hex at a position that holds an event, and at 0; else undefined. */
	fingerprintAt(position: Position): string | undefined
	/** When a session or token was last used, in Unix milliseconds; undefined: never, as far as was kept. */
	usedAt(credentialId: string): number | undefined
	/** Somebody's consumer of that name, or undefined. */
	consumer(userId: string, name: string): Consumer | undefined
	/** All that somebody has, by their names. */
	consumers(userId: string): Consumer[]
	/**
	 * How far the hindmost is of those that moved since `movedAfterMs`, without those whose names match `except` (a GLOB).
	 * Looks at so many at most as `consumersLookedAtMax` says; undefined: there is none.
	 */
	hindmostConsumer(movedAfterMs: number, except: string): Position | undefined
	close(): void
}

/**
 * The one source of truth.
 *
 * 1. `append` adds all the events or none of them, in the order given.
 * 2. When it resolves, they are on the disk: a power cut cannot take them back.
 * 3. They take positions directly after `after`. If `after` is not the head, it rejects with
 *    HeadMoved and nothing has happened.
 * 4. `erases` sets the bodies at those positions to NULL in the same transaction; their text is
 *    then in no file of the log once `tidy` has returned true.
 * 5. Positions and fingerprints at or below the head never change, by erasing neither.
 * 6. An `eventId` that the log already holds rejects the append as a whole.
 * 7. `moves` moves consumers and `forgets` removes some in the same transaction, as `erases` does texts.
 */
export interface EventLog extends LogReader {
	append(
		after: Position,
		events: readonly AppendableEvent[],
		options?: { erases?: readonly Position[]; moves?: readonly ConsumerMove[]; forgets?: readonly ConsumerOf[] },
	): Promise<void>
	/**
	 * Keeps when sessions and tokens were used, in Unix milliseconds by their ids. Beside the log and no
	 * part of it: no position, no fingerprint.
	 */
	recordUses(uses: readonly (readonly [credentialId: string, usedAt: number])[]): void
	/** Moves consumers, one after the other, all or none; on the disk when it returns. Beside the log too. */
	moveConsumers(moves: readonly ConsumerMove[]): void
	/**
	 * Moves the write-ahead log into the file, when it has grown or holds text that was erased. Cheap
	 * when there is nothing to do. `isIdle`: nobody waits for the writer, so it may take its time.
	 * False: something is left to do, because the writer is not idle, a reader was in the way, or the
	 * disk has no room for the file to grow. Nothing is lost by that; call again later.
	 */
	tidy(options: { isIdle: boolean }): boolean
}
