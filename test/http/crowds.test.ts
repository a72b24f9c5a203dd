import { mock } from 'node:test'
import t, { type Test } from 'tap'
import { type Guest, guestNamed, system } from '../../src/commands/actor.ts'
import type { Command } from '../../src/commands/catalogue.ts'
import type { RecordedEvent } from '../../src/events/log.ts'
import { Delivery } from '../../src/http/delivery/delivery.ts'
import { Subscription } from '../../src/http/delivery/subscription.ts'
import { presenceCountMs, toldOneByOneMax } from '../../src/http/limits.ts'
import { startWriting } from '../helpers/sequencer.ts'
import { recordingSink } from '../helpers/sink.ts'

/** A room whose visitors all follow it, and a clock that stands. */
async function startRoom(t: Test, options: { toldOneByOneMax?: number } = {}) {
	mock.timers.enable({ apis: ['setTimeout', 'Date'], now: 1_790_000_000_000 })
	t.teardown(() => mock.timers.reset())
	const writing = startWriting(t)
	await writing.run(writing.submit({ type: 'OpenRoom', room: 'general' }))
	const roomId = writing.log.at(1)?.streamId as string
	const delivery = new Delivery({
		log: writing.log,
		views: writing.views,
		deepReader: { read: async (): Promise<RecordedEvent[]> => [], stop: async () => {} },
		frames: { nameOf: () => '', erasureOf: () => undefined },
		renew: (actor) => actor,
		forget() {},
		renewConnections() {},
		failed: (error) => t.fail(String(error)),
		...options,
	})
	t.teardown(() => delivery.stop('stopping'))
	const followers = new Map<string, ReturnType<typeof recordingSink>>()
	const guest = (name: string) => guestNamed(name, writing.log.logId)

	const follow = (actor: Guest) => {
		const recording = recordingSink()
		followers.set(actor.name, recording)
		const scope = { kind: 'room', streamId: roomId } as const
		delivery.follow(
			new Subscription(delivery, { actor, scope, sink: recording.sink, after: delivery.advance().position }),
		)
	}
	/** Each in a turn of its own. */
	const each = async (type: 'JoinRoom' | 'LeaveRoom', ...names: string[]) => {
		for (const name of names) {
			const person = guest(name)
			if (type === 'JoinRoom') follow(person)
			await writing.run(writing.submit({ type, person, roomId } as Command, { actor: system }))
			delivery.advance()
		}
	}
	const frames = (name: string) =>
		(followers.get(name)?.written ?? [])
			.filter((text) => text.includes('data: '))
			.flatMap((text) => text.trim().split('\n\n'))
			.map((text) => JSON.parse(text.slice(text.indexOf('data: ') + 6)))
	return {
		...{ writing, delivery, guest, followers, frames, roomId },
		join: (...names: string[]) => each('JoinRoom', ...names),
		leave: (...names: string[]) => each('LeaveRoom', ...names),
		/** What somebody was told, in short: names that come, -names that go, and counts. */
		told: (name: string) =>
			frames(name).map(({ type, action, userId, present }) =>
				type === 'presence_count' ? present : action === 'leave' ? `-${userId}` : userId,
			),
	}
}

const numbered = (count: number, from = 0) => Array.from({ length: count }, (_, index) => `v${from + index}`)

t.test('up to 200 come and go one by one, and from there on they are counted', async (t) => {
	const room = await startRoom(t)
	await room.join('witness', ...numbered(toldOneByOneMax - 1))
	mock.timers.tick(presenceCountMs)
	t.equal(room.told('witness').length, toldOneByOneMax, 'itself too')
	await room.join('one-more')
	t.equal(room.told('witness').length, toldOneByOneMax)
	mock.timers.tick(0)
	const [last] = room.frames('witness').slice(-1)
	t.same(last, {
		type: 'presence_count',
		room: 'general',
		present: toldOneByOneMax + 1,
		position: room.delivery.head.position,
		timestamp: Date.now(),
	})
	t.match(room.followers.get('witness')?.written.at(-1), /^event: presence_count\ndata: /, 'without an id')
	t.same(room.told('one-more'), [toldOneByOneMax + 1], 'whoever comes is told how many there are')
})

t.test('a count comes at most every five seconds, and the last one always', async (t) => {
	const room = await startRoom(t, { toldOneByOneMax: 2 })
	await room.join('witness', 'v0', 'v1')
	mock.timers.tick(0)
	await room.join('v2')
	mock.timers.tick(presenceCountMs - 1)
	await room.join('v3', 'v4')
	t.same(room.told('witness'), ['witness', 'v0', 3])
	mock.timers.tick(1)
	t.same(room.told('witness'), ['witness', 'v0', 3, 6])
	mock.timers.tick(3 * presenceCountMs)
	t.equal(room.told('witness').length, 4, 'nobody comes, and nothing is said')
	await room.leave('v4')
	mock.timers.tick(0)
	await room.leave('v3')
	mock.timers.tick(presenceCountMs)
	t.same(room.told('witness').slice(4), [5, 4])
})

t.test('who is counted already is not counted again when they are told', async (t) => {
	const { writing, delivery, guest, roomId, join, told } = await startRoom(t, { toldOneByOneMax: 3 })
	await join('witness')
	mock.timers.tick(presenceCountMs)
	const joins = ['v0', 'v1'].map((name) => ({ type: 'JoinRoom', person: guest(name), roomId }) as const)
	await writing.run(...joins.map((command) => writing.submit(command, { actor: system })))
	delivery.advance()
	t.same(told('witness'), ['witness', 'v0', 'v1'])
})

t.test('a crowd that has become smaller is counted once more, and then told one by one', async (t) => {
	const room = await startRoom(t, { toldOneByOneMax: 2 })
	await room.join('witness', 'v0', 'v1')
	mock.timers.tick(0)
	await room.leave('v1')
	await room.join('v2')
	await room.leave('v0')
	mock.timers.tick(presenceCountMs)
	t.same(room.told('witness').slice(2), [3, 2])
	await room.leave('v2')
	await room.join('v3')
	t.same(room.told('witness').slice(4), ['-v2', 'v3'])
	mock.timers.tick(presenceCountMs)
	await room.join('v4')
	mock.timers.tick(0)
	t.same(room.told('witness').slice(6), [3])
})

t.test('a thousand who come at once cost each of them a few frames', async (t) => {
	const room = await startRoom(t, { toldOneByOneMax: 20 })
	const names = numbered(1_000)
	for (const name of names) {
		await room.join(name)
		mock.timers.tick(10)
	}
	mock.timers.tick(presenceCountMs)
	const counts = names.map((name) => room.frames(name).length)
	// In ten seconds there are at most three counts, and one at the end.
	t.ok(Math.max(...counts) <= 20 + 4, `${Math.max(...counts)}`)
	t.equal(room.told('v0').at(-1), 1_000)
	t.equal(room.told('v999').at(-1), 1_000)
	t.same(room.told('v0').slice(0, 20), numbered(20))
})

t.test('members are present by being online, and count', async (t) => {
	const room = await startRoom(t, { toldOneByOneMax: 2 })
	const { writing, delivery, roomId } = room
	const people = ['ann', 'ben'].map((name) => ({ kind: 'user', userId: `user-${name}`, name }) as const)
	const change = async (person: (typeof people)[number], state: 'online' | 'offline') => {
		await writing.run(writing.submit({ type: 'ChangePresence', person, state }, { actor: system }))
		delivery.advance()
	}
	for (const { userId } of people) {
		await writing.log.append(writing.log.head().position, [
			{
				streamId: roomId,
				type: 'MemberAdded',
				data: { room: 'general', userId, role: 'member' },
				body: null,
				eventId: userId,
				schemaVersion: 1,
				recordedAt: 1,
				metadata: { actor: 'system' },
			},
		])
	}
	for (const person of people) await change(person, 'online')
	await room.join('witness')
	mock.timers.tick(0)
	t.same(room.told('witness'), [3])
	await change(people[0] as (typeof people)[number], 'offline')
	mock.timers.tick(presenceCountMs)
	t.same(room.told('witness'), [3, 2])
})

t.test('a reader whose socket is full is told the count too', async (t) => {
	const room = await startRoom(t, { toldOneByOneMax: 1 })
	await room.join('witness')
	const { sink } = room.followers.get('witness') as ReturnType<typeof recordingSink>
	sink.pendingBytes = 100
	await room.join('v0')
	mock.timers.tick(0)
	t.same(room.told('witness'), ['witness', 2])
})
