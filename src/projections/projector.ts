import type { LogReader, RecordedEvent } from '../events/log.ts'
import { addresses, audit } from './audit.ts'
import { invitations, sessions, tokens } from './credentials.ts'
import { members } from './members.ts'
import { messages } from './messages.ts'
import { presences, visitors } from './presence.ts'
import type { Projection } from './projection.ts'
import { rooms } from './rooms.ts'
import { users } from './users.ts'
import type { Views } from './views.ts'

/** Every view, in the order in which an event is shown to them. */
export const projections: readonly Projection[] = [
	rooms,
	members,
	messages,
	users,
	sessions,
	tokens,
	invitations,
	presences,
	visitors,
	audit,
	addresses,
]

/** How many events a transaction of a replay takes: long enough to be fast, short enough to stop. */
const replayBatch = 2_000

/** Shows an event to every view that handles it. Types that this version does not know are skipped. */
export function project(views: Views, event: RecordedEvent): void {
	for (const handle of handlers[event.type] ?? []) handle(views, event)
}

/** Brings the views up to the head of the log, and says how many events that took. */
export function catchUp(views: Views, log: LogReader): number {
	const head = log.head()
	let { position } = views.checkpoint()
	let count = 0
	while (position < head.position) {
		const events = log.read({ after: position, through: head.position, limit: replayBatch })
		const last = events.at(-1)
		if (last === undefined) throw new Error(`the log has no event between ${position} and its head ${head.position}`)
		views.begin()
		try {
			for (const event of events) project(views, event)
			views.setCheckpoint(last)
			views.commit()
		} catch (error) {
			views.rollback()
			throw error
		}
		position = last.position
		count += events.length
	}
	return count
}

type Handler = (views: Views, event: RecordedEvent) => void

const handlers: Partial<Record<string, Handler[]>> = {}
for (const { handles } of projections) {
	for (const [type, handle] of Object.entries(handles)) {
		handlers[type] ??= []
		handlers[type].push(handle as Handler)
	}
}
