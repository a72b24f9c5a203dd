import t from 'tap'
import { system } from '../../src/commands/actor.ts'
import type { Command } from '../../src/commands/catalogue.ts'
import { contentBytesMax, editsMax } from '../../src/commands/limits.ts'
import type { EventShapes, NewEvent } from '../../src/events/catalogue.ts'
import { idOf, joined, memberAdded, person, token } from '../helpers/account-events.ts'
import { generalId, messagePosted, privateRoomOpened, roomOpened } from '../helpers/events.ts'
import { personMuted } from '../helpers/sanction-events.ts'
import { startWriting } from '../helpers/sequencer.ts'
import { ada, given } from '../helpers/specification.ts'

const edit = (content: string, changes: object = {}): Command => ({
	type: 'EditMessage',
	room: 'general',
	messageId: 'message-1',
	content,
	...changes,
})
const erase = (changes: object = {}): Command => ({
	type: 'DeleteMessage',
	room: 'general',
	messageId: 'message-1',
	...changes,
})

/** A message of somebody with an account in `general`. */
function said(name: string, sequence = 1, content = 'hello', roomId = generalId, room = 'general'): NewEvent {
	const data = { room, messageId: `message-${sequence}`, sequence, userId: idOf(name) }
	return { streamId: roomId, type: 'MessagePosted', data, body: { content } }
}

function edited(name: string, content: string, changes: Partial<EventShapes['MessageEdited']['data']> = {}): NewEvent {
	const data = { room: 'general', messageId: 'message-1', sequence: 1, userId: idOf(name), ...changes }
	return { streamId: generalId, type: 'MessageEdited', data, body: { content } }
}

function deleted(reason: 'author' | 'moderator', ...erases: number[]): NewEvent {
	const data = { room: 'general', messageId: 'message-1', sequence: 1, reason, erases }
	return { streamId: generalId, type: 'MessageDeleted', data, body: null }
}

const bea = person('bea')
/** Bea's message is at position 3. */
const house = [roomOpened(), joined('bea'), said('bea')]

t.test('who has written a message says it in other words', (t) => {
	given(...house)
		.when(edit('goodbye'), { actor: bea })
		.thenHappens(edited('bea', 'goodbye'))
	given(...house, edited('bea', 'goodbye'))
		.when(edit('hello'), { actor: bea })
		.thenHappens(edited('bea', 'hello'))
	t.end()
})

t.test('the same words are no edit', (t) => {
	given(...house)
		.when(edit('hello'), { actor: bea })
		.thenNothing()
	given(...house, edited('bea', 'goodbye'))
		.when(edit('goodbye'), { actor: bea })
		.thenNothing()
	t.end()
})

t.test('nobody edits what another has written, and a guest nothing', (t) => {
	for (const actor of [person('cid'), person('owner', 'owner'), system, ada]) {
		given(...house, memberAdded('owner', 'moderator'))
			.when(edit('forged'), { actor })
			.thenRefused('forbidden')
	}
	given(roomOpened(), messagePosted(1, undefined, { userId: ada.userId }))
		.when(edit('other words'), { actor: ada })
		.thenRefused('forbidden')
	given(...house)
		.when(edit('goodbye'), { actor: person('bea', 'member', token('read')) })
		.thenRefused('forbidden')
	t.end()
})

t.test('an edit is a text as a message is', (t) => {
	given(...house)
		.when(edit(' \n'), { actor: bea })
		.thenRefused('content_empty', 'content')
	for (const content of ['\0', '\ud83d']) {
		given(...house)
			.when(edit(content), { actor: bea })
			.thenRefused('content_not_text', 'content')
	}
	given(...house)
		.when(edit('x'.repeat(contentBytesMax + 1)), { actor: bea })
		.thenRefused('content_too_large', 'content')
	t.end()
})

t.test('a message of another room, one that does not exist and a hidden room: each is not found', (t) => {
	const secret = [privateRoomOpened('secret', 'room-S'), said('bea', 2, 'hidden', 'room-S', 'secret')]
	for (const command of [edit('x', { messageId: 'nothing' }), edit('x', { messageId: 'message-2' })]) {
		given(...house, ...secret)
			.when(command, { actor: bea })
			.thenRefused('not_found')
	}
	for (const command of [erase({ messageId: 'nothing' }), erase({ messageId: 'message-2' })]) {
		given(...house, ...secret)
			.when(command, { actor: bea })
			.thenRefused('not_found')
	}
	for (const room of ['secret', 'nowhere']) {
		for (const command of [edit('x', { room, messageId: 'message-2' }), erase({ room, messageId: 'message-2' })]) {
			given(...house, ...secret)
				.when(command, { actor: bea })
				.thenRefused('not_found', 'room')
		}
	}
	t.end()
})

t.test('what is erased is edited no more', (t) => {
	given(...house, deleted('moderator', 3))
		.when(edit('again'), { actor: bea })
		.thenRefused('message_erased')
	t.end()
})

t.test('a message is edited only so often, and what it says already can still be said', (t) => {
	const often = Array.from({ length: editsMax }, (_, i) => edited('bea', `${i + 1}`))
	given(...house, ...often.slice(1))
		.when(edit('once more'), { actor: bea })
		.thenHappens(edited('bea', 'once more'))
	given(...house, ...often)
		.when(edit('once more'), { actor: bea })
		.thenRefused('limit_reached')
	given(...house, ...often)
		.when(edit(`${editsMax}`), { actor: bea })
		.thenNothing()
	t.end()
})

t.test('deleting erases every text that the message has had', (t) => {
	given(...house)
		.when(erase(), { actor: bea })
		.thenHappens(deleted('author', 3))
	given(...house, edited('bea', 'two'), said('bea', 2), edited('bea', 'three'))
		.when(erase(), { actor: bea })
		.thenHappens(deleted('author', 3, 4, 6))
	t.end()
})

t.test('a moderator deletes what others have written, also a guest’s message', (t) => {
	const moderated = [...house, joined('mo'), memberAdded('mo', 'moderator')]
	for (const actor of [person('mo'), person('owner', 'owner'), person('amy', 'admin'), system]) {
		given(...moderated)
			.when(erase(), { actor })
			.thenHappens(deleted('moderator', 3))
	}
	given(roomOpened(), messagePosted(1))
		.when(erase(), { actor: person('owner', 'owner') })
		.thenHappens(deleted('moderator', 2))
	given(roomOpened(), said('mo'), memberAdded('mo', 'moderator'))
		.when(erase(), { actor: person('mo') })
		.thenHappens(deleted('author', 2))
	t.end()
})

t.test('nobody else deletes a message, erased or not', (t) => {
	for (const before of [house, [...house, deleted('author', 3)]]) {
		for (const actor of [person('cid'), ada, person('owner', 'owner', token('write'))]) {
			given(...before)
				.when(erase(), { actor })
				.thenRefused('forbidden')
		}
	}
	given(roomOpened(), messagePosted(1, undefined, { userId: ada.userId }))
		.when(erase(), { actor: ada })
		.thenRefused('forbidden')
	t.end()
})

t.test('what is erased already is not erased again', (t) => {
	for (const actor of [bea, person('owner', 'owner')]) {
		given(...house, deleted('author', 3))
			.when(erase(), { actor })
			.thenNothing()
	}
	t.end()
})

t.test('where nothing is said any more, nothing is edited; what was said can be taken back', (t) => {
	const archived: NewEvent = {
		streamId: generalId,
		type: 'RoomChanged',
		data: { room: 'general', visibility: 'open', archived: true },
		body: { title: 'general', topic: '' },
	}
	for (const [event, code] of [
		[archived, 'room_archived'],
		[personMuted(idOf('bea')), 'muted'],
	] as const) {
		given(...house, event)
			.when(edit('goodbye'), { actor: bea })
			.thenRefused(code)
		given(...house, event)
			.when(erase(), { actor: bea })
			.thenHappens(deleted('author', 3))
	}
	t.end()
})

t.test('in one batch each sees what the one before it has done, and no text is left of what was deleted', async (t) => {
	const writing = startWriting(t)
	const joins = { type: 'AddUser', name: 'bea', role: 'member', tokenHash: 'hash' } as const
	await writing.run(writing.submit({ type: 'OpenRoom', room: 'general' }), writing.submit(joins, { actor: system }))
	const [{ userId, tokenId }] = writing.events().flatMap((e) => (e.type === 'TokenIssued' ? [e.data] : [])) as [Token]
	const actor = { ...bea, userId, credential: { kind: 'token', id: tokenId, scope: 'full' } } as const
	const post = writing.post('one', { actor })
	const ask = (command: Command) => writing.submit({ ...command, messageId: post.id } as Command, { actor })
	const head = writing.log.head().position
	const answers = await writing.run(
		post,
		ask(edit('two')),
		ask(edit('two')),
		ask(edit('three')),
		ask(erase()),
		ask(edit('four')),
		ask(erase()),
	)
	t.match(answers, [
		{ done: true, position: head + 1 },
		{ done: true, position: head + 2 },
		{ done: true, position: undefined },
		{ done: true, position: head + 3 },
		{ done: true, position: head + 4 },
		{ done: false, code: 'message_erased' },
		{ done: true, position: undefined },
	])
	t.same(
		writing
			.events()
			.slice(head)
			.map(({ type, body }) => [type, body]),
		[
			['MessagePosted', null],
			['MessageEdited', null],
			['MessageEdited', null],
			['MessageDeleted', null],
		],
	)
})

type Token = EventShapes['TokenIssued']['data']
