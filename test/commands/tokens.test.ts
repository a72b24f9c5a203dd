import t from 'tap'
import { guestNamed, system } from '../../src/commands/actor.ts'
import { labelCharsMax, namedRoomsMax, tokensMax } from '../../src/commands/limits.ts'
import type { IssueToken, RevokeToken } from '../../src/commands/tokens.ts'
import type { UserRole } from '../../src/events/catalogue.ts'
import {
	deactivated,
	joined,
	memberAdded,
	now,
	person,
	token,
	tokenIssued,
	tokenRevoked,
} from '../helpers/account-events.ts'
import { generalId, privateRoomOpened, roomOpened } from '../helpers/events.ts'
import { given, newId } from '../helpers/specification.ts'

const issue = (name: string, changes: Partial<IssueToken> = {}): IssueToken => ({
	type: 'IssueToken',
	name,
	secretHash: 'of a secret',
	label: 'for deploying',
	scope: 'write',
	...changes,
})
const revoke = (tokenId: string): RevokeToken => ({ type: 'RevokeToken', tokenId })
const issued = (name: string, changes: Parameters<typeof tokenIssued>[2] = {}) =>
	tokenIssued(name, newId, { secretHash: 'of a secret', scope: 'write', label: 'for deploying', ...changes })

const as = (name: string, role: UserRole = 'member') => ({ actor: person(name, role), now })
const secret = privateRoomOpened('secret', 'room-S')
const house = [
	roomOpened(),
	secret,
	joined('olga', 'owner'),
	joined('amy', 'admin'),
	joined('ada'),
	joined('robot', 'bot'),
	memberAdded('ada', 'member', 'secret', 'room-S'),
]

t.test('people issue tokens to themselves', async () => {
	given(...house)
		.when(issue('ada'), as('ada'))
		.thenHappens(issued('ada'))
	given(...house)
		.when(issue('ada', { scope: 'full', label: '', expiresAtMs: now + 1 }), as('ada'))
		.thenHappens(issued('ada', { scope: 'full', label: '', expiresAtMs: now + 1 }))
})

t.test('a token can be limited to rooms that its issuer sees', async () => {
	given(...house)
		.when(issue('ada', { rooms: ['secret', 'general'] }), as('ada'))
		.thenHappens(issued('ada', { roomIds: ['room-S', generalId] }))
	// No room at all is a limit too.
	given(...house)
		.when(issue('ada', { rooms: [] }), as('ada'))
		.thenHappens(issued('ada', { roomIds: [] }))
	for (const rooms of [['secret'], ['general', 'secret'], ['nowhere']]) {
		given(...house)
			.when(issue('amy', { rooms }), as('amy', 'admin'))
			.thenRefused('not_found', 'rooms')
	}
	given(...house)
		.when(issue('ada', { rooms: ['No Room'] }), as('ada'))
		.thenRefused('name_invalid', 'rooms')
	given(...house)
		.when(issue('robot', { rooms: ['secret'] }), { actor: system, now })
		.thenHappens(issued('robot', { roomIds: ['room-S'] }))
	const many = Array.from({ length: namedRoomsMax + 1 }, () => 'general')
	given(...house)
		.when(issue('ada', { rooms: many }), as('ada'))
		.thenRefused('limit_reached', 'rooms')
	given(...house)
		.when(issue('ada', { rooms: many.slice(1) }), as('ada'))
		.thenHappens(issued('ada', { roomIds: many.slice(1).map(() => generalId) }))
})

t.test('administrators issue tokens to bots, and only the machine’s administration to people', async () => {
	const home = given(...house)
	for (const by of [as('amy', 'admin'), as('olga', 'owner'), { actor: system, now }]) {
		home.when(issue('robot'), by).thenHappens(issued('robot'))
	}
	// Whoever has a token of a person reads that person's private rooms.
	for (const by of [as('amy', 'admin'), as('olga', 'owner')])
		home.when(issue('ada'), by).thenRefused('forbidden', 'user')
	home.when(issue('ada'), { actor: system, now }).thenHappens(issued('ada'))
	home.when(issue('olga'), as('amy', 'admin')).thenRefused('forbidden')
	home.when(issue('amy'), as('ada')).thenRefused('forbidden')
	home.when(issue('robot'), as('ada')).thenRefused('forbidden')
	// A bot’s tokens are handled by who has added it.
	home.when(issue('robot'), as('robot', 'bot')).thenRefused('forbidden')
	home.when(issue('ada'), { actor: guestNamed('ada', 'a log'), now }).thenRefused('not_found', 'user')
})

t.test('nobody gets a token who is not here, or not any more', async () => {
	given(...house)
		.when(issue('grace'), as('olga', 'owner'))
		.thenRefused('not_found', 'user')
	given(...house, deactivated('ada'))
		.when(issue('ada'), { actor: system, now })
		.thenRefused('not_found', 'user')
})

t.test('a label is a line of text', async () => {
	for (const label of ['a\nb', 'x'.repeat(labelCharsMax + 1), '\ud83d']) {
		given(...house)
			.when(issue('ada', { label }), as('ada'))
			.thenRefused('text_unfit', 'label')
	}
	const label = 'x'.repeat(labelCharsMax)
	given(...house)
		.when(issue('ada', { label }), as('ada'))
		.thenHappens(issued('ada', { label }))
})

t.test('a token does not end before it begins', async () => {
	for (const expiresAtMs of [0, now - 1, now]) {
		given(...house)
			.when(issue('ada', { expiresAtMs }), as('ada'))
			.thenRefused('time_unfit', 'expiresAtMs')
	}
})

t.test('there are only so many tokens of one person', async () => {
	const many = Array.from({ length: tokensMax }, (_, index) => tokenIssued('ada', `T${index}`))
	given(...house, ...many)
		.when(issue('ada'), as('ada'))
		.thenRefused('limit_reached')
	given(...house, ...many, tokenRevoked('ada', 'T7'))
		.when(issue('ada'), as('ada'))
		.thenHappens(issued('ada'))
	given(...house, ...many)
		.when(issue('robot'), as('olga', 'owner'))
		.thenHappens(issued('robot'))
})

t.test('a token issues no token unless it is all that its user is', async () => {
	const by = (credential: ReturnType<typeof token>) => ({ actor: person('ada', 'member', credential), now })
	given(...house)
		.when(issue('ada', { scope: 'full' }), by(token('full')))
		.thenHappens(issued('ada', { scope: 'full' }))
	for (const scope of ['read', 'write'] as const) {
		given(...house)
			.when(issue('ada'), by(token(scope)))
			.thenRefused('forbidden')
	}
	given(...house)
		.when(issue('ada'), by(token('full', ['room-S'])))
		.thenRefused('not_found', 'user')
})

t.test('people revoke their own tokens, administrators those of whom they administer', async () => {
	const home = given(
		...house,
		tokenIssued('ada', 'A'),
		tokenIssued('olga', 'O'),
		tokenIssued('robot', 'R'),
		tokenIssued('amy', 'Y'),
	)
	home.when(revoke('A'), as('ada')).thenHappens(tokenRevoked('ada', 'A'))
	for (const by of [as('amy', 'admin'), as('olga', 'owner'), { actor: system, now }]) {
		home.when(revoke('A'), by).thenHappens(tokenRevoked('ada', 'A'))
		home.when(revoke('R'), by).thenHappens(tokenRevoked('robot', 'R'))
	}
	home.when(revoke('Y'), as('amy', 'admin')).thenHappens(tokenRevoked('amy', 'Y'))
	for (const tokenId of ['O', 'nothing']) home.when(revoke(tokenId), as('amy', 'admin')).thenRefused('not_found', 'id')
	for (const tokenId of ['O', 'R', 'Y', 'nothing']) home.when(revoke(tokenId), as('ada')).thenRefused('not_found', 'id')
	home.when(revoke('R'), as('robot', 'bot')).thenRefused('not_found', 'id')
	home.when(revoke('A'), { actor: person('ada', 'member', token('write')), now }).thenRefused('not_found', 'id')
})

t.test('what is revoked already is not there', async () => {
	given(...house, tokenIssued('ada', 'A'), tokenRevoked('ada', 'A'))
		.when(revoke('A'), as('ada'))
		.thenRefused('not_found', 'id')
	given(...house, tokenIssued('ada', 'A'), deactivated('ada'))
		.when(revoke('A'), as('olga', 'owner'))
		.thenRefused('not_found', 'id')
})
