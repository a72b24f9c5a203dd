import type { ErasureReason } from '../../events/catalogue.ts'
import type { RecordedEvent } from '../../events/log.ts'
import { findMessage } from '../../projections/messages.ts'
import type { Views } from '../../projections/views.ts'
import type { Floors } from './floors.ts'

/** Why what somebody said is not shown (any more): it is erased, or will be in a moment. */
export class Erasures {
	readonly #views: Views
	readonly #floors: Pick<Floors, 'of'>

	/** Without `floors` everything is kept that is not erased. */
	constructor(views: Views, floors: Pick<Floors, 'of'> = { of: () => 0 }) {
		this.#views = views
		this.#floors = floors
	}

	readonly of = (event: Said): ErasureReason | undefined => {
		if (event.body === null) return findMessage(this.#views, event.data.messageId)?.erased ?? 'author'
		return event.data.sequence <= this.#floors.of(event.streamId) ? 'retention' : undefined
	}
}

type Said = Extract<RecordedEvent, { type: 'MessagePosted' | 'MessageEdited' }>
