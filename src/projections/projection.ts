import type { EventType } from '../events/catalogue.ts'
import type { RecordedEvent } from '../events/log.ts'
import type { Views } from './views.ts'

type EventOf<Type extends EventType> = Extract<RecordedEvent, { type: Type }>

/**
 * A pure function of the log that keeps some rows of the views: no clock, no randomness, no
 * config. Time is the event's `recordedAt`, and nothing is derived from text that can be erased.
 */
export interface Projection {
	readonly name: string
	/** Raised when the same events give other rows: the next start then replays the log. */
	readonly version: number
	readonly handles: { readonly [Type in EventType]?: (views: Views, event: EventOf<Type>) => void }
}
