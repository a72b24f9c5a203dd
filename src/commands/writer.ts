import { monotonicFactory } from 'ulid'
import type { ConsumerMove, Position } from '../events/log.ts'
import { startThread } from '../program/threads.ts'
import type { OnProgress } from '../projections/rebuild.ts'
import type { Actor } from './actor.ts'
import type { Command } from './catalogue.ts'
import { handOverMax, queueMax } from './limits.ts'
import { Rebuilding } from './rebuilding.ts'
import { Refusal } from './refusal.ts'
import type { Answer, CommandFailure, Commit, SubmittedCommand } from './sequencer.ts'
import type { FromWriter, ToWriter, WriterOptions } from './writer-thread.ts'

export type { Commit } from './sequencer.ts'

export interface Outcome {
	/** Of the command's own event; undefined: nothing had to happen. */
	position: Position | undefined
	/** The idempotency key was known: this is the first answer again. */
	replayed: boolean
}

/** The writer as the rest of the process sees it. */
export interface Writer {
	/**
	 * Asks for a command and resolves when what follows from it is on the disk and visible.
	 * Rejects with a Refusal, also when the queue is full (`overloaded`) or closed (`stopping`).
	 */
	submit(actor: Actor, command: Command, key?: string): Promise<Outcome>
	/** When sessions and tokens were last used, in Unix milliseconds by their ids. Kept, but no event. */
	recordUses(uses: readonly (readonly [credentialId: string, usedAt: number])[]): void
	/**
	 * Moves a consumer and resolves when that is on the disk; rejects as `submit`, and with `limit_reached`
	 * where one would have too many.
	 */
	moveConsumer(move: ConsumerMove): Promise<void>
	/**
	 * Builds the views anew from the log beside those in force, while commands are taken and answered,
	 * and goes over to them. `onProgress` is told of positions of the log. Gives the number of events that
	 * were replayed; rejects if it failed, or with RebuildUnderWay: then the old views stay.
	 */
	rebuild(onProgress: OnProgress): Promise<{ events: number }>
	/** False while the disk was full the last time that something was written, for half a minute. */
	isWritable(): boolean
	/** Commands that are not answered yet. */
	waiting(): number
	/** Takes no more commands, answers those that it has, closes the files. */
	stop(): Promise<void>
}

export interface WriterEvents {
	/**
	 * The head has moved. Called before the answers of the same batch are given. `concerned`: whose
	 * rights may be others now.
	 */
	headMoved(concerned: readonly string[]): void
	/**
	 * The writer has gone over to the views at `path`, which are at least as far as the ones before. Who
	 * reads must have opened them when this returns: those before get no further, and are removed.
	 */
	viewsReplaced(path: string): void
	/** A batch was committed. */
	committed?(commit: Commit): void
	/** A command has failed inside the server, and was refused as `internal`. */
	commandFailed?(failure: CommandFailure): void
	/** The writer cannot go on: the process must end. */
	failed(error: Error): void
}

/** So long a full disk is taken to be full still. */
const fullForMs = 30_000
const neverFull = Number.NEGATIVE_INFINITY

/** ULIDs in the order in which they are made; random bytes are drawn once a millisecond. */
const newId = monotonicFactory()

/** How the start went: so many events were replayed, and what the operator must know of it. */
interface Opened {
	replayed: number
	warning?: string
}

/** Starts the writer thread and resolves when the views have caught up. */
export async function startWriter(options: WriterOptions, events: WriterEvents): Promise<Writer & Opened> {
	const worker = startThread('commands/writer-thread', { workerData: options })
	const ready = Promise.withResolvers<Opened>()
	const stopped = Promise.withResolvers<void>()
	const pending = new Map<number, PromiseWithResolvers<Outcome>>()
	const rebuilding = new Rebuilding(options.directory, send, viewsReplaced)
	let outbox: Extract<ToWriter, { type: 'commands' }>['commands'] = []
	let lastTicket = 0
	let fullAt = neverFull
	let stopping = false
	let isReady = false

	worker.on('message', (message: FromWriter) => {
		if (message.type === 'ready') {
			isReady = true
			ready.resolve(message)
		} else if (message.type === 'stopped') stopped.resolve()
		else if (message.type === 'answers') {
			for (const commit of message.commits ?? []) events.committed?.(commit)
			settle(message.answers)
		} else if (message.type === 'commandFailed') events.commandFailed?.(message.failure)
		else rebuilding.switched(message)
	})
	worker.on('error', (cause) => {
		const error = cause instanceof Error ? cause : new Error(String(cause))
		if (!isReady) return ready.reject(error)
		stopped.reject(error)
		stopped.promise.catch(() => {})
		events.failed(error)
	})

	function settle(answers: { ticket: number; answer: Answer }[]): void {
		const done = answers.map(({ answer }) => answer).filter((answer) => answer.done)
		if (done.length > 0) events.headMoved(done.flatMap(({ concerns = [] }) => concerns))
		for (const { ticket, answer } of answers) {
			const waiter = pending.get(ticket)
			pending.delete(ticket)
			fullAt = !answer.done && answer.code === 'disk_full' ? performance.now() : answer.done ? neverFull : fullAt
			if (answer.done) waiter?.resolve({ position: answer.position, replayed: answer.replayed })
			else waiter?.reject(new Refusal(answer.code, answer.detail, answer.field))
		}
	}

	function viewsReplaced(path: string): void {
		try {
			events.viewsReplaced(path)
		} catch (error) {
			// Who reads what gets no further would miss what is answered from here on.
			events.failed(error as Error)
		}
	}

	/** What is sent under the ticket is answered in time; refused at once where nothing more is taken. */
	function ask(hand: (ticket: number) => void): Promise<Outcome> {
		if (stopping) throw new Refusal('stopping', 'The server is stopping. Try again in a few seconds.')
		if (pending.size >= queueMax) {
			throw new Refusal('overloaded', 'The server has more to write than it can. Try again in a few seconds.')
		}
		const waiter = Promise.withResolvers<Outcome>()
		lastTicket += 1
		pending.set(lastTicket, waiter)
		hand(lastTicket)
		return waiter.promise
	}

	function post(ticket: number, submitted: SubmittedCommand): void {
		// What is asked for in one turn of the loop goes over together.
		if (outbox.length === 0) setImmediate(flush)
		outbox.push({ ticket, submitted })
		if (outbox.length >= handOverMax) flush()
	}

	function flush(): void {
		if (outbox.length > 0) send({ type: 'commands', commands: outbox })
		outbox = []
	}

	function send(message: ToWriter): void {
		worker.postMessage(message)
	}

	const { replayed, warning } = await ready.promise
	return {
		replayed,
		...(warning === undefined ? {} : { warning }),
		async submit(actor, command, key) {
			return await ask((ticket) => post(ticket, { id: newId(), actor, command, ...(key === undefined ? {} : { key }) }))
		},
		async moveConsumer(move) {
			await ask((ticket) => send({ type: 'consumer', ticket, move }))
		},
		recordUses(uses) {
			if (!stopping) send({ type: 'uses', uses })
		},
		async rebuild(onProgress) {
			if (stopping) throw new Refusal('stopping', 'The server is stopping. Try again in a few seconds.')
			return await rebuilding.run(onProgress)
		},
		waiting: () => pending.size,
		isWritable: () => performance.now() - fullAt > fullForMs,
		async stop() {
			if (!stopping) {
				stopping = true
				await rebuilding.stop()
				flush()
				send({ type: 'stop' })
			}
			await stopped.promise
		},
	}
}
