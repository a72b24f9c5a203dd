import t from 'tap'
import { guestNamed, system } from '../../src/commands/actor.ts'
import { contentBytesMax, roomsMax } from '../../src/commands/limits.ts'
import { type PostMessage, postMessage } from '../../src/commands/messages.ts'
import type { RecordedEvent } from '../../src/events/log.ts'
import { messagePosted, privateRoomOpened, recorded, roomOpened } from '../helpers/events.ts'
import { ada, bob, given, newId, withViews } from '../helpers/specification.ts'

const post = (content: string, changes: Partial<PostMessage> = {}): PostMessage => ({
	type: 'PostMessage',
	room: 'general',
	content,
	...changes,
})

/** What Ada's message in `general` gives. */
const posted = (sequence: number, content: string, changes: Parameters<typeof messagePosted>[2] = {}) =>
	messagePosted(sequence, { content, name: 'ada' }, { messageId: newId, userId: ada.userId, ...changes })

t.test('a message in a room gets the next number of the room', (t) => {
	given(roomOpened()).when(post('hello')).thenHappens(posted(1, 'hello'))
	given(roomOpened(), messagePosted(1), messagePosted(2)).when(post('hello')).thenHappens(posted(3, 'hello'))
	t.end()
})

t.test('numbers of another room do not count', (t) => {
	given(roomOpened(), roomOpened('random', 'room-R'), messagePosted(1, undefined, { room: 'random', roomId: 'room-R' }))
		.when(post('hello'))
		.thenHappens(posted(1, 'hello'))
	t.end()
})

t.test('a message in a room that does not exist opens it', (t) => {
	given(roomOpened())
		.when(post('hello', { room: 'random' }))
		.thenHappens(roomOpened('random', `room-${newId}`), posted(1, 'hello', { room: 'random', roomId: `room-${newId}` }))
	t.end()
})

t.test('the text is kept as it was written', (t) => {
	for (const content of [
		'  spaced  ',
		'a\nb\r\n\tc',
		'\u0001',
		'👩‍👩‍👧',
		'\ud83d\udc4b',
		'0',
		'.'.repeat(contentBytesMax),
	]) {
		given(roomOpened()).when(post(content)).thenHappens(posted(1, content))
	}
	t.end()
})

t.test('the server itself says nothing', (t) => {
	given(roomOpened()).when(post('hello'), { actor: system }).thenRefused('forbidden')
	t.end()
})

t.test('a name is in the body alone, where it can be erased', (t) => {
	const grace = guestNamed('grace', 'a log')
	t.notMatch(JSON.stringify(grace.userId), 'grace')
	given(roomOpened())
		.when(post('hello'), { actor: grace })
		.thenHappens(messagePosted(1, { content: 'hello', name: 'grace' }, { messageId: newId, userId: grace.userId }))
	t.end()
})

t.test('a message without text is refused', (t) => {
	for (const content of ['', ' ', '\n\t\r ', '\u00a0\u2003\ufeff']) {
		given(roomOpened()).when(post(content)).thenRefused('content_empty', 'content')
	}
	t.end()
})

t.test('what is no text is refused', (t) => {
	for (const content of ['\0', 'a\0b', '\ud83d', 'a\udc4b', '\udc4b\ud83d']) {
		given(roomOpened()).when(post(content)).thenRefused('content_not_text', 'content')
	}
	t.end()
})

t.test('a text is as large as its bytes, and one byte too many is refused', (t) => {
	for (const content of ['.'.repeat(contentBytesMax + 1), `${'é'.repeat(contentBytesMax / 2)}.`, '👋'.repeat(20_000)]) {
		given(roomOpened()).when(post(content)).thenRefused('content_too_large', 'content')
	}
	given(roomOpened())
		.when(post('é'.repeat(contentBytesMax / 2)))
		.thenHappens(posted(1, 'é'.repeat(contentBytesMax / 2)))
	t.end()
})

t.test('a room whose name is none is refused', (t) => {
	for (const room of ['', ' ', '-a', '.a', '_a', 'a b', 'ä', 'a/b', 'a'.repeat(65), 'a\n', ' a', 'General']) {
		given(roomOpened()).when(post('hello', { room })).thenRefused('name_invalid', 'room')
	}
	t.end()
})

t.test('a message can answer one of the same room', (t) => {
	given(roomOpened(), messagePosted(1), messagePosted(2))
		.when(post('hello', { replyTo: 'message-1' }))
		.thenHappens(posted(3, 'hello', { replyTo: 'message-1' }))
	t.end()
})

t.test('an answer to a message that is not in the room is refused', (t) => {
	const elsewhere = messagePosted(1, undefined, { room: 'random', roomId: 'room-R', messageId: 'elsewhere' })
	const house = [roomOpened(), roomOpened('random', 'room-R'), elsewhere]
	for (const replyTo of ['elsewhere', 'nowhere', '']) {
		given(...house)
			.when(post('hello', { replyTo }))
			.thenRefused('reply_target_unknown', 'replyTo')
	}
	given(...house)
		.when(post('hello', { room: 'new', replyTo: 'elsewhere' }))
		.thenRefused('reply_target_unknown', 'replyTo')
	t.end()
})

t.test('a guest learns of a private room that its name is taken, and nothing more', (t) => {
	const house = [
		privateRoomOpened('secret', 'room-S'),
		messagePosted(1, undefined, { room: 'secret', roomId: 'room-S', messageId: 'hidden' }),
	]
	given(...house)
		.when(post('hello', { room: 'secret' }))
		.thenRefused('room_name_taken', 'room')
	given(...house)
		.when(post('hello', { room: 'secret', replyTo: 'hidden' }), { actor: bob })
		.thenRefused('room_name_taken', 'room')
	t.end()
})

t.test('there are only so many rooms, and those that exist can be used', (t) => {
	const full = Array.from({ length: roomsMax }, (_, index) => roomOpened(`room-${index}`, `room-${index}`))
	given(...full)
		.when(post('hello', { room: 'one-more' }))
		.thenRefused('rooms_too_many')
	given(...full)
		.when(post('hello', { room: 'room-7' }))
		.thenHappens(posted(1, 'hello', { room: 'room-7', roomId: 'room-7' }))
	given(...full.slice(1))
		.when(post('hello', { room: 'one-more' }))
		.thenHappens(
			roomOpened('one-more', `room-${newId}`),
			posted(1, 'hello', { room: 'one-more', roomId: `room-${newId}` }),
		)
	t.end()
})

/** Whether a command is the one that gave an event: asked in a house with two rooms. */
function repeats(command: PostMessage, event: RecordedEvent): boolean | undefined {
	const request = { actor: ada, id: newId, now: 0, eventAt: () => undefined, history: {} }
	return withViews([roomOpened(), roomOpened('random', 'room-R')], (views) =>
		postMessage.repeats?.(command, event, postMessage.load(views, command, request), request),
	)
}

t.test('a message repeats another when it says the same in the same place', (t) => {
	const first = recorded(posted(1, 'hello', { replyTo: 'message-1' }), 1)
	const again = (changes: Partial<PostMessage>) => repeats(post('hello', { replyTo: 'message-1', ...changes }), first)
	t.equal(again({}), true)
	t.equal(again({ content: 'hello ' }), false)
	t.equal(again({ room: 'random' }), false)
	t.equal(again({ room: 'nowhere' }), false)
	t.equal(again({ replyTo: 'message-2' }), false)
	t.equal(repeats(post('hello'), first), false)
	t.equal(repeats(post('hello'), recorded(roomOpened(), 1)), false)
	t.end()
})

t.test('a text that was erased counts as the same', (t) => {
	const erased = { ...recorded(posted(1, 'hello'), 1), body: null } as RecordedEvent
	t.equal(repeats(post('anything'), erased), true)
	t.equal(repeats(post('anything', { room: 'random' }), erased), false)
	t.end()
})
