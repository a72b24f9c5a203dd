import type { ControlFrame, Frame } from '../protocol/frames.ts'
import type { TailroomError } from './error.ts'

/** Anything that comes over a line. */
export type StreamFrame = Frame | ControlFrame

/** Which stream: of one room, of some, or of all that one belongs to; and which of its frames. */
export interface Stream {
	rooms?: readonly string[] | undefined
	filter?: string | undefined
	/** The server keeps the cursor under that name; it counts where no cursor is given. */
	consumer?: string | undefined
	/** Begins with so many messages that were; counts where neither is given. */
	tail?: number | undefined
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
