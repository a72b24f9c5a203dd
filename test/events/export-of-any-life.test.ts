import assert from 'node:assert/strict'
import { join } from 'node:path'
import fc from 'fast-check'
import t from 'tap'
import { checkChain } from '../../src/events/chain.ts'
import type { AppendableEvent } from '../../src/events/log.ts'
import { openLogForWriting } from '../../src/events/sqlite-log.ts'
import { inTemporaryDirectory } from '../../src/events/temporary.ts'
import { exported, imported } from '../helpers/exporting.ts'
import { anyLife, live } from '../helpers/life.ts'
import { readLog, recordedEvents } from '../helpers/record.ts'
import { emptyViewsOf, Writing } from '../helpers/sequencer.ts'

/*
 * Whatever a log holds, exporting it, importing that and exporting it again gives the same bytes, and the same
 * log. What fails throws, so that fast-check makes it smaller and prints its seed.
 */

/** In bytes that come cut anywhere. */
async function comesBack(directory: string, place: string, cutBytes: number): Promise<void> {
	const bytes = await exported(directory)
	await imported(bytes, place, cutBytes)
	assert.ok(bytes.equals(await exported(place)), 'the same bytes')
	assert.doesNotMatch(bytes.toString(), /[^\P{Cc}\n]|[\u2028-\u202e\u2066-\u2069]/u, 'nothing that a terminal obeys')
	assert.deepEqual(recordedEvents(place), recordedEvents(directory))
	checkChain(join(place, 'log.db'), Number.MAX_SAFE_INTEGER)
}

const cut = fc.integer({ min: 1, max: 5_000 })

t.test('what people do comes back, with all that was erased meanwhile', async () => {
	await fc.assert(
		fc.asyncProperty(anyLife, cut, (life, cutBytes) =>
			inTemporaryDirectory('tailroom-', async (place) => {
				const log = openLogForWriting(join(place, 'log.db'))
				const writing = new Writing(log, emptyViewsOf(log))
				try {
					for (const batch of life) await live(writing, batch)
				} finally {
					writing.views.close()
					log.close()
				}
				await comesBack(place, join(place, 'imported'), cutBytes)
			}),
		),
		{ numRuns: 15 },
	)
})

/** Also halves of surrogate pairs, which JSON has a way to write, and what ends a line elsewhere. */
const anyText = fc.oneof(
	fc.string({ unit: 'binary' }),
	fc.array(fc.integer({ min: 0, max: 0xffff })).map((units) => String.fromCharCode(...units)),
	fc.constantFrom(
		'\u2028\u2029\u0085\r\n\u0000\u009b31m\u202e',
		'"}\n{"end":',
		'__proto__',
		'12',
		'toString',
		'\ufeff',
	),
)
const anyNumber = fc.oneof(
	fc.double({ noNaN: true, noDefaultInfinity: true }),
	fc.maxSafeInteger(),
	fc.constantFrom(-0, 2 ** 53, 2 ** 53 + 2, 1e21, 5e-324, Number.MAX_VALUE),
)
const anyObject = fc.dictionary(
	anyText,
	fc.oneof(anyText, anyNumber, fc.boolean(), fc.constant(null), fc.array(anyNumber), fc.object()),
	{ maxKeys: 4 },
)

const anyEvent = fc.record({
	data: anyObject,
	body: fc.option(anyObject),
	streamId: fc.string({ unit: 'binary' }),
	recordedAt: fc.maxSafeInteger().map(Math.abs),
	schemaVersion: fc.nat(),
	erased: fc.boolean(),
	consumer: fc.option(fc.string({ unit: 'binary' })),
})

t.test('whatever can be in an event comes back', async () => {
	await fc.assert(
		fc.asyncProperty(fc.array(anyEvent, { maxLength: 20 }), cut, (contents, cutBytes) =>
			inTemporaryDirectory('tailroom-', async (place) => {
				const log = openLogForWriting(join(place, 'log.db'))
				const events = contents.map(({ erased: _, consumer: __, ...event }, index) => {
					return { ...event, eventId: `${index}${event.streamId}`, type: 'Unknown', metadata: { actor: 'system' } }
				})
				const positions = contents.flatMap(({ erased, body }, index) => (erased && body !== null ? [index + 1] : []))
				const erasing = {
					streamId: 'server',
					eventId: 'erasing',
					type: 'AddressesErased',
					schemaVersion: 1,
					recordedAt: 0,
					metadata: { actor: 'system' },
					data: { positions },
					body: null,
				}
				await log.append(0, events as unknown as AppendableEvent[])
				await log.append(events.length, [erasing as AppendableEvent], { erases: positions })
				const named = contents.flatMap(({ consumer, streamId }) => (consumer === null ? [] : [{ consumer, streamId }]))
				log.moveConsumers(
					named.map(({ consumer: name, streamId: userId }) => ({ name, userId, position: 1, movedAt: 2 })),
				)
				log.recordUses(named.map(({ consumer }, index) => [consumer, index]))
				log.close()
				const copy = join(place, 'imported')
				await comesBack(place, copy, cutBytes)
				readLog(copy, (log) => {
					for (const { consumer, streamId } of named) assert.equal(log.consumer(streamId, consumer)?.movedAt, 2)
				})
			}),
		),
		{ numRuns: 40 },
	)
})
