import t from 'tap'
import { namesCalledMax } from '../../src/commands/limits.ts'
import { namesCalled } from '../../src/commands/mentions.ts'
import type { Mentions, NewEvent } from '../../src/events/catalogue.ts'
import { deactivated, idOf, joined, memberAdded, memberRemoved, person } from '../helpers/account-events.ts'
import { generalId, messagePosted, privateRoomOpened, roomOpened } from '../helpers/events.ts'
import { personBanned } from '../helpers/sanction-events.ts'
import { ada, given, newId } from '../helpers/specification.ts'

t.test('a name is called by an @ before it, where a word begins', async (t) => {
	const called = (text: string) => namesCalled(text).map(([name]) => name)
	t.same(called('@alice'), ['alice'])
	t.same(called('hi @alice, and @Bob: (@cid) **@dan** "@eve"\n@fay'), ['alice', 'bob', 'cid', 'dan', 'eve', 'fay'])
	t.same(called('@@alice'), ['alice'])
	t.same(called('こんにちは@aliceさん'), ['alice'])
	t.same(called('@a.b-c_d'), ['a.b-c_d'])
	t.same(called('@alice @bob @ALICE @alice'), ['alice', 'bob'], 'each once, in the order of the text')
	for (const none of ['', '@', '@ alice', 'alice', 'me@alice', 'me_@alice', '1@alice', '@.alice', '@é', '\\@\n']) {
		t.same(called(none), [], none)
	}
	t.same(called('me@example.com @alice@example.com'), ['alice'])
})

t.test('what ends a sentence can end a name too', async (t) => {
	t.same(namesCalled('@alice.'), [['alice.', 'alice']])
	t.same(namesCalled('@a-b_.-'), [['a-b_.-', 'a-b_.', 'a-b_', 'a-b']])
	t.same(namesCalled('@alice...bob'), [['alice...bob']])
})

t.test('what is longer than a name is none, but for its end', async (t) => {
	t.same(namesCalled(`@${'a'.repeat(32)}`), [['a'.repeat(32)]])
	t.same(namesCalled(`@${'a'.repeat(33)}`), [])
	t.same(namesCalled(`@${'a'.repeat(31)}${'.'.repeat(60_000)}`), [[`${'a'.repeat(31)}.`, 'a'.repeat(31)]])
})

t.test('only so many names are looked up', async (t) => {
	const many = Array.from({ length: 20_000 }, (_, i) => `@u${i}`)
	t.same(
		namesCalled(many.join(' ')),
		many.slice(0, namesCalledMax).map((name) => [name.slice(1)]),
	)
	const dotted = namesCalled(many.map((name) => `${name}..`).join(' ')).flat()
	t.equal(dotted.length, namesCalledMax)
})

const bea = person('bea')
const house = [roomOpened(), joined('alice'), joined('bob'), joined('bea')]
const post = (content: string, room = 'general') => ({ type: 'PostMessage', room, content }) as const

/** What Bea's message gives. */
function said(content: string, mentions: Mentions, changes: { room?: string; roomId?: string } = {}): NewEvent {
	const { room = 'general', roomId = generalId } = changes
	const data = { room, messageId: newId, sequence: 1, userId: idOf('bea'), ...mentions }
	return { streamId: roomId, type: 'MessagePosted', data, body: { content } }
}

t.test('whom a message calls upon is a fact in it', async () => {
	for (const [content, mentions] of [
		['nobody', {}],
		['@bob and @Alice and @bob', { mentions: [idOf('bob'), idOf('alice')] }],
		['@alice.', { mentions: [idOf('alice')] }],
		['myself: @bea', { mentions: [idOf('bea')] }],
		['@nobody @guest @system @me @here @all', {}],
		['@room', { mentionsRoom: true }],
		['@room. @alice', { mentions: [idOf('alice')], mentionsRoom: true }],
	] as const) {
		given(...house)
			.when(post(content), { actor: bea })
			.thenHappens(said(content, mentions))
	}
})

t.test('a longer name that is somebody’s is meant, a shorter one only else', async () => {
	given(...house, joined('alice.'))
		.when(post('@alice.'), { actor: bea })
		.thenHappens(said('@alice.', { mentions: [idOf('alice.')] }))
	given(...house, joined('alice.'))
		.when(post('@alice..'), { actor: bea })
		.thenHappens(said('@alice..', { mentions: [idOf('alice.')] }))
	given(...house, joined('room.'))
		.when(post('@room.'), { actor: bea })
		.thenHappens(said('@room.', { mentions: [idOf('room.')] }))
})

t.test('who cannot see the room is called by nobody', async () => {
	const den = { room: 'den', roomId: 'room-D' }
	const inDen = (name: string) => memberAdded(name, 'member', 'den', 'room-D')
	const secret = [privateRoomOpened('den', 'room-D'), inDen('bea'), inDen('bob'), inDen('alice')]
	given(...house, ...secret, memberRemoved('alice', 'member', 'den', 'room-D'))
		.when(post('@alice @bob', 'den'), { actor: bea })
		.thenHappens(said('@alice @bob', { mentions: [idOf('bob')] }, den))
	given(...house, deactivated('alice'))
		.when(post('@alice'), { actor: bea })
		.thenHappens(said('@alice', {}))
	given(...house, personBanned(idOf('alice')))
		.when(post('@alice'), { actor: bea })
		.thenHappens(said('@alice', {}))
})

t.test('in a room that is opened by it everybody can be called', async () => {
	const room = { room: 'new', roomId: `room-${newId}` }
	given(...house)
		.when({ ...post('@alice', 'new'), opens: true }, { actor: bea })
		.thenHappens(
			roomOpened('new', room.roomId),
			memberAdded('bea', 'moderator', 'new', room.roomId),
			said('@alice', { mentions: [idOf('alice')] }, room),
		)
})

t.test('a guest calls people, and not everybody', async () => {
	const data = { messageId: newId, userId: ada.userId, mentions: [idOf('alice')] }
	given(...house)
		.when(post('@room @alice @ada'), { actor: ada })
		.thenHappens(messagePosted(1, { content: '@room @alice @ada', name: 'ada' }, data))
})

t.test('an edit calls whom it calls, and no longer whom the message called before', async () => {
	const edit = (content: string) => ({ type: 'EditMessage', room: 'general', messageId: newId, content }) as const
	const edited = (content: string, mentions: Mentions): NewEvent => ({
		streamId: generalId,
		type: 'MessageEdited',
		data: { room: 'general', messageId: newId, sequence: 1, userId: idOf('bea'), ...mentions },
		body: { content },
	})
	const before = [...house, said('@alice', { mentions: [idOf('alice')] })]
	given(...before)
		.when(edit('@bob @room'), { actor: bea })
		.thenHappens(edited('@bob @room', { mentions: [idOf('bob')], mentionsRoom: true }))
	given(...before)
		.when(edit('nobody'), { actor: bea })
		.thenHappens(edited('nobody', {}))
})
