import type { LogReader, Position, RecordedEvent } from '../../src/events/log.ts'

/** All events in (after, through], read page by page to the empty one. */
export function allEvents(
	log: LogReader,
	{ after = 0, through = log.head().position }: { after?: Position; through?: Position } = {},
): RecordedEvent[] {
	const events: RecordedEvent[] = []
	for (;;) {
		const page = log.read({ after: events.at(-1)?.position ?? after, through, limit: 1_000 })
		if (page.length === 0) return events
		events.push(...page)
	}
}
