import assert from 'node:assert/strict'
import { setImmediate as nextTurn } from 'node:timers/promises'
import fc from 'fast-check'
import t, { type Test } from 'tap'
import { type Actor, guestNamed } from '../../src/commands/actor.ts'
import type { NewEvent } from '../../src/events/catalogue.ts'
import type { RecordedEvent } from '../../src/events/log.ts'
import { Delivery } from '../../src/http/delivery/delivery.ts'
import { frameOf } from '../../src/http/delivery/frame.ts'
import type { Scope } from '../../src/http/delivery/scope.ts'
import { Subscription } from '../../src/http/delivery/subscription.ts'
import { socketBytesMax } from '../../src/http/limits.ts'
import { catchUp } from '../../src/projections/projector.ts'
import { joined, memberAdded, person, readMarkerMoved } from '../helpers/account-events.ts'
import { allEvents } from '../helpers/all-events.ts'
import { appendable, messagePosted, privateRoomOpened, roomOpened } from '../helpers/events.ts'
import { startWriting, type Writing } from '../helpers/sequencer.ts'
import { recordingSink } from '../helpers/sink.ts'

/*
 * Bob is in the room A, and has once been in B, where Ada still is. Everybody reads here and there.
 */

const rooms = { A: 'room-A', B: 'room-B' } as const
type Place = keyof typeof rooms
const before: readonly NewEvent[] = [
	joined('ada'),
	joined('bob'),
	roomOpened('A', rooms.A),
	privateRoomOpened('B', rooms.B),
	memberAdded('ada', 'member', 'A', rooms.A),
	memberAdded('ada', 'member', 'B', rooms.B),
	memberAdded('bob', 'member', 'A', rooms.A),
]

const scopes: Record<string, Scope> = {
	'room A': { kind: 'room', streamId: rooms.A },
	'room B': { kind: 'room', streamId: rooms.B },
	'A and B by name': { kind: 'rooms', streamIds: new Set(Object.values(rooms)) },
	all: { kind: 'all' },
}

const actors: Record<string, { actor: Actor; hears: readonly Place[] }> = {
	ada: { actor: person('ada'), hears: ['A', 'B'] },
	bob: { actor: person('bob'), hears: ['A'] },
	guest: { actor: guestNamed('guest', 'a log'), hears: ['A'] },
}

const place = fc.constantFrom<Place>('A', 'B')
const deed = fc.oneof(
	fc.record({ kind: fc.constant('post' as const), place }),
	fc.record({ kind: fc.constant('read' as const), place, who: fc.constantFrom('ada', 'bob') }),
)
const step = fc.oneof(
	{ weight: 4, arbitrary: fc.array(deed, { minLength: 1, maxLength: 8 }) },
	/** Somebody begins to follow, after so many events. */
	{
		weight: 3,
		arbitrary: fc.record({
			who: fc.constantFrom(...Object.keys(actors)),
			scope: fc.constantFrom(...Object.keys(scopes)),
			after: fc.nat(40),
		}),
	},
	/** Some who follow do not take what comes next. */
	{ weight: 1, arbitrary: fc.record({ slow: fc.nat(3) }) },
)

t.test('whoever reads hears it in order with what is said, once, and nobody else does', async (t) => {
	const property = fc.asyncProperty(fc.array(step, { maxLength: 30, size: 'max' }), async (steps) => {
		await run(t, steps)
	})
	await fc.assert(property, { numRuns: 60 })
})

interface Follower {
	name: string
	hears: (event: RecordedEvent) => boolean
	after: number
	subscription: Subscription
	written: string[]
	slow(): void
}

async function run(t: Test, steps: readonly (typeof step extends fc.Arbitrary<infer Step> ? Step : never)[]) {
	const writing = startWriting(t)
	const nameOf = (userId: string) => userId.slice('user-'.length)
	const frames = { nameOf, erasureOf: () => undefined }
	const delivery = new Delivery({
		log: writing.log,
		views: writing.views,
		deepReader: { read: async (range) => writing.log.read(range), stop: async () => {} },
		frames,
		renew: (actor) => actor,
		forget() {},
		renewConnections() {},
		failed: (error) => t.fail(String(error)),
	})
	const followers: Follower[] = []
	await append(writing, before)
	for (const step of steps) {
		if (Array.isArray(step)) {
			await append(writing, eventsOf(writing, step))
			delivery.advance()
		} else if ('slow' in step) {
			for (const [index, follower] of followers.entries()) if (index % 4 === step.slow) follower.slow()
		} else {
			followers.push(follow(delivery, step.who, step.scope, Math.min(step.after, delivery.advance().position)))
		}
	}
	delivery.advance()
	while (followers.some(({ subscription }) => !subscription.isLive)) await nextTurn()
	delivery.stop('stopping')
	for (const { name, hears, after, written, subscription } of followers) {
		const viewerId = subscription.actor.userId
		const expected = allEvents(writing.log, { after })
			.filter(hears)
			.map((event) => JSON.stringify(frameOf(event, frames, viewerId)))
		const shown = [...written.join('').matchAll(/^data: (.*)$/gm)].map(([, json]) => json)
		assert.deepEqual(shown, expected, name)
	}
}

function follow(delivery: Delivery, who: string, named: string, after: number): Follower {
	const { actor, hears } = actors[who] as (typeof actors)[string]
	const scope = scopes[named] as Scope
	const { sink, written } = recordingSink()
	sink.drained = async () => {
		sink.pendingBytes = 0
		return true
	}
	const subscription = new Subscription(delivery, { actor, scope, sink, after })
	delivery.follow(subscription)
	return {
		name: `${who}, following ${named} after ${after}`,
		after,
		hears(event) {
			if (event.type !== 'MessagePosted' && event.type !== 'ReadMarkerMoved') {
				const isIn = hears.some((room) => rooms[room] === event.streamId)
				return isIn && (scope.kind === 'all' || isOf(scope, event.streamId)) && frameIsReplayed(event)
			}
			const roomId = event.type === 'MessagePosted' ? event.streamId : event.data.roomId
			const isMine = event.type === 'MessagePosted' || event.data.userId === actor.userId
			return isMine && hears.some((room) => rooms[room] === roomId) && (scope.kind === 'all' || isOf(scope, roomId))
		},
		subscription,
		written,
		slow() {
			sink.pendingBytes = socketBytesMax + 1
		},
	}
}

function isOf(scope: Scope, roomId: string): boolean {
	return scope.kind === 'room' ? scope.streamId === roomId : scope.kind === 'rooms' && scope.streamIds.has(roomId)
}

function frameIsReplayed({ type }: RecordedEvent): boolean {
	return type === 'RoomOpened' || type === 'MemberAdded'
}

function eventsOf(writing: Writing, deeds: readonly (typeof deed extends fc.Arbitrary<infer Deed> ? Deed : never)[]) {
	let posted = writing.texts().length
	return deeds.map((deed): NewEvent => {
		const roomId = rooms[deed.place]
		if (deed.kind === 'read') return readMarkerMoved(deed.who, 1, deed.place, roomId)
		posted += 1
		return messagePosted(posted, undefined, { room: deed.place, roomId, messageId: `message-${posted}` })
	})
}

async function append({ log, views }: Writing, events: readonly NewEvent[]): Promise<void> {
	await log.append(
		log.head().position,
		events.map((event) => appendable(event)),
	)
	catchUp(views, log)
}
