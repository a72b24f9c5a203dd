import { Refusal, type RefusalCode } from '../../commands/refusal.ts'
import type { Writer } from '../../commands/writer.ts'
import type { LogReader, RecordedEvent } from '../../events/log.ts'
import type { Views } from '../../projections/views.ts'
import { findWebhook, listAllWebhooks, listWebhooks, type Webhook } from '../../projections/webhooks.ts'
import type { Identities } from '../auth/identities.ts'
import type { Consumers, OwnConsumer } from '../consumers.ts'
import type { Delivery } from '../delivery/delivery.ts'
import type { Poster } from './post.ts'
import { consumerName, type SenderOptions, type SenderState, WebhookSender } from './sender.ts'

export interface WebhooksOptions extends Pick<SenderOptions, 'retryMs' | 'triedMs' | 'failed'> {
	views: Views
	log: LogReader
	writer: Pick<Writer, 'submit'>
	identities: Identities
	delivery: Delivery
	consumers: Consumers
	poster: Poster
	version: string
}

/** All webhooks that there are, each on its own way through the log. */
export class Webhooks {
	readonly #options: WebhooksOptions
	readonly #senders = new Map<string, WebhookSender>()
	/** Where the server listens nowhere, nothing is posted. */
	#isRunning = false

	constructor(options: WebhooksOptions) {
		this.#options = options
	}

	start(): void {
		this.#isRunning = true
		for (const webhook of listAllWebhooks(this.#options.views)) this.#begin(webhook)
	}

	/** How it stands with one; undefined: there is none. */
	stateOf(webhookId: string): SenderState | undefined {
		return this.#senders.get(webhookId)?.state
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
		const webhook = own.find(({ webhookId }) => consumerName(webhookId) === consumer.name)
		const sender = webhook && this.#senders.get(webhook.webhookId)
		await (sender === undefined ? write() : sender.move(write))
	}

	/** Leaves off where it is; what was not taken is posted again after the next start. */
	async stop(): Promise<void> {
		this.#isRunning = false
		await Promise.all([...this.#senders.values()].map((sender) => sender.stop()))
		this.#options.poster.close()
	}

	#begin(webhook: Webhook): void {
		if (!this.#isRunning || this.#senders.has(webhook.webhookId)) return
		const { views: _views, writer, identities, version, ...options } = this.#options
		const sender = new WebhookSender({
			...options,
			webhook,
			agent: `Tailroom/${version}`,
			reader: () => identities.byWebhook(webhook.webhookId),
			async say(as, { room, content, replyTo }, key) {
				try {
					await writer.submit(as, { type: 'PostMessage', room, content, replyTo }, key)
					return undefined
				} catch (error) {
					if (error instanceof Refusal && !passing.has(error.code)) return `its answer was not said: ${error.detail}`
					throw error
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
const passing: ReadonlySet<RefusalCode> = new Set(['overloaded', 'stopping', 'disk_full', 'internal'])
