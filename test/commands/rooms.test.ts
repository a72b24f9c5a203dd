import t from 'tap'
import { type Actor, guestNamed, system } from '../../src/commands/actor.ts'
import { roomsMax, titleCharsMax, topicCharsMax } from '../../src/commands/limits.ts'
import { type ChangeRoom, type OpenRoom, parseRoomName } from '../../src/commands/rooms.ts'
import type { HistoryLimits, NewEvent, RoomDescription, Visibility } from '../../src/events/catalogue.ts'
import { idOf, memberAdded, person, token } from '../helpers/account-events.ts'
import { generalId, messagePosted, privateRoomOpened, roomOpened } from '../helpers/events.ts'
import { given, newId } from '../helpers/specification.ts'

const open = (room: string): OpenRoom => ({ type: 'OpenRoom', room })

t.test('a room that is opened is heard under a name of its own', (t) => {
	given()
		.when(open('general'), { actor: system })
		.thenHappens(roomOpened('general', `room-${newId}`))
	given(roomOpened())
		.when(open('random'))
		.thenHappens(roomOpened('random', `room-${newId}`))
	t.end()
})

t.test('opening a room that is open changes nothing', (t) => {
	given(roomOpened()).when(open('general')).thenNothing()
	t.end()
})

t.test('the name of a private room is taken for a guest, and not for the server', (t) => {
	given(privateRoomOpened('secret', 'room-S')).when(open('secret')).thenRefused('room_name_taken', 'room')
	given(privateRoomOpened('secret', 'room-S')).when(open('secret'), { actor: system }).thenNothing()
	t.end()
})

t.test('a room whose name is none is refused', (t) => {
	for (const room of ['', 'A room', '-a', 'a'.repeat(65)]) {
		given().when(open(room)).thenRefused('name_invalid', 'room')
	}
	t.end()
})

t.test('there are only so many rooms', (t) => {
	const full = Array.from({ length: roomsMax }, (_, index) => roomOpened(`room-${index}`, `room-${index}`))
	given(...full)
		.when(open('one-more'))
		.thenRefused('rooms_too_many')
	given(...full)
		.when(open('room-7'))
		.thenNothing()
	t.end()
})

t.test('a name is trimmed and lower-cased before it is looked at', (t) => {
	t.equal(parseRoomName('  General ', 'room'), 'general')
	t.equal(parseRoomName('a', 'room'), 'a')
	t.equal(parseRoomName('0.a_b-c', 'room'), '0.a_b-c')
	t.equal(parseRoomName('a'.repeat(64), 'room'), 'a'.repeat(64))
	t.end()
})

t.test('the error of a name says what was sent, on one line and not in full', (t) => {
	const detailOf = (text: string) => {
		try {
			return parseRoomName(text, 'room')
		} catch (error) {
			return (error as Error).message
		}
	}
	t.match(detailOf('no\nroom'), '"no\\nroom" is not')
	t.notMatch(detailOf('!'.repeat(100_000)), /!{41}/)
	t.end()
})

const change = (room: string, what: Omit<ChangeRoom, 'type' | 'room'> = {}): ChangeRoom => ({
	type: 'ChangeRoom',
	room,
	...what,
})
const newRoomId = `room-${newId}`

/** What somebody's opening a room gives. */
function openedBy(name: string, visibility: Visibility = 'open', body: RoomDescription | null = null): NewEvent[] {
	const described = body === null ? {} : { described: true as const }
	return [
		{ streamId: newRoomId, type: 'RoomOpened', data: { room: 'random', visibility, ...described }, body },
		memberAdded(name, 'moderator', 'random', newRoomId),
	]
}

const changed = (
	body: RoomDescription,
	visibility: Visibility = 'open',
	room = 'general',
	roomId = generalId,
): NewEvent => ({
	streamId: roomId,
	type: 'RoomChanged',
	data: { room, visibility, archived: false },
	body,
})

/** The event, as somebody made it happen. */
const madeBy = (actor: string, event: NewEvent): NewEvent & { metadata: { actor: string } } => ({
	...event,
	metadata: { actor },
})
const keeping = (event: NewEvent, data: object): NewEvent =>
	({ ...event, data: { ...event.data, ...data } }) as NewEvent

const ada = { actor: person('ada') }
const moderated = [roomOpened(), memberAdded('ada', 'moderator')]

t.test('who opens a room moderates it; its description is kept where it can be erased', async () => {
	given()
		.when(change('random'), ada)
		.thenHappens(...openedBy('ada'))
	given()
		.when(change('random', { visibility: 'private' }), ada)
		.thenHappens(...openedBy('ada', 'private'))
	given()
		.when(change('random', { title: 'Random' }), ada)
		.thenHappens(...openedBy('ada', 'open', { title: 'Random', topic: '' }))
	given()
		.when(change('random', { topic: 'anything' }), ada)
		.thenHappens(...openedBy('ada', 'open', { title: 'random', topic: 'anything' }))
	given()
		.when(open('random'), ada)
		.thenHappens(...openedBy('ada'))
	given()
		.when(change('random', { visibility: 'private' }), { actor: system })
		.thenHappens(privateRoomOpened('random', newRoomId))
})

t.test('who may open no room does not learn which there are', async () => {
	const robot = person('robot', 'bot')
	const limited = person('ada', 'owner', token('full', [generalId]))
	for (const actor of [robot, limited, person('ada', 'owner', token('read'))] as Actor[]) {
		for (const room of ['secret', 'nowhere']) {
			const house = given(privateRoomOpened('secret', 'room-S'))
			for (const what of [{}, { visibility: 'private' as const }, { title: 'x' }]) {
				house.when(change(room, what), { actor }).thenRefused('not_found', 'room')
			}
			house.when(open(room), { actor }).thenRefused('not_found', 'room')
		}
	}
	// To who may, the name tells.
	given(privateRoomOpened('secret', 'room-S')).when(change('secret'), ada).thenRefused('room_name_taken', 'room')
})

t.test('a guest opens rooms by naming them alone', async () => {
	for (const visibility of ['open', 'private'] as const) {
		given()
			.when(change('random', { visibility }), { actor: guestNamed('ada', 'a log') })
			.thenRefused('forbidden')
	}
})

t.test('nobody hides a room from themselves', async () => {
	const amy = { actor: person('amy', 'admin') }
	given(...moderated)
		.when(change('general', { visibility: 'private' }), amy)
		.thenRefused('forbidden', 'visibility')
	given(...moderated, memberAdded('amy'))
		.when(change('general', { visibility: 'private' }), amy)
		.thenHappens(changed({ title: 'general', topic: '' }, 'private'))
	given(...moderated)
		.when(change('general', { visibility: 'private' }), { actor: system })
		.thenHappens(changed({ title: 'general', topic: '' }, 'private'))
})

t.test('moderators and administrators change a room; what is not given stays', async () => {
	for (const by of [ada, { actor: person('amy', 'admin') }, { actor: system }]) {
		const described = [...moderated, madeBy(by.actor.userId, changed({ title: 'General', topic: 'all of us' }))]
		given(...moderated)
			.when(change('general', { title: 'G' }), by)
			.thenHappens(changed({ title: 'G', topic: '' }))
		given(...described)
			.when(change('general', { topic: '' }), by)
			.thenHappens(changed({ title: 'General', topic: '' }))
		given(...described)
			.when(change('general', { title: 'G' }), by)
			.thenHappens(changed({ title: 'G', topic: 'all of us' }))
		given(...described)
			.when(change('general', { historyLimit: 5 }), by)
			.thenHappens(keeping(changed({ title: 'General', topic: 'all of us' }), { historyLimit: 5 }))
	}
	given(...moderated, changed({ title: 'general', topic: 'all of us' }))
		.when(change('general', { topic: '', visibility: 'private' }), ada)
		.thenHappens(changed({ title: 'general', topic: '' }, 'private'))
})

t.test('whose words a title and a topic are stays known, whoever changes the room', async () => {
	const described = [...moderated, madeBy(idOf('ada'), changed({ title: 'General', topic: 'all of us' }))]
	const amy = { actor: person('amy', 'admin') }
	const [titleBy, topicBy] = [idOf('ada'), idOf('ada')]
	const limited = keeping(changed({ title: 'General', topic: 'all of us' }), { titleBy, topicBy, historyLimit: 5 })
	given(...described)
		.when(change('general', { historyLimit: 5 }), amy)
		.thenHappens(limited)
	const retitled = keeping(changed({ title: 'G', topic: 'all of us' }), { topicBy, historyLimit: 5 })
	for (const by of [amy, { actor: system }]) {
		given(...described, madeBy(idOf('amy'), limited))
			.when(change('general', { title: 'G', topic: 'all of us' }), by)
			.thenHappens(retitled)
	}
	given(...described, madeBy(idOf('amy'), limited), madeBy(idOf('amy'), retitled))
		.when(change('general', { historyLimit: null }), ada)
		.thenHappens(keeping(changed({ title: 'G', topic: 'all of us' }), { titleBy: idOf('amy') }))
	// What is not there is nobody's, and goes with the other one.
	for (const text of [
		{ title: 'General', topic: '' },
		{ title: 'general', topic: 'all of us' },
	]) {
		given(...moderated, madeBy(idOf('ada'), changed(text)))
			.when(change('general', { historyLimit: 5 }), amy)
			.thenHappens(keeping(changed(text), { titleBy, topicBy, historyLimit: 5 }))
	}
	// What is erased is kept from nobody.
	const erased = { ...limited, body: null } as unknown as NewEvent
	given(...described, madeBy(idOf('amy'), erased))
		.when(change('general', { topic: 'anew', historyLimit: null }), { actor: system })
		.thenHappens(changed({ title: 'general', topic: 'anew' }))
	const body = { title: 'Random', topic: 'anything' }
	given(
		madeBy(idOf('bob'), {
			...roomOpened(),
			data: { room: 'general', visibility: 'open', described: true },
			body,
		} as NewEvent),
	)
		.when(change('general', { topic: 'all of us' }), amy)
		.thenHappens(keeping(changed({ title: 'Random', topic: 'all of us' }), { titleBy: idOf('bob') }))
})

t.test('nothing happens where nothing changes', async () => {
	const described = [...moderated, changed({ title: 'General', topic: 'all of us' })]
	given(...described)
		.when(change('general', { title: 'General', topic: 'all of us', visibility: 'open' }), ada)
		.thenNothing()
	given(...described)
		.when(change('general'), ada)
		.thenNothing()
	given(...moderated)
		.when(change('general', { title: 'general' }), ada)
		.thenNothing()
})

t.test('who only sees a room does not change it', async () => {
	for (const actor of [person('bob'), guestNamed('bob', 'a log'), person('ada', 'owner', token('write'))] as Actor[]) {
		given(...moderated)
			.when(change('general', { title: 'G' }), { actor })
			.thenRefused('forbidden')
		given(...moderated)
			.when(change('general'), { actor })
			.thenRefused('forbidden')
	}
	given(privateRoomOpened('secret', 'room-S'), memberAdded('bob', 'member', 'secret', 'room-S'))
		.when(change('secret', { visibility: 'open' }), { actor: person('bob') })
		.thenRefused('forbidden')
})

t.test('title and topic are lines of text, and a title is not empty', async () => {
	for (const title of ['a\nb', 'x'.repeat(titleCharsMax + 1), '', ' ']) {
		given(...moderated)
			.when(change('general', { title }), ada)
			.thenRefused('text_unfit', 'title')
		given().when(change('random', { title }), ada).thenRefused('text_unfit', 'title')
	}
	for (const topic of ['a\nb', 'x'.repeat(topicCharsMax + 1)]) {
		given(...moderated)
			.when(change('general', { topic }), ada)
			.thenRefused('text_unfit', 'topic')
	}
	given().when(change('No Room'), ada).thenRefused('name_invalid', 'room')
})

t.test('there are only so many rooms, also for who names their title', async () => {
	const full = Array.from({ length: roomsMax }, (_, index) => roomOpened(`room-${index}`, `room-${index}`))
	given(...full)
		.when(change('one-more', { title: 'x' }), ada)
		.thenRefused('rooms_too_many')
})

t.test('a room is archived and taken back, by who may change it; the first room is not', async () => {
	const random = [roomOpened('random', newRoomId), memberAdded('ada', 'moderator', 'random', newRoomId)]
	const archived = (is: boolean, body: RoomDescription = { title: 'random', topic: '' }): NewEvent => ({
		streamId: newRoomId,
		type: 'RoomChanged',
		data: { room: 'random', visibility: 'open', archived: is },
		body,
	})
	for (const by of [ada, { actor: person('amy', 'admin') }, { actor: system }]) {
		given(...random)
			.when(change('random', { archived: true }), by)
			.thenHappens(archived(true))
		given(...random, archived(true))
			.when(change('random', { archived: true }), by)
			.thenNothing()
		given(...random, archived(true))
			.when(change('random', { archived: false }), by)
			.thenHappens(archived(false))
		given(...random)
			.when(change('random', { archived: false }), by)
			.thenNothing()
		given(...random, archived(true))
			.when(change('random', { title: 'Random' }), by)
			.thenHappens(archived(true, { title: 'Random', topic: '' }))
		given(...moderated)
			.when(change('general', { archived: true }), by)
			.thenRefused('forbidden', 'room')
	}
	for (const actor of [person('bob'), guestNamed('bob', 'a log'), person('ada', 'owner', token('write'))] as Actor[]) {
		given(...random)
			.when(change('random', { archived: true }), { actor })
			.thenRefused('forbidden')
	}
})

t.test('archiving opens no room, and does not tell which there are', async () => {
	for (const by of [ada, { actor: person('amy', 'admin') }, { actor: guestNamed('ada', 'a log') }]) {
		for (const room of ['secret', 'nowhere']) {
			given(privateRoomOpened('secret', 'room-S'))
				.when(change(room, { archived: true }), by)
				.thenRefused('not_found', 'room')
		}
	}
	given()
		.when(change('random', { archived: false }), ada)
		.thenHappens(...openedBy('ada'))
})

t.test('what a room does not show any more does not come back by keeping more', async () => {
	const messages = Array.from({ length: 6 }, (_, index) => messagePosted(index + 1))
	const kept = (limits: HistoryLimits & { historyFloor?: number }): NewEvent => ({
		streamId: generalId,
		type: 'RoomChanged',
		data: { room: 'general', visibility: 'open', archived: false, ...limits },
		body: { title: 'general', topic: '' },
	})
	const limited = [...moderated, kept({ historyLimit: 2 }), ...messages]
	given(...limited)
		.when(change('general', { historyLimit: null }), ada)
		.thenHappens(kept({ historyFloor: 4 }))
	given(...limited, kept({ historyFloor: 4 }))
		.when({ type: 'ApplyRetention', roomId: generalId }, { actor: system })
		.thenHappens({
			streamId: generalId,
			type: 'HistoryCleared',
			data: { room: 'general', after: 0, through: 4, reason: 'retention', erases: [4, 5, 6, 7] },
			body: null,
		})
	given(...limited)
		.when(change('general', { historyLimit: 2, title: 'general' }), ada)
		.thenNothing()
})

t.test('a room says what of its messages is kept, until that is taken back', async () => {
	const withLimits = (limits: HistoryLimits): NewEvent => ({
		streamId: generalId,
		type: 'RoomChanged',
		data: { room: 'general', visibility: 'open', archived: false, ...limits },
		body: { title: 'general', topic: '' },
	})
	given(...moderated)
		.when(change('general', { historyLimit: 5, historyTtlMs: 1_000 }), ada)
		.thenHappens(withLimits({ historyLimit: 5, historyTtlMs: 1_000 }))
	const limited = [...moderated, withLimits({ historyLimit: 5, historyTtlMs: 1_000 })]
	given(...limited)
		.when(change('general', { historyLimit: 7 }), ada)
		.thenHappens(withLimits({ historyLimit: 7, historyTtlMs: 1_000 }))
	given(...limited)
		.when(change('general', { historyTtlMs: null }), ada)
		.thenHappens(withLimits({ historyLimit: 5 }))
	given(...limited)
		.when(change('general', { historyLimit: 5, historyTtlMs: 1_000 }), ada)
		.thenNothing()
	given(...moderated)
		.when(change('general', { historyLimit: null, historyTtlMs: null }), ada)
		.thenNothing()
	given(...limited)
		.when(change('general', { historyLimit: null }), { actor: person('bob') })
		.thenRefused('forbidden')
	given()
		.when(change('random', { historyLimit: 5, historyTtlMs: null }), ada)
		.thenHappens(
			{
				streamId: newRoomId,
				type: 'RoomOpened',
				data: { room: 'random', visibility: 'open', historyLimit: 5 },
				body: null,
			},
			memberAdded('ada', 'moderator', 'random', newRoomId),
		)
})
