import t from 'tap'
import { guestNamed, system } from '../../src/commands/actor.ts'
import type { IssueInvitation, RevokeInvitation } from '../../src/commands/invitations.ts'
import { dayMs, invitationMs, invitationMsMax, invitationsMax, namedRoomsMax } from '../../src/commands/limits.ts'
import type { UserRole } from '../../src/events/catalogue.ts'
import {
	invitationIssued,
	invitationRevoked,
	joined,
	memberAdded,
	now,
	person,
	token,
} from '../helpers/account-events.ts'
import { generalId, privateRoomOpened, roomOpened } from '../helpers/events.ts'
import { given, newId } from '../helpers/specification.ts'

const invite = (changes: Partial<IssueInvitation> = {}): IssueInvitation => ({
	type: 'IssueInvitation',
	codeHash: 'of a code',
	role: 'member',
	rooms: [],
	...changes,
})
const issued = (changes: Parameters<typeof invitationIssued>[1] = {}) =>
	invitationIssued(newId, { codeHash: 'of a code', expiresAtMs: now + invitationMs, ...changes })
const revoke = (invitationId: string): RevokeInvitation => ({ type: 'RevokeInvitation', invitationId })
const as = (name: string, role: UserRole) => ({ actor: person(name, role), now })
const bySystem = { actor: system, now }
const nobodies = [person('ada'), person('robot', 'bot'), guestNamed('ada', 'a log')]

t.test('administrators invite, for a week unless they say otherwise', async () => {
	for (const by of [as('olga', 'owner'), as('amy', 'admin'), bySystem]) {
		given(roomOpened()).when(invite(), by).thenHappens(issued())
	}
	for (const actor of nobodies) given(roomOpened()).when(invite(), { actor, now }).thenRefused('forbidden')
	for (const credential of [token('read'), token('write'), token('full', [generalId])]) {
		const actor = person('olga', 'owner', credential)
		given(roomOpened()).when(invite(), { actor, now }).thenRefused('forbidden')
	}
})

t.test('nobody invites above themselves, and bots are added', async () => {
	for (const role of ['owner', 'admin'] as const) {
		given(roomOpened()).when(invite({ role }), as('olga', 'owner')).thenHappens(issued({ role }))
		given(roomOpened()).when(invite({ role }), bySystem).thenHappens(issued({ role }))
		given(roomOpened()).when(invite({ role }), as('amy', 'admin')).thenRefused('forbidden', 'role')
	}
	for (const by of [as('olga', 'owner'), bySystem]) {
		given(roomOpened())
			.when(invite({ role: 'bot' }), by)
			.thenRefused('forbidden', 'role')
	}
})

t.test('an invitation names rooms in which the one who invites says who belongs to them', async () => {
	const house = [
		roomOpened(),
		privateRoomOpened('ours', 'room-O'),
		privateRoomOpened('theirs', 'room-T'),
		joined('amy', 'admin'),
		memberAdded('amy', 'member', 'ours', 'room-O'),
	]
	const amy = as('amy', 'admin')
	given(...house)
		.when(invite({ rooms: ['ours', 'general'] }), amy)
		.thenHappens(issued({ roomIds: ['room-O', generalId] }))
	for (const rooms of [['theirs'], ['nowhere'], ['ours', 'theirs']]) {
		given(...house)
			.when(invite({ rooms }), amy)
			.thenRefused('not_found', 'rooms')
	}
	given(...house)
		.when(invite({ rooms: ['theirs'] }), bySystem)
		.thenHappens(issued({ roomIds: ['room-T'] }))
	const many = Array.from({ length: namedRoomsMax + 1 }, () => 'general')
	given(...house)
		.when(invite({ rooms: many }), amy)
		.thenRefused('limit_reached', 'rooms')
})

t.test('an invitation ends, within a year', async () => {
	for (const expiresAtMs of [0, now - 1, now, now + invitationMsMax + 1, Number.MAX_SAFE_INTEGER]) {
		given(roomOpened()).when(invite({ expiresAtMs }), bySystem).thenRefused('time_unfit', 'expiresAtMs')
	}
	for (const expiresAtMs of [now + 1, now + dayMs, now + invitationMsMax]) {
		given(roomOpened()).when(invite({ expiresAtMs }), bySystem).thenHappens(issued({ expiresAtMs }))
	}
})

t.test('there are only so many that nobody has used', async () => {
	const later = { expiresAtMs: now + 1_000_000_000 }
	const many = Array.from({ length: invitationsMax }, (_, index) => invitationIssued(`I${index}`, later))
	given(...many)
		.when(invite(), bySystem)
		.thenRefused('limit_reached')
	given(...many, invitationRevoked('I7'))
		.when(invite(), bySystem)
		.thenHappens(issued())
	given(...many, joined('ada', 'member', 'I7'))
		.when(invite(), bySystem)
		.thenHappens(issued())
	// What has expired counts no more.
	given(...many.slice(1), invitationIssued('old', { expiresAtMs: now }))
		.when(invite(), bySystem)
		.thenHappens(issued())
})

t.test('administrators revoke what nobody has used', async () => {
	for (const by of [as('olga', 'owner'), as('amy', 'admin'), bySystem]) {
		given(invitationIssued('I')).when(revoke('I'), by).thenHappens(invitationRevoked('I'))
		given(invitationIssued('I')).when(revoke('other'), by).thenRefused('not_found', 'id')
		given(invitationIssued('I'), invitationRevoked('I')).when(revoke('I'), by).thenRefused('not_found', 'id')
		given(invitationIssued('I'), joined('ada', 'member', 'I'))
			.when(revoke('I'), by)
			.thenRefused('not_found', 'id')
	}
	for (const actor of nobodies) {
		for (const invitationId of ['I', 'other']) {
			given(invitationIssued('I')).when(revoke(invitationId), { actor, now }).thenRefused('forbidden')
		}
	}
})
