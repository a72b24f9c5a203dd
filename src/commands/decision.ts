import type { HistoryLimits, NewEvent } from '../events/catalogue.ts'
import type { Position, RecordedEvent } from '../events/log.ts'
import type { Views } from '../projections/views.ts'
import type { Actor } from './actor.ts'

/** What a decision may know of a command besides its own fields. */
export interface Request {
	/** With the rights of this very moment. */
	actor: Actor
	/** A new ULID. What the command creates is named by it. */
	id: string
	/** Unix milliseconds; the time that the events will bear. */
	now: number
	/** What is kept of rooms that say nothing else. */
	history: HistoryLimits
	/** An event of the log, also one that is decided in this batch: for texts, which no view holds. */
	eventAt(position: Position): RecordedEvent | undefined
}

/**
 * How a command is decided. `load` reads what it needs to know, inside the writer's open
 * transaction; `decide` is pure: it gives the events that follow, or throws a Refusal.
 *
 * The last event is the command's own: it answers for it and carries the idempotency key.
 */
export interface Decision<Command, State> {
	load(views: Views, command: Command, request: Request): State
	decide(command: Command, state: State, request: Request): NewEvent[]
	/**
	 * Whether an event that was recorded under this command's idempotency key came from the same
	 * command. Text that was erased in the meantime cannot be compared and counts as the same.
	 */
	repeats?(command: Command, event: RecordedEvent, state: State, request: Request): boolean
	/** Throws where the first answer must not be given again, since who asks may not know it any more. */
	checkRepeat?(command: Command, state: State, request: Request): void
}
