import t from 'tap'
import { guestNamed, system } from '../../src/commands/actor.ts'
import { type EraseUser, type FinishErasing, finishErasing } from '../../src/commands/erasing.ts'
import {
	membershipsEndedMax,
	messagesErasedMax,
	personalTextsErasedMax,
	textsErasedMax,
} from '../../src/commands/limits.ts'
import type { ErasureReason, NewEvent, UserRole } from '../../src/events/catalogue.ts'
import { directStream } from '../../src/events/direct.ts'
import { project } from '../../src/projections/projector.ts'
import { openViewsForWriting } from '../../src/projections/views.ts'
import {
	deactivated,
	digest,
	displayNameChanged,
	idOf,
	invitationIssued,
	joined,
	memberAdded,
	memberRemoved,
	now,
	passwordSet,
	person,
	sessionOpened,
	token,
	tokenIssued,
	userErased,
} from '../helpers/account-events.ts'
import { generalId, messagePosted, reactionAdded, recorded, roomOpened } from '../helpers/events.ts'
import { banLifted, muteLifted, personBanned, personMuted } from '../helpers/sanction-events.ts'
import { given, newId } from '../helpers/specification.ts'

const erase = (name: string, also: { messages?: true } = {}): EraseUser => ({ type: 'EraseUser', name, ...also })
const finish = (name?: string): FinishErasing => ({
	type: 'FinishErasing',
	...(name === undefined ? {} : { userId: idOf(name) }),
})
const as = (name: string, role: UserRole = 'member') => ({ actor: person(name, role) })
const olga = joined('olga', 'owner')

/** As somebody with an account says it. */
const said = (name: string, sequence: number, roomId = generalId): NewEvent => {
	const { type, streamId, data } = messagePosted(sequence, null, { userId: idOf(name), roomId }) as Extract<
		NewEvent,
		{ type: 'MessagePosted' }
	>
	const { guest, room, ...facts } = { ...data, messageId: `${roomId} ${sequence}` }
	const where = roomId === generalId ? { room: 'general' } : {}
	return { streamId, type, data: { ...where, ...facts }, body: { content: 'said' } }
}
const edited = (name: string, sequence: number): NewEvent => ({
	streamId: generalId,
	type: 'MessageEdited',
	data: { room: 'general', messageId: `${generalId} ${sequence}`, sequence, userId: idOf(name) },
	body: { content: 'said in other words' },
})
const deleted = (
	sequence: number,
	erases: readonly number[],
	reason: ErasureReason = 'person',
	roomId = generalId,
) => ({
	streamId: roomId,
	type: 'MessageDeleted' as const,
	data: {
		...(roomId === generalId ? { room: 'general' } : {}),
		messageId: `${roomId} ${sequence}`,
		sequence,
		reason,
		erases,
	},
	body: null,
})
const sanctioned = (type: 'PersonBanned' | 'PersonMuted', name: string): NewEvent => ({
	streamId: generalId,
	type,
	data: { room: 'general', userId: idOf(name) },
	body: { reason: 'a reason' },
})
const refusedTo = (name: string): NewEvent => ({
	streamId: 'server',
	type: 'AttemptRefused',
	data: { attempt: 'sign-in', userId: idOf(name) },
	body: { address: '192.0.2.7', agent: 'a browser' },
})
const textsErased = (erases: readonly number[]): NewEvent => ({
	streamId: 'server',
	type: 'TextsErased',
	data: { reason: 'person', erases },
	body: null,
})

t.test('memberships end, and everything that names the person is erased', async () => {
	given(
		olga,
		roomOpened(),
		roomOpened('harbour', 'room-HARBOUR'),
		joined('ada'),
		passwordSet('ada'),
		memberAdded('ada'),
		memberAdded('ada', 'moderator', 'harbour', 'room-HARBOUR'),
		memberAdded('olga'),
		displayNameChanged('ada', 'Ada'),
		sessionOpened('ada', 'one'),
		tokenIssued('ada', 'two', { label: 'a script' }),
		refusedTo('ada'),
		sanctioned('PersonBanned', 'ada'),
		sanctioned('PersonMuted', 'ada'),
		refusedTo('olga'),
		said('ada', 1),
	)
		.when(erase('ada'), as('ada'))
		.thenHappens(
			memberRemoved('ada'),
			memberRemoved('ada', 'moderator', 'harbour', 'room-HARBOUR'),
			userErased('ada', 1, { erases: [4, 5, 9, 10, 11, 12, 13, 14] }),
		)
})

t.test('what was erased before is not erased again', async () => {
	given(olga, joined('ada'), passwordSet('ada', 'one'), passwordSet('ada', 'two', 3), sessionOpened('ada', 'one'), {
		streamId: 'server',
		type: 'AddressesErased',
		data: { positions: [5] },
		body: null,
	})
		.when(erase('ada'), as('ada'))
		.thenHappens(userErased('ada', 1, { erases: [2, 4] }))
})

t.test('a conversation stays with the other one', async () => {
	given(olga, joined('ada'), {
		streamId: directStream(idOf('ada'), idOf('olga')),
		type: 'DirectOpened',
		data: { userIds: [idOf('ada'), idOf('olga')] },
		body: null,
	})
		.when(erase('ada'), as('ada'))
		.thenHappens(userErased('ada', 1, { erases: [2] }))
})

t.test('each who is erased has a number of their own', async () => {
	const erases = (position: number) => ({ erases: [position] })
	given(olga, joined('ada'), joined('bea'), userErased('bea', 1, erases(3)))
		.when(erase('ada'), as('ada'))
		.thenHappens(userErased('ada', 2, erases(2)))
	given(olga, joined('ada'), joined('bea'), userErased('bea', 7, erases(3)))
		.when(erase('ada'), as('ada'))
		.thenHappens(userErased('ada', 8, erases(2)))
})

t.test('who erases whom', async () => {
	const roles = ['owner', 'admin', 'member', 'bot'] as const
	const people = [olga, joined('otto', 'owner'), ...roles.map((role) => joined(`ada-${role}`, role))]
	const house = given(...people)
	for (const [index, role] of roles.entries()) {
		const name = `ada-${role}`
		const happens = userErased(name, 1, { erases: [3 + index] })
		for (const actor of [person('olga', 'owner'), system]) house.when(erase(name), { actor }).thenHappens(happens)
		const byAdmin = house.when(erase(name), as('amy', 'admin'))
		if (role === 'member' || role === 'bot') byAdmin.thenHappens(happens)
		else byAdmin.thenRefused('forbidden')
		house.when(erase(name), as('zed')).thenRefused('forbidden')
		house.when(erase(name), as('zed', 'bot')).thenRefused('forbidden')
		house.when(erase(name), { actor: guestNamed('zed', 'a log') }).thenRefused('not_found', 'name')
		const bySelf = house.when(erase(name), as(name, role))
		if (role === 'bot') bySelf.thenRefused('forbidden')
		else bySelf.thenHappens(happens)
		for (const credential of [token('read'), token('write')]) {
			house.when(erase(name), { actor: person(name, role, credential) }).thenRefused('forbidden')
		}
	}
})

t.test('the only owner who can act stays', async () => {
	for (const actor of [person('olga', 'owner'), system]) {
		given(olga).when(erase('olga'), { actor }).thenRefused('last_owner')
		given(olga, joined('otto', 'owner'), deactivated('otto')).when(erase('olga'), { actor }).thenRefused('last_owner')
		given(olga, joined('otto', 'owner'), userErased('otto', 1)).when(erase('olga'), { actor }).thenRefused('last_owner')
	}
	given(olga, joined('otto', 'owner'), deactivated('otto'))
		.when(erase('otto'), as('olga', 'owner'))
		.thenHappens(userErased('otto', 1, { erases: [2] }))
	given(olga, joined('otto', 'owner'))
		.when(erase('olga'), as('olga', 'owner'))
		.thenHappens(userErased('olga', 1, { erases: [1] }))
})

t.test('who is erased is as nobody, to everything that is asked, and the name stays taken', async () => {
	const erased = [olga, roomOpened(), memberAdded('olga', 'moderator'), joined('ada'), passwordSet('ada')]
	const house = given(...erased, userErased('ada', 1, { erases: [4, 5] }))
	const never = given(...erased.slice(0, 3))
	const by = as('olga', 'owner')
	for (const specification of [house, never]) {
		specification.when(erase('ada'), by).thenRefused('not_found', 'name')
		specification.when({ type: 'ChangeUser', name: 'ada', active: true }, by).thenRefused('not_found', 'user')
		specification.when({ type: 'AddMember', room: 'general', name: 'ada' }, by).thenRefused('not_found', 'user')
		specification.when({ type: 'RemoveMember', room: 'general', name: 'ada' }, by).thenRefused('not_found', 'user')
		specification
			.when({ type: 'IssueToken', name: 'ada', secretHash: 'x', label: '', scope: 'write' }, by)
			.thenRefused('not_found', 'user')
	}
	const account = { name: 'ada', tokenHash: 'x' } as const
	house.when({ type: 'AddUser', ...account, role: 'member' }, by).thenRefused('name_taken', 'name')
	const secretHash = 'x'
	const session = { type: 'OpenSession', userId: idOf('ada'), passwordPosition: 5, secretHash } as const
	house.when({ ...session, address: '', agent: '' }, { actor: system }).thenRefused('not_authenticated')
})

t.test('what they invite to is good for no more', async () => {
	const invited = { ...invitationIssued('I'), metadata: { actor: idOf('ada') } }
	const accept = { type: 'AcceptInvitation', codeHash: 'hash of I', name: 'bea', tokenHash: 'x' } as const
	given(olga, joined('ada', 'admin'), invited)
		.when(accept, { actor: system })
		.thenHappens(
			{
				streamId: `user-${newId}`,
				type: 'UserJoined',
				data: { userId: `user-${newId}`, nameDigest: digest('bea'), role: 'member', invitationId: 'I' },
				body: { name: 'bea' },
			},
			{
				streamId: `user-${newId}`,
				type: 'TokenIssued',
				data: { userId: `user-${newId}`, tokenId: newId, secretHash: 'x', scope: 'full' },
				body: { label: 'invitation' },
			},
		)
	given(olga, joined('ada', 'admin'), invited, userErased('ada', 1))
		.when(accept, { actor: system })
		.thenRefused('not_found', 'code')
})

t.test('who tries to sign in as somebody who is erased tries it as nobody', async () => {
	const { body, ...refused } = refusedTo('ada') as Extract<NewEvent, { type: 'AttemptRefused' }>
	const attempt = { type: 'RecordAttempt', attempt: 'sign-in', userId: idOf('ada'), ...body } as const
	given(olga, joined('ada'))
		.when(attempt, { actor: system })
		.thenHappens({ ...refused, body })
	given(olga, joined('ada'), userErased('ada', 1))
		.when(attempt, { actor: system })
		.thenHappens({ ...refused, data: { attempt: 'sign-in' }, body })
})

t.test('what one event cannot erase is erased by the next ones, until nothing is left', async () => {
	const many = [olga, joined('ada'), ...Array.from({ length: personalTextsErasedMax + 9 }, () => refusedTo('ada'))]
	const positions = Array.from({ length: personalTextsErasedMax + 10 }, (_, index) => index + 2)
	const first = positions.slice(0, personalTextsErasedMax)
	const rest = positions.slice(personalTextsErasedMax)
	given(...many)
		.when(erase('ada'), as('ada'))
		.thenHappens(userErased('ada', 1, { erases: first }))
	const erased = [...many, userErased('ada', 1, { erases: first })]
	for (const command of [finish('ada'), finish()]) {
		given(...many)
			.when(command, { actor: system })
			.thenNothing()
		given(...erased)
			.when(command, { actor: system })
			.thenHappens(textsErased(rest))
		given(...erased, textsErased(rest))
			.when(command, { actor: system })
			.thenNothing()
	}
	given(...erased)
		.when(finish('olga'), { actor: system })
		.thenNothing()
})

t.test('what they wrote is erased where that was asked for, all that each message ever said', async () => {
	const direct = directStream(idOf('ada'), idOf('olga'))
	const house = [
		olga,
		joined('ada'),
		roomOpened(),
		{
			streamId: direct,
			type: 'DirectOpened' as const,
			data: { userIds: [idOf('ada'), idOf('olga')] as const },
			body: null,
		},
		said('ada', 1),
		said('olga', 2),
		said('ada', 3),
		edited('ada', 1),
		said('ada', 4),
		said('ada', 1, direct),
		edited('ada', 1),
		edited('olga', 2),
		deleted(3, [7], 'author'),
	]
	const asked = userErased('ada', 1, { messages: true, erases: [2] })
	given(...house)
		.when(erase('ada', { messages: true }), as('ada'))
		.thenHappens(asked)
	const left = [deleted(1, [5, 8, 11]), deleted(4, [9]), deleted(1, [10], 'person', direct)]
	for (const command of [finish('ada'), finish()]) {
		given(...house)
			.when(command, { actor: system })
			.thenNothing()
		given(...house, userErased('ada', 1, { erases: [2] }))
			.when(command, { actor: system })
			.thenNothing()
		given(...house, asked)
			.when(command, { actor: system })
			.thenHappens(...left)
		given(...house, asked, ...left)
			.when(command, { actor: system })
			.thenNothing()
		// Killed in between, for example.
		given(...house, asked, ...left.slice(0, 1))
			.when(command, { actor: system })
			.thenHappens(...left.slice(1))
	}
})

/** As somebody with an account made it happen. */
const by = (name: string, event: NewEvent): NewEvent & { metadata: { actor: string } } => ({
	...event,
	metadata: { actor: idOf(name) },
})
const described = (titles: { titleBy?: string; topicBy?: string } = {}): NewEvent => ({
	streamId: generalId,
	type: 'RoomChanged',
	data: { room: 'general', visibility: 'open', archived: false, ...titles },
	body: { title: 'a title', topic: 'a topic' },
})

t.test('what they wrote of rooms and of others is erased too, where that was asked for', async () => {
	const opened = { ...roomOpened(), data: { room: 'general', visibility: 'open', described: true } } as NewEvent
	const house = [
		olga,
		joined('ada'),
		joined('bea'),
		by('ada', { ...opened, body: { title: 'General', topic: '' } } as NewEvent),
		by('ada', roomOpened('harbour', 'room-HARBOUR')),
		by('ada', described()),
		by('olga', described({ topicBy: idOf('ada') })),
		by('olga', described({ titleBy: idOf('ada'), topicBy: idOf('ada') })),
		by('olga', described()),
		by('ada', described({ titleBy: idOf('olga'), topicBy: idOf('olga') })),
		by('ada', sanctioned('PersonBanned', 'bea')),
		by('olga', sanctioned('PersonMuted', 'bea')),
		by('ada', personMuted('guest-zed', { guest: 'zed', roomId: 'room-HARBOUR' })),
		by('ada', { ...muteLifted('guest-zed', { roomId: 'room-HARBOUR', erases: [13] }) }),
		by('bea', described({ titleBy: idOf('ada') })),
	]
	const left = textsErased([4, 6, 7, 8, 11, 15])
	const asked = userErased('ada', 1, { messages: true, erases: [2] })
	for (const command of [finish('ada'), finish()]) {
		given(...house, asked)
			.when(command, { actor: system })
			.thenHappens(left)
		given(...house, asked, left)
			.when(command, { actor: system })
			.thenNothing()
		given(...house, userErased('ada', 1, { erases: [2] }))
			.when(command, { actor: system })
			.thenNothing()
		given(...house, userErased('bea', 2, { erases: [3, 11, 12] }), asked)
			.when(finish('ada'), { actor: system })
			.thenHappens(textsErased([4, 6, 7, 8, 15]))
		given(...house, userErased('bea', 1, { messages: true, erases: [3, 11, 12] }))
			.when(finish('bea'), { actor: system })
			.thenHappens(textsErased([15]))
	}
})

t.test('what a guest of that name was banned for ends, since nobody can bear the name any more', async () => {
	const { userId } = guestNamed('ada', 'a log')
	given(
		olga,
		roomOpened(),
		personBanned(userId, { guest: 'ada' }),
		personMuted(userId, { guest: 'ada' }),
		joined('ada'),
	)
		.when(erase('ada'), as('olga', 'owner'))
		.thenHappens(
			banLifted(userId, { erases: [3] }),
			muteLifted(userId, { erases: [4] }),
			userErased('ada', 1, { erases: [5] }),
		)
})

t.test('a guest whom they banned stays so, by name, and without what they gave as the reason', async () => {
	const banned = personBanned('guest-zed', { guest: 'zed', reason: 'a reason', untilMs: now + 10 })
	const muted = personMuted('guest-zed', { guest: 'zed', reason: 'a reason' })
	const house = [olga, joined('ada'), roomOpened(), by('ada', described()), by('ada', banned), by('ada', muted)]
	const asked = userErased('ada', 1, { messages: true, erases: [2] })
	const bannedStill = personBanned('guest-zed', { guest: 'zed', untilMs: now + 10, erases: [5] })
	const mutedStill = personMuted('guest-zed', { guest: 'zed', erases: [6] })
	given(...house, asked)
		.when(finish(), { actor: system })
		.thenHappens(textsErased([4]), bannedStill, mutedStill)
	given(...house, asked, textsErased([4]), bannedStill, mutedStill)
		.when(finish(), { actor: system })
		.thenNothing()
	given(...house, asked)
		.when(finish(), { actor: system, now: now + 10 })
		.thenHappens(textsErased([4, 5]), mutedStill)
})

t.test('so many messages at a time, after all that names their author', async () => {
	const many = Array.from({ length: messagesErasedMax + 1 }, (_, index) => said('ada', index + 1))
	const house = [olga, roomOpened(), joined('ada'), refusedTo('ada'), ...many]
	const asked = userErased('ada', 1, { messages: true, erases: [3] })
	given(...house, asked)
		.when(finish(), { actor: system })
		.thenHappens(textsErased([4]))
	const each = many.map((_, index) => deleted(index + 1, [index + 5]))
	given(...house, asked, textsErased([4]))
		.when(finish(), { actor: system })
		.thenHappens(...each.slice(0, messagesErasedMax))
	given(...house, asked, textsErased([4]), ...each.slice(0, messagesErasedMax))
		.when(finish(), { actor: system })
		.thenHappens(...each.slice(messagesErasedMax))
})

t.test('however many texts these messages have, each whole', async () => {
	const often = (sequence: number) => Array.from({ length: textsErasedMax / 2 - 1 }, () => edited('ada', sequence))
	const said3 = [said('ada', 1), said('ada', 2), said('ada', 3)]
	const guest = reactionAdded(1, 'guest-bob', 'bob', { messageId: `${generalId} 1` })
	const house = [olga, roomOpened(), joined('ada'), ...said3, ...often(1), ...often(2), guest]
	const asked = userErased('ada', 1, { messages: true, erases: [3] })
	const later = often(1).length
	const first = deleted(1, [4, ...often(1).map((_, index) => index + 7), 7 + 2 * later])
	given(...house, asked)
		.when(finish(), { actor: system })
		.thenHappens(first)
	given(...house, asked, first)
		.when(finish(), { actor: system })
		.thenHappens(deleted(2, [5, ...often(2).map((_, index) => index + 7 + later)]), deleted(3, [6]))
})

t.test('memberships end so many at a time, those that come first before the person is gone', async () => {
	const rooms = Array.from({ length: membershipsEndedMax + 1 }, (_, index) => String(index + 1_000))
	const into = rooms.flatMap((name) => [
		roomOpened(name, `room-${name}`),
		memberAdded('ada', 'member', name, `room-${name}`),
	])
	const notebook = { data: { userIds: [idOf('ada'), idOf('ada')] as const }, body: null }
	const house: NewEvent[] = [
		olga,
		joined('ada'),
		...into,
		{ streamId: directStream(idOf('ada'), idOf('ada')), type: 'DirectOpened', ...notebook },
		refusedTo('ada'),
		said('ada', 1, 'room-1000'),
	]
	const refused = house.length - 1
	const end = (name: string) => memberRemoved('ada', 'member', name, `room-${name}`)
	const ends = rooms.slice(0, membershipsEndedMax).map(end)
	const erased = userErased('ada', 1, { messages: true, erases: [2, refused] })
	given(...house)
		.when(erase('ada', { messages: true }), as('ada'))
		.thenHappens(...ends, erased)
	const last = end(rooms.at(-1) as string)
	const named = userErased('ada', 1, { erases: [2, refused] })
	for (const command of [finish('ada'), finish()]) {
		given(...house, ...ends, userErased('ada', 1, { erases: [2] }))
			.when(command, { actor: system })
			.thenHappens(textsErased([refused]))
		for (const both of [erased, named]) {
			given(...house, ...ends, both)
				.when(command, { actor: system })
				.thenHappens(last)
		}
		given(...house, ...ends, named, last)
			.when(command, { actor: system })
			.thenNothing()
	}
})

t.test('of several who are not erased whole, one after the other is', async () => {
	const house = [
		olga,
		roomOpened(),
		joined('ada'),
		joined('bea'),
		joined('cid'),
		said('ada', 1),
		said('bea', 2),
		said('cid', 3),
	]
	const erased = [
		userErased('ada', 1, { messages: true, erases: [3] }),
		userErased('cid', 2, { erases: [5] }),
		userErased('bea', 3, { messages: true, erases: [4] }),
	]
	given(...house, ...erased)
		.when(finish(), { actor: system })
		.thenHappens(deleted(2, [7]))
	given(...house, ...erased, deleted(2, [7]))
		.when(finish(), { actor: system })
		.thenHappens(deleted(1, [6]))
	given(...house, ...erased, deleted(2, [7]), deleted(1, [6]))
		.when(finish(), { actor: system })
		.thenNothing()
	given(...house, ...erased)
		.when(finish('ada'), { actor: system })
		.thenHappens(deleted(1, [6]))
})

t.test('what is erased already is not looked at, nor who is not erased', async (t) => {
	const views = openViewsForWriting(':memory:', 'a log', '')
	t.teardown(() => views.close())
	const house = [olga, joined('ada'), roomOpened(), said('ada', 1), userErased('ada', 1, { messages: true })]
	for (const [index, event] of house.entries()) project(views, recorded(event, index + 1))
	const asked = new Set<string>()
	const { prepare } = views
	views.prepare = (sql) => {
		asked.add(sql)
		return prepare.call(views, sql)
	}
	const request = { actor: system, id: newId, now: 0, eventAt: () => undefined, history: {} }
	t.equal(finishErasing.load(views, finish(), request).texts.length, 1)
	project(views, recorded(textsErased([2]), house.length + 1))
	t.equal(finishErasing.load(views, finish(), request).messages.length, 1)
	const steps = [...asked].flatMap((sql) =>
		views.all<{ detail: string }>(`EXPLAIN QUERY PLAN ${sql.replaceAll('?', '1')}`).map(({ detail }) => detail),
	)
	t.same(
		steps.filter((step) => !/^SEARCH |^CORRELATED SCALAR SUBQUERY/.test(step)),
		[],
	)
	t.equal(steps.filter((step) => step === 'SEARCH messages USING INDEX messages_kept (author_id=?)').length, 2)
	t.ok(steps.includes('SEARCH users USING INDEX users_erased_number_unique (erased_number>?)'))
})
