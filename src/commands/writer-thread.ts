import { join } from 'node:path'
import { parentPort, workerData } from 'node:worker_threads'
import { ulid } from 'ulid'
import type { HistoryLimits } from '../events/catalogue.ts'
import { isDamage, isDiskFull } from '../events/database.ts'
import type { ConsumerMove } from '../events/log.ts'
import { openLogForWriting } from '../events/sqlite-log.ts'
import { discardViews, removeSuperseded, viewsPath } from '../projections/files.ts'
import { checkLogIsThere } from '../projections/lost-log.ts'
import { openRebuilt, openViews } from '../projections/open.ts'
import { system } from './actor.ts'
import { batchMax } from './limits.ts'
import { firstRoom } from './rooms.ts'
import { type Answer, type CommandFailure, type Commit, Sequencer, type SubmittedCommand } from './sequencer.ts'

/*
 * The writer: a thread of its own, so that waiting for the disk stops nobody else. It owns the two
 * connections that write. What arrives while a batch is on its way to the disk is the next batch.
 */

export interface WriterOptions {
	directory: string
	/** What is kept of rooms that say nothing else. Absent: all. */
	history?: HistoryLimits
}

export type ToWriter =
	| { type: 'commands'; commands: { ticket: number; submitted: SubmittedCommand }[] }
	| { type: 'uses'; uses: readonly (readonly [credentialId: string, usedAt: number])[] }
	| { type: 'consumer'; ticket: number; move: ConsumerMove }
	/** Go over to the views that were built there. */
	| { type: 'switch'; building: string }
	/** Nobody reads the views any more that were in force before the switch. */
	| { type: 'reopened' }
	/** Finish what has arrived, close the files, say `stopped`. */
	| { type: 'stop' }

export type FromWriter =
	| { type: 'ready'; replayed: number; warning?: string }
	/** `commits`: those that the answers were given after. */
	| { type: 'answers'; answers: { ticket: number; answer: Answer }[]; commits?: Commit[] }
	| { type: 'commandFailed'; failure: CommandFailure }
	/** Everything that is answered from here on is in these views. */
	| { type: 'switched'; path: string }
	| { type: 'notSwitched'; message: string }
	| { type: 'stopped' }

/** After so long without a command the writer is idle, and has time to tidy up what it left. */
const idleMs = 1_000

const port = parentPort
if (port === null) throw new Error('the writer runs as a worker thread')
const { directory, history } = workerData as WriterOptions

checkLogIsThere(directory)
const log = openLogForWriting(join(directory, 'log.db'))
const { views, ...opened } = openViews(directory, log)
const commits: Commit[] = []
const sequencer = new Sequencer(log, views, Date.now, history, {
	committed: (commit) => commits.push(commit),
	failed: (failure) => send({ type: 'commandFailed', failure: { ...failure, error: asError(failure.error) } }),
})
const moves: { ticket: number; move: ConsumerMove }[] = []
const waiting: { ticket: number; submitted: SubmittedCommand }[] = []
let switching: string | undefined
let stopping = false
let awake = false
let tidying: NodeJS.Timeout | undefined

if (log.head().position === 0) {
	const [answer] = await sequencer.run([{ id: ulid(), actor: system, command: { type: 'OpenRoom', room: firstRoom } }])
	if (answer?.done !== true) throw new Error(`the first room could not be opened: ${answer?.detail}`)
}
tidy({ isIdle: true })
port.on('message', (message: ToWriter) => {
	if (message.type === 'stop') stopping = true
	else if (message.type === 'uses') recordUses(message.uses)
	else if (message.type === 'consumer') moves.push(message)
	else if (message.type === 'switch') switching = message.building
	else if (message.type === 'reopened') return removeOldViews()
	else waiting.push(...message.commands)
	wake()
})
send({ type: 'ready', ...opened })

function wake(): void {
	if (awake) return
	awake = true
	// After the messages that have arrived are all in: they share one fsync.
	setImmediate(work)
}

async function work(): Promise<void> {
	if (switching !== undefined) switchViews(switching)
	switching = undefined
	const batch = waiting.splice(0, batchMax)
	if (batch.length > 0) {
		const answers = await sequencer.run(batch.map(({ submitted }) => submitted)).catch(cannotGoOn)
		const answered = batch.map(({ ticket }, i) => ({ ticket, answer: answers[i] as Answer }))
		send({ type: 'answers', answers: answered, commits: commits.splice(0) })
		tidy({ isIdle: false })
	}
	if (moves.length > 0) moveConsumers(moves.splice(0))
	awake = false
	if (waiting.length > 0) wake()
	else if (stopping) stop()
}

/** Nothing is decided by these but when a session was idle for too long: a full disk may lose some. */
function recordUses(uses: readonly (readonly [credentialId: string, usedAt: number])[]): void {
	try {
		log.recordUses(uses)
	} catch (error) {
		if (!isDiskFull(error)) throw error
	}
}

function moveConsumers(moves: readonly { ticket: number; move: ConsumerMove }[]): void {
	let answers: Answer[]
	try {
		answers = sequencer.moveConsumers(moves.map(({ move }) => move))
	} catch (error) {
		cannotGoOn(error)
	}
	send({ type: 'answers', answers: moves.map(({ ticket }, i) => ({ ticket, answer: answers[i] as Answer })) })
	tidy({ isIdle: false })
}

/** Between two batches. Whatever goes wrong with the new ones, the old ones stay. */
function switchViews(building: string): void {
	try {
		const rebuilt = openRebuilt(building, log)
		views.become(rebuilt.views)
		send({ type: 'switched', path: rebuilt.path })
	} catch (error) {
		send({ type: 'notSwitched', message: (error as Error).message })
	}
}

function removeOldViews(): void {
	try {
		removeSuperseded(directory, viewsPath(directory))
	} catch {
		// They are in nobody's way, and the next start removes them.
	}
}

/** Views are disposable: if it is they that are damaged, the next start shall not meet them again. */
function cannotGoOn(error: unknown): never {
	if (isDamage(error)) discardViews(directory)
	throw error
}

function tidy(options: { isIdle: boolean }): void {
	clearTimeout(tidying)
	// Both, always: one that is done must not hide the other.
	const done = [log.tidy(options), views.tidy(options)].every(Boolean)
	if (!done) tidying = setTimeout(tidy, idleMs, { isIdle: true })
}

function stop(): void {
	clearTimeout(tidying)
	views.close()
	log.close()
	send({ type: 'stopped' })
	port?.close()
}

/** Of an error nothing but what it says and where it came from gets to another thread. */
function asError(cause: unknown): Error {
	return cause instanceof Error ? cause : new Error(String(cause))
}

function send(message: FromWriter): void {
	port?.postMessage(message)
}
