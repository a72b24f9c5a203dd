import t from 'tap'
import { guestNamed, system } from '../../src/commands/actor.ts'
import { reasonCharsMax, sanctionMsMax, sanctionsMax, sanctionTextsErasedMax } from '../../src/commands/limits.ts'
import type { BanPerson, LiftBan, LiftMute, MutePerson } from '../../src/commands/sanctions.ts'
import type { MemberRole, NewEvent, UserRole } from '../../src/events/catalogue.ts'
import { findReadMarker } from '../../src/projections/read-markers.ts'
import { listSanctions } from '../../src/projections/sanctions.ts'
import {
	deactivated,
	idOf,
	joined,
	memberAdded,
	memberRemoved,
	now,
	person,
	readMarkerMoved,
	roleChanged,
	token,
	userErased,
} from '../helpers/account-events.ts'
import { generalId, privateRoomOpened, roomOpened } from '../helpers/events.ts'
import { banLifted, muteLifted, personBanned, personMuted } from '../helpers/sanction-events.ts'
import { startWriting } from '../helpers/sequencer.ts'
import { given, withViews } from '../helpers/specification.ts'

type Details = { untilMs?: number; reason?: string; guests?: true; room?: string }

const ban = (name: string, { reason = '', room = 'general', ...details }: Details = {}): BanPerson => ({
	type: 'BanPerson',
	room,
	name,
	reason,
	...details,
})
const mute = (name: string, details: Details = {}): MutePerson => ({ ...ban(name, details), type: 'MutePerson' })
const liftBan = (name: string, room = 'general'): LiftBan => ({ type: 'LiftBan', room, name })
const liftMute = (name: string, room = 'general'): LiftMute => ({ type: 'LiftMute', room, name })
const as = (name: string, role: UserRole = 'member') => ({ actor: person(name, role) })
const mo = as('mo')

const people = [
	joined('ada'),
	joined('mo'),
	joined('max'),
	joined('amy', 'admin'),
	joined('olga', 'owner'),
	joined('robot', 'bot'),
]
const open = [roomOpened(), ...people, memberAdded('mo', 'moderator'), memberAdded('max', 'moderator')]
const hidden = [privateRoomOpened('secret', 'room-S'), ...people, memberAdded('mo', 'moderator', 'secret', 'room-S')]
const inSecret = { room: 'secret', roomId: 'room-S' }
const guest = guestNamed('zed', 'a log')

t.test('moderators and administrators ban and mute, until a time or for good', async () => {
	for (const by of [mo, as('amy', 'admin'), as('olga', 'owner'), { actor: system }]) {
		given(...open)
			.when(ban('ada', { untilMs: now + 1, reason: 'spam' }), by)
			.thenHappens(personBanned(idOf('ada'), { untilMs: now + 1, reason: 'spam' }))
		given(...open)
			.when(ban('ada'), by)
			.thenHappens(personBanned(idOf('ada')))
		given(...open)
			.when(mute('ada', { untilMs: now + 1, reason: 'spam' }), by)
			.thenHappens(personMuted(idOf('ada'), { untilMs: now + 1, reason: 'spam' }))
	}
	given(...open)
		.when(ban('robot'), mo)
		.thenHappens(personBanned(idOf('robot')))
	given(...open, deactivated('ada'))
		.when(ban('ada'), mo)
		.thenHappens(personBanned(idOf('ada')))
})

t.test('a ban ends a membership, and a mute does not', async () => {
	for (const role of ['member', 'moderator'] as MemberRole[]) {
		given(...open, memberAdded('ada', role))
			.when(ban('ada'), mo)
			.thenHappens(memberRemoved('ada', role), personBanned(idOf('ada')))
		given(...open, memberAdded('ada', role))
			.when(mute('ada'), mo)
			.thenHappens(personMuted(idOf('ada')))
	}
	given(...hidden, memberAdded('ada', 'member', 'secret', 'room-S'))
		.when(ban('ada', { room: 'secret' }), mo)
		.thenHappens(memberRemoved('ada', 'member', 'secret', 'room-S'), personBanned(idOf('ada'), inSecret))
})

t.test('who does not moderate bans, mutes and lets off nobody', async () => {
	const actors = [person('ada'), person('robot', 'bot'), person('mo', 'owner', token('write')), guest]
	for (const actor of actors) {
		for (const command of [ban('max'), mute('max'), liftBan('max'), liftMute('max'), ban('nobody')]) {
			given(...open)
				.when(command, { actor })
				.thenRefused('forbidden')
		}
	}
	given(...open, memberRemoved('mo', 'moderator'), memberAdded('mo'))
		.when(ban('ada'), mo)
		.thenRefused('forbidden')
	given(...open, memberRemoved('mo', 'moderator'), personBanned(idOf('mo')))
		.when(ban('ada'), mo)
		.thenRefused('not_found', 'room')
	given(...open, personMuted(idOf('mo')))
		.when(ban('ada'), mo)
		.thenHappens(personBanned(idOf('ada')))
})

t.test('where one sees no room there is nobody to ban in it', async () => {
	for (const actor of [person('amy', 'admin'), person('ada'), guest]) {
		for (const room of ['secret', 'nowhere']) {
			for (const command of [ban('mo', { room }), mute('mo', { room }), liftBan('mo', room), liftMute('mo', room)]) {
				given(...hidden)
					.when(command, { actor })
					.thenRefused('not_found', 'room')
			}
		}
	}
})

t.test('nobody bans, mutes or lets off themselves, nor bans or mutes who administers the server', async () => {
	for (const imposed of [ban, mute]) {
		given(...open)
			.when(imposed('mo'), mo)
			.thenRefused('forbidden', 'user')
		given(...open)
			.when(imposed('amy'), mo)
			.thenRefused('forbidden', 'user')
		given(...open)
			.when(imposed('olga'), { actor: system })
			.thenRefused('forbidden', 'user')
		given(...open, roleChanged('ada', 'admin'))
			.when(imposed('ada'), mo)
			.thenRefused('forbidden', 'user')
	}
	given(...open, personMuted(idOf('mo')))
		.when(liftMute('mo'), mo)
		.thenRefused('forbidden', 'user')
	given(...open, personMuted(idOf('mo')))
		.when(liftMute('mo'), as('max'))
		.thenHappens(muteLifted(idOf('mo')))
})

t.test('an end lies in the future and within ten years, and a reason is a line of text', async () => {
	for (const imposed of [ban, mute]) {
		for (const untilMs of [0, now, now + sanctionMsMax + 1, Number.MAX_SAFE_INTEGER]) {
			given(...open)
				.when(imposed('ada', { untilMs }), mo)
				.thenRefused('time_unfit', 'untilMs')
		}
		for (const reason of ['a\nb', 'x'.repeat(reasonCharsMax + 1), '\ud800']) {
			given(...open)
				.when(imposed('ada', { reason }), mo)
				.thenRefused('text_unfit', 'reason')
		}
	}
	const most = { untilMs: now + sanctionMsMax, reason: 'x'.repeat(reasonCharsMax) }
	given(...open)
		.when(ban('ada', most), mo)
		.thenHappens(personBanned(idOf('ada'), most))
})

t.test('the same again changes nothing, and anything else does', async () => {
	const details = { untilMs: now + 10, reason: 'spam' }
	for (const [imposed, happened] of [[ban, personBanned] as const, [mute, personMuted] as const]) {
		const before = given(...open, happened(idOf('ada'), details))
		before.when(imposed('ada', details), mo).thenNothing()
		before.when(imposed('ada', details), as('max')).thenNothing()
		const others: Details[] = [{ untilMs: now + 11, reason: 'spam' }, { reason: 'spam' }, { untilMs: now + 10 }]
		for (const other of others) before.when(imposed('ada', other), mo).thenHappens(happened(idOf('ada'), other))
		// It is over.
		const again = { ...details, untilMs: now + 20 }
		before.when(imposed('ada', again), { ...mo, now: now + 10 }).thenHappens(happened(idOf('ada'), again))
		given(...open, happened(idOf('ada')))
			.when(imposed('ada'), mo)
			.thenNothing()
	}
	given(...open, personMuted(idOf('ada')))
		.when(ban('ada'), mo)
		.thenHappens(personBanned(idOf('ada')))
})

t.test('what holds can be lifted, each by itself', async () => {
	const both = [...open, personBanned(idOf('ada')), personMuted(idOf('ada'))]
	given(...both)
		.when(liftBan('ada'), mo)
		.thenHappens(banLifted(idOf('ada')))
	given(...both)
		.when(liftMute('ada'), mo)
		.thenHappens(muteLifted(idOf('ada')))
	given(...both, banLifted(idOf('ada')))
		.when(liftBan('ada'), mo)
		.thenNothing()
	given(...open)
		.when(liftMute('ada'), mo)
		.thenNothing()
	given(...open, personBanned(idOf('ada'), { untilMs: now }))
		.when(liftBan('ada'), mo)
		.thenNothing()
	given(...open)
		.when(liftBan('nobody'), mo)
		.thenRefused('not_found', 'user')
})

t.test('where guests are let in, a name that no account has is that of one', async () => {
	const { userId } = guest
	for (const [imposed, happened] of [[ban, personBanned] as const, [mute, personMuted] as const]) {
		given(...open)
			.when(imposed('zed', { guests: true, reason: 'spam' }), mo)
			.thenHappens(happened(userId, { guest: 'zed', reason: 'spam' }))
		given(...open)
			.when(imposed('ada', { guests: true }), mo)
			.thenHappens(happened(idOf('ada')))
		given(...open)
			.when(imposed('zed'), mo)
			.thenRefused('not_found', 'user')
	}
	// Also when none are let in any more.
	given(...open, personBanned(userId, { guest: 'zed' }))
		.when(liftBan('zed'), mo)
		.thenHappens(banLifted(userId, { erases: [10] }))
	given(...open)
		.when({ ...liftMute('zed'), guests: true }, mo)
		.thenNothing()
})

const eraseTexts = { type: 'EraseSanctionTexts' } as const
const textsErased = (...erases: number[]): NewEvent => ({
	streamId: 'server',
	type: 'TextsErased',
	data: { reason: 'sanction', erases },
	body: null,
})
/** The first event after those of `open` is there. */
const first = open.length + 1

t.test('a guest’s name, and why they were banned or muted, are erased with what is lifted or replaced', async () => {
	const { userId } = guest
	const again = { guests: true, reason: 'again' } as const
	for (const [imposed, happened, lift, lifted] of [
		[ban, personBanned, liftBan, banLifted] as const,
		[mute, personMuted, liftMute, muteLifted] as const,
	]) {
		for (const untilMs of [undefined, now + 1]) {
			const until = untilMs === undefined ? {} : { untilMs }
			const before = [...open, happened(userId, { guest: 'zed', reason: 'spam', ...until })]
			const replaced = happened(userId, { guest: 'zed', reason: 'again', erases: [first] })
			given(...before)
				.when(lift('zed'), mo)
				.thenHappens(lifted(userId, { erases: [first] }))
			given(...before)
				.when(imposed('zed', again), mo)
				.thenHappens(replaced)
			given(...before, replaced)
				.when(lift('zed'), mo)
				.thenHappens(lifted(userId, { erases: [first + 1] }))
			given(...before, replaced)
				.when(eraseTexts, { actor: system, now: now + 1 })
				.thenNothing()
			given(...before, lifted(userId, { erases: [first] }))
				.when(imposed('zed', again), mo)
				.thenHappens(happened(userId, { guest: 'zed', reason: 'again' }))
		}
		const over = happened(userId, { guest: 'zed', untilMs: now })
		given(...open, over)
			.when(imposed('zed', again), mo)
			.thenHappens(happened(userId, { guest: 'zed', reason: 'again', erases: [first] }))
		given(...open, over, textsErased(first))
			.when(imposed('zed', again), mo)
			.thenHappens(happened(userId, { guest: 'zed', reason: 'again' }))
	}
})

t.test('once the time of a guest’s ban is over the name is erased, once', async () => {
	const bob = guestNamed('bob', 'a log')
	const house = [
		...open,
		personBanned(guest.userId, { guest: 'zed', untilMs: now + 2 }),
		personMuted(guest.userId, { guest: 'zed', untilMs: now + 1 }),
		personMuted(bob.userId, { guest: 'bob' }),
		personBanned(idOf('ada'), { untilMs: now + 1 }),
	]
	const by = (ms: number) => ({ actor: system, now: now + ms })
	given(...house)
		.when(eraseTexts, by(0))
		.thenNothing()
	given(...house)
		.when(eraseTexts, by(1))
		.thenHappens(textsErased(first + 1))
	given(...house)
		.when(eraseTexts, by(2))
		.thenHappens(textsErased(first + 1, first))
	given(...house, textsErased(first + 1, first))
		.when(eraseTexts, by(1_000))
		.thenNothing()
	given(...house, banLifted(guest.userId, { erases: [first] }))
		.when(eraseTexts, by(2))
		.thenHappens(textsErased(first + 1))
	// What is over is in no list any more once another is banned; its name is found still.
	const another = { ...personBanned(bob.userId, { guest: 'bob' }), recordedAt: now + 3 }
	given(...house, another)
		.when(eraseTexts, by(3))
		.thenHappens(textsErased(first + 1, first))
})

t.test('one event erases only so many of these names', async () => {
	const many = Array.from({ length: sanctionTextsErasedMax + 1 }, (_, index) =>
		personMuted(`guest-${index}`, { guest: `g${index}`, untilMs: now + 1 }),
	)
	const positions = many.map((_, index) => first + index)
	const erased = textsErased(...positions.slice(0, -1))
	const later = { actor: system, now: now + 1 }
	given(...open, ...many)
		.when(eraseTexts, later)
		.thenHappens(erased)
	given(...open, ...many, erased)
		.when(eraseTexts, later)
		.thenHappens(textsErased(...positions.slice(-1)))
})

t.test('the name of somebody who is erased is nobody’s, and no guest’s', async () => {
	const erased = [...open, userErased('ada', 1)]
	for (const specification of [given(...erased), given(...erased, personBanned(idOf('ada')))]) {
		for (const command of [ban('ada'), mute('ada'), liftBan('ada'), liftMute('ada')]) {
			for (const guests of [{}, { guests: true as const }]) {
				specification.when({ ...command, ...guests }, mo).thenRefused('not_found', 'user')
			}
		}
	}
})

t.test('who is erased while a ban waits for its turn is nobody by then', async (t) => {
	const writing = startWriting(t)
	const addUser = { type: 'AddUser', name: 'ada', role: 'member', tokenHash: 'x' } as const
	await writing.run(
		writing.submit({ type: 'OpenRoom', room: 'general' }, { actor: system }),
		writing.submit(addUser, { actor: system }),
	)
	const [erased, banned] = await writing.run(
		writing.submit({ type: 'EraseUser', name: 'ada' }, { actor: system }),
		writing.submit(ban('ada', { guests: true, reason: 'spam' }), { actor: system }),
	)
	t.match(erased, { done: true })
	t.match(banned, { done: false, code: 'not_found', field: 'user' })
	t.notMatch(JSON.stringify(writing.events().filter(({ body }) => body !== null)), /"ada"/)
})

t.test('of who is erased nothing is in force any more', async (t) => {
	const house = [...open, personBanned(idOf('ada')), personMuted(idOf('ada')), personBanned(idOf('max'))]
	withViews([...house, readMarkerMoved('ada', 0), readMarkerMoved('max', 0), userErased('ada', 1)], (views) => {
		t.same(
			listSanctions(views, generalId, 'ban').map(({ userId }) => userId),
			[idOf('max')],
		)
		t.same(listSanctions(views, generalId, 'mute'), [])
		t.equal(findReadMarker(views, generalId, idOf('ada')), undefined)
		t.equal(findReadMarker(views, generalId, idOf('max')), 0)
	})
})

t.test('whoever is let off is so as an account, and as the guest of that name', async () => {
	const asGuest = guestNamed('ada', 'a log').userId
	for (const [happened, lift, lifted] of [
		[personBanned, liftBan, banLifted] as const,
		[personMuted, liftMute, muteLifted] as const,
	]) {
		const wasGuest = [roomOpened(), happened(asGuest, { guest: 'ada' }), ...open.slice(1)]
		const ofGuest = lifted(asGuest, { erases: [2] })
		given(...wasGuest)
			.when(lift('ada'), mo)
			.thenHappens(ofGuest)
		given(...wasGuest, happened(idOf('ada')))
			.when(lift('ada'), mo)
			.thenHappens(lifted(idOf('ada')), ofGuest)
		given(...wasGuest, happened(idOf('ada'), { untilMs: now }))
			.when(lift('ada'), mo)
			.thenHappens(ofGuest)
		given(...wasGuest, happened(idOf('ada')), userErased('ada', 1))
			.when(lift('ada'), mo)
			.thenHappens(ofGuest)
	}
})

t.test('there is only so much of each that holds in a room', async () => {
	const many = (howMany: number, untilMs: number) =>
		Array.from({ length: howMany }, (_, index) => personBanned(`guest-${index}`, { untilMs, guest: `g${index}` }))
	const full = [...open, ...many(sanctionsMax, now + 1_000_000)]
	given(...full)
		.when(ban('ada'), mo)
		.thenRefused('limit_reached')
	given(...full)
		.when(mute('ada'), mo)
		.thenHappens(personMuted(idOf('ada')))
	given(...full)
		.when(ban('ada'), { ...mo, now: now + 1_000_000 })
		.thenHappens(personBanned(idOf('ada')))
	given(...full.slice(0, -1), personBanned(idOf('ada'), { untilMs: now + 1_000_000 }))
		.when(ban('ada'), mo)
		.thenHappens(personBanned(idOf('ada')))
})

t.test('who is banned becomes no member, by themselves or by others, until it is over or lifted', async () => {
	const add = (name: string, room = 'general') => ({ type: 'AddMember', room, name }) as const
	const banned = [...open, personBanned(idOf('ada'), { untilMs: now + 1 })]
	for (const by of [mo, as('amy', 'admin'), { actor: system }]) {
		given(...banned)
			.when(add('ada'), by)
			.thenRefused('person_banned', 'user')
	}
	given(...banned)
		.when(add('ada'), as('ada'))
		.thenRefused('not_found', 'room')
	given(...banned)
		.when(add('ada'), { ...as('ada'), now: now + 1 })
		.thenHappens(memberAdded('ada'))
	given(...banned, banLifted(idOf('ada')))
		.when(add('ada'), mo)
		.thenHappens(memberAdded('ada'))
})

t.test('a token does not go around a ban', async () => {
	const banned = [...open, memberRemoved('mo', 'moderator'), personBanned(idOf('mo'))]
	const issue = { type: 'IssueToken', name: 'mo', secretHash: 'x', label: '', scope: 'full' } as const
	given(...banned)
		.when({ ...issue, rooms: ['general'] }, mo)
		.thenRefused('not_found', 'rooms')
	given(...banned)
		.when(
			{ type: 'PostMessage', room: 'general', content: 'hi' },
			{ actor: person('mo', 'owner', token('full', [generalId])) },
		)
		.thenRefused('not_found', 'room')
})
