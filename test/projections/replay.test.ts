import assert from 'node:assert/strict'
import fc from 'fast-check'
import t from 'tap'
import type { EventLog } from '../../src/events/log.ts'
import { openLogForWriting } from '../../src/events/sqlite-log.ts'
import { catchUp } from '../../src/projections/projector.ts'
import type { Views } from '../../src/projections/views.ts'
import { anyLife, Happened, live } from '../helpers/life.ts'
import { emptyViewsOf, Writing } from '../helpers/sequencer.ts'
import { rowsOf } from '../helpers/sqlite.ts'

const happened = new Happened()

/** Checks what has been written, after each of some lives. */
async function afterEveryLife<Chosen>(
	chosen: fc.Arbitrary<Chosen>,
	check: (written: Writing, chosen: Chosen) => Promise<void> | void,
): Promise<void> {
	await fc.assert(
		fc.asyncProperty(anyLife, chosen, async (life, value) => {
			const log = openLogForWriting(':memory:')
			const writing = new Writing(log, emptyViewsOf(log))
			try {
				for (const batch of life) await live(writing, batch)
				await check(writing, value)
				happened.note(writing)
			} finally {
				writing.views.close()
				log.close()
			}
		}),
		{ numRuns: 100 },
	)
}

/** Catches up to one head after the other, as if the log had been only that long each time. */
function catchUpTo(views: Views, log: EventLog, positions: readonly number[]): void {
	for (const position of positions) {
		const head = { position, fingerprint: log.fingerprintAt(position) as string }
		catchUp(views, { ...reading(log), head: () => head })
	}
}

function reading(log: EventLog) {
	return {
		logId: log.logId,
		read: log.read.bind(log),
		readFacts: log.readFacts.bind(log),
		at: log.at.bind(log),
		find: log.find.bind(log),
		fingerprintAt: log.fingerprintAt.bind(log),
		usedAt: log.usedAt.bind(log),
		consumer: log.consumer.bind(log),
		consumers: log.consumers.bind(log),
		hindmostConsumer: log.hindmostConsumer.bind(log),
		close() {},
	}
}

function sameAsReplay({ log, views }: Writing, cuts: readonly number[] = []): void {
	const replayed = emptyViewsOf(log)
	const head = log.head().position
	const stops = [...new Set(cuts.map((cut) => cut % (head + 1)))].sort((a, b) => a - b)
	catchUpTo(replayed, log, [...stops, head])
	// An assertion that throws, so that fast-check shrinks the life and prints its seed.
	assert.deepEqual(rowsOf(replayed), rowsOf(views))
	replayed.close()
}

t.test('views that were built as it happened equal views that are built by a replay', async () => {
	await afterEveryLife(fc.constant(undefined), (writing) => sameAsReplay(writing))
})

t.test('a replay gives the same however it is cut', async () => {
	await afterEveryLife(fc.array(fc.nat(), { maxLength: 8 }), (writing, cuts) => sameAsReplay(writing, cuts))
})

t.test('a replay after texts were erased gives the same rows as before', async () => {
	await afterEveryLife(fc.infiniteStream(fc.boolean()), async (writing, erasing) => {
		const { log } = writing
		const positions = writing.events().map(({ position }) => position)
		const erases = positions.filter(() => erasing.next().value)
		await log.append(log.head().position, [], { erases })
		sameAsReplay(writing)
	})
})

t.test('in these lives there was everything that can happen', async (t) => {
	t.same(happened.missing(), [])
})
