/** A line of text that names something fits a screen; these are the contract's own lengths. */
export const userNamePattern: RegExp = /^[a-z0-9][a-z0-9._-]{0,31}$/
export const roomNamePattern: RegExp = /^[a-z0-9][a-z0-9._-]{0,63}$/

/** A message is something that a person reads: 64 KiB of UTF-8, as much as a request's body. */
export const contentBytesMax = 65_536

/** Long enough for a UUID or a hash with a prefix. */
export const idempotencyKeyCharsMax = 255

/** Guests open rooms by naming them, so a stranger could name rooms for ever. */
export const roomsMax = 10_000

/** One fsync for at most so many commands: enough to share it, few enough to answer quickly. */
export const batchMax = 256

/** So many commands go to the writer before the turn is over: it begins while others are being read. */
export const handOverMax = 64

/** Commands waiting for the writer. At 15,000 a second, the last one waits under a second. */
export const queueMax = 10_000
