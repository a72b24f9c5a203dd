import t from 'tap'
import type { AcceptInvitation, AddUser, SetUp } from '../../src/commands/accounts.ts'
import { guestNamed, system } from '../../src/commands/actor.ts'
import { usersMax } from '../../src/commands/limits.ts'
import type { NewEvent, UserRole } from '../../src/events/catalogue.ts'
import {
	deactivated,
	digest,
	invitationIssued,
	invitationRevoked,
	joined,
	now,
	person,
	roleChanged,
} from '../helpers/account-events.ts'
import { generalId, privateRoomOpened, roomOpened } from '../helpers/events.ts'
import { given, newId } from '../helpers/specification.ts'

const account = { name: 'ada', passwordHash: 'a hash', tokenHash: 'of a token' }
const setUp = (changes: Partial<SetUp> = {}): SetUp => ({ type: 'SetUp', ...account, ...changes })
const accept = (changes: Partial<AcceptInvitation> = {}): AcceptInvitation => ({
	type: 'AcceptInvitation',
	...account,
	codeHash: 'hash of I',
	...changes,
})
const add = (role: UserRole, changes: Partial<AddUser> = {}): AddUser => ({
	type: 'AddUser',
	name: 'ada',
	tokenHash: 'of a token',
	role,
	...changes,
})

const userId = `user-${newId}`
const bySystem = { actor: system }

const comes = (role: UserRole, invited: { invitationId?: string } = {}): NewEvent => {
	const data = { userId, nameDigest: digest('ada'), role, ...invited }
	return { streamId: userId, type: 'UserJoined', data, body: { name: 'ada' } }
}
const withPassword: NewEvent = {
	streamId: userId,
	type: 'PasswordSet',
	data: { userId },
	body: { passwordHash: 'a hash' },
}
const belongsTo = (room: string, roomId: string): NewEvent => ({
	streamId: roomId,
	type: 'MemberAdded',
	data: { room, userId, role: 'member' },
	body: null,
})
const withToken = (label: string): NewEvent => ({
	streamId: userId,
	type: 'TokenIssued',
	data: { userId, tokenId: newId, secretHash: 'of a token', scope: 'full' },
	body: { label },
})

t.test('who sets the server up is its owner', async () => {
	given(roomOpened())
		.when(setUp(), bySystem)
		.thenHappens(comes('owner'), withPassword, belongsTo('general', generalId), withToken('setup'))
})

t.test('a server is set up once', async () => {
	given(roomOpened(), joined('grace', 'owner')).when(setUp(), bySystem).thenRefused('setup_taken')
	given(roomOpened(), joined('ada', 'owner')).when(setUp(), bySystem).thenRefused('setup_taken')
	given(roomOpened(), joined('grace', 'admin'))
		.when(setUp(), bySystem)
		.thenHappens(comes('owner'), withPassword, belongsTo('general', generalId), withToken('setup'))
})

t.test('a name is one that people can have, and nobody else has had', async () => {
	for (const name of ['', 'Ada', ' ada', 'a'.repeat(33), 'guest', 'system', 'me', 'all', 'erased', 'erased-1']) {
		given(roomOpened()).when(setUp({ name }), bySystem).thenRefused('name_invalid', 'name')
	}
	given(roomOpened(), joined('ada')).when(setUp(), bySystem).thenRefused('name_taken', 'name')
	given(roomOpened(), joined('ada'), deactivated('ada')).when(setUp(), bySystem).thenRefused('name_taken', 'name')
})

t.test('an invitation gives its role and its rooms, and is used up', async () => {
	const secret = privateRoomOpened('secret', 'room-S')
	const invited = invitationIssued('I', { role: 'admin', roomIds: ['room-S', generalId, 'room-GONE'] })
	given(roomOpened(), secret, invited)
		.when(accept(), bySystem)
		.thenHappens(
			comes('admin', { invitationId: 'I' }),
			withPassword,
			belongsTo('general', generalId),
			belongsTo('secret', 'room-S'),
			withToken('invitation'),
		)
})

t.test('an invitation that was used, has expired, was revoked or never was is refused in one way', async () => {
	const pasts: NewEvent[][] = [
		[],
		[invitationIssued('other')],
		[invitationIssued('I'), joined('grace', 'member', 'I')],
		[invitationIssued('I'), invitationRevoked('I')],
		[invitationIssued('I', { expiresAtMs: now })],
	]
	for (const past of pasts)
		given(roomOpened(), ...past)
			.when(accept(), { ...bySystem, now })
			.thenRefused('not_found', 'code')
	given(roomOpened(), invitationIssued('I', { expiresAtMs: now + 1 }))
		.when(accept(), { ...bySystem, now })
		.thenHappens(
			comes('member', { invitationId: 'I' }),
			withPassword,
			belongsTo('general', generalId),
			withToken('invitation'),
		)
})

t.test('an invitation is good still when the name is taken', async () => {
	const past = [roomOpened(), invitationIssued('I'), joined('grace')]
	given(...past)
		.when(accept({ name: 'grace' }), bySystem)
		.thenRefused('name_taken', 'name')
	given(...past)
		.when(accept(), bySystem)
		.thenHappens(
			comes('member', { invitationId: 'I' }),
			withPassword,
			belongsTo('general', generalId),
			withToken('invitation'),
		)
})

t.test('an administrator adds whom they may make; without a password for who has tokens alone', async () => {
	const added = (role: UserRole) => [comes(role), belongsTo('general', generalId), withToken('first')]
	const house = given(roomOpened(), joined('grace', 'owner'))
	house.when(add('bot'), { actor: person('grace', 'admin') }).thenHappens(...added('bot'))
	house.when(add('member'), { actor: person('grace', 'admin') }).thenHappens(...added('member'))
	for (const role of ['owner', 'admin', 'member', 'bot'] as const) {
		house.when(add(role), { actor: person('grace', 'owner') }).thenHappens(...added(role))
		house.when(add(role), bySystem).thenHappens(...added(role))
	}
	house
		.when(add('member', { passwordHash: 'a hash' }), bySystem)
		.thenHappens(comes('member'), withPassword, belongsTo('general', generalId), withToken('first'))
})

t.test('nobody makes an account above their own', async () => {
	const house = given(roomOpened(), joined('grace', 'owner'))
	for (const role of ['owner', 'admin'] as const) {
		house.when(add(role), { actor: person('grace', 'admin') }).thenRefused('forbidden')
	}
	for (const actor of [person('grace', 'member'), person('grace', 'bot'), guestNamed('grace', 'a log')]) {
		house.when(add('bot'), { actor }).thenRefused('forbidden')
	}
	// Rights are looked at first: who may not add people does not learn who is there.
	house.when(add('bot', { name: 'grace' }), { actor: person('grace', 'member') }).thenRefused('forbidden')
	house.when(add('bot', { name: 'grace' }), bySystem).thenRefused('name_taken', 'name')
	house.when(add('bot', { name: 'me' }), bySystem).thenRefused('name_invalid', 'name')
})

t.test('where the first room is gone, people belong to the rooms of their invitation', async () => {
	given(joined('grace', 'owner')).when(add('bot'), bySystem).thenHappens(comes('bot'), withToken('first'))
})

t.test('there are only so many accounts', async () => {
	const many = Array.from({ length: usersMax }, (_, index) => joined(`p${index}`))
	given(roomOpened(), ...many)
		.when(add('bot'), bySystem)
		.thenRefused('limit_reached')
	given(roomOpened(), ...many.slice(1), roleChanged('p1', 'owner'))
		.when(add('bot'), bySystem)
		.thenHappens(comes('bot'), belongsTo('general', generalId), withToken('first'))
})
