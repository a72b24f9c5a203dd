import t from 'tap'
import { guestNamed, system } from '../../src/commands/actor.ts'
import { sessionMs, sessionsMax } from '../../src/commands/limits.ts'
import type { EndSessions, OpenSession } from '../../src/commands/sessions.ts'
import type { NewEvent, UserRole } from '../../src/events/catalogue.ts'
import {
	deactivated,
	idOf,
	joined,
	now,
	passwordSet,
	person,
	sessionEnded,
	sessionOpened,
	token,
} from '../helpers/account-events.ts'
import { given, newId } from '../helpers/specification.ts'

const signIn = (changes: Partial<OpenSession> = {}): OpenSession => ({
	type: 'OpenSession',
	userId: idOf('ada'),
	passwordPosition: 2,
	secretHash: 'of a secret',
	address: '192.0.2.7',
	agent: 'a browser',
	...changes,
})
const end = (name: string, sessionId?: string): EndSessions => ({
	type: 'EndSessions',
	userId: idOf(name),
	...(sessionId === undefined ? {} : { sessionId }),
})

const opened: NewEvent = {
	streamId: idOf('ada'),
	type: 'SessionOpened',
	data: { userId: idOf('ada'), sessionId: newId, secretHash: 'of a secret', expiresAtMs: now + sessionMs },
	body: { address: '192.0.2.7', agent: 'a browser' },
}
const bySystem = { actor: system, now }
const as = (name: string, role: UserRole = 'member') => ({ actor: person(name, role), now })
const ada = [joined('ada'), passwordSet('ada')]

t.test('who signs in has a session for ninety days', async () => {
	given(...ada)
		.when(signIn(), bySystem)
		.thenHappens(opened)
})

t.test('a password that was changed while it was looked at opens nothing', async () => {
	given(...ada, passwordSet('ada', 'new', 2))
		.when(signIn(), bySystem)
		.thenRefused('not_authenticated')
	given(...ada, passwordSet('ada', 'new', 2))
		.when(signIn({ passwordPosition: 3 }), bySystem)
		.thenHappens(opened)
})

t.test('who is deactivated in the meantime, or never was, does not come in', async () => {
	given(...ada, deactivated('ada'))
		.when(signIn(), bySystem)
		.thenRefused('not_authenticated')
	given().when(signIn(), bySystem).thenRefused('not_authenticated')
	given(joined('ada')).when(signIn(), bySystem).thenRefused('not_authenticated')
})

t.test('the session that the browser had before ends, whoever’s it was', async () => {
	const past = [...ada, joined('grace'), sessionOpened('ada', 'A'), sessionOpened('grace', 'G')]
	given(...past)
		.when(signIn({ replaces: 'A' }), bySystem)
		.thenHappens(sessionEnded('ada', 'A'), opened)
	given(...past)
		.when(signIn({ replaces: 'G' }), bySystem)
		.thenHappens(sessionEnded('grace', 'G'), opened)
	given(...past)
		.when(signIn({ replaces: 'gone' }), bySystem)
		.thenHappens(opened)
})

t.test('the oldest session makes room for a new one', async () => {
	const many = Array.from({ length: sessionsMax }, (_, index) => sessionOpened('ada', `S${index}`))
	given(...ada, ...many.slice(1))
		.when(signIn(), bySystem)
		.thenHappens(opened)
	given(...ada, ...many)
		.when(signIn(), bySystem)
		.thenHappens(sessionEnded('ada', 'S0'), opened)
	given(...ada, ...many)
		.when(signIn({ replaces: 'S7' }), bySystem)
		.thenHappens(sessionEnded('ada', 'S7'), opened)
	given(...ada, ...many)
		.when(signIn({ replaces: 'S0' }), bySystem)
		.thenHappens(sessionEnded('ada', 'S0'), opened)
})

t.test('people end their own sessions, one or all', async () => {
	const house = given(...ada, sessionOpened('ada', 'A'), sessionOpened('ada', 'B'))
	house.when(end('ada', 'A'), as('ada')).thenHappens(sessionEnded('ada', 'A'))
	house.when(end('ada'), as('ada')).thenHappens(sessionEnded('ada'))
	given(...ada)
		.when(end('ada'), as('ada'))
		.thenNothing()
	house.when(end('ada', 'gone'), as('ada')).thenRefused('not_found', 'id')
	given(...ada, sessionOpened('ada', 'A'), sessionEnded('ada', 'A'))
		.when(end('ada', 'A'), as('ada'))
		.thenRefused('not_found', 'id')
})

t.test('another’s session is as one that does not exist', async () => {
	given(...ada, joined('grace'), sessionOpened('grace', 'G'))
		.when(end('ada', 'G'), as('ada'))
		.thenRefused('not_found', 'id')
})

t.test('administrators sign out whom they administer', async () => {
	const house = given(
		...ada,
		joined('olga', 'owner'),
		joined('amy', 'admin'),
		sessionOpened('ada', 'A'),
		sessionOpened('olga', 'O'),
		sessionOpened('amy', 'Y'),
	)
	for (const by of [as('amy', 'admin'), as('olga', 'owner'), bySystem]) {
		house.when(end('ada'), by).thenHappens(sessionEnded('ada'))
		house.when(end('ada', 'A'), by).thenHappens(sessionEnded('ada', 'A'))
	}
	house.when(end('amy'), as('olga', 'owner')).thenHappens(sessionEnded('amy'))
	house.when(end('olga'), as('amy', 'admin')).thenRefused('forbidden')
	for (const actor of [person('grace'), person('grace', 'bot'), guestNamed('grace', 'a log')]) {
		house.when(end('ada'), { actor, now }).thenRefused('forbidden')
		house.when(end('ada', 'A'), { actor, now }).thenRefused('forbidden')
	}
	house.when(end('nobody'), as('amy', 'admin')).thenRefused('forbidden')
})

t.test('a token that is less than its user ends no session', async () => {
	for (const credential of [token('read'), token('write'), token('full', ['room-GENERAL'])]) {
		given(...ada, sessionOpened('ada', 'A'))
			.when(end('ada', 'A'), { actor: person('ada', 'owner', credential), now })
			.thenRefused('forbidden')
	}
})
