import { concerns, erasedBy, type HistoryLimits, schemaVersions } from '../events/catalogue.ts'
import { DamagedLog } from '../events/damaged-log.ts'
import { isCorrupt, isDiskFull, sqliteCode } from '../events/database.ts'
import type { AppendableEvent, ConsumerMove, EventLog, Position, RecordedEvent } from '../events/log.ts'
import { catchUp, project } from '../projections/projector.ts'
import type { Views } from '../projections/views.ts'
import type { Actor } from './actor.ts'
import { type Command, decisionFor } from './catalogue.ts'
import { endedConsumers, moveConsumers, webhookConsumer } from './consumers.ts'
import { keyedEventId } from './event-ids.ts'
import { idempotencyKeyCharsMax } from './limits.ts'
import { Refusal, type RefusalCode } from './refusal.ts'
import { inGoodStanding } from './standing.ts'

/** A command on its way to the log. */
export interface SubmittedCommand {
	/** A new ULID. */
	id: string
	actor: Actor
	command: Command
	/** The client's idempotency key: the same again answers as the first time, for ever. */
	key?: string
}

export type Answer =
	/**
	 * `position` is that of the command's own event; undefined: nothing had to happen. `concerns`:
	 * whose rights may be others now.
	 */
	| { done: true; position: Position | undefined; replayed: boolean; concerns?: string[] }
	| { done: false; code: RefusalCode; detail: string; field: string | undefined }

/** What the sequencer tells of its work. */
export interface SequencerReports {
	/** A batch is on the disk and visible. */
	committed?(commit: Commit): void
	/** A command has failed inside the server; the answer to it names its id. */
	failed?(failure: CommandFailure): void
}

/** A batch that was committed. */
export interface Commit {
	commands: number
	events: number
	/** What the log and the views took to commit. */
	ms: number
}

export interface CommandFailure {
	id: string
	type: Command['type']
	error: unknown
}

/**
 * The one write path. A batch of commands is decided one after the other, each seeing what those
 * before it did, and becomes one append to the log: then the views follow, then all are answered.
 *
 * The log commits before the views. A crash between the two leaves views that are behind, and they
 * catch up before the next batch. Nothing outside sees an event before the views have committed.
 */
export class Sequencer {
	readonly #log: EventLog
	readonly #views: Views
	readonly #now: () => number
	readonly #history: HistoryLimits
	readonly #reports: SequencerReports

	/** `history`: what is kept of rooms that say nothing else; absent: all. */
	constructor(
		log: EventLog,
		views: Views,
		now: () => number = Date.now,
		history: HistoryLimits = {},
		reports: SequencerReports = {},
	) {
		this.#log = log
		this.#views = views
		this.#now = now
		this.#history = history
		this.#reports = reports
	}

	/**
	 * Answers every command of the batch, in order.
	 *
	 * Throws only if the disk does not keep what it was given (a failed fsync): then nobody knows
	 * what is on it, and the process must stop without an answer.
	 */
	async run(batch: readonly SubmittedCommand[]): Promise<Answer[]> {
		try {
			return await this.#runTogether(batch)
		} catch (error) {
			if (isDiskFull(error)) return batch.map(() => diskFull)
			if (isDiskFailure(error)) throw error
			if (batch.length === 1) return [this.#failure(batch[0] as SubmittedCommand, error)]
			// One of them breaks a projection. Alone, it fails alone.
			const answers: Answer[] = []
			for (const submitted of batch) answers.push(...(await this.run([submitted])))
			return answers
		}
	}

	#failure({ id, command: { type } }: SubmittedCommand, error: unknown): Answer {
		this.#reports.failed?.({ id, type, error })
		if (error instanceof DamagedLog) return { done: false, code: 'log_damaged', detail: logDamaged, field: undefined }
		const detail = `This failed inside the server and has left nothing behind. The server's log says more, under ${id}.`
		return { done: false, code: 'internal', detail, field: undefined }
	}

	/** Moves consumers, beside the log: answered in order, with one fsync for all. Throws as `run`. */
	moveConsumers(moves: readonly ConsumerMove[]): Answer[] {
		try {
			// Who is erased in the log has no consumers, whether the views could follow or not.
			if (this.#views.checkpoint().position !== this.#log.head().position) catchUp(this.#views, this.#log)
			return moveConsumers(this.#log, this.#views, moves).map((refusal) =>
				refusal === undefined ? moved : refused(refusal),
			)
		} catch (error) {
			if (isDiskFull(error)) return moves.map(() => diskFull)
			throw error
		}
	}

	async #runTogether(batch: readonly SubmittedCommand[]): Promise<Answer[]> {
		const log = this.#log
		const head = log.head().position
		if (this.#views.checkpoint().position !== head) catchUp(this.#views, log)
		const pending = new PendingEvents(head)
		this.#views.begin()
		try {
			const answers = batch.map((submitted) => this.#answer(submitted, pending))
			const erases = pending.events.flatMap(erasedBy)
			const moves = pending.events.flatMap((event, index) => begunConsumers(event, head + index + 1))
			const forgets = pending.events.flatMap(endedConsumers)
			const beganMs = performance.now()
			if (pending.events.length > 0) await log.append(head, pending.events, { erases, moves, forgets })
			const shown = this.#show(answers)
			const { length: events } = pending.events
			if (events > 0) this.#reports.committed?.({ commands: batch.length, events, ms: performance.now() - beganMs })
			return shown
		} catch (error) {
			this.#views.rollback()
			throw error
		}
	}

	/** Commits the views, which are written already, after the log. */
	#show(answers: Answer[]): Answer[] {
		try {
			const head = this.#log.head()
			if (head.position !== this.#views.checkpoint().position) this.#views.setCheckpoint(head)
			this.#views.commit()
			return answers
		} catch (error) {
			// What is in the log stays there, so nobody may be told that it has left nothing behind.
			if (!isDiskFull(error)) throw new ViewsFailure(error)
			this.#views.rollback()
			return answers.map((answer) => (answer.done && answer.position !== undefined ? keptNotShown : answer))
		}
	}

	#answer(submitted: SubmittedCommand, pending: PendingEvents): Answer {
		try {
			return this.#decide(submitted, pending)
		} catch (error) {
			if (error instanceof Refusal) return refused(error)
			throw error
		}
	}

	#decide(submitted: SubmittedCommand, pending: PendingEvents): Answer {
		const { command, id, key } = submitted
		const decision = decisionFor(command)
		const now = this.#now()
		const actor = inGoodStanding(this.#views, submitted.actor, now)
		if (key !== undefined) checkKey(key)
		const eventId = key === undefined ? id : keyedEventId(actor, key)

		const eventAt = (position: Position) => pending.at(position) ?? this.#log.at(position)
		const request = { actor, id, now, eventAt, history: this.#history }
		const state = decision.load(this.#views, command, request)
		const earlier = key === undefined ? undefined : (pending.find(eventId) ?? this.#log.find(eventId))
		if (earlier !== undefined) {
			if (decision.repeats?.(command, earlier, state, request) === true) {
				decision.checkRepeat?.(command, state, request)
				return { done: true, position: earlier.position, replayed: true }
			}
			const detail = 'This idempotency key was used for something else. Use a new key for each message.'
			throw new Refusal('idempotency_key_reused', detail)
		}

		const decided = decision.decide(command, state, request)
		for (const [index, event] of decided.entries()) {
			const isOwn = index === decided.length - 1
			const recorded = pending.add({
				...event,
				eventId: isOwn ? eventId : `${id}.${index}`,
				schemaVersion: schemaVersions[event.type],
				recordedAt: now,
				metadata: { actor: actor.userId },
			})
			project(this.#views, recorded)
		}
		const position = decided.length === 0 ? undefined : pending.position
		const concerned = decided.map(concerns).filter((userId) => userId !== undefined)
		return { done: true, position, replayed: false, ...(concerned.length > 0 ? { concerns: concerned } : {}) }
	}
}

/** The events of a batch before they are appended, at the positions that they are about to take. */
class PendingEvents {
	readonly events: AppendableEvent[] = []
	position: Position
	readonly #byEventId = new Map<string, RecordedEvent>()
	readonly #head: Position
	readonly #recorded: RecordedEvent[] = []

	constructor(head: Position) {
		this.position = head
		this.#head = head
	}

	add(event: AppendableEvent): RecordedEvent {
		this.events.push(event)
		this.position += 1
		// The fingerprint is the log's to give; no projection and no decision looks at it.
		const recorded = { ...event, position: this.position, fingerprint: '' } as RecordedEvent
		this.#byEventId.set(event.eventId, recorded)
		this.#recorded.push(recorded)
		return recorded
	}

	at(position: Position): RecordedEvent | undefined {
		return this.#recorded[position - this.#head - 1]
	}

	find(eventId: string): RecordedEvent | undefined {
		return this.#byEventId.get(eventId)
	}
}

/** The consumer that begins with an event at that position: that of a webhook. */
function begunConsumers({ type, data, recordedAt }: AppendableEvent, position: Position): ConsumerMove[] {
	if (type !== 'WebhookIssued') return []
	const { userId, webhookId, after = position } = data
	return [{ userId, name: webhookConsumer(webhookId), position: after, movedAt: recordedAt }]
}

function checkKey(key: string): void {
	if (/^[\x20-\x7e]+$/.test(key) && key.trim() !== '' && key.length <= idempotencyKeyCharsMax) return
	throw new Refusal(
		'idempotency_key_invalid',
		`An idempotency key is 1 to ${idempotencyKeyCharsMax} printable ASCII characters, for example a UUID.`,
		'key',
	)
}

function refused({ code, detail, field }: Refusal): Answer {
	return { done: false, code, detail, field }
}

/** The views cannot follow: a batch cannot be repeated after that, since the log has it already. */
class ViewsFailure extends Error {
	readonly code: string | undefined

	constructor(cause: unknown) {
		super(`the views cannot follow the log: ${cause}`, { cause })
		this.code = (cause as { code?: string }).code
	}
}

const moved: Answer = { done: true, position: undefined, replayed: false }

const keptNotShown: Answer = {
	done: false,
	code: 'disk_full',
	detail: 'The disk is full. This is kept, and shown when there is room again: do not repeat it without its key.',
	field: undefined,
}

const diskFull: Answer = {
	done: false,
	code: 'disk_full',
	detail: 'The disk is full, so nothing new can be kept. Repeat this, with the same key, when there is room again.',
	field: undefined,
}

const logDamaged =
	'The log of this server is damaged where this was to be looked up, so nothing was written. ' +
	'Its operator finds out more with tailroom verify, and restores a backup.'

function isDiskFailure(error: unknown): boolean {
	if (error instanceof ViewsFailure) return true
	// One event that is damaged is no reason to stop; a file that is none any more is.
	if (error instanceof DamagedLog) return error.position === undefined
	return sqliteCode(error).startsWith('SQLITE_IOERR') || isCorrupt(error)
}
