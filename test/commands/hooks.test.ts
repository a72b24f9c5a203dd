import t, { type Test } from 'tap'
import { guestNamed, system, type User } from '../../src/commands/actor.ts'
import type { Command } from '../../src/commands/catalogue.ts'
import type { IssueHook, RevokeHook } from '../../src/commands/hooks.ts'
import { hooksMax, labelCharsMax } from '../../src/commands/limits.ts'
import type { UserRole } from '../../src/events/catalogue.ts'
import {
	deactivated,
	hookIssued,
	hookRevoked,
	idOf,
	joined,
	memberAdded,
	now,
	passwordSet,
	person,
	reactivated,
	token,
	userErased,
} from '../helpers/account-events.ts'
import { privateRoomOpened, roomOpened } from '../helpers/events.ts'
import { personBanned } from '../helpers/sanction-events.ts'
import { startWriting, type Writing } from '../helpers/sequencer.ts'
import { given, newId } from '../helpers/specification.ts'

const issue = (name: string, changes: Partial<IssueHook> = {}): IssueHook => ({
	type: 'IssueHook',
	name,
	room: 'general',
	secret: 'a secret',
	label: 'alerts',
	...changes,
})
const revoke = (hookId: string): RevokeHook => ({ type: 'RevokeHook', hookId })
const issued = (name: string, changes: Parameters<typeof hookIssued>[2] = {}) =>
	hookIssued(name, newId, { secret: 'a secret', label: 'alerts', ...changes })

const as = (name: string, role: UserRole = 'member') => ({ actor: person(name, role), now })
const house = [
	roomOpened(),
	privateRoomOpened('secret', 'room-S'),
	joined('olga', 'owner'),
	joined('amy', 'admin'),
	joined('ada'),
	joined('robot', 'bot'),
	memberAdded('ada', 'member', 'secret', 'room-S'),
]
const home = given(...house)

t.test('people issue hooks that speak as themselves, administrators those that speak as bots', async () => {
	home.when(issue('ada'), as('ada')).thenHappens(issued('ada'))
	home.when(issue('ada', { secretInUrl: true }), as('ada')).thenHappens(issued('ada', { secretInUrl: true }))
	for (const by of [as('amy', 'admin'), as('olga', 'owner'), { actor: system, now }]) {
		home.when(issue('robot'), by).thenHappens(issued('robot'))
	}
	for (const by of [as('amy', 'admin'), as('olga', 'owner')])
		home.when(issue('ada'), by).thenRefused('forbidden', 'user')
	home.when(issue('robot'), as('ada')).thenRefused('forbidden')
	home.when(issue('robot'), as('robot', 'bot')).thenRefused('forbidden')
	home.when(issue('grace'), as('olga', 'owner')).thenRefused('not_found', 'user')
	home.when(issue('ada'), { actor: guestNamed('ada', 'a log'), now }).thenRefused('not_found', 'user')
	given(...house, deactivated('robot'))
		.when(issue('robot'), as('olga', 'owner'))
		.thenRefused('not_found', 'user')
})

t.test('a hook is for a room that its issuer sees, and its user may post to', async () => {
	home.when(issue('ada', { room: 'secret' }), as('ada')).thenHappens(issued('ada', { roomId: 'room-S' }))
	for (const room of ['secret', 'nowhere']) {
		home.when(issue('robot', { room }), as('amy', 'admin')).thenRefused('not_found', 'room')
	}
	home.when(issue('robot', { room: 'secret' }), { actor: system, now }).thenRefused('forbidden', 'room')
	given(...house, memberAdded('robot', 'member', 'secret', 'room-S'))
		.when(issue('robot', { room: 'secret' }), { actor: system, now })
		.thenHappens(issued('robot', { roomId: 'room-S' }))
	given(...house, personBanned(idOf('robot')))
		.when(issue('robot'), as('amy', 'admin'))
		.thenRefused('forbidden', 'room')
	for (const room of ['No Room', '@ada', '']) {
		home.when(issue('ada', { room }), as('ada')).thenRefused('name_invalid', 'room')
	}
})

t.test('a label is a line of text', async () => {
	for (const label of ['a\nb', 'x'.repeat(labelCharsMax + 1), '\ud83d']) {
		home.when(issue('ada', { label }), as('ada')).thenRefused('text_unfit', 'label')
	}
})

t.test('there are only so many hooks of one person', async () => {
	const many = Array.from({ length: hooksMax }, (_, index) => hookIssued('robot', `H${index}`))
	given(...house, ...many)
		.when(issue('robot'), as('olga', 'owner'))
		.thenRefused('limit_reached')
	given(...house, ...many, hookRevoked('robot', 'H7', house.length + 8))
		.when(issue('robot'), as('olga', 'owner'))
		.thenHappens(issued('robot'))
})

t.test('a token issues no hook unless it is all that its user is', async () => {
	const by = (credential: ReturnType<typeof token>) => ({ actor: person('ada', 'member', credential), now })
	home.when(issue('ada'), by(token('full'))).thenHappens(issued('ada'))
	for (const scope of ['read', 'write'] as const) home.when(issue('ada'), by(token(scope))).thenRefused('forbidden')
	home.when(issue('ada'), by(token('full', ['room-S']))).thenRefused('not_found', 'user')
})

t.test('who may issue a hook revokes it, and its secret goes with it', async () => {
	const there = given(...house, hookIssued('ada', 'A'), hookIssued('olga', 'O'), hookIssued('robot', 'R'))
	const [a, r] = [house.length + 1, house.length + 3]
	there.when(revoke('A'), as('ada')).thenHappens(hookRevoked('ada', 'A', a))
	for (const by of [as('amy', 'admin'), as('olga', 'owner'), { actor: system, now }]) {
		there.when(revoke('A'), by).thenHappens(hookRevoked('ada', 'A', a))
		there.when(revoke('R'), by).thenHappens(hookRevoked('robot', 'R', r))
	}
	for (const hookId of ['O', 'R', 'nothing']) there.when(revoke(hookId), as('ada')).thenRefused('not_found', 'id')
	there.when(revoke('O'), as('amy', 'admin')).thenRefused('not_found', 'id')
	there.when(revoke('R'), as('robot', 'bot')).thenRefused('not_found', 'id')
	there.when(revoke('A'), { actor: person('ada', 'member', token('write')), now }).thenRefused('not_found', 'id')
	given(...house, hookIssued('ada', 'A'), hookRevoked('ada', 'A', a))
		.when(revoke('A'), as('ada'))
		.thenRefused('not_found', 'id')
})

t.test('hooks end with a new password, with being let out, and with the person', async () => {
	const a = house.length + 1
	const there = given(...house, hookIssued('ada', 'A'), hookIssued('ada', 'B'), hookIssued('robot', 'R'))
	const gone = [hookRevoked('ada', 'A', a), hookRevoked('ada', 'B', a + 1)]
	there
		.when({ type: 'ChangeUser', name: 'ada', passwordHash: 'another' }, as('ada'))
		.thenHappens(...gone, passwordSet('ada', 'another'))
	there
		.when({ type: 'ChangeUser', name: 'ada', active: false }, as('olga', 'owner'))
		.thenHappens(...gone, deactivated('ada'))
	there.when({ type: 'ChangeUser', name: 'ada', active: true }, as('olga', 'owner')).thenNothing()
	given(...house, deactivated('ada'))
		.when({ type: 'ChangeUser', name: 'ada', active: true }, as('olga', 'owner'))
		.thenHappens(reactivated('ada'))
	there
		.when({ type: 'EraseUser', name: 'robot' }, as('olga', 'owner'))
		.thenHappens(userErased('robot', 1, { erases: [6, a + 2] }))
	given(...house, hookIssued('robot', 'R'), userErased('robot', 1, { erases: [6, a] }))
		.when(revoke('R'), as('olga', 'owner'))
		.thenRefused('not_found', 'id')
})

/** A bot with a hook to the room `general`, as which it speaks. */
async function withHook(t: Test): Promise<{ writing: Writing; speaker: User; other: User; ask: Writing['submit'] }> {
	const writing = startWriting(t)
	const ask = writing.submit.bind(writing)
	const by = { actor: system }
	await writing.run(ask({ type: 'OpenRoom', room: 'general' }, by), ask({ type: 'OpenRoom', room: 'random' }, by))
	const bot = ask({ type: 'AddUser', name: 'robot', role: 'bot', tokenHash: 'of a token' }, by)
	await writing.run(bot, ask({ type: 'AddUser', name: 'ada', role: 'member', tokenHash: 'of hers' }, by))
	const [one, two] = [ask(issue('robot'), by), ask(issue('robot'), by)]
	await writing.run(one, two)
	const roomId = writing.events().find(({ type }) => type === 'RoomOpened')?.streamId as string
	const speakerOf = (id: string): User => {
		return {
			kind: 'user',
			userId: `user-${bot.id}`,
			name: 'robot',
			role: 'bot',
			credential: { kind: 'hook', id, roomId },
		}
	}
	return { writing, speaker: speakerOf(one.id), other: speakerOf(two.id), ask }
}

const post = (content: string, changes: object = {}): Command => ({
	type: 'PostMessage',
	room: 'general',
	content,
	...changes,
})

t.test('a hook says something in its room, and that is all', async (t) => {
	const { writing, speaker: actor, ask } = await withHook(t)
	t.match(await writing.run(ask(post('hello'), { actor })), [{ done: true }])
	const others: [Command, string][] = [
		[post('hello', { room: 'random' }), 'not_found'],
		[post('hello', { room: '@ada' }), 'not_found'],
		[post('hello', { room: 'new', opens: true }), 'not_found'],
		[{ type: 'ChangeRoom', room: 'general', topic: 'mine' }, 'forbidden'],
		[{ type: 'AddMember', room: 'general', name: 'robot', role: 'moderator' }, 'forbidden'],
		[{ type: 'IssueToken', name: 'robot', secretHash: 'x', label: '', scope: 'full' }, 'not_found'],
		[issue('robot'), 'not_found'],
	]
	for (const [command, code] of others) t.match(await writing.run(ask(command, { actor })), [{ done: false, code }])
	t.same(writing.texts(), ['hello'])
})

t.test('what was revoked earlier in the batch says nothing more', async (t) => {
	const { writing, speaker: actor, other, ask } = await withHook(t)
	const revoking = ask(revoke(actor.credential.id), { actor: system })
	t.match(await writing.run(revoking, ask(post('late'), { actor }), ask(post('there'), { actor: other })), [
		{ done: true },
		{ done: false, code: 'not_authenticated' },
		{ done: true },
	])
	t.same(writing.events().find(({ type }) => type === 'HookIssued')?.body, null, 'its secret is gone')
})

t.test('each hook has keys of its own, beside those of its user', async (t) => {
	const { writing, speaker, other, ask } = await withHook(t)
	const token = writing.events().find((event) => event.type === 'TokenIssued')?.data as { tokenId: string }
	const user: User = { ...speaker, credential: { kind: 'token', id: token.tokenId, scope: 'full' } }
	for (const actor of [speaker, other, user]) {
		t.match(await writing.run(ask(post('hello'), { actor, key: 'K' })), [{ done: true, replayed: false }])
	}
	t.match(await writing.run(ask(post('hello'), { actor: speaker, key: 'K' })), [{ done: true, replayed: true }])
	t.match(await writing.run(ask(post('other'), { actor: speaker, key: 'K' })), [{ code: 'idempotency_key_reused' }])
	for (const key of [`hook-${speaker.credential.id}:K`, `${speaker.credential.id}:K`]) {
		t.match(await writing.run(ask(post('mine'), { actor: user, key })), [{ done: true, replayed: false }])
	}
})

t.test('words of strangers call upon nobody, but by those words that are said to call', async (t) => {
	const { writing, speaker: actor, ask } = await withHook(t)
	const said = [post('@ada @room'), post('@ada @room', { calls: '' }), post('@ada @room', { calls: '@room' })]
	await writing.run(...said.map((command) => ask(command, { actor })))
	const [all, none, room] = writing.events().flatMap(({ type, data }) => (type === 'MessagePosted' ? [data] : []))
	t.match(all, { mentions: [/^user-/], mentionsRoom: true })
	t.match(none, { mentions: undefined, mentionsRoom: undefined })
	t.match(room, { mentions: undefined, mentionsRoom: true })
})
