import t from 'tap'
import { guestNamed, system } from '../../src/commands/actor.ts'
import type { Command } from '../../src/commands/catalogue.ts'
import { postMessage } from '../../src/commands/messages.ts'
import type { NewEvent } from '../../src/events/catalogue.ts'
import { directStream } from '../../src/events/direct.ts'
import { deactivated, idOf, joined, person, reactivated, token } from '../helpers/account-events.ts'
import { directOpened, recorded, roomOpened } from '../helpers/events.ts'
import { given, newId, withViews } from '../helpers/specification.ts'

const [ada, bob, cid] = [person('ada'), person('bob', 'admin'), person('cid')]
const house = [roomOpened(), joined('ada'), joined('bob', 'admin'), joined('cid')]
const between = (one: string, other: string) => directStream(idOf(one), idOf(other))

function post(room: string, content = 'hello', replyTo?: string): Command {
	return { type: 'PostMessage', room, content, ...(replyTo === undefined ? {} : { replyTo }) }
}

/** What somebody says in a conversation. */
function said(streamId: string, by: string, sequence: number, changes: { messageId?: string; replyTo?: string } = {}) {
	const data = { messageId: newId, sequence, userId: idOf(by), ...changes }
	return { streamId, type: 'MessagePosted', data, body: { content: 'hello' } } as NewEvent
}

function erased(name: string, number: number): NewEvent {
	return { streamId: idOf(name), type: 'UserErased', data: { userId: idOf(name), number, erases: [] }, body: null }
}

t.test('the first message opens a conversation, and says nothing of what it is called', (t) => {
	const opened = directOpened(idOf('ada'), idOf('bob'))
	given(...house)
		.when(post('@bob'), { actor: ada })
		.thenHappens(opened, said(between('ada', 'bob'), 'ada', 1))
	given(...house)
		.when(post('@ada'), { actor: bob })
		.thenHappens(opened, said(between('ada', 'bob'), 'bob', 1))
	t.end()
})

t.test('both sides go on in the same conversation', (t) => {
	const begun = [
		...house,
		directOpened(idOf('ada'), idOf('bob')),
		said(between('ada', 'bob'), 'ada', 1, { messageId: 'first' }),
	]
	given(...begun)
		.when(post('@ada', 'hello', 'first'), { actor: bob })
		.thenHappens(said(between('ada', 'bob'), 'bob', 2, { replyTo: 'first' }))
	given(...begun)
		.when(post('@bob'), { actor: ada })
		.thenHappens(said(between('ada', 'bob'), 'ada', 2))
	t.end()
})

t.test('who talks to themselves has a notebook', (t) => {
	const notebook = between('ada', 'ada')
	given(...house)
		.when(post('@ada'), { actor: ada })
		.thenHappens(directOpened(idOf('ada'), idOf('ada')), said(notebook, 'ada', 1))
	given(...house, directOpened(idOf('ada'), idOf('ada')), said(notebook, 'ada', 1, { messageId: 'first' }))
		.when(post('@ada'), { actor: ada })
		.thenHappens(said(notebook, 'ada', 2))
	t.end()
})

t.test('what is said elsewhere cannot be answered in a conversation, nor what is said there elsewhere', (t) => {
	const begun = [
		...house,
		directOpened(idOf('ada'), idOf('bob')),
		said(between('ada', 'bob'), 'ada', 1, { messageId: 'hidden' }),
	]
	for (const [room, actor] of [
		['general', cid],
		['@bob', cid],
		['@cid', ada],
		['general', ada],
	] as const) {
		given(...begun)
			.when(post(room, 'hello', 'hidden'), { actor })
			.thenRefused('reply_target_unknown', 'replyTo')
	}
	t.end()
})

t.test('there is no conversation with nobody, and none for who has no account', (t) => {
	for (const opens of [{}, { opens: true as const }]) {
		for (const room of ['@nobody', '@', '@me', '@Bob', '@erased', '@erased-1', '@erased-01', '@@bob']) {
			given(...house)
				.when({ ...post(room), ...opens } as Command, { actor: ada })
				.thenRefused('not_found', 'room')
		}
		for (const actor of [system, guestNamed('gil', 'a log'), person('ada', 'owner', token('full', ['room-GENERAL']))]) {
			given(...house, directOpened(idOf('ada'), idOf('bob')))
				.when({ ...post('@bob'), ...opens } as Command, { actor })
				.thenRefused('not_found', 'room')
		}
	}
	t.end()
})

t.test('nothing but a message opens a conversation', (t) => {
	given(...house)
		.when({ type: 'OpenRoom', room: '@bob' }, { actor: ada })
		.thenRefused('name_invalid', 'room')
	given(...house)
		.when({ type: 'JoinRoom', person: ada, roomId: between('ada', 'bob') }, { actor: system })
		.thenNothing()
	given(...house, directOpened(idOf('ada'), idOf('bob')))
		.when({ type: 'JoinRoom', person: cid, roomId: between('ada', 'bob') }, { actor: system })
		.thenNothing()
	t.end()
})

const governing: readonly ((room: string) => Command)[] = [
	(room) => ({ type: 'ChangeRoom', room, topic: 'ours' }),
	(room) => ({ type: 'AddMember', room, name: 'cid' }),
	(room) => ({ type: 'BanPerson', room, name: 'cid', reason: '' }),
	(room) => ({ type: 'MutePerson', room, name: 'ada', reason: '' }),
	(room) => ({ type: 'LiftBan', room, name: 'ada' }),
	(room) => ({ type: 'LiftMute', room, name: 'ada' }),
	(room) => ({ type: 'ChangeRoom', room, archived: true }),
	(room) => ({ type: 'AddMember', room, name: 'ada', role: 'moderator' }),
	(room) => ({ type: 'RemoveMember', room, name: 'ada' }),
	(room) => ({ type: 'RemoveMember', room, name: 'bob' }),
]

t.test('nobody governs a conversation, an owner in their own neither', (t) => {
	for (const begun of [house, [...house, directOpened(idOf('ada'), idOf('bob'))]]) {
		for (const command of governing) {
			for (const role of ['owner', 'member'] as const) {
				given(...begun)
					.when(command('@bob'), { actor: person('ada', role) })
					.thenRefused('forbidden', 'room')
				given(...begun)
					.when(command('@nobody'), { actor: person('ada', role) })
					.thenRefused('not_found', 'room')
			}
			given(...begun)
				.when(command('@bob'), { actor: system })
				.thenRefused('not_found', 'room')
		}
	}
	t.end()
})

t.test('tokens and invitations are for rooms', (t) => {
	for (const room of ['@bob', '@nobody']) {
		given(...house)
			.when(
				{ type: 'IssueToken', name: 'ada', secretHash: 'hash', label: '', scope: 'read', rooms: [room] },
				{ actor: ada },
			)
			.thenRefused('name_invalid', 'rooms')
		given(...house)
			.when({ type: 'IssueInvitation', codeHash: 'hash', role: 'member', rooms: [room] }, { actor: bob })
			.thenRefused('name_invalid', 'rooms')
	}
	t.end()
})

t.test('who is not here any more is told nothing new', (t) => {
	const opened = directOpened(idOf('ada'), idOf('bob'))
	for (const begun of [[], [opened]]) {
		given(...house, ...begun, deactivated('bob'))
			.when(post('@bob'), { actor: ada })
			.thenRefused('forbidden')
	}
	given(...house, opened, deactivated('bob'), reactivated('bob'))
		.when(post('@bob'), { actor: ada })
		.thenHappens(said(between('ada', 'bob'), 'ada', 1))
	t.end()
})

t.test('who was erased is called by their number, by who has talked to them', (t) => {
	const opened = directOpened(idOf('ada'), idOf('bob'))
	const gone = given(...house, opened, erased('bob', 7))
	gone.when(post('@erased-7'), { actor: ada }).thenRefused('forbidden')
	for (const room of ['@bob', '@erased-6', '@erased-07', '@erased']) {
		gone.when(post(room), { actor: ada }).thenRefused('not_found', 'room')
	}
	gone.when(post('@erased-7'), { actor: cid }).thenRefused('not_found', 'room')
	t.end()
})

t.test('a message repeats another when it is said in the same conversation, whatever that is called', (t) => {
	const first = recorded(said(between('ada', 'bob'), 'ada', 1), 1)
	const repeats = (room: string, actor = ada) =>
		withViews(house, (views) => {
			const command = { type: 'PostMessage', room, content: 'hello' } as const
			const request = { actor, id: newId, now: 0, eventAt: () => undefined, history: {} }
			return postMessage.repeats?.(command, first, postMessage.load(views, command, request), request)
		})
	t.equal(repeats('@bob'), true)
	t.equal(repeats('@ada', bob), true)
	t.equal(repeats('@cid'), false)
	t.equal(repeats('@ada'), false)
	t.equal(repeats('general'), false)
	t.equal(repeats('@nobody'), false)
	t.end()
})
