import { mock } from 'node:test'
import t, { type Test } from 'tap'
import { system, type User } from '../../src/commands/actor.ts'
import type { Command } from '../../src/commands/catalogue.ts'
import { Refusal } from '../../src/commands/refusal.ts'
import type { Outcome } from '../../src/commands/writer.ts'
import { readMarkerEveryMs, readMarkersRecentMax } from '../../src/http/limits.ts'
import { ReadMarkers } from '../../src/http/read-markers.ts'
import { findRoom, type Room } from '../../src/projections/rooms.ts'
import { findUserByName } from '../../src/projections/users.ts'
import type { Views } from '../../src/projections/views.ts'
import { startWriting } from '../helpers/sequencer.ts'

/** Bob in the room den, with ten messages that Olga has written there since. */
async function setting(t: Test) {
	mock.timers.enable({ apis: ['setTimeout'] })
	t.teardown(() => mock.timers.reset())
	const writing = startWriting(t)
	const { views } = writing
	let refuses: Refusal | undefined
	const submitted: Promise<unknown>[] = []
	let last: Promise<unknown> = Promise.resolve()
	const submit = (actor: User | typeof system, command: Command): Promise<Outcome> => {
		const outcome = last.then(async () => {
			if (refuses !== undefined) throw refuses
			const [answer] = await writing.run(writing.submit(command, { actor }))
			if (answer?.done === true) return answer
			throw new Refusal(answer?.code ?? 'internal', answer?.detail ?? '')
		})
		last = outcome.catch(() => {})
		return outcome
	}
	const as = async (name: string, role: 'owner' | 'member'): Promise<User> => {
		const tokenHash = `hash of ${name}`
		const { position } = await submit(system, { type: 'AddUser', name, role, tokenHash })
		const issued = writing.log.at(position as number)
		if (issued?.type !== 'TokenIssued') throw new Error(`${issued?.type} where a token was expected`)
		const { userId } = findUserByName(views, name) as { userId: string }
		return { kind: 'user', userId, name, role, credential: { kind: 'token', id: issued.data.tokenId, scope: 'full' } }
	}
	const [olga, bob] = [await as('olga', 'owner'), await as('bob', 'member')]
	await submit(olga, { type: 'ChangeRoom', room: 'den', visibility: 'private' })
	await submit(olga, { type: 'AddMember', room: 'den', name: 'bob' })
	for (let i = 1; i <= 10; i += 1) await submit(olga, { type: 'PostMessage', room: 'den', content: `${i}` })

	const markers = new ReadMarkers({
		views,
		floorIn: () => 0,
		failed: (error) => t.fail(String(error)),
		writer: {
			submit(actor, command) {
				const outcome = submit(actor as User, command)
				submitted.push(outcome.catch(() => {}))
				return outcome
			},
		},
	})
	const den = () => findRoom(views, 'den') as Room
	return {
		writing,
		markers,
		bob,
		submit,
		olga,
		read: (sequence: number) => markers.read(bob, den(), sequence),
		unread: (sequence: number) => markers.unread(bob, den(), sequence),
		/** What Bob is told. */
		told: () => ({ read: markers.of(den().roomId, bob.userId), ...markers.unreadIn(den(), bob.userId) }),
		refuse: (refusal: Refusal | undefined) => {
			refuses = refusal
		},
		/** The time is over for what waits. */
		async later(ms = readMarkerEveryMs) {
			mock.timers.tick(ms)
			await Promise.all(submitted)
		},
		recorded: () =>
			writing.events().flatMap((event) => (event.type === 'ReadMarkerMoved' ? [event.data.sequence] : [])),
	}
}

t.test('what is read is recorded at once, and then every few seconds as it is then; it counts at once', async (t) => {
	const { read, told, later, recorded } = await setting(t)
	t.same(told(), { read: 0, unread: 10, mentions: 0 })
	await read(2)
	t.same(recorded(), [2])
	for (const [sequence, marker] of [
		[3, 3],
		[5, 5],
		[4, 5],
		[8, 8],
	] as const) {
		await read(sequence)
		t.same(told(), { read: marker, unread: 10 - marker, mentions: 0 })
	}
	await later(readMarkerEveryMs - 1)
	t.same(recorded(), [2])
	await later(1)
	t.same(recorded(), [2, 8])
	t.same(told(), { read: 8, unread: 2, mentions: 0 })
	await read(9)
	t.same(recorded(), [2, 8], 'that was a moment ago too')
	await later()
	t.same(recorded(), [2, 8, 9])
	await later()
	await read(10)
	t.same(recorded(), [2, 8, 9, 10], 'nothing was said for a while')
})

t.test('what waits is recorded by the stop, after which nothing waits', async (t) => {
	const { markers, read, told, later, recorded, refuse } = await setting(t)
	await read(1)
	await read(7)
	markers.stop()
	await later(0)
	t.same(recorded(), [1, 7])
	await read(8)
	t.same(recorded(), [1, 7, 8])
	refuse(new Refusal('stopping', 'The server is stopping.'))
	await t.rejects(read(9), { code: 'stopping' }, 'nobody is told that what will be lost was kept')
	t.match(told(), { read: 8 })
})

t.test('to read again is recorded at once, and what waits is recorded before it', async (t) => {
	const { read, unread, told, later, recorded } = await setting(t)
	await read(1)
	await read(9)
	await unread(4)
	t.same(recorded(), [1, 9, 3])
	t.match(told(), { read: 3, unread: 7 })
	await later()
	t.same(recorded(), [1, 9, 3])
	await later()
	await read(5)
	await unread(2)
	t.same(recorded(), [1, 9, 3, 5, 1])
	await read(6)
	t.match(told(), { read: 6 }, 'right after it, what is read waits')
	t.same(recorded(), [1, 9, 3, 5, 1])
	await later()
	t.same(recorded(), [1, 9, 3, 5, 1, 6])
})

t.test('to read again what was read a moment ago alone is told as well', async (t) => {
	const { read, unread, told, recorded } = await setting(t)
	await read(3)
	await read(4)
	await unread(4)
	t.same(recorded(), [3, 4, 3], 'else nobody who was told that 4 is read would hear of it')
	t.match(told(), { read: 3, unread: 7 })
})

t.test(
	'a message that there is not is refused, also where the marker would wait, and nothing is lost by that',
	async (t) => {
		const { read, unread, later, recorded } = await setting(t)
		await t.rejects(read(11), { code: 'sequence_unknown' })
		await read(1)
		await read(9)
		await t.rejects(read(11), { code: 'sequence_unknown' })
		for (const sequence of [0, 11]) await t.rejects(unread(sequence), { code: 'sequence_unknown' })
		await later()
		t.same(recorded(), [1, 9])
	},
)

t.test('who signs out before it is time has read what they have read', async (t) => {
	const { bob, submit, read, later, recorded } = await setting(t)
	await read(1)
	await read(9)
	await submit(bob, { type: 'RevokeToken', tokenId: bob.credential.id })
	await later()
	t.same(recorded(), [1, 9])
})

t.test('who may not read the room any more when it is time is forgotten', async (t) => {
	const { submit, olga, read, later, recorded } = await setting(t)
	await read(1)
	await read(9)
	await submit(olga, { type: 'RemoveMember', room: 'den', name: 'bob' })
	await later()
	await submit(olga, { type: 'AddMember', room: 'den', name: 'bob' })
	await later()
	t.same(recorded(), [1])
})

t.test('what cannot be recorded now is recorded later, and counts meanwhile', async (t) => {
	const { read, told, later, recorded, refuse } = await setting(t)
	await read(1)
	await read(6)
	for (const code of ['disk_full', 'overloaded'] as const) {
		refuse(new Refusal(code, 'Not now.'))
		await later()
		t.match(told(), { read: 6 })
	}
	refuse(undefined)
	await later()
	t.same(recorded(), [1, 6])
})

t.test('where more markers move than are remembered, they are recorded as they come', async (t) => {
	mock.timers.enable({ apis: ['setTimeout'] })
	t.teardown(() => mock.timers.reset())
	const nothing = { prepare: () => ({ pluck: () => ({ get: () => undefined }) }) } as unknown as Views
	let count = 0
	const markers = new ReadMarkers({
		views: nothing,
		floorIn: () => 0,
		failed: (error) => t.fail(String(error)),
		writer: {
			async submit() {
				count += 1
				return { position: count, replayed: false }
			},
		},
	})
	const den = { roomId: 'room-DEN', sequence: 10 } as Room
	const reads = (from: number, to: number, sequence: number) =>
		Promise.all(
			Array.from({ length: to - from }, (_, i) =>
				markers.read({ kind: 'user', userId: `user-${from + i}` } as User, den, sequence),
			),
		)
	await reads(0, readMarkersRecentMax + 10, 1)
	t.equal(count, readMarkersRecentMax + 10)
	await reads(0, readMarkersRecentMax + 10, 2)
	t.equal(count, readMarkersRecentMax + 20)
	mock.timers.tick(readMarkerEveryMs)
	t.equal(count, 2 * readMarkersRecentMax + 20)
})
