import t from 'tap'
import { guestNamed, system } from '../../src/commands/actor.ts'
import { membersMax } from '../../src/commands/limits.ts'
import type { AddMember, RemoveMember } from '../../src/commands/members.ts'
import type { MemberRole, UserRole } from '../../src/events/catalogue.ts'
import { deactivated, joined, memberAdded, memberRemoved, person, token } from '../helpers/account-events.ts'
import { generalId, privateRoomOpened, roomOpened } from '../helpers/events.ts'
import { given } from '../helpers/specification.ts'

const add = (name: string, role?: MemberRole, room = 'general'): AddMember => ({
	type: 'AddMember',
	room,
	name,
	...(role === undefined ? {} : { role }),
})
const remove = (name: string, room = 'general'): RemoveMember => ({ type: 'RemoveMember', room, name })
const as = (name: string, role: UserRole = 'member') => ({ actor: person(name, role) })
const bySystem = { actor: system }

const people = [joined('ada'), joined('mo'), joined('amy', 'admin'), joined('robot', 'bot')]
const open = [roomOpened(), ...people, memberAdded('mo', 'moderator')]
const hidden = [
	privateRoomOpened('secret', 'room-S'),
	...people,
	memberAdded('mo', 'moderator', 'secret', 'room-S'),
	memberAdded('ada', 'member', 'secret', 'room-S'),
]

t.test('people join open rooms by themselves, bots too', async () => {
	given(...open)
		.when(add('ada'), as('ada'))
		.thenHappens(memberAdded('ada'))
	given(...open)
		.when(add('ada', 'member'), as('ada'))
		.thenHappens(memberAdded('ada'))
	given(...open)
		.when(add('robot'), as('robot', 'bot'))
		.thenHappens(memberAdded('robot'))
	given(...open)
		.when(add('ada', 'moderator'), as('ada'))
		.thenRefused('forbidden')
})

t.test('who is in it already can say so again', async () => {
	given(...open, memberAdded('ada'))
		.when(add('ada'), as('ada'))
		.thenNothing()
	given(...open, memberAdded('ada'))
		.when(add('ada', 'member'), as('ada'))
		.thenNothing()
	given(...open)
		.when(add('mo'), as('mo'))
		.thenNothing()
	given(...hidden)
		.when(add('ada', 'member', 'secret'), as('ada'))
		.thenNothing()
	given(...hidden)
		.when(add('ada', 'moderator', 'secret'), as('ada'))
		.thenRefused('forbidden')
	given(...hidden)
		.when(add('mo', undefined, 'secret'), { actor: person('mo', 'member', token('write')) })
		.thenNothing()
})

t.test('moderators say who belongs to a room, and as what', async () => {
	for (const by of [as('mo'), as('amy', 'admin'), bySystem]) {
		given(...open)
			.when(add('ada'), by)
			.thenHappens(memberAdded('ada'))
		given(...open)
			.when(add('ada', 'moderator'), by)
			.thenHappens(memberAdded('ada', 'moderator'))
		given(...open, memberAdded('ada'))
			.when(add('ada', 'moderator'), by)
			.thenHappens(memberAdded('ada', 'moderator'))
		given(...open, memberAdded('ada'))
			.when(remove('ada'), by)
			.thenHappens(memberRemoved('ada'))
	}
	given(...open)
		.when(add('mo', 'member'), as('mo'))
		.thenHappens(memberAdded('mo'))
})

t.test('without saying as what, a member stays what they are', async () => {
	given(...open, memberAdded('ada', 'moderator'))
		.when(add('ada'), as('mo'))
		.thenNothing()
})

t.test('who does not moderate says nothing about others', async () => {
	for (const actor of [person('ada'), person('robot', 'bot'), person('mo', 'owner', token('write'))]) {
		given(...open, memberAdded('ada'))
			.when(add('amy'), { actor })
			.thenRefused('forbidden')
		given(...open, memberAdded('ada'), memberAdded('amy'))
			.when(remove('amy'), { actor })
			.thenRefused('forbidden')
		// Nor do they learn who there is.
		given(...open)
			.when(add('nobody'), { actor })
			.thenRefused('forbidden')
	}
	const actor = guestNamed('ada', 'a log')
	given(...open)
		.when(add('ada'), { actor })
		.thenRefused('forbidden')
	given(...open)
		.when(remove('mo'), { actor })
		.thenRefused('forbidden')
})

t.test('nobody who is not here is added', async () => {
	given(...open)
		.when(add('nobody'), as('mo'))
		.thenRefused('not_found', 'user')
	given(...open, deactivated('ada'))
		.when(add('ada'), as('mo'))
		.thenRefused('not_found', 'user')
	given(...open)
		.when(remove('nobody'), as('mo'))
		.thenRefused('not_found', 'user')
	given(...open)
		.when(remove('ada'), as('mo'))
		.thenRefused('not_found', 'user')
	// Who was deactivated can be taken out still.
	given(...open, memberAdded('ada'), deactivated('ada'))
		.when(remove('ada'), as('mo'))
		.thenHappens(memberRemoved('ada'))
})

t.test('people leave any room; the role that is lost is told', async () => {
	given(...open, memberAdded('ada'))
		.when(remove('ada'), as('ada'))
		.thenHappens(memberRemoved('ada'))
	given(...open)
		.when(remove('mo'), as('mo'))
		.thenHappens(memberRemoved('mo', 'moderator'))
	given(...hidden)
		.when(remove('ada', 'secret'), as('ada'))
		.thenHappens(memberRemoved('ada', 'member', 'secret', 'room-S'))
	given(...open)
		.when(remove('ada'), as('ada'))
		.thenRefused('not_found', 'user')
	given(...open, memberAdded('ada'))
		.when(remove('ada'), { actor: person('ada', 'member', token('read')) })
		.thenRefused('forbidden')
})

t.test('a private room is nowhere for who is not in it, administrators too', async () => {
	for (const actor of [person('amy', 'admin'), person('zed', 'owner'), guestNamed('zed', 'a log')]) {
		for (const room of ['secret', 'nowhere']) {
			given(...hidden)
				.when(add('amy', 'member', room), { actor })
				.thenRefused('not_found', 'room')
			given(...hidden)
				.when(remove('mo', room), { actor })
				.thenRefused('not_found', 'room')
		}
	}
	given(...hidden)
		.when(add('amy', 'member', 'secret'), bySystem)
		.thenHappens(memberAdded('amy', 'member', 'secret', 'room-S'))
})

t.test('a token for other rooms does not see this one', async () => {
	const elsewhere = { actor: person('mo', 'owner', token('full', ['room-S'])) }
	const here = { actor: person('mo', 'owner', token('full', [generalId])) }
	given(...open)
		.when(add('ada'), elsewhere)
		.thenRefused('not_found', 'room')
	given(...open)
		.when(add('ada'), here)
		.thenHappens(memberAdded('ada'))
})

t.test('there are only so many members of a room', async () => {
	const many = Array.from({ length: membersMax }, (_, index) => memberAdded(`p${index}`))
	given(...open.slice(0, -1), ...many)
		.when(add('ada'), as('ada'))
		.thenRefused('limit_reached')
	given(...open.slice(0, -1), ...many.slice(1))
		.when(add('ada'), as('ada'))
		.thenHappens(memberAdded('ada'))
})
