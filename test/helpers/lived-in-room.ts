import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Test } from 'tap'
import { schemaVersions } from '../../src/events/catalogue.ts'
import type { AppendableEvent } from '../../src/events/log.ts'
import { openLogForWriting } from '../../src/events/sqlite-log.ts'
import { temporaryDirectory } from './directory.ts'
import { messagePosted, roomOpened } from './events.ts'
import { bringViewsUp } from './filled-directory.ts'

const names = ['grace', 'alan', 'edsger', 'barbara']
const words = 'the quick brown fox jumps over a lazy dog while nobody at all looks out of their window '
const beginMs = 1_700_000_000_000
const betweenMs = 90_000

/**
 * A data directory whose `general` was talked in for a long time: so many messages of several people, one line or
 * several, over many days. Message n begins with `n:`.
 */
export async function livedInRoom(t: Test, count: number): Promise<string> {
	const directory = join(temporaryDirectory(t), 'data')
	mkdirSync(directory, { recursive: true })
	const log = openLogForWriting(join(directory, 'log.db'))
	await log.append(0, [event(0, roomOpened())])
	const batch = 5_000
	for (let first = 1; first <= count; first += batch) {
		const events = Array.from({ length: Math.min(batch, count - first + 1) }, (_, i) => said(first + i))
		await log.append(log.head().position, events)
	}
	log.close()
	bringViewsUp(directory)
	return directory
}

function said(sequence: number): AppendableEvent {
	// Of one person a few in a row, of many lengths, and the same each time.
	const name = names[((sequence >> 2) * 7) % names.length] as string
	const content = `${sequence}: ${words.repeat((sequence * sequence) % 7)}`
	return event(sequence, messagePosted(sequence, { content, name }, { userId: `guest-${name}` }))
}

function event(number: number, happened: ReturnType<typeof messagePosted>): AppendableEvent {
	return {
		...happened,
		eventId: `lived-${number}`,
		schemaVersion: schemaVersions[happened.type] ?? 1,
		recordedAt: beginMs + number * betweenMs,
		metadata: { actor: 'system' },
	} as AppendableEvent
}
