import assert from 'node:assert/strict'
import { type Actor, guestNamed } from '../../src/commands/actor.ts'
import { type Command, decisionFor } from '../../src/commands/catalogue.ts'
import type { Request } from '../../src/commands/decision.ts'
import { Refusal, type RefusalCode } from '../../src/commands/refusal.ts'
import type { HistoryLimits, NewEvent } from '../../src/events/catalogue.ts'
import { project } from '../../src/projections/projector.ts'
import { openViewsForWriting, type Views } from '../../src/projections/views.ts'
import { recorded } from './events.ts'

export const ada = guestNamed('ada', 'a log')
export const bob = guestNamed('bob', 'a log')

/** What the command creates is named by this, unless the test says otherwise. */
export const newId = 'NEW'

export interface Specification {
	/** Adds this to what has happened, and asks for the command. */
	when(command: Command, request?: { actor?: Actor; id?: string; now?: number; history?: HistoryLimits }): Outcome
}

interface Outcome {
	/** Exactly these events follow. */
	thenHappens(...events: NewEvent[]): void
	thenNothing(): void
	thenRefused(code: RefusalCode, field?: string): void
}

/**
 * What has happened, what is asked for, and what follows:
 *
 *     given(roomOpened()).when(post('hello')).thenHappens(messagePosted(1))
 */
export function given(...events: NewEvent[]): Specification {
	return {
		when(command, { actor = ada, id = newId, now = 1_790_000_000_000, history = {} } = {}) {
			const eventAt = (position: number) => {
				const event = events[position - 1]
				return event === undefined ? undefined : recorded(event, position)
			}
			const decide = () =>
				withViews(events, (views) => decideOnce(views, command, { actor, id, now, eventAt, history }))
			return {
				thenHappens: (...expected) => assert.deepEqual(decide(), expected),
				thenNothing: () => assert.deepEqual(decide(), []),
				thenRefused: (code, field) =>
					assert.throws(decide, (error) => {
						if (!(error instanceof Refusal)) throw error
						assert.deepEqual({ code: error.code, field: error.field }, { code, field })
						assert.match(error.detail, /^[A-Z].*\.$/s)
						return true
					}),
			}
		},
	}
}

/** Twice from the same state, which a pure decision does not notice and does not change. */
function decideOnce(views: Views, command: Command, request: Request): NewEvent[] {
	const decision = decisionFor(frozen(command))
	const state = frozen(decision.load(views, command, request))
	const decided = decision.decide(command, state, frozen(request))
	assert.deepEqual(decision.decide(command, state, request), decided)
	return decided
}

/** Looks at the views of a house in which this has happened. */
export function withViews<Result>(events: readonly NewEvent[], use: (views: Views) => Result): Result {
	const views = openViewsForWriting(':memory:', 'a log', '')
	try {
		views.begin()
		for (const [index, event] of events.entries()) project(views, recorded(event, index + 1))
		views.commit()
		return use(views)
	} finally {
		views.close()
	}
}

function frozen<Value>(value: Value): Value {
	if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
		Object.freeze(value)
		for (const part of Object.values(value)) frozen(part)
	}
	return value
}
