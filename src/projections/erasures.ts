import type { ErasureReason } from '../events/catalogue.ts'
import type { RecordedEvent } from '../events/log.ts'
import { findMessage } from './messages.ts'
import type { Views } from './views.ts'

/** Why what somebody said is not shown (any more). */
export class Erasures {
	readonly #views: Views

	constructor(views: Views) {
		this.#views = views
	}

	readonly of = (
		event: Extract<RecordedEvent, { type: 'MessagePosted' | 'MessageEdited' }>,
	): ErasureReason | undefined => {
		if (event.body !== null) return undefined
		return findMessage(this.#views, event.data.messageId)?.erased ?? 'author'
	}
}
