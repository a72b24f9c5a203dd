import type { LogReader, Position, RecordedEvent } from '../events/log.ts'
import { addresses, audit } from './audit.ts'
import { invitations, sessions, tokens } from './credentials.ts'
import { hooks } from './hooks.ts'
import { members, pastMembers } from './members.ts'
import { mentions } from './mentions.ts'
import { edits, messages } from './messages.ts'
import { personalTexts, presenceTexts } from './personal-texts.ts'
import { presences, visitors } from './presence.ts'
import type { Projection } from './projection.ts'
import { reactions } from './reactions.ts'
import { readMarkers } from './read-markers.ts'
import { rooms } from './rooms.ts'
import { sanctions, sanctionTexts } from './sanctions.ts'
import { users } from './users.ts'
import type { Views } from './views.ts'
import { webhooks } from './webhooks.ts'
import { writtenTexts } from './written-texts.ts'

/** Every view, in the order in which an event is shown to them. */
export const projections: readonly Projection[] = [
	rooms,
	readMarkers,
	pastMembers,
	members,
	messages,
	edits,
	reactions,
	mentions,
	sanctions,
	sanctionTexts,
	users,
	personalTexts,
	writtenTexts,
	sessions,
	tokens,
	hooks,
	webhooks,
	invitations,
	presences,
	visitors,
	presenceTexts,
	audit,
	addresses,
]

/** How many events a transaction of a replay takes: long enough to be fast, short enough to stop. */
export const replayBatch = 2_000

/** Shows an event to every view that handles it. Types that this version does not know are skipped. */
export function project(views: Views, event: RecordedEvent): void {
	for (const handle of handlers[event.type] ?? []) handle(views, event)
}

/** Brings the views up to the head of the log, and says how many events that took. */
export function catchUp(views: Views, log: LogReader): number {
	return catchUpTo(views, log, log.head().position)
}

/** As catchUp, to a position that the log holds. */
export function catchUpTo(views: Views, log: LogReader, through: Position): number {
	let count = 0
	for (const { events } of catchUpInSteps(views, log, through)) count += events
	return count
}

/**
 * Brings the views up to a position of the log, a transaction a step, for who has something else to do
 * in between. Says after each step how many events it took and where the views are.
 *
 * Texts are not read: no row of the views may depend on one.
 */
export function* catchUpInSteps(
	views: Views,
	log: LogReader,
	through: Position,
): Generator<{ events: number; position: Position }> {
	let { position } = views.checkpoint()
	while (position < through) {
		const events = log.readFacts({ after: position, through, limit: replayBatch })
		const last = events.at(-1)
		if (last === undefined) throw new Error(`the log has no event between ${position} and its head ${through}`)
		views.begin()
		try {
			for (const event of events) project(views, event)
			views.setCheckpoint({ position: last.position, fingerprint: log.fingerprintAt(last.position) as string })
			views.commit()
		} catch (error) {
			views.rollback()
			throw error
		}
		position = last.position
		yield { events: events.length, position }
	}
}

type Handler = (views: Views, event: RecordedEvent) => void

const handlers: Partial<Record<string, Handler[]>> = {}
for (const { handles } of projections) {
	for (const [type, handle] of Object.entries(handles)) {
		handlers[type] ??= []
		handlers[type].push(handle as Handler)
	}
}
