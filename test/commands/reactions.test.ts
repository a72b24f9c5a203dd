import t from 'tap'
import { type Actor, system } from '../../src/commands/actor.ts'
import { reactionKindsMax, reactionsEverMax, reactionsMax } from '../../src/commands/limits.ts'
import type { React } from '../../src/commands/reactions.ts'
import type { NewEvent } from '../../src/events/catalogue.ts'
import { idOf, joined, memberAdded, memberRemoved, person, token } from '../helpers/account-events.ts'
import { generalId, messagePosted, privateRoomOpened, roomOpened } from '../helpers/events.ts'
import { muteLifted, personBanned, personMuted } from '../helpers/sanction-events.ts'
import { given, ada as guest } from '../helpers/specification.ts'

const ada = person('ada')

const react = (emoji: string, changes: Partial<React> = {}): React => ({
	type: 'React',
	room: 'general',
	messageId: 'message-1',
	emoji,
	action: 'add',
	...changes,
})
const takeBack = (emoji: string, changes: Partial<React> = {}) => react(emoji, { action: 'remove', ...changes })

function reaction(type: 'ReactionAdded' | 'ReactionRemoved', emoji: string, userId: string, name?: string): NewEvent {
	const data = { room: 'general', messageId: 'message-1', userId, emoji }
	return { streamId: generalId, type, data, body: name === undefined ? null : { name } }
}
const added = (emoji: string, userId = ada.userId, name?: string) => reaction('ReactionAdded', emoji, userId, name)
const removed = (emoji: string, userId = ada.userId, name?: string) => reaction('ReactionRemoved', emoji, userId, name)

const house = [joined('ada'), joined('bob'), roomOpened(), messagePosted(1)]
const by = (actor: Actor) => ({ actor })

t.test('somebody reacts, and takes it back', (t) => {
	given(...house)
		.when(react('👍'), by(ada))
		.thenHappens(added('👍'))
	given(...house, added('👍'))
		.when(takeBack('👍'), by(ada))
		.thenHappens(removed('👍'))
	given(...house, added('👍'), removed('👍'))
		.when(react('👍'), by(ada))
		.thenHappens(added('👍'))
	t.end()
})

t.test('what is so already does not happen again', (t) => {
	given(...house, added('👍'))
		.when(react('👍'), by(ada))
		.thenNothing()
	given(...house)
		.when(takeBack('👍'), by(ada))
		.thenNothing()
	given(...house, added('👍'), removed('👍'))
		.when(takeBack('👍'), by(ada))
		.thenNothing()
	t.end()
})

t.test('another emoji and another person are another reaction', (t) => {
	given(...house, added('👍'))
		.when(react('🎉'), by(ada))
		.thenHappens(added('🎉'))
	given(...house, added('👍'))
		.when(react('👍'), by(person('bob')))
		.thenHappens(added('👍', idOf('bob')))
	given(...house, added('👍', idOf('bob')))
		.when(takeBack('👍'), by(ada))
		.thenNothing()
	t.end()
})

t.test('an emoji is the same however it is typed', (t) => {
	given(...house)
		.when(react('❤'), by(ada))
		.thenHappens(added('❤\ufe0f'))
	given(...house, added('❤\ufe0f'))
		.when(react('❤'), by(ada))
		.thenNothing()
	given(...house, added('❤\ufe0f'))
		.when(takeBack('❤'), by(ada))
		.thenHappens(removed('❤\ufe0f'))
	given(...house)
		.when(react('ok'), by(ada))
		.thenRefused('emoji_invalid', 'emoji')
	t.end()
})

t.test('a guest reacts, and is named in the body alone, where it can be erased', (t) => {
	given(...house)
		.when(react('👍'), by(guest))
		.thenHappens(added('👍', guest.userId, 'ada'))
	given(...house, added('👍', guest.userId, 'ada'))
		.when(takeBack('👍'), by(guest))
		.thenHappens(removed('👍', guest.userId, 'ada'))
	t.end()
})

t.test('a message that is not in the room has no reactions', (t) => {
	const elsewhere = messagePosted(1, undefined, { room: 'random', roomId: 'room-R', messageId: 'elsewhere' })
	for (const messageId of ['elsewhere', 'nowhere', '']) {
		for (const action of ['add', 'remove'] as const) {
			given(...house, roomOpened('random', 'room-R'), elsewhere)
				.when(react('👍', { messageId, action }), by(ada))
				.thenRefused('not_found')
		}
	}
	t.end()
})

t.test('who may not see a room is told what is told of none, also by who may not react', (t) => {
	const secret = messagePosted(1, undefined, { room: 'secret', roomId: 'room-S' })
	const hidden = [joined('ada'), privateRoomOpened('secret', 'room-S'), secret]
	const others: Actor[] = [ada, guest, person('ada', 'owner'), person('ada', 'owner', token('read'))]
	for (const actor of others) {
		for (const room of ['secret', 'nowhere']) {
			given(...hidden)
				.when(react('👍', { room }), by(actor))
				.thenRefused('not_found', 'room')
		}
	}
	const member = memberAdded('ada', 'member', 'secret', 'room-S')
	const data = { room: 'secret', messageId: 'message-1', userId: ada.userId, emoji: '👍' }
	given(...hidden, member)
		.when(react('👍', { room: 'secret' }), by(ada))
		.thenHappens({ streamId: 'room-S', type: 'ReactionAdded', data, body: null })
	given(...hidden, member, memberRemoved('ada', 'member', 'secret', 'room-S'))
		.when(react('👍', { room: 'secret' }), by(ada))
		.thenRefused('not_found', 'room')
	t.end()
})

t.test('the server itself and a token that only reads do not react', (t) => {
	for (const actor of [system, person('ada', 'owner', token('read'))]) {
		given(...house)
			.when(react('👍'), by(actor))
			.thenRefused('forbidden')
	}
	t.end()
})

t.test('who is muted, and everybody in an archived room, neither reacts nor takes it back', (t) => {
	const archived: NewEvent = {
		streamId: generalId,
		type: 'RoomChanged',
		data: { room: 'general', visibility: 'open', archived: true },
		body: { title: 'general', topic: '' },
	}
	for (const action of ['add', 'remove'] as const) {
		for (const actor of [ada, guest]) {
			given(...house, added('👍', actor.userId), personMuted(actor.userId))
				.when(react('👍', { action }), by(actor))
				.thenRefused('muted')
			given(...house, added('👍', actor.userId), archived)
				.when(react('👍', { action }), by(actor))
				.thenRefused('room_archived')
		}
	}
	given(...house, personMuted(ada.userId), muteLifted(ada.userId))
		.when(react('👍'), by(ada))
		.thenHappens(added('👍'))
	given(...house, personBanned(ada.userId))
		.when(react('👍'), by(ada))
		.thenRefused('not_found', 'room')
	t.end()
})

t.test('nobody reacts to what is erased, and its reactions are gone', (t) => {
	const where = { room: 'general', messageId: 'message-1', sequence: 1 }
	const deleted: NewEvent = {
		streamId: generalId,
		type: 'MessageDeleted',
		data: { ...where, reason: 'author', erases: [4] },
		body: null,
	}
	for (const action of ['add', 'remove'] as const) {
		given(...house, added('👍'), deleted)
			.when(react('👍', { action }), by(ada))
			.thenRefused('message_erased')
	}
	t.end()
})

/** So many different emoji, each the first of its own kind. */
const kinds = (count: number) => Array.from({ length: count }, (_, i) => String.fromCodePoint(0x1f600 + i))
/** So many people, each with the same emoji. */
const crowd = (count: number) => Array.from({ length: count }, (_, i) => added('👍', `user-${i}`))

t.test('a message has only so many different reactions, and those that are there can be joined', (t) => {
	const full = kinds(reactionKindsMax).map((emoji) => added(emoji, idOf('bob')))
	given(...house, ...full)
		.when(react('👍'), by(ada))
		.thenRefused('limit_reached', 'emoji')
	given(...house, ...full)
		.when(react('😀'), by(ada))
		.thenHappens(added('😀'))
	given(...house, ...full, removed('😀', idOf('bob')))
		.when(react('👍'), by(ada))
		.thenHappens(added('👍'))
	t.end()
})

t.test('a message has only so many reactions, and each can be taken back', (t) => {
	given(...house, ...crowd(reactionsMax - 1))
		.when(react('👍'), by(ada))
		.thenHappens(added('👍'))
	given(...house, ...crowd(reactionsMax))
		.when(react('👍'), by(ada))
		.thenRefused('limit_reached')
	given(...house, ...crowd(reactionsMax - 1), added('👍'))
		.when(takeBack('👍'), by(ada))
		.thenHappens(removed('👍'))
	t.end()
})

t.test('somebody who changes their mind without end is told so', (t) => {
	const changes = Array.from({ length: reactionsEverMax }, () => [added('👍', idOf('bob')), removed('👍', idOf('bob'))])
	given(...house, ...changes.slice(1).flat())
		.when(react('👍'), by(ada))
		.thenHappens(added('👍'))
	given(...house, ...changes.flat())
		.when(react('👍'), by(ada))
		.thenRefused('limit_reached')
	t.end()
})
