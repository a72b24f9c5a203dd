import { setTimeout as sleep } from 'node:timers/promises'
import type { User } from '../../commands/actor.ts'
import { webhookConsumer } from '../../commands/consumers.ts'
import type { Writer } from '../../commands/writer.ts'
import type { LogReader, Position, RecordedEvent } from '../../events/log.ts'
import type { Views } from '../../projections/views.ts'
import { findWebhook, listAllWebhooks, listWebhooks, type Webhook } from '../../projections/webhooks.ts'
import type { ErrorCode } from '../../protocol/errors.ts'
import type { Identities } from '../auth/identities.ts'
import type { Consumers, OwnConsumer } from '../consumers.ts'
import type { Delivery } from '../delivery/delivery.ts'
import { asRequestError, type RequestError } from '../errors.ts'
import type { RateLimit } from '../rate-limit.ts'
import type { Poster } from './post.ts'
import { type SenderOptions, type SenderState, WebhookSender } from './sender.ts'

export interface WebhooksOptions extends Pick<SenderOptions, 'retryMs' | 'triedMs' | 'failed'> {
	views: Views
	log: LogReader
	writer: Pick<Writer, 'submit'>
	identities: Identities
	delivery: Delivery
	consumers: Consumers
	poster: Poster
	postLimit: RateLimit
	version: string
}

/** All webhooks that there are, each on its own way through the log. */
export class Webhooks {
	readonly #options: WebhooksOptions
	/** What was posted since the start. */
	readonly counts = { ok: 0, failed: 0 }
	readonly #senders = new Map<string, WebhookSender>()
	/** Where the server listens nowhere, nothing is posted. */
	#isRunning = false

	constructor(options: WebhooksOptions) {
		this.#options = options
	}

	/** From now on things are posted: by those that there are, and by no others. */
	start(): void {
		const all = new Map(listAllWebhooks(this.#options.views).map((webhook) => [webhook.webhookId, webhook]))
		this.#isRunning = true
		for (const webhook of all.values()) this.#begin(webhook)
		for (const webhookId of this.#senders.keys()) if (!all.has(webhookId)) this.#end(webhookId)
	}

	/** The views were built anew. */
	viewsReplaced(): void {
		if (this.#isRunning) this.start()
	}

	/** How it stands with one; undefined: there is none. */
	stateOf(webhookId: string): SenderState | undefined {
		return this.#senders.get(webhookId)?.state
	}

	/** How many there are in each state. */
	countStates(): Record<SenderState['state'], number> {
		const counts = { following: 0, retrying: 0, paused: 0 }
		for (const { state } of this.#senders.values()) counts[state.state] += 1
		return counts
	}

	/** How far the hindmost is of those that are tried; undefined: there is none that has something to post. */
	position(): Position | undefined {
		const tried = [...this.#senders.values()].filter(({ state }) => state.state !== 'paused')
		return tried.reduce<Position | undefined>((hindmost, { position }) => {
			return position === undefined || (hindmost !== undefined && hindmost < position) ? hindmost : position
		}, undefined)
	}

	/** An event after which there may be one more, or less. */
	changedBy({ type, data }: RecordedEvent): void {
		if (type === 'WebhookIssued') {
			const webhook = findWebhook(this.#options.views, data.webhookId)
			if (webhook !== undefined) this.#begin(webhook)
		} else if (type === 'WebhookRevoked') this.#end(data.webhookId)
		else if (type === 'UserErased') this.#endOf(data.userId)
	}

	/** Where it is the consumer of a webhook, that stands still meanwhile, and goes on from where it is then. */
	async move(consumer: OwnConsumer, write: () => Promise<void>): Promise<void> {
		const own = listWebhooks(this.#options.views, consumer.userId)
		const webhook = own.find(({ webhookId }) => webhookConsumer(webhookId) === consumer.name)
		const sender = webhook && this.#senders.get(webhook.webhookId)
		await (sender === undefined ? write() : sender.move(write))
	}

	/** Leaves off where it is; what was not taken is posted again after the next start. */
	async stop(): Promise<void> {
		this.#isRunning = false
		await Promise.all([...this.#senders.values()].map((sender) => sender.stop()))
	}

	#begin(webhook: Webhook): void {
		if (!this.#isRunning || this.#senders.has(webhook.webhookId)) return
		const { views: _views, writer, identities, version, postLimit, ...options } = this.#options
		const sender = new WebhookSender({
			...options,
			webhook,
			agent: `Tailroom/${version}`,
			posted: (outcome) => {
				this.counts[outcome] += 1
			},
			reader: () => identities.byWebhook(webhook.webhookId),
			async say(as, { room, content, replyTo }, key, stopped) {
				try {
					await takeInTime(postLimit, as, stopped)
					await writer.submit(as, { type: 'PostMessage', room, content, replyTo }, key)
					return undefined
				} catch (error) {
					const refusal = asRequestError(error)
					// It was answered in other words before a crash, and that was said.
					if (refusal?.code === 'idempotency_key_reused') return undefined
					if (refusal === undefined || passing.has(refusal.code)) throw error
					return `its answer was not said: ${refusal.detail}`
				}
			},
		})
		this.#senders.set(webhook.webhookId, sender)
	}

	#end(webhookId: string): void {
		void this.#senders.get(webhookId)?.stop()
		this.#senders.delete(webhookId)
	}

	#endOf(userId: string): void {
		for (const [webhookId, { consumer }] of this.#senders) if (consumer.userId === userId) this.#end(webhookId)
	}
}

/** Refusals that say nothing of what was to be said. */
const passing: ReadonlySet<ErrorCode> = new Set(['overloaded', 'stopping', 'disk_full', 'internal'])

/** Waits until the account may post again: who has answered is not to be asked again for that. */
async function takeInTime(postLimit: RateLimit, as: User, stopped: AbortSignal): Promise<void> {
	for (;;) {
		try {
			return postLimit.take(as, anywhere)
		} catch (error) {
			const { retryAfterS = 1 } = error as RequestError
			await sleep(retryAfterS * 1_000, undefined, { signal: stopped, ref: false })
		}
	}
}

/** Nobody knows from where an answer comes. */
const anywhere = '0.0.0.0'
