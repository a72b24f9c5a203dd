import t from 'tap'
import { type Actor, guestNamed, system } from '../../src/commands/actor.ts'
import { displayNameCharsMax } from '../../src/commands/limits.ts'
import type { ChangeUser } from '../../src/commands/users.ts'
import type { UserRole } from '../../src/events/catalogue.ts'
import {
	deactivated,
	displayNameChanged,
	joined,
	passwordSet,
	person,
	reactivated,
	roleChanged,
	token,
} from '../helpers/account-events.ts'
import { given } from '../helpers/specification.ts'

const change = (name: string, what: Omit<ChangeUser, 'type' | 'name'>): ChangeUser => ({
	type: 'ChangeUser',
	name,
	...what,
})
const as = (name: string, role: UserRole = 'member') => ({ actor: person(name, role) })
const owners = [joined('olga', 'owner'), joined('otto', 'owner')]
const roles = ['owner', 'admin', 'member', 'bot'] as const

t.test('people change their own display name and password', async () => {
	const house = given(joined('ada'), passwordSet('ada', 'the old one'))
	house.when(change('ada', { displayName: 'Ada L.' }), as('ada')).thenHappens(displayNameChanged('ada', 'Ada L.'))
	house.when(change('ada', { passwordHash: 'new' }), as('ada')).thenHappens(passwordSet('ada', 'new', 2))
})

t.test('what is replaced is erased', async () => {
	given(joined('ada'), displayNameChanged('ada', 'Ada'), passwordSet('ada', 'one'), passwordSet('ada', 'two', 3))
		.when(change('ada', { displayName: 'Ada L.', passwordHash: 'three' }), as('ada'))
		.thenHappens(displayNameChanged('ada', 'Ada L.', 2), passwordSet('ada', 'three', 4))
	given(joined('ada'))
		.when(change('ada', { passwordHash: 'first' }), as('ada'))
		.thenHappens(passwordSet('ada', 'first'))
})

t.test('nothing happens where nothing changes', async () => {
	const house = given(...owners, joined('ada'), displayNameChanged('ada', 'Ada'))
	const same = { displayName: 'Ada', role: 'member', active: true } as const
	house.when(change('ada', same), as('olga', 'owner')).thenNothing()
	house.when(change('ada', {}), as('ada')).thenNothing()
	house.when(change('ada', same), as('ada')).thenNothing()
	given(...owners, joined('ada'), deactivated('ada'))
		.when(change('ada', { active: false }), as('olga', 'owner'))
		.thenNothing()
})

t.test('a display name is a line of text, or nothing', async () => {
	const house = given(joined('ada'), displayNameChanged('ada', 'Ada'))
	for (const displayName of ['a\nb', '\0', '\u2028', '\ud83d', 'x'.repeat(displayNameCharsMax + 1)]) {
		house.when(change('ada', { displayName }), as('ada')).thenRefused('text_unfit', 'displayName')
	}
	for (const displayName of ['', 'x'.repeat(displayNameCharsMax), '王小明 👋']) {
		house.when(change('ada', { displayName }), as('ada')).thenHappens(displayNameChanged('ada', displayName, 2))
	}
})

t.test('nobody raises themselves', async () => {
	const house = given(...owners, joined('ada'), joined('amy', 'admin'), deactivated('ada'))
	for (const role of ['owner', 'admin', 'bot'] as const) {
		house.when(change('ada', { role }), as('ada')).thenRefused('forbidden')
	}
	house.when(change('amy', { role: 'owner' }), as('amy', 'admin')).thenRefused('forbidden')
	house.when(change('amy', { active: false }), as('amy', 'admin')).thenRefused('forbidden')
	house.when(change('ada', { active: true }), as('ada')).thenRefused('forbidden')
	// With something that is one's own beside it, too.
	house.when(change('ada', { displayName: 'x', role: 'admin' }), as('ada')).thenRefused('forbidden')
})

t.test('who changes whose role', async () => {
	const people = [
		...owners,
		joined('ada-owner', 'owner'),
		joined('ada-admin', 'admin'),
		joined('ada-member'),
		joined('ada-bot', 'bot'),
	]
	const house = given(...people)
	for (const from of roles) {
		for (const to of roles.filter((role) => role !== from)) {
			const name = `ada-${from}`
			const command = change(name, { role: to })
			const crossesToBot = from === 'bot' || to === 'bot'
			for (const actor of [person('olga', 'owner'), system] as Actor[]) {
				const asked = house.when(command, { actor })
				if (crossesToBot) asked.thenRefused('forbidden', 'role')
				else asked.thenHappens(roleChanged(name, to))
			}
			const isBelow = (role: UserRole) => role === 'member' || role === 'bot'
			const byAdmin = house.when(command, as('amy', 'admin'))
			byAdmin.thenRefused('forbidden', isBelow(from) && isBelow(to) ? 'role' : undefined)
			for (const actor of [person('zed'), person('zed', 'bot'), guestNamed('zed', 'a log')]) {
				house
					.when(command, { actor })
					.thenRefused(actor.kind === 'guest' ? 'not_found' : 'forbidden', actor.kind === 'guest' ? 'user' : undefined)
			}
		}
	}
})

t.test('administrators deactivate and rename members and bots, and touch nobody above', async () => {
	const house = given(...owners, joined('amy', 'admin'), joined('ada'), joined('robot', 'bot'))
	const amy = as('amy', 'admin')
	for (const name of ['ada', 'robot']) {
		house.when(change(name, { active: false }), amy).thenHappens(deactivated(name))
		house.when(change(name, { displayName: 'X' }), amy).thenHappens(displayNameChanged(name, 'X'))
	}
	house.when(change('ada', { passwordHash: 'new' }), amy).thenHappens(passwordSet('ada', 'new'))
	for (const what of [
		{ active: false },
		{ displayName: 'X' },
		{ passwordHash: 'new' },
		{ role: 'member' as const },
		{},
	]) {
		house.when(change('olga', what), amy).thenRefused('forbidden')
	}
	given(...owners, joined('amy', 'admin'), joined('abe', 'admin'))
		.when(change('abe', { active: false }), amy)
		.thenRefused('forbidden')
	given(...owners, joined('ada'), deactivated('ada'))
		.when(change('ada', { active: true }), amy)
		.thenHappens(reactivated('ada'))
})

t.test('a member changes nobody else, and nothing of a bot by a bot', async () => {
	const house = given(...owners, joined('ada'), joined('robot', 'bot'))
	for (const what of [{ displayName: 'X' }, { passwordHash: 'new' }, { active: false }, {}]) {
		house.when(change('olga', what), as('ada')).thenRefused('forbidden')
		house.when(change('robot', what), as('robot', 'bot')).thenRefused('forbidden')
	}
})

t.test('a bot has no password, whoever gives it', async () => {
	const house = given(...owners, joined('robot', 'bot'))
	for (const actor of [person('olga', 'owner'), system]) {
		house.when(change('robot', { passwordHash: 'new' }), { actor }).thenRefused('forbidden', 'password')
	}
})

t.test('there is always an owner who can act', async () => {
	const alone = given(joined('olga', 'owner'), joined('ada'))
	for (const actor of [person('olga', 'owner'), system]) {
		alone.when(change('olga', { role: 'member' }), { actor }).thenRefused('last_owner')
		alone.when(change('olga', { active: false }), { actor }).thenRefused('last_owner')
		alone.when(change('olga', { displayName: 'O' }), { actor }).thenHappens(displayNameChanged('olga', 'O'))
		alone.when(change('olga', { role: 'owner', active: true }), { actor }).thenNothing()
	}
	// One who is deactivated does not count.
	given(...owners, deactivated('otto'))
		.when(change('olga', { role: 'admin' }), as('olga', 'owner'))
		.thenRefused('last_owner')
	given(...owners, deactivated('otto'))
		.when(change('otto', { role: 'admin' }), as('olga', 'owner'))
		.thenHappens(roleChanged('otto', 'admin'))
	given(...owners)
		.when(change('olga', { role: 'admin' }), as('olga', 'owner'))
		.thenHappens(roleChanged('olga', 'admin'))
})

t.test('several changes at once come in one order', async () => {
	given(...owners, joined('ada'))
		.when(change('ada', { active: false, role: 'admin', displayName: 'A', passwordHash: 'new' }), as('olga', 'owner'))
		.thenHappens(
			displayNameChanged('ada', 'A'),
			roleChanged('ada', 'admin'),
			deactivated('ada'),
			passwordSet('ada', 'new'),
		)
})

t.test('of nobody nothing is changed', async () => {
	given(...owners)
		.when(change('ada', { active: false }), as('olga', 'owner'))
		.thenRefused('not_found', 'user')
	given(...owners)
		.when(change('ada', { active: false }), as('otto'))
		.thenRefused('not_found', 'user')
})

t.test('a token that is less than its user changes nothing', async () => {
	const house = given(...owners, joined('ada'))
	for (const credential of [token('read'), token('write'), token('full', ['room-GENERAL'])]) {
		const actor = person('olga', 'owner', credential)
		// What is limited to a room does not even see who is here.
		const [code, field] =
			credential.kind === 'token' && credential.roomIds ? (['not_found', 'user'] as const) : (['forbidden'] as const)
		house.when(change('olga', { displayName: 'X' }), { actor }).thenRefused(code, field)
		house.when(change('ada', { active: false }), { actor }).thenRefused(code, field)
	}
	house
		.when(change('ada', { active: false }), { actor: person('olga', 'owner', token('full')) })
		.thenHappens(deactivated('ada'))
})
