import type { Test } from 'tap'
import type { Actor } from '../../src/commands/actor.ts'
import type { Command } from '../../src/commands/catalogue.ts'
import { type Answer, type CommandFailure, Sequencer, type SubmittedCommand } from '../../src/commands/sequencer.ts'
import type { EventLog, RecordedEvent } from '../../src/events/log.ts'
import { openLogForWriting } from '../../src/events/sqlite-log.ts'
import { openViewsForWriting, type Views } from '../../src/projections/views.ts'
import { allEvents } from './all-events.ts'
import { ada } from './specification.ts'
import { connectionOf } from './sqlite.ts'

/** When its commands begin to be decided, one a millisecond. */
const beganMs = 1_790_000_000_000

/** A sequencer with its log and its views, all in memory unless a test brings its own. */
export class Writing {
	readonly log: EventLog
	readonly views: Views
	readonly sequencer: Sequencer
	/** What the server's log would be told. */
	readonly failures: CommandFailure[] = []
	#commands = 0
	#nowMs = beganMs

	constructor(log: EventLog, views: Views) {
		this.log = log
		this.views = views
		const now = () => {
			this.#nowMs += 1
			return this.#nowMs
		}
		this.sequencer = new Sequencer(log, views, now, {}, { failed: (failure) => this.failures.push(failure) })
	}

	/** When its last command was decided, in Unix milliseconds. */
	get nowMs(): number {
		return this.#nowMs
	}

	/** So much time passes before the next command. */
	pass(ms: number): void {
		this.#nowMs += ms
	}

	/** A command as it reaches the sequencer: the n-th has the id `command<n>`, without a hyphen as ULIDs are. */
	submit(command: Command, { actor = ada, key }: { actor?: Actor; key?: string | undefined } = {}): SubmittedCommand {
		this.#commands += 1
		return { id: `command${this.#commands}`, actor, command, ...(key === undefined ? {} : { key }) }
	}

	post(
		content: string,
		{ room = 'general', ...by }: { room?: string; actor?: Actor; key?: string | undefined } = {},
	): SubmittedCommand {
		return this.submit({ type: 'PostMessage', room, content }, by)
	}

	run(...batch: SubmittedCommand[]): Promise<Answer[]> {
		return this.sequencer.run(batch)
	}

	events(): RecordedEvent[] {
		return allEvents(this.log)
	}

	/** The texts in the log, in order. */
	texts(): string[] {
		return this.events().flatMap((event) => (event.type === 'MessagePosted' ? [event.body?.content ?? ''] : []))
	}
}

export function emptyViewsOf(log: EventLog, path = ':memory:'): Views {
	return openViewsForWriting(path, log.logId, log.fingerprintAt(0) as string)
}

/** Closed with the test. */
export function startWriting(t: Test, log: EventLog = openLogForWriting(':memory:'), viewsPath?: string): Writing {
	const views = emptyViewsOf(log, viewsPath)
	t.teardown(() => {
		views.close()
		connectionOf(log).close()
	})
	return new Writing(log, views)
}
