import t from 'tap'
import { type Actor, system } from '../../src/commands/actor.ts'
import type { Command } from '../../src/commands/catalogue.ts'
import type { NewEvent } from '../../src/events/catalogue.ts'
import { directStream, peopleIn } from '../../src/events/direct.ts'
import {
	deactivated,
	idOf,
	joined,
	memberAdded,
	memberRemoved,
	person,
	readMarkerMoved,
	token,
} from '../helpers/account-events.ts'
import { generalId, messagePosted, privateRoomOpened, roomOpened } from '../helpers/events.ts'
import { given, ada as guest } from '../helpers/specification.ts'

const bob = person('bob')
const by = (actor: Actor) => ({ actor })
const read = (sequence: number, room = 'general'): Command => ({ type: 'MoveReadMarker', room, sequence })
const unread = (sequence: number, room = 'general'): Command => ({ ...read(sequence, room), unread: true }) as Command
const messages = (count: number): NewEvent[] => Array.from({ length: count }, (_, i) => messagePosted(i + 1))

/** Ten messages, and Bob has come after the third. */
const bobIn = [roomOpened(), ...messages(3), joined('bob'), memberAdded('bob'), ...messages(10).slice(3)]
const den = privateRoomOpened('den', generalId)

t.test('a marker moves forward, to where somebody has read', (t) => {
	const house = given(...bobIn)
	house.when(read(4), by(bob)).thenHappens(readMarkerMoved('bob', 4))
	house.when(read(10), by(bob)).thenHappens(readMarkerMoved('bob', 10))
	given(...bobIn, readMarkerMoved('bob', 4))
		.when(read(5), by(bob))
		.thenHappens(readMarkerMoved('bob', 5))
	t.end()
})

t.test('what was read is not unread by reading less', (t) => {
	const house = given(...bobIn, readMarkerMoved('bob', 7))
	for (const sequence of [7, 6, 1, 0]) house.when(read(sequence), by(bob)).thenNothing()
	// Whoever comes has read what was said before.
	given(...bobIn)
		.when(read(3), by(bob))
		.thenNothing()
	t.end()
})

t.test('to want to read again puts the marker before that message, wherever it was', (t) => {
	const house = given(...bobIn, readMarkerMoved('bob', 7))
	house.when(unread(1), by(bob)).thenHappens(readMarkerMoved('bob', 0))
	house.when(unread(7), by(bob)).thenHappens(readMarkerMoved('bob', 6))
	house.when(unread(8), by(bob)).thenNothing()
	house.when(unread(10), by(bob)).thenHappens(readMarkerMoved('bob', 9))
	t.end()
})

t.test('what the server was told a while ago gives no marker to who has left since', (t) => {
	const late: Command = { type: 'MoveReadMarker', room: 'general', sequence: 10, userId: idOf('bob') }
	given(...bobIn)
		.when(late, by(system))
		.thenHappens(readMarkerMoved('bob', 10))
	given(...bobIn, memberRemoved('bob'))
		.when(late, by(system))
		.thenNothing()
	t.end()
})

t.test('there is no reading of half a message', (t) => {
	for (const sequence of [4.5, Number.NaN])
		given(...bobIn)
			.when(read(sequence), by(bob))
			.thenRefused('sequence_unknown', 'sequence')
	t.end()
})

t.test('there is no reading of a message that there is not', (t) => {
	for (const house of [given(...bobIn), given(...bobIn, readMarkerMoved('bob', 10))]) {
		house.when(read(11), by(bob)).thenRefused('sequence_unknown', 'sequence')
		house.when(unread(11), by(bob)).thenRefused('sequence_unknown', 'sequence')
		house.when(unread(0), by(bob)).thenRefused('sequence_unknown', 'sequence')
	}
	const empty = given(roomOpened(), joined('bob'), memberAdded('bob'))
	empty.when(read(0), by(bob)).thenNothing()
	empty.when(read(1), by(bob)).thenRefused('sequence_unknown', 'sequence')
	empty.when(unread(1), by(bob)).thenRefused('sequence_unknown', 'sequence')
	t.end()
})

t.test('one person’s marker is not another’s, and one room’s not another’s', (t) => {
	const house = given(
		...bobIn,
		joined('eve'),
		memberAdded('eve'),
		readMarkerMoved('eve', 10),
		roomOpened('other', 'room-OTHER'),
		memberAdded('bob', 'member', 'other', 'room-OTHER'),
		messagePosted(1, undefined, { room: 'other', roomId: 'room-OTHER', messageId: 'in the other' }),
	)
	house.when(read(5), by(bob)).thenHappens(readMarkerMoved('bob', 5))
	house.when(read(1, 'other'), by(bob)).thenHappens(readMarkerMoved('bob', 1, 'other', 'room-OTHER'))
	t.end()
})

t.test('who visits an open room can say how far they have read, and begins to follow what is unread', (t) => {
	const house = given(roomOpened(), ...messages(3), joined('bob'))
	house.when(read(2), by(bob)).thenHappens(readMarkerMoved('bob', 2))
	house.when(read(0), by(bob)).thenHappens(readMarkerMoved('bob', 0))
	house.when(unread(2), by(bob)).thenHappens(readMarkerMoved('bob', 1))
	// Who has left has none any more.
	given(...bobIn, memberRemoved('bob'))
		.when(read(2), by(bob))
		.thenHappens(readMarkerMoved('bob', 2))
	t.end()
})

t.test('in a conversation each of the two has a marker, once there is something to read', (t) => {
	const roomId = directStream(bob.userId, idOf('eve'))
	const people = [joined('bob'), joined('eve')]
	given(...people)
		.when(read(0, '@eve'), by(bob))
		.thenNothing()
	given(...people)
		.when(read(1, '@eve'), by(bob))
		.thenRefused('sequence_unknown', 'sequence')
	given(...people)
		.when(read(1, '@nobody'), by(bob))
		.thenRefused('not_found', 'room')
	const talk = [
		{ streamId: roomId, type: 'DirectOpened', data: { userIds: peopleIn(roomId) }, body: null } as const,
		...[1, 2].map((sequence) => ({
			streamId: roomId,
			type: 'MessagePosted' as const,
			data: { messageId: `said-${sequence}`, sequence, userId: idOf('eve') },
			body: { content: 'psst' },
		})),
	]
	const data = { roomId, userId: bob.userId, sequence: 1 }
	const moved: NewEvent = { streamId: `reads-${roomId}-${bob.userId}`, type: 'ReadMarkerMoved', data, body: null }
	given(...people, ...talk)
		.when(read(1, '@eve'), by(bob))
		.thenHappens(moved)
	given(...people, ...talk)
		.when({ ...read(1, '@eve'), userId: bob.userId } as Command, by(system))
		.thenHappens(moved)
	given(...people, joined('cid'), ...talk)
		.when(read(1, '@eve'), by(person('cid')))
		.thenRefused('sequence_unknown', 'sequence')
	t.end()
})

t.test('nobody says how far they have read where they may not', (t) => {
	const open = given(...bobIn)
	const secret = given(den, ...messages(3), joined('bob'))
	for (const ask of [read(1, 'den'), unread(1, 'den'), read(9, 'den'), unread(0, 'den')]) {
		open.when(ask, by(bob)).thenRefused('not_found', 'room')
		secret.when(ask, by(bob)).thenRefused('not_found', 'room')
	}
	for (const ask of [read(1), unread(1)]) {
		open.when(ask, by(guest)).thenRefused('forbidden')
		open.when(ask, by(system)).thenRefused('forbidden')
		open.when(ask, by(person('bob', 'member', token('read')))).thenRefused('forbidden')
		open.when(ask, by(person('bob', 'member', token('write', ['room-OTHER'])))).thenRefused('not_found', 'room')
	}
	open.when(read(5), by(person('bob', 'member', token('write')))).thenHappens(readMarkerMoved('bob', 5))
	t.end()
})

t.test('what the server was told before is said for who told it, by the rights of now', (t) => {
	const later = (sequence: number, room?: string): Command =>
		({ ...read(sequence, room), userId: idOf('bob') }) as Command
	given(...bobIn)
		.when(later(5), by(system))
		.thenHappens(readMarkerMoved('bob', 5))
	given(...bobIn, readMarkerMoved('bob', 5))
		.when(later(5), by(system))
		.thenNothing()
	given(...bobIn, deactivated('bob'))
		.when(later(5), by(system))
		.thenRefused('not_found', 'room')
	given(den, joined('bob'), memberAdded('bob', 'member', 'den'), ...messages(3), memberRemoved('bob', 'member', 'den'))
		.when(later(2, 'den'), by(system))
		.thenRefused('not_found', 'room')
	// Nobody but the server speaks for another.
	given(...bobIn, joined('eve'))
		.when(later(5), by(person('eve')))
		.thenHappens(readMarkerMoved('eve', 5))
	t.end()
})
