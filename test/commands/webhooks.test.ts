import t from 'tap'
import { guestNamed, system } from '../../src/commands/actor.ts'
import { filterCharsMax, labelCharsMax, webhooksMax, webhookUrlCharsMax } from '../../src/commands/limits.ts'
import type { IssueWebhook, RevokeWebhook } from '../../src/commands/webhooks.ts'
import type { UserRole } from '../../src/events/catalogue.ts'
import {
	deactivated,
	idOf,
	joined,
	memberAdded,
	now,
	passwordSet,
	person,
	token,
	userErased,
	webhookIssued,
	webhookRevoked,
} from '../helpers/account-events.ts'
import { generalId, privateRoomOpened, roomOpened } from '../helpers/events.ts'
import { personBanned } from '../helpers/sanction-events.ts'
import { given, newId } from '../helpers/specification.ts'

const url = 'https://bot.example.org/hear'
const issue = (name: string, changes: Partial<IssueWebhook> = {}): IssueWebhook => ({
	type: 'IssueWebhook',
	name,
	url,
	secret: 'a secret',
	label: 'a bot',
	...changes,
})
const revoke = (webhookId: string): RevokeWebhook => ({ type: 'RevokeWebhook', webhookId })
const issued = (name: string, changes: Parameters<typeof webhookIssued>[2] = {}) =>
	webhookIssued(name, newId, { url, secret: 'a secret', label: 'a bot', ...changes })

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

t.test('people have posted what they hear, administrators what bots hear', async () => {
	home.when(issue('ada'), as('ada')).thenHappens(issued('ada'))
	home
		.when(issue('ada', { room: 'general', filter: 'true', replies: true }), as('ada'))
		.thenHappens(issued('ada', { roomId: generalId, filter: 'true', replies: true }))
	for (const by of [as('amy', 'admin'), as('olga', 'owner'), { actor: system, now }]) {
		home.when(issue('robot'), by).thenHappens(issued('robot'))
	}
	for (const by of [as('amy', 'admin'), as('olga', 'owner')]) {
		home.when(issue('ada'), by).thenRefused('forbidden', 'user')
	}
	home.when(issue('robot'), as('ada')).thenRefused('forbidden')
	home.when(issue('robot'), as('robot', 'bot')).thenRefused('forbidden')
	home.when(issue('grace'), as('olga', 'owner')).thenRefused('not_found', 'user')
	home.when(issue('ada'), { actor: guestNamed('ada', 'a log'), now }).thenRefused('not_found', 'user')
	for (const scope of ['read', 'write'] as const) {
		const by = { actor: person('ada', 'member', token(scope)), now }
		home.when(issue('ada'), by).thenRefused('forbidden')
	}
})

t.test('one room is one that its issuer sees, and its user may read', async () => {
	home.when(issue('ada', { room: 'secret' }), as('ada')).thenHappens(issued('ada', { roomId: 'room-S' }))
	for (const room of ['secret', 'nowhere']) {
		home.when(issue('robot', { room }), as('amy', 'admin')).thenRefused('not_found', 'room')
	}
	home.when(issue('robot', { room: 'secret' }), { actor: system, now }).thenRefused('forbidden', 'room')
	given(...house, personBanned(idOf('robot')))
		.when(issue('robot', { room: 'general' }), as('amy', 'admin'))
		.thenRefused('forbidden', 'room')
	for (const room of ['No Room', '@ada', '']) {
		home.when(issue('ada', { room }), as('ada')).thenRefused('name_invalid', 'room')
	}
})

t.test('an address is one that can be posted to', async () => {
	for (const url of ['http://10.0.0.1:8080/a?b=c', 'https://user:password@example.org', 'HTTPS://EXAMPLE.ORG']) {
		home.when(issue('ada', { url }), as('ada')).thenHappens(issued('ada', { url }))
	}
	const long = `https://example.org/${'x'.repeat(webhookUrlCharsMax)}`
	for (const url of [
		'',
		'example.org',
		'/path',
		'ftp://example.org',
		'file:///etc/passwd',
		'https://',
		'https://a/#b',
		long,
	]) {
		home.when(issue('ada', { url }), as('ada')).thenRefused('url_unfit', 'url')
	}
})

t.test('labels and filters have their limits, and so have webhooks', async () => {
	home.when(issue('ada', { label: 'x'.repeat(labelCharsMax + 1) }), as('ada')).thenRefused('text_unfit', 'label')
	home.when(issue('ada', { filter: 'x'.repeat(filterCharsMax + 1) }), as('ada')).thenRefused('malformed', 'filter')
	const many = Array.from({ length: webhooksMax }, (_, index) => webhookIssued('robot', `W${index}`))
	given(...house, ...many)
		.when(issue('robot'), as('olga', 'owner'))
		.thenRefused('limit_reached')
	given(...house, ...many, webhookRevoked('robot', 'W7', house.length + 8))
		.when(issue('robot'), as('olga', 'owner'))
		.thenHappens(issued('robot'))
})

t.test('who may issue a webhook revokes it, and what it held goes with it', async () => {
	const a = house.length + 1
	const there = given(...house, webhookIssued('ada', 'A'), webhookIssued('olga', 'O'))
	for (const by of [as('ada'), as('amy', 'admin'), as('olga', 'owner'), { actor: system, now }]) {
		there.when(revoke('A'), by).thenHappens(webhookRevoked('ada', 'A', a))
	}
	for (const webhookId of ['O', 'nothing']) there.when(revoke(webhookId), as('ada')).thenRefused('not_found', 'id')
	given(...house, webhookIssued('ada', 'A'), webhookRevoked('ada', 'A', a))
		.when(revoke('A'), as('ada'))
		.thenRefused('not_found', 'id')
})

t.test('webhooks end with a new password, with being let out, and with the person', async () => {
	const a = house.length + 1
	const there = given(...house, webhookIssued('ada', 'A'), webhookIssued('robot', 'R'))
	const gone = webhookRevoked('ada', 'A', a)
	there
		.when({ type: 'ChangeUser', name: 'ada', passwordHash: 'another' }, as('ada'))
		.thenHappens(gone, passwordSet('ada', 'another'))
	there
		.when({ type: 'ChangeUser', name: 'ada', active: false }, as('olga', 'owner'))
		.thenHappens(gone, deactivated('ada'))
	there
		.when({ type: 'EraseUser', name: 'robot' }, as('olga', 'owner'))
		.thenHappens(userErased('robot', 1, { erases: [6, a + 1] }))
})
