/** The longest wait between two tries: a server that is back is met within half a minute. */
const waitMsMax = 30_000

/** Milliseconds before try number `attempt` (1, 2, …) after that problem: as the server says, or else as `backoffMs`. */
export function waitMs({ retryAfterS = 0 }: { retryAfterS?: number | undefined }, attempt: number): number {
	return Math.max(retryAfterS * 1_000, backoffMs(attempt))
}

/** Milliseconds before try number `attempt` (1, 2, …): twice as long each time, and not for all clients the same. */
export function backoffMs(attempt: number): number {
	return Math.min(waitMsMax, 500 * 2 ** attempt) * (0.5 + Math.random() / 2)
}
