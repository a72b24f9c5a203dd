import t, { type Test } from 'tap'
import { guestNamed } from '../../src/commands/actor.ts'
import type { RecordedEvent } from '../../src/events/log.ts'
import { Delivery } from '../../src/http/delivery/delivery.ts'
import { Filter } from '../../src/http/delivery/filter.ts'
import { Subscription } from '../../src/http/delivery/subscription.ts'
import { filterMsMax, socketBytesMax } from '../../src/http/limits.ts'
import type { Views } from '../../src/projections/views.ts'
import { startWriting, type Writing } from '../helpers/sequencer.ts'
import { recordingSink } from '../helpers/sink.ts'

/** Over a log in memory, in which everybody may hear what they could. */
function deliveryOf(
	t: Test,
	{ log, views }: Writing,
	failed: (error: unknown) => void,
	shown: Views = views,
): Delivery {
	const delivery = new Delivery({
		log,
		views: shown,
		deepReader: { read: async (): Promise<RecordedEvent[]> => [], stop: async () => {} },
		frames: { nameOf: () => '', erasureOf: () => undefined },
		renew: (actor) => actor,
		forget() {},
		renewConnections() {},
		failed,
	})
	t.teardown(() => delivery.stop('stopping'))
	return delivery
}

t.test('who would miss a frame by a failure is cut, and is given no cursor beyond it', async (t) => {
	const writing = startWriting(t)
	await writing.run(writing.post('first'))
	let isBroken = false
	const views = {
		checkpoint: () => writing.views.checkpoint(),
		get(sql: string, ...values: unknown[]) {
			if (isBroken) throw new Error('a read that fails')
			return writing.views.get(sql, ...values)
		},
	} as Views
	const failures: unknown[] = []
	const delivery = deliveryOf(t, writing, (error) => failures.push(error), views)
	const { sink, written } = recordingSink()
	const room = writing.log.at(writing.log.head().position)?.streamId as string
	const subscription = new Subscription(delivery, {
		actor: guestNamed('ada', writing.log.logId),
		scope: { kind: 'room', streamId: room },
		sink,
		after: delivery.advance().position,
	})
	delivery.follow(subscription)
	t.same(written, ['live'])

	await writing.run(writing.post('second'))
	isBroken = true
	delivery.advance()

	t.equal(failures.length, 1)
	t.ok(sink.isCut)
	t.same(written, ['live'], 'no frame and no mark came after')
})

t.test('a filter that takes its time is asked in later turns, and keeps nobody else waiting', async (t) => {
	const writing = startWriting(t)
	await writing.run(writing.post('first'))
	const delivery = deliveryOf(t, writing, (error) => t.fail(String(error)))
	const streamId = writing.log.at(writing.log.head().position)?.streamId as string
	let asked = 0
	const slow = new Filter(() => {
		asked += 1
		const until = performance.now() + filterMsMax
		while (performance.now() < until);
		return true
	})
	const follow = (filter: Filter | undefined) => {
		const { sink, written } = recordingSink()
		const actor = guestNamed('ada', writing.log.logId)
		const scope = { kind: 'room', streamId } as const
		const after = delivery.advance().position
		delivery.follow(new Subscription(delivery, { actor, scope, sink, after, filter }))
		return { sink, written }
	}
	const readers = [slow, undefined, slow].map(follow)
	for (let i = 0; i < 5; i++) await writing.run(writing.post(`${i}`))
	delivery.advance()
	t.ok(asked <= 3, `asked ${asked} times of 10`)
	t.same(
		readers.map(({ written }) => written.length > 1),
		[false, true, false],
	)
	t.match(delivery.counts.demotions, { slow_reader: 0, dear_filter: 2 })
	const heard = ({ written }: { written: string[] }) => written.join('').split('"type":"message"').length - 1
	while (readers.some((reader) => heard(reader) < 5)) {
		await new Promise((resolve) => setImmediate(resolve))
	}
	t.same(readers.map(heard), [5, 5, 5])
})

t.test('a reader that is too slow to be pushed to is counted, and reads until it is live again', async (t) => {
	const writing = startWriting(t)
	await writing.run(writing.post('first'))
	const delivery = deliveryOf(t, writing, (error) => t.fail(String(error)))
	const { sink } = recordingSink()
	const drained = Promise.withResolvers<boolean>()
	sink.drained = () => drained.promise
	const actor = guestNamed('ada', writing.log.logId)
	const after = delivery.advance().position
	delivery.follow(new Subscription(delivery, { actor, scope: { kind: 'all' }, sink, after }))
	const readers = () => delivery.countSubscribers().filter(({ count }) => count > 0)
	t.same(readers(), [{ transport: 'sse', state: 'live', count: 1 }])

	sink.pendingBytes = socketBytesMax + 1
	await writing.run(writing.post('second'), writing.post('third'))
	delivery.advance()
	t.same(readers(), [{ transport: 'sse', state: 'reading', count: 1 }])
	t.same(delivery.counts, { deliveries: 2, demotions: { slow_reader: 1, dear_filter: 0 } })

	sink.pendingBytes = 0
	drained.resolve(true)
	while (readers()[0]?.state !== 'live') await delivery.nextTurn()
	t.equal(delivery.counts.demotions.slow_reader, 1)
})
