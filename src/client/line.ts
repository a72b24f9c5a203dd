import type { ControlFrame, Frame } from '../protocol/frames.ts'
import type { TailroomError } from './error.ts'

/** Anything that comes over a line. */
export type StreamFrame = Frame | ControlFrame

/** Which stream is followed, as each transport asks for it. */
export interface Followed {
	/** The path of it after a cursor, or from where it begins without one. */
	path(after: string | undefined): string
	/** What a WebSocket's `subscribe` says besides that cursor. */
	subscription: object
}

/** One connection to a server, over whichever transport. It ends once, by `close` or by `lost`. */
export interface Line {
	/** Says something that is not recorded, where the transport can. */
	say(message: object): void
	/** Ends it, without `lost`. */
	close(): void
}

/** Who listens at a line. */
export interface Ear {
	hear(frame: StreamFrame): void
	/** The line broke, and is being mended by the transport itself. */
	interrupted(): void
	lost(why: Loss): void
}

/**
 * Why a line has ended. `broken`: it can be opened again with the cursor. `refused`: nobody knows why; ask over HTTP.
 * `outdated`: what may be heard has become another. An error: as it says.
 */
export type Loss = 'broken' | 'refused' | 'outdated' | TailroomError
