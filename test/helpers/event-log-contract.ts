import type { Test } from 'tap'
import type { NewEvent } from '../../src/events/catalogue.ts'
import {
	type AppendableEvent,
	type EventLog,
	HeadMoved,
	pageBytesMax,
	type RecordedEvent,
} from '../../src/events/log.ts'
import { allEvents } from './all-events.ts'
import { temporaryDirectory } from './directory.ts'
import { appendable, manyMessages, messagePosted, roomOpened } from './events.ts'

/** Opens the engine on a directory, again too. The test closes it. */
export type OpenEngine = (directory: string) => EventLog

/** What every engine of the log must do: the numbered rules of EventLog, and of reading. */
export function eventLogContract(t: Test, openEngine: OpenEngine): void {
	/** A log, closed with the test. */
	const openLog = (t: Test, directory = temporaryDirectory(t)): EventLog => {
		const log = openEngine(directory)
		t.teardown(() => log.close())
		return log
	}
	const everything = (log: EventLog): RecordedEvent[] => allEvents(log)
	/** An event without what the log gives it. */
	const asAppended = ({ position, fingerprint, ...event }: RecordedEvent): unknown => event

	t.test('an empty log has its head at 0, with a fingerprint that is its own', (t) => {
		const [log, other] = [openLog(t), openLog(t)]
		t.equal(log.head().position, 0)
		t.match(log.head().fingerprint, /^[0-9a-f]{64}$/)
		t.equal(log.fingerprintAt(0), log.head().fingerprint)
		t.not(log.logId, other.logId)
		t.not(log.head().fingerprint, other.head().fingerprint)
		t.same(everything(log), [])
		t.end()
	})

	t.test('what is appended is read as it was given, in that order', async (t) => {
		const log = openLog(t)
		const events = [appendable(roomOpened()), appendable(messagePosted(1)), appendable(messagePosted(2))]
		await log.append(0, events)
		t.same(everything(log).map(asAppended), events)
	})

	t.test('text keeps every character', async (t) => {
		const log = openLog(t)
		const content = 'a\u0001"\\\n\u2028 é 漢字 👩‍👩‍👧 \ufeff'
		await log.append(0, [appendable(messagePosted(1, { content, name: 'ada' }))])
		t.same(everything(log)[0]?.body, { content, name: 'ada' })
	})

	t.test('events take the positions directly after the head', async (t) => {
		const log = openLog(t)
		await log.append(0, manyMessages(2))
		await log.append(2, manyMessages(3))
		t.same(
			everything(log).map(({ position }) => position),
			[1, 2, 3, 4, 5],
		)
		t.equal(log.head().position, 5)
	})

	t.test('an append of no events changes nothing', async (t) => {
		const log = openLog(t)
		await log.append(0, manyMessages(2))
		const before = log.head()
		await log.append(2, [])
		t.same(log.head(), before)
	})

	for (const [where, after] of [
		['before', 1],
		['after', 3],
	] as const) {
		t.test(`an append that is meant for a place ${where} the head is rejected and nothing has happened`, async (t) => {
			const log = openLog(t)
			await log.append(0, manyMessages(2))
			const [head, events] = [log.head(), everything(log)]
			const error = await log.append(after, manyMessages(1), { erases: [1] }).catch((error: unknown) => error)
			t.type(error, HeadMoved)
			t.same(log.head(), head)
			t.same(everything(log), events)
			await log.append(2, manyMessages(1))
			t.equal(log.head().position, 3)
		})
	}

	t.test('an event id that the log holds rejects the whole append, its erasures too', async (t) => {
		const log = openLog(t)
		await log.append(0, [appendable(messagePosted(1), { eventId: 'the same' })])
		const [head, events] = [log.head(), everything(log)]
		const again = [...manyMessages(2), appendable(messagePosted(4), { eventId: 'the same' }), ...manyMessages(1)]
		await t.rejects(log.append(1, again, { erases: [1] }))
		t.same(log.head(), head)
		t.same(everything(log), events)
	})

	t.test('an event id twice within one append rejects the whole append', async (t) => {
		const log = openLog(t)
		const twice = [
			appendable(messagePosted(1), { eventId: 'twice' }),
			appendable(messagePosted(2), { eventId: 'twice' }),
		]
		await t.rejects(log.append(0, twice))
		t.equal(log.head().position, 0)
		t.same(everything(log), [])
	})

	t.test('after a rejected append the log takes the next one', async (t) => {
		const log = openLog(t)
		await log.append(0, [appendable(messagePosted(1), { eventId: 'the same' })])
		await t.rejects(log.append(1, [appendable(messagePosted(2), { eventId: 'the same' })]))
		await log.append(1, manyMessages(1))
		t.equal(log.head().position, 2)
	})

	t.test('a log that is opened again holds everything and is the same log', async (t) => {
		const directory = temporaryDirectory(t)
		const first = openEngine(directory)
		await first.append(0, manyMessages(5))
		await first.append(5, manyMessages(1), { erases: [2] })
		const [logId, head, events] = [first.logId, first.head(), everything(first)]
		first.close()
		const second = openLog(t, directory)
		t.equal(second.logId, logId)
		t.same(second.head(), head)
		t.same(everything(second), events)
		await second.append(6, manyMessages(1))
		t.equal(second.head().position, 7)
	})

	t.test('a read gives the events after and through what was asked, the oldest up to the limit', async (t) => {
		const log = openLog(t)
		await log.append(0, manyMessages(10))
		const positions = (after: number, through: number, limit: number) =>
			log.read({ after, through, limit }).map(({ position }) => position)
		t.same(positions(0, 10, 100), [1, 2, 3, 4, 5, 6, 7, 8, 9, 10])
		t.same(positions(3, 6, 100), [4, 5, 6])
		t.same(positions(3, 10, 2), [4, 5])
		t.same(positions(9, 99, 100), [10])
		t.same(positions(10, 10, 100), [])
		t.same(positions(6, 3, 100), [])
		t.same(positions(0, 10, 0), [])
	})

	t.test('a page ends early where texts are long, and only an empty one is the last', async (t) => {
		const log = openLog(t)
		const text = 'x'.repeat(pageBytesMax / 4)
		await log.append(
			0,
			Array.from({ length: 10 }, (_, i) => appendable(messagePosted(i + 1, { content: text, name: 'ada' }))),
		)
		const page = log.read({ after: 0, through: 10, limit: 100 })
		t.ok(page.length >= 4 && page.length <= 5, `${page.length} events in a page`)
		t.same(
			allEvents(log).map(({ position }) => position),
			[1, 2, 3, 4, 5, 6, 7, 8, 9, 10],
		)
		t.equal(log.read({ after: 10, through: 10, limit: 100 }).length, 0)
	})

	t.test('facts are what a read gives, without texts and fingerprints, as many as were asked for', async (t) => {
		const log = openLog(t)
		const text = 'x'.repeat(pageBytesMax)
		await log.append(0, [appendable(roomOpened()), ...manyMessages(2), appendable(messagePosted(3, { content: text }))])
		await log.append(4, manyMessages(2, 4), { erases: [2] })
		const expected = everything(log).map((event) => ({ ...event, body: null, fingerprint: '' }))
		t.same(log.readFacts({ after: 0, through: 6, limit: 100 }), expected)
		t.same(log.readFacts({ after: 1, through: 5, limit: 100 }), expected.slice(1, 5))
		t.same(log.readFacts({ after: 0, through: 6, limit: 4 }), expected.slice(0, 4))
		t.same(log.readFacts({ after: 6, through: 6, limit: 4 }), [])
	})

	t.test('at a position is the event that a read gives, or none', async (t) => {
		const log = openLog(t)
		await log.append(0, manyMessages(3))
		t.same(log.at(2), log.read({ after: 1, through: 2, limit: 1 })[0])
		t.equal(log.at(0), undefined)
		t.equal(log.at(4), undefined)
	})

	t.test('a read of a stream gives its events alone', async (t) => {
		const log = openLog(t)
		const inRoom = (roomId: string, sequence: number) =>
			appendable(messagePosted(sequence, undefined, { roomId, messageId: `${roomId}-${sequence}` }))
		await log.append(0, [inRoom('room-A', 1), inRoom('room-B', 1), inRoom('room-A', 2), inRoom('room-A', 3)])
		const positions = (stream: string, after: number, through: number, limit: number) =>
			log.read({ after, through, streams: [stream], limit }).map(({ position }) => position)
		t.same(positions('room-A', 0, 4, 100), [1, 3, 4])
		t.same(positions('room-B', 0, 4, 100), [2])
		t.same(positions('room-A', 1, 3, 100), [3])
		t.same(positions('room-A', 0, 4, 2), [1, 3])
		t.same(positions('room-C', 0, 4, 100), [])
	})

	t.test('two streams are read as if they were one, in the order of the log', async (t) => {
		const log = openLog(t)
		const inStream = (streamId: string) => appendable({ ...messagePosted(1), streamId } as NewEvent)
		const streams = 'ABCAABBCBABACCAB'.split('')
		await log.append(0, streams.map(inStream))
		await log.append(streams.length, [], { erases: [4, 6] })
		const all = everything(log)
		for (const pair of ['AB', 'BA', 'CD', 'DE'].map((names) => names.split('') as [string, string])) {
			for (const [after, through, limit] of [
				[0, 16, 100],
				[3, 12, 100],
				[0, 16, 4],
				[5, 9, 3],
				[16, 16, 100],
				[0, 16, 0],
			] as const) {
				const expected = all
					.filter(({ streamId, position }) => pair.includes(streamId) && position > after && position <= through)
					.slice(0, limit)
				t.same(log.read({ after, through, limit, streams: pair }), expected, `${pair} (${after}, ${through}], ${limit}`)
			}
		}
	})

	t.test('a page of two streams ends early where texts are long, and only an empty one is the last', async (t) => {
		const log = openLog(t)
		const content = 'x'.repeat(pageBytesMax / 4)
		const streams = 'ABABABABAB'.split('')
		await log.append(
			0,
			streams.map((streamId) => appendable({ ...messagePosted(1, { content }), streamId } as NewEvent)),
		)
		const read: number[] = []
		for (let page = [{ position: 0 }]; page.length > 0; read.push(...page.map(({ position }) => position))) {
			page = log.read({ after: page.at(-1)?.position ?? 0, through: 10, limit: 100, streams: ['A', 'B'] })
			t.ok(page.length <= 5, `${page.length} events in a page`)
		}
		t.same(read, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10])
	})

	t.test('an event is found by its id', async (t) => {
		const log = openLog(t)
		await log.append(0, [...manyMessages(2), appendable(messagePosted(3), { eventId: 'guest-ada:my key' })])
		t.same(log.find('guest-ada:my key'), everything(log)[2])
		t.equal(log.find('guest-ada:another'), undefined)
		t.equal(log.find(''), undefined)
	})

	t.test('there is a fingerprint at 0 and at every event, and nowhere else', async (t) => {
		const log = openLog(t)
		const genesis = log.fingerprintAt(0)
		await log.append(0, manyMessages(3))
		t.equal(log.fingerprintAt(0), genesis)
		t.same(
			everything(log).map(({ fingerprint }) => fingerprint),
			[1, 2, 3].map((position) => log.fingerprintAt(position)),
		)
		t.equal(log.fingerprintAt(3), log.head().fingerprint)
		t.equal(new Set([0, 1, 2, 3].map((position) => log.fingerprintAt(position))).size, 4)
		for (const nowhere of [4, -1, 1.5]) t.equal(log.fingerprintAt(nowhere), undefined)
	})

	t.test('one event that is another gives every later fingerprint another value', async (t) => {
		const directory = temporaryDirectory(t)
		const log = openLog(t, directory)
		const fingerprints = async (log: EventLog, events: AppendableEvent[]) => {
			await log.append(log.head().position, events)
			return events.map((_, index) => log.fingerprintAt(index + 1))
		}
		const other = openLog(t)
		const [first, second] = [await fingerprints(log, manyMessages(3)), await fingerprints(other, manyMessages(3))]
		t.ok(first.every((fingerprint) => !second.includes(fingerprint)))
	})

	t.test('erasing takes the body and nothing else', async (t) => {
		const log = openLog(t)
		await log.append(0, manyMessages(4))
		const before = everything(log)
		await log.append(4, manyMessages(1), { erases: [2, 4] })
		const after = everything(log)
		t.same(
			after.slice(0, 4),
			before.map((event) => ([2, 4].includes(event.position) ? { ...event, body: null } : event)),
		)
		t.equal(after.length, 5)
		t.same(after[4]?.body, { content: 'hello', name: 'ada' })
	})

	t.test('erasing changes no fingerprint, and the same body may be erased twice', async (t) => {
		const log = openLog(t)
		await log.append(0, manyMessages(3))
		const fingerprints = [0, 1, 2, 3].map((position) => log.fingerprintAt(position))
		await log.append(3, [], { erases: [1, 2] })
		await log.append(3, [], { erases: [2] })
		t.same(
			[0, 1, 2, 3].map((position) => log.fingerprintAt(position)),
			fingerprints,
		)
		t.same(log.head(), { position: 3, fingerprint: fingerprints[3] })
	})

	t.test('a consumer is where it was moved to, and back only if told so', async (t) => {
		const log = openLog(t)
		const move = { userId: 'user-1', name: 'phone', movedAt: 7 }
		t.equal(log.consumer('user-1', 'phone'), undefined)
		log.moveConsumers([{ ...move, position: 5 }])
		log.moveConsumers([
			{ ...move, position: 3, movedAt: 8 },
			{ ...move, userId: 'user-2', position: 1 },
			{ ...move, name: 'laptop', position: 0 },
		])
		t.same(log.consumer('user-1', 'phone'), { name: 'phone', position: 5, movedAt: 7 })
		t.same(
			log.consumers('user-1').map(({ name, position }) => [name, position]),
			[
				['laptop', 0],
				['phone', 5],
			],
		)
		log.moveConsumers([{ ...move, position: 9, how: 'make', movedAt: 9 }])
		t.equal(log.consumer('user-1', 'phone')?.position, 5, 'there is one')
		log.moveConsumers([{ ...move, position: 3, how: 'to', movedAt: 9 }])
		t.same(log.consumer('user-1', 'phone'), { name: 'phone', position: 3, movedAt: 9 })
		log.moveConsumers([{ ...move, position: undefined }])
		t.equal(log.consumer('user-1', 'phone'), undefined)
		t.equal(log.consumer('user-2', 'phone')?.position, 1)
	})

	t.test('consumers outlast the log’s closing, and are no part of it', async (t) => {
		const directory = temporaryDirectory(t)
		const log = openEngine(directory)
		await log.append(0, manyMessages(2))
		const head = log.head()
		log.moveConsumers([{ userId: 'user-1', name: 'phone', position: 2, movedAt: 7 }])
		t.same(log.head(), head)
		log.close()
		t.same(openLog(t, directory).consumers('user-1'), [{ name: 'phone', position: 2, movedAt: 7 }])
	})

	t.test('an append moves consumers with what it appends, or neither', async (t) => {
		const log = openLog(t)
		const moves = [{ userId: 'user-1', name: 'phone', position: 1, movedAt: 7 }]
		await t.rejects(log.append(5, manyMessages(1), { moves }), { message: /the head of the log is 0/ })
		t.same(log.consumers('user-1'), [])
		await log.append(0, manyMessages(1), { moves })
		t.same(log.consumers('user-1'), [{ name: 'phone', position: 1, movedAt: 7 }])
	})

	t.test('an append forgets consumers, all of somebody or one', async (t) => {
		const log = openLog(t)
		for (const userId of ['user-1', 'user-2']) {
			log.moveConsumers([{ userId, name: 'phone', position: 0, movedAt: 7 }])
		}
		await t.rejects(log.append(5, manyMessages(1), { forgets: [{ userId: 'user-1' }] }), {
			message: /the head of the log is 0/,
		})
		t.equal(log.consumers('user-1').length, 1)
		await log.append(0, manyMessages(1), { forgets: [{ userId: 'user-1' }] })
		t.same([log.consumers('user-1').length, log.consumers('user-2').length], [0, 1])
		log.moveConsumers([{ userId: 'user-2', name: 'laptop', position: 0, movedAt: 7 }])
		await log.append(1, manyMessages(1), { forgets: [{ userId: 'user-2', name: 'phone' }] })
		t.same(
			log.consumers('user-2').map(({ name }) => name),
			['laptop'],
		)
	})

	t.test('tidying a log that has nothing to tidy is done at once', async (t) => {
		const log = openLog(t)
		await log.append(0, manyMessages(3), {})
		t.equal(log.tidy({ isIdle: true }), true)
		t.equal(log.tidy({ isIdle: true }), true)
		t.equal(everything(log).length, 3)
	})
}
