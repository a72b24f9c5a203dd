import t from 'tap'
import { system } from '../../src/commands/actor.ts'
import { roomsMax } from '../../src/commands/limits.ts'
import { type OpenRoom, parseRoomName } from '../../src/commands/rooms.ts'
import { privateRoomOpened, roomOpened } from '../helpers/events.ts'
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
