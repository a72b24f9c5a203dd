import assert from 'node:assert/strict'
import fc from 'fast-check'
import t from 'tap'
import type { HistoryLimits, NewEvent } from '../../src/events/catalogue.ts'
import type { RecordedEvent } from '../../src/events/log.ts'
import { Floors } from '../../src/http/delivery/floors.ts'
import { project } from '../../src/projections/projector.ts'
import { floorOf, roomsBeyond } from '../../src/projections/retention.ts'
import { findRoomById, type Room } from '../../src/projections/rooms.ts'
import { openViewsForWriting, type Views } from '../../src/projections/views.ts'
import { messagePosted, recorded, roomOpened } from '../helpers/events.ts'

const roomIds = ['room-A', 'room-B']

type Deed =
	| { kind: 'post'; room: number; after: number }
	| { kind: 'clear'; room: number; through: number }
	| { kind: 'limit'; room: number; own: HistoryLimits }
	| { kind: 'wait'; ms: number }

const limits: fc.Arbitrary<HistoryLimits> = fc.record(
	{ historyLimit: fc.integer({ min: 1, max: 6 }), historyTtlMs: fc.integer({ min: 1, max: 60 }) },
	{ requiredKeys: [] },
)
const room = fc.nat(1)
const deeds: fc.Arbitrary<Deed[]> = fc.array(
	fc.oneof(
		{ weight: 6, arbitrary: fc.record({ kind: fc.constant('post' as const), room, after: fc.nat(20) }) },
		{ weight: 1, arbitrary: fc.record({ kind: fc.constant('clear' as const), room, through: fc.nat(10) }) },
		{ weight: 1, arbitrary: fc.record({ kind: fc.constant('limit' as const), room, own: limits }) },
		{ weight: 2, arbitrary: fc.record({ kind: fc.constant('wait' as const), ms: fc.nat(40) }) },
	),
	{ maxLength: 40, size: 'max' },
)

/** Rooms in which something happens, as time goes by. */
class Rooms {
	readonly views: Views = openViewsForWriting(':memory:', 'a log', '')
	readonly messages: { roomId: string; sequence: number; recordedAt: number }[] = []
	now = 1_000
	#position = 0

	constructor() {
		for (const roomId of roomIds) this.happens(roomOpened(roomId, roomId))
	}

	happens(event: NewEvent): RecordedEvent {
		this.#position += 1
		const told = { ...recorded(event, this.#position), recordedAt: this.now }
		project(this.views, told)
		return told
	}

	room(roomId: string): Room {
		return findRoomById(this.views, roomId) as Room
	}

	/** Undefined where nothing happens. */
	does(deed: Deed): RecordedEvent | undefined {
		if (deed.kind === 'wait') {
			this.now += deed.ms
			return undefined
		}
		const roomId = roomIds[deed.room] as string
		const { sequence, clearedSequence: after } = this.room(roomId)
		switch (deed.kind) {
			case 'post': {
				this.now += deed.after
				this.messages.push({ roomId, sequence: sequence + 1, recordedAt: this.now })
				const messageId = `${roomId} ${sequence + 1}`
				return this.happens(messagePosted(sequence + 1, undefined, { room: roomId, roomId, messageId }))
			}
			case 'clear': {
				const through = Math.min(deed.through, sequence)
				if (through <= after) return undefined
				const data = { room: roomId, after, through, reason: 'moderator' as const, erases: [] }
				return this.happens({ streamId: roomId, type: 'HistoryCleared', data, body: null })
			}
			case 'limit': {
				const data = { room: roomId, visibility: 'open' as const, archived: false, ...deed.own }
				return this.happens({ streamId: roomId, type: 'RoomChanged', data, body: { title: roomId, topic: '' } })
			}
		}
	}

	/** The floor of a room, by looking at all its messages. */
	floor(roomId: string, server: HistoryLimits): number {
		const { sequence, clearedSequence, historyLimit, historyTtlMs } = this.room(roomId)
		const limit = historyLimit ?? server.historyLimit ?? Number.POSITIVE_INFINITY
		const ttlMs = historyTtlMs ?? server.historyTtlMs ?? Number.POSITIVE_INFINITY
		const old = this.messages.filter((message) => message.roomId === roomId && message.recordedAt < this.now - ttlMs)
		return Math.max(clearedSequence, sequence - limit, old.at(-1)?.sequence ?? 0)
	}
}

t.test('the floor of a room is what is cleared, what exceeds the limit and what is too old, at any time', async () => {
	fc.assert(
		fc.property(deeds, limits, (deeds, server) => {
			const rooms = new Rooms()
			const floors = new Floors(rooms.views, server, () => rooms.now)
			for (const deed of deeds) {
				const event = rooms.does(deed)
				if (event !== undefined) floors.changedBy(event)
				for (const roomId of roomIds) {
					const expected = rooms.floor(roomId, server)
					const room = rooms.room(roomId)
					assert.equal(floorOf(rooms.views, room, server, rooms.now), expected)
					// It says nothing of what is cleared alone.
					assert.equal(Math.max(room.clearedSequence, floors.of(roomId)), expected)
				}
			}
			rooms.views.close()
		}),
		{ numRuns: 200 },
	)
})

t.test('the rooms that have something beyond their floor are found, however many are looked at at once', async () => {
	fc.assert(
		fc.property(deeds, limits, fc.integer({ min: 1, max: 3 }), (deeds, server, count) => {
			const rooms = new Rooms()
			for (const deed of deeds) rooms.does(deed)
			const found: string[] = []
			for (let after: string | undefined = ''; after !== undefined; ) {
				const { roomIds, last } = roomsBeyond(rooms.views, server, rooms.now, after, count)
				found.push(...roomIds)
				after = last
			}
			const expected = roomIds.filter((id) => rooms.floor(id, server) > rooms.room(id).clearedSequence)
			assert.deepEqual(found, expected)
			rooms.views.close()
		}),
		{ numRuns: 100 },
	)
})

t.test('a floor is known without reading, until a message becomes too old', async (t) => {
	const rooms = new Rooms()
	for (let i = 0; i < 100; i++) rooms.does({ kind: 'post', room: 0, after: 10 })
	let reads = 0
	const { views } = rooms
	const counting = new Proxy(views, {
		get(target, name) {
			const value = Reflect.get(target, name, target)
			if (name === 'prepare' || name === 'get') reads += 1
			return typeof value === 'function' ? value.bind(target) : value
		},
	})
	const floors = new Floors(counting, { historyTtlMs: 500 }, () => rooms.now)
	t.equal(floors.of('room-A'), 49)
	t.ok(reads <= 20, `${reads} reads for 100 messages`)
	reads = 0
	for (let i = 0; i < 1_000; i++) floors.of('room-A')
	t.equal(reads, 0)
	rooms.now += 1
	t.equal(floors.of('room-A'), 50)
	t.ok(reads > 0)

	const all = new Floors(counting, {}, () => rooms.now)
	t.equal(all.of('room-A'), 0)
	reads = 0
	t.equal(all.of('room-A'), 0)
	t.equal(reads, 0)
})
