import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import type { User } from '../../commands/actor.ts'
import type { LogReader, Position } from '../../events/log.ts'
import type { Webhook } from '../../projections/webhooks.ts'
import type { Consumers, OwnConsumer } from '../consumers.ts'
import type { Delivery } from '../delivery/delivery.ts'
import { filterOf } from '../delivery/filter.ts'
import { type FirstFound, FirstFrames } from '../delivery/first-frames.ts'
import type { Scope } from '../delivery/scope.ts'
import { Subscription } from '../delivery/subscription.ts'
import {
	hiddenPositionsMax,
	webhookBatchMs,
	webhookRetryMs,
	webhookRetryMsMax,
	webhookRightsMs,
	webhookTriedMs,
} from '../limits.ts'
import type { Poster } from './post.ts'
import { isBy, type PostedFrame, type Reply, replyIn } from './reply.ts'
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
	say(as: User, reply: Reply, key: string): Promise<string | undefined>
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
	#state: SenderState = { state: 'following' }
	/** In a row. */
	#failures = 0
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
		this.consumer = { userId, name: consumerName(webhookId) }
		this.#running = this.#run()
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
		const { consumers, log, reader, webhook } = this.#options
		const actor = reader()
		const event = log.at(webhook.position)
		if (actor === undefined || event?.type !== 'WebhookIssued' || event.body === null) {
			return await pause(webhookRightsMs, signal)
		}
		const { body, data } = event
		const after = consumers.find(this.consumer)?.position ?? webhook.position
		const found = await this.#next(actor, after, body.filter, signal)
		if (found === undefined || signal.aborted) return
		if ('bye' in found) return await pause(webhookRightsMs, signal)
		const until = Date.now() + webhookBatchMs
		for (const line of found.frames) {
			const frame = JSON.parse(line) as PostedFrame
			if (!isBy(actor.name, frame)) {
				const answer = await this.#post(body, line, frame, signal)
				if (signal.aborted) return
				if (typeof answer === 'string') return answer
				const reply = data.replies === true ? replyIn(frame, answer) : undefined
				const refused = reply && (await this.#options.say(actor, reply, String(frame.position)))
				this.#recovered(refused)
			}
			if (signal.aborted) return
			await consumers.moveOn(this.consumer, frame.position)
			if (Date.now() > until) return
		}
	}

	async #next(actor: User, after: Position, filter: string | undefined, signal: AbortSignal): Promise<FirstFound> {
		const { consumers, delivery, webhook } = this.#options
		const { roomId } = webhook
		const scope: Scope = roomId === null ? { kind: 'all' } : { kind: 'room', streamId: roomId }
		const wanted = filter === undefined ? {} : { filter: filterOf(filter) }
		const sink = new FirstFrames()
		const subscription = new Subscription(delivery, { actor, scope, sink, after, ...wanted })
		const interrupt = () => sink.cut()
		signal.addEventListener('abort', interrupt)
		delivery.follow(subscription)
		const found = await sink.result
		signal.removeEventListener('abort', interrupt)
		subscription.close()
		if (signal.aborted || found === undefined || 'bye' in found) return found
		// What many others say, and it does not want, is behind it also if this frame is not taken for long.
		const first = (JSON.parse(found.frames[0] as string) as PostedFrame).position
		if (first - after > hiddenPositionsMax) await consumers.moveOn(this.consumer, first - 1)
		return found
	}

	/** Gives what was answered, or why it counts as not taken. */
	async #post({ url, secret }: Target, line: string, { position }: PostedFrame, signal: AbortSignal) {
		const { poster, webhook, agent } = this.#options
		const headers = {
			'Content-Type': 'application/json',
			'User-Agent': agent,
			...signedHeaders(secret, `${webhook.webhookId}.${position}`, line, Date.now()),
		}
		try {
			const answer = await poster.post(new URL(url), headers, line, signal)
			const isTaken = answer.status >= 200 && answer.status < 300
			return isTaken ? answer : `it answered ${answer.status}`
		} catch (error) {
			return (error as Error).message
		}
	}

	async #failedBy(problem: string, signal: AbortSignal): Promise<void> {
		const { retryMs = webhookRetryMs, triedMs = webhookTriedMs } = this.#options
		const failingSinceMs = this.#state.failingSinceMs ?? Date.now()
		const isOver = Date.now() - failingSinceMs > triedMs
		this.#state = { state: isOver ? 'paused' : 'retrying', problem, failingSinceMs }
		if (isOver) return await interrupted(signal)
		// Not all at once that wait for the same server.
		const jitter = 0.8 + 0.4 * Math.random()
		await pause(Math.min(retryMs * 2 ** this.#failures, webhookRetryMsMax) * jitter, signal)
		this.#failures = Math.min(this.#failures + 1, 31)
	}

	#recovered(problem?: string): void {
		this.#failures = 0
		this.#state = { state: 'following', ...(problem === undefined ? {} : { problem }) }
	}
}

interface Target {
	url: string
	secret: string
}

/** By which its user sees how far it is, and puts it elsewhere. */
export function consumerName(webhookId: string): string {
	return `webhook-${webhookId.toLowerCase()}`
}

async function pause(ms: number, signal: AbortSignal): Promise<undefined> {
	await sleep(ms, undefined, { signal, ref: false }).catch(() => {})
}

async function interrupted(signal: AbortSignal): Promise<void> {
	if (!signal.aborted) await once(signal, 'abort')
}
