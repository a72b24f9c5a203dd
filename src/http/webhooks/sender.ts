import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import type { User } from '../../commands/actor.ts'
import { webhookConsumer } from '../../commands/consumers.ts'
import { Refusal } from '../../commands/refusal.ts'
import type { LogReader, Position } from '../../events/log.ts'
import type { Webhook } from '../../projections/webhooks.ts'
import type { ByeReason } from '../../protocol/frames.ts'
import type { Consumers, OwnConsumer } from '../consumers.ts'
import type { Delivery } from '../delivery/delivery.ts'
import { filterOf } from '../delivery/filter.ts'
import { type FirstFound, FirstFrames } from '../delivery/first-frames.ts'
import type { EventOf } from '../delivery/frame.ts'
import type { Scope } from '../delivery/scope.ts'
import { Subscription } from '../delivery/subscription.ts'
import { webhookBatchMs, webhookRetryMs, webhookRetryMsMax, webhookRightsMs, webhookTriedMs } from '../limits.ts'
import type { Poster } from './post.ts'
import { type PostedFrame, type Reply, replyIn } from './reply.ts'
import { signedHeaders } from './sign.ts'

export interface SenderOptions {
	webhook: Webhook
	log: LogReader
	delivery: Delivery
	consumers: Consumers
	poster: Poster
	/** Who hears by it, as of now; undefined: nobody. */
	reader(): User | undefined
	/** Says what was answered, once for each key. Gives why it may not be said; rejects where that may change. */
	say(as: User, reply: Reply, key: string, stopped: AbortSignal): Promise<string | undefined>
	/** Something was posted, and was taken or was not. */
	posted(outcome: 'ok' | 'failed'): void
	/** A failure of our own. */
	failed(error: unknown): void
	/** What this program calls itself. */
	agent: string
	/** Between the first two tries. Absent: a second. */
	retryMs?: number | undefined
	/** So long it is tried. Absent: a week. */
	triedMs?: number | undefined
}

/** How it stands with a webhook. */
export interface SenderState {
	/** `paused`: it has failed for so long that it is not tried any more, until it is told where to go on. */
	state: 'following' | 'retrying' | 'paused'
	/** Why the last try failed, or why its answer was not said. */
	problem?: string
	/** Unix milliseconds. */
	failingSinceMs?: number
}

/**
 * One webhook on its way through the log. It is a consumer: what was taken is acknowledged, frame by frame, and
 * what was not is posted again, in order, after a restart too. It reads as every other subscription does, with the
 * rights of its user, and reads anew before a later try, so that nothing is said that is erased by then.
 */
export class WebhookSender {
	readonly consumer: OwnConsumer
	readonly #options: SenderOptions
	#position: Position | undefined
	#state: SenderState = { state: 'following' }
	/** In a row. */
	#failures = 0
	/** By a clock that nobody sets. */
	#failingSince = 0
	/** Why what was answered last was not said. */
	#refused: string | undefined
	#isStopped = false
	/** Ends what it does at the moment, so that it looks again at what there is to do. */
	#interruption = new AbortController()
	#step: Promise<void> = Promise.resolve()
	/** Nothing is done until this is settled. */
	#held: Promise<void> = Promise.resolve()
	readonly #running: Promise<void>

	constructor(options: SenderOptions) {
		this.#options = options
		const { userId, webhookId } = options.webhook
		this.consumer = { userId, name: webhookConsumer(webhookId) }
		this.#running = this.#run()
	}

	/** Up to here everything was taken; undefined: it waits for what comes next. */
	get position(): Position | undefined {
		return this.#position
	}

	get state(): SenderState {
		return this.#state
	}

	/** Puts its consumer elsewhere while nothing is on its way, and goes on from there. Rejects as `write` does. */
	async move(write: () => Promise<void>): Promise<void> {
		const moved = this.#held.then(async () => {
			this.#interruption.abort()
			await this.#step
			await write()
			this.#recovered()
		})
		this.#held = moved.catch(() => {})
		await moved
	}

	async stop(): Promise<void> {
		this.#isStopped = true
		this.#interruption.abort()
		await this.#running
	}

	async #run(): Promise<void> {
		for (;;) {
			const held = this.#held
			await held
			if (this.#isStopped) return
			if (held !== this.#held) continue
			this.#interruption = new AbortController()
			this.#step = this.#goOn(this.#interruption.signal)
			await this.#step
		}
	}

	async #goOn(signal: AbortSignal): Promise<void> {
		try {
			const problem = await this.#postNext(signal)
			if (problem !== undefined) await this.#failedBy(problem, signal)
		} catch (error) {
			if (signal.aborted) return
			this.#options.failed(error)
			await this.#failedBy('this failed inside the server', signal)
		}
	}

	/** Waits for what comes next, and posts it. Gives why that failed. */
	async #postNext(signal: AbortSignal): Promise<string | undefined> {
		const { log, reader, webhook } = this.#options
		const actor = reader()
		const event = log.at(webhook.position)
		if (actor === undefined || event?.type !== 'WebhookIssued' || event.body === null)
			return await this.#waitForRights(signal)
		const { body, data } = event
		const found = await this.#next(actor, data.after ?? event.position, body.filter, signal)
		if (found === undefined || signal.aborted) return
		if ('bye' in found) return found.bye === 'rights_lost' ? await this.#waitForRights(signal) : problems[found.bye]
		const until = performance.now() + webhookBatchMs
		for (const line of found.frames) {
			const frame = JSON.parse(line) as PostedFrame
			this.#position = frame.position - 1
			const isOwn = isBy(actor.name, frame)
			const problem = isOwn ? undefined : await this.#deliver(actor, event, { line, frame }, until, signal)
			if (signal.aborted || problem === 'stale') return
			if (!isOwn) this.#options.posted(problem === undefined ? 'ok' : 'failed')
			if (problem !== undefined) return problem
			await this.#options.consumers.moveOn(this.consumer, frame.position)
			this.#recovered()
			if (performance.now() > until) return
		}
	}

	async #next(actor: User, begin: Position, wanted: string | undefined, signal: AbortSignal): Promise<FirstFound> {
		const { consumers, delivery, failed, webhook } = this.#options
		const { roomId } = webhook
		const after = consumers.find(this.consumer)?.position ?? begin
		this.#position = after
		const scope: Scope = roomId === null ? { kind: 'all' } : { kind: 'room', streamId: roomId }
		if (!delivery.rights.mayHearSome(actor, scope)) return { bye: 'rights_lost' }
		const filter = filterOf(wanted)
		const sink = new FirstFrames({
			transport: 'webhook',
			filter,
			// What others say, and it does not want, is behind it.
			passed: (cursor) => {
				// Who may hear nothing is not done with what there is: they may hear it again.
				if (!delivery.rights.mayHearSome(actor, scope)) return
				this.#recovered()
				consumers.moveOn(this.consumer, Number.parseInt(cursor, 10)).catch((error: unknown) => {
					// It has ended in this moment, or the disk is full: it is said to who is told, and the next mark says it again.
					if (!(error instanceof Refusal)) failed(error)
				})
			},
			arrived: () => {
				this.#recovered()
				this.#position = undefined
			},
		})
		const subscription = new Subscription(delivery, { actor, scope, sink, after, filter })
		const interrupt = () => sink.cut()
		signal.addEventListener('abort', interrupt)
		delivery.follow(subscription)
		const found = await sink.result
		signal.removeEventListener('abort', interrupt)
		subscription.close()
		return found
	}

	/** Gives why it counts as not taken; `stale`: it waited for so long that it is to be read again first. */
	async #deliver(
		actor: User,
		{ body, data }: EventOf<'WebhookIssued'>,
		{ line, frame }: Read,
		until: number,
		signal: AbortSignal,
	): Promise<string | undefined> {
		const { url, secret } = body as NonNullable<typeof body>
		try {
			const answer = await this.#options.poster.inTurn(() => {
				if (performance.now() > until || signal.aborted) return undefined
				return this.#post(url, secret, line, frame, signal)
			}, signal)
			if (answer === undefined) return 'stale'
			if (answer.status < 200 || answer.status >= 300) return `it answered ${answer.status}`
			const reply = data.replies === true ? replyIn(frame, answer) : undefined
			this.#refused = reply && (await this.#options.say(actor, reply, String(frame.position), signal))
			return undefined
		} catch (error) {
			return (error as Error).message.split('\n', 1)[0]?.slice(0, problemCharsMax) ?? ''
		}
	}

	#post(url: string, secret: string, line: string, { position }: PostedFrame, signal: AbortSignal) {
		const { poster, webhook, agent } = this.#options
		const headers = {
			'Content-Type': 'application/json',
			'User-Agent': agent,
			...signedHeaders(secret, `${webhook.webhookId}.${position}`, line, Date.now()),
		}
		return poster.post(new URL(url), headers, line, signal)
	}

	/** They may come back, and nobody is told of it here. */
	async #waitForRights(signal: AbortSignal): Promise<undefined> {
		this.#state = { state: 'following', problem: 'its user may hear nothing there at the moment' }
		return await pause(webhookRightsMs, signal)
	}

	async #failedBy(problem: string, signal: AbortSignal): Promise<void> {
		const { retryMs = webhookRetryMs, triedMs = webhookTriedMs } = this.#options
		const failingSinceMs = this.#state.failingSinceMs ?? Date.now()
		if (this.#state.failingSinceMs === undefined) this.#failingSince = performance.now()
		const isOver = performance.now() - this.#failingSince > triedMs
		this.#state = { state: isOver ? 'paused' : 'retrying', problem, failingSinceMs }
		if (isOver) return await interrupted(signal)
		// Not all at once that wait for the same server.
		const jitter = 0.8 + 0.4 * Math.random()
		await pause(Math.min(retryMs * 2 ** this.#failures, webhookRetryMsMax) * jitter, signal)
		this.#failures = Math.min(this.#failures + 1, 31)
	}

	#recovered(): void {
		this.#failures = 0
		this.#state = { state: 'following', ...(this.#refused === undefined ? {} : { problem: this.#refused }) }
	}
}

/** Whether it is the doing of who would be told of it: a program that hears itself answers itself. */
export function isBy(name: string, frame: PostedFrame): boolean {
	switch (frame.type) {
		case 'message':
		case 'edit':
			return frame.sender === name
		case 'delete':
		case 'clear':
			return frame.by === name
		case 'reaction':
		case 'read':
			return frame.userId === name
		default:
			return false
	}
}

const problems: { readonly [Reason in Exclude<ByeReason, 'rights_lost'>]: string } = {
	stopping: 'the server is stopping',
	overloaded: 'this failed inside the server',
	expired: 'this failed inside the server',
	log_damaged: 'what comes next in the log is damaged: its operator restores a backup',
}

/** A frame as it was read, and what it says. */
interface Read {
	line: string
	frame: PostedFrame
}

/** What went wrong, in a line of a table. */
const problemCharsMax = 200

async function pause(ms: number, signal: AbortSignal): Promise<undefined> {
	await sleep(ms, undefined, { signal, ref: false }).catch(() => {})
}

async function interrupted(signal: AbortSignal): Promise<void> {
	if (!signal.aborted) await once(signal, 'abort')
}
