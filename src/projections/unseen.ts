import type { LogReader, Position, RecordedEvent } from '../events/log.ts'

/**
 * The events of a stream that views at that position have not seen yet. The log commits before the views, so
 * for a moment something is erased and no view says why. They are few: what a batch holds.
 */
export function* unseenEvents(log: LogReader, seen: Position, streamId: string): Generator<RecordedEvent> {
	const through = log.head().position
	let after = seen
	for (;;) {
		const page = log.read({ after, through, streams: [streamId], limit: 100 })
		const last = page.at(-1)
		if (last === undefined) return
		yield* page
		after = last.position
	}
}
