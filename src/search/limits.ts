/** What somebody types into one line. */
export const queryCharsMax = 512

/** Words and phrases of one query, each of which is looked for. */
export const termsMax = 16

/** Messages from all over the log that say how often tokens occur: some 20 ms of the searcher. */
export const sampleMax = 2_000

/** Events that are indexed at once: some 20 ms of the thread, and of the disk. */
export const indexBatch = 500

/** How long after an event the index looks for it: what comes in between is indexed together. */
export const indexDelayMs = 200

/** How long the end of the process may wait for what is not indexed yet: nearly always it is nothing, or a moment's. */
export const indexAtEndMsMax = 1_000

/**
 * To take a message out of the index takes 5 to 20 ms with a million of them, to put one in 50 µs. With more than so many to be
 * taken out, and more than that share of all, it is made anew.
 */
export const erasedMax = 1_000
export const erasedShareMax = 0.01
/** Messages that are taken out in one transaction. */
export const erasedBatch = 20

/** Events that are read for what they erase, at once, and in all between two batches: some 50 ms. */
export const factsBatch = 2_000
export const factsAheadMax = 20_000

/** So far behind the index may be without saying so: the delay, and the time that its work takes. */
export const behindMsMax = 1_000

/** A search that is not done by then answers with what it has. */
export const searchMsMax = 1_000

/** Messages that are looked at in one step of a search, and the text in them: some milliseconds. */
export const candidatesMax = 512
export const candidateCharsMax: number = 1024 * 1024

/** Text of what was found, after which a page ends early: it is gone through for what to highlight, and then shown. */
export const hitCharsMax: number = 1024 * 1024

/** Positions that one step goes through: SQLite is not to be interrupted within. It grows and shrinks with how long they take. */
export const windowFirst = 262_144
export const windowMin = 4_096
export const windowMax = 16_777_216
/** A step that is quicker makes the next one longer, one that is slower shorter. */
export const stepMsMin = 20
export const stepMsMax = 80

/** Rooms that are looked up by their tokens. Others are read message by message to see whose room it is. */
export const roomTokensMax = 256
/** In rooms with at least this share of all messages, it is quicker to look at messages than to look rooms up. */
export const roomsShareMin = 0.02

/** Searches of one caller that are under way: one that is worked on, and those that a page sends while somebody types. */
export const searchesPerCallerMax = 4
/** Of all; the last of them is answered within a second or two. */
export const searchesMax = 64

/** Memory for what lives shortly, a thread. */
export const youngGenerationMib = 8

/** The end of the process does not wait longer for a step of a search. */
export const stepAtEndMsMax = 500

/** After a failure the threads start again, and not more often than this. */
export const againMs = 1_000
export const againMsMax = 60_000
