import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Test } from 'tap'
import type { AppendableEvent, LogReader, RecordedEvent } from '../../src/events/log.ts'
import { openLogForReading, openLogForWriting } from '../../src/events/sqlite-log.ts'
import { type FrameSources, frameOf } from '../../src/http/delivery/frame.ts'
import { allEvents } from './all-events.ts'

/** A frame that is replayed, as a test compares it: the very text that went over the wire. */
export interface SeenFrame {
	position: number
	room: string
	json: string
}

/** What a data directory's log holds, read by the test itself. The log is closed again. */
export function readLog<Result>(directory: string, read: (log: LogReader) => Result): Result {
	const log = openLogForReading(join(directory, 'log.db'))
	try {
		return read(log)
	} finally {
		log.close()
	}
}

export function recordedEvents(directory: string): RecordedEvent[] {
	return readLog(directory, (log) => allEvents(log))
}

/** The frames with a cursor of all that the log holds. */
export function visibleFrames(directory: string): SeenFrame[] {
	const events = recordedEvents(directory)
	const names = new Map(
		events.flatMap((event) => (event.type === 'UserJoined' ? [[event.data.userId, event.body?.name ?? 'erased']] : [])),
	)
	const sources = { nameOf: (userId: string) => names.get(userId) ?? 'erased', erasureOf: erasuresIn(events) }
	return events.flatMap((event) => {
		const frame = frameOf(event, sources, '')
		if (frame === undefined || !('cursor' in frame)) return []
		return [{ position: frame.position, room: frame.room, json: JSON.stringify(frame) }]
	})
}

/** Why a message has no text any more, by looking through everything. */
function erasuresIn(events: readonly RecordedEvent[]): FrameSources['erasureOf'] {
	return ({ streamId, data: { messageId, sequence }, body }) => {
		if (body !== null) return undefined
		for (const { type, streamId: where, data } of events) {
			if (type === 'MessageDeleted' && data.messageId === messageId) return data.reason
			if (type !== 'HistoryCleared' || where !== streamId) continue
			if (data.after < sequence && sequence <= data.through) return data.reason
		}
		return undefined
	}
}

/** Fails with the first frame that is not the same, if there is one. */
export function sameFrames(t: Test, seen: readonly SeenFrame[], expected: readonly SeenFrame[], who: string): void {
	const at = expected.findIndex(({ json }, i) => seen[i]?.json !== json)
	if (at < 0 && seen.length === expected.length) return void t.pass(`${who} saw its ${seen.length} frames, exactly`)
	const index = at < 0 ? expected.length : at
	t.fail(`${who} saw something else than the log holds`, {
		index,
		before: expected[index - 1]?.json,
		seen: seen[index]?.json,
		expected: expected[index]?.json,
		counts: [seen.length, expected.length],
	})
}

/** Writes a new log of that many messages as a server would have, spread over the rooms. */
export async function fillLog(
	directory: string,
	rooms: readonly string[],
	count: number,
	content = 'message',
	recordedAt = 1_790_000_000_000,
): Promise<void> {
	mkdirSync(directory, { recursive: true, mode: 0o700 })
	const log = openLogForWriting(join(directory, 'log.db'))
	try {
		const sequences = rooms.map(() => 0)
		const opened = rooms.map((room) =>
			entry(recordedAt, `open-${room}`, {
				streamId: `room-${room}`,
				type: 'RoomOpened',
				data: { room, visibility: 'open' },
				body: null,
			}),
		)
		await log.append(0, opened)
		for (let written = 0; written < count; written += fillBatch) {
			const events = Array.from({ length: Math.min(fillBatch, count - written) }, (_, i) => {
				const number = written + i
				const at = number % rooms.length
				const room = rooms[at] as string
				sequences[at] = (sequences[at] as number) + 1
				const data = { room, messageId: `filled-${number}`, sequence: sequences[at] as number, userId: 'guest-filler' }
				const body = { content: `${content} ${number}`, name: 'filler' }
				return entry(recordedAt, `filled-${number}`, {
					streamId: `room-${room}`,
					type: 'MessagePosted',
					data: { ...data, guest: true },
					body,
				})
			})
			await log.append(log.head().position, events)
		}
	} finally {
		log.close()
	}
}

const fillBatch = 1_000

function entry(
	recordedAt: number,
	eventId: string,
	event: Pick<AppendableEvent, 'streamId' | 'type' | 'data' | 'body'>,
): AppendableEvent {
	return {
		...event,
		eventId,
		schemaVersion: 1,
		recordedAt,
		metadata: { actor: 'filler' },
	} as AppendableEvent
}
