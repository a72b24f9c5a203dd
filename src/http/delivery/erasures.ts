import type { ErasureReason } from '../../events/catalogue.ts'
import { DamagedLog } from '../../events/damaged-log.ts'
import type { LogReader, RecordedEvent } from '../../events/log.ts'
import { findMessage } from '../../projections/messages.ts'
import { unseenEvents } from '../../projections/unseen.ts'
import type { Views } from '../../projections/views.ts'
import type { Floors } from './floors.ts'
import type { FrameSources } from './frame.ts'

/** Why what somebody said is not shown (any more): it is erased, or will be in a moment. */
export class Erasures {
	readonly #views: Views
	readonly #log: LogReader
	readonly #floors: Pick<Floors, 'of'>

	/** Without `floors` everything is kept that is not erased. */
	constructor(views: Views, log: LogReader, floors: Pick<Floors, 'of'> = { of: () => 0 }) {
		this.#views = views
		this.#log = log
		this.#floors = floors
	}

	readonly of: FrameSources['erasureOf'] = (event) => {
		if (event.body === null) return this.#reasonOf(event)
		return event.data.sequence <= this.#floors.of(event.streamId) ? 'retention' : undefined
	}

	/** The same in a room of which nothing is shown up to that sequence. */
	upTo(floor: number): FrameSources['erasureOf'] {
		return (event) => {
			if (event.body === null) return this.#reasonOf(event)
			return event.data.sequence <= floor ? 'retention' : undefined
		}
	}

	/** A reason is told once and for all, so it is never guessed. */
	#reasonOf(event: Said): ErasureReason {
		// Before the message, so that what it does not know is looked for behind what it knows.
		const { position } = this.#views.checkpoint()
		const known = findMessage(this.#views, event.data.messageId)?.erased
		if (known != null) return known
		for (const unseen of unseenEvents(this.#log, position, event.streamId)) {
			const reason = reasonIn(unseen, event.data)
			if (reason !== undefined) return reason
		}
		throw new DamagedLog('the log', event.position, 'has lost its text, and no event says that it was erased')
	}
}

type Said = Extract<RecordedEvent, { type: 'MessagePosted' | 'MessageEdited' }>

/** Why an event erased that message, if it did. */
function reasonIn({ type, data }: RecordedEvent, { messageId, sequence }: Said['data']): ErasureReason | undefined {
	if (type === 'MessageDeleted') return data.messageId === messageId ? data.reason : undefined
	if (type !== 'HistoryCleared') return undefined
	return data.after < sequence && sequence <= data.through ? data.reason : undefined
}
