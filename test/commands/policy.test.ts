import t from 'tap'
import { type Actor, guestNamed, system, type User } from '../../src/commands/actor.ts'
import { can, type Permission, type RoomAction, type RoomRights, type ServerAction } from '../../src/commands/policy.ts'
import type { MemberRole, TokenScope, UserRole } from '../../src/events/catalogue.ts'
import { person, token } from '../helpers/account-events.ts'

/*
 * Everything that `can` answers, written down by hand.
 */

const roles = ['owner', 'admin', 'member', 'bot'] as const
const guest = guestNamed('ada', 'a log')
const actors: readonly [string, Actor][] = [
	['system', system],
	['guest', guest],
	...roles.map((role) => [role, person('ada', role)] as [string, Actor]),
]

const onTheServer: Readonly<Record<ServerAction, string>> = {
	'look-around': 'system guest owner admin member bot',
	'open-room': 'system guest owner admin member',
	'see-presence': 'system guest owner admin member bot',
	'be-present': 'guest owner admin member bot',
	'see-users': 'system owner admin member bot',
	'own-sessions': 'owner admin member',
	'own-consumers': 'owner admin member bot',
	'move-webhook': 'owner admin member bot',
	'change-account': 'system owner admin member',
	'handle-tokens': 'system owner admin member',
	invite: 'system owner admin',
	'change-users': 'system owner admin',
	'read-audit': 'system owner admin',
	'read-metrics': 'system owner',
	operate: 'system',
}

for (const [action, expected] of Object.entries(onTheServer)) {
	t.test(`who may ${action}`, async (t) => {
		const able = actors.filter(([, actor]) => can(actor, { action } as Permission)).map(([name]) => name)
		t.equal(able.join(' '), expected)
	})
}

const standings: readonly [RoomRights['visibility'], MemberRole | undefined][] = [
	['open', undefined],
	['open', 'member'],
	['open', 'moderator'],
	['private', undefined],
	['private', 'member'],
	['private', 'moderator'],
	['direct', undefined],
	['direct', 'member'],
]

/** For each standing: open to a stranger, a member, a moderator; private to these; direct to another, to one of the two. */
const inARoom: Readonly<Record<RoomAction, Readonly<Record<'system' | 'guest' | UserRole, string>>>> = {
	read: {
		system: '+++ +++ --',
		guest: '+++ --- --',
		owner: '+++ -++ -+',
		admin: '+++ -++ -+',
		member: '+++ -++ -+',
		bot: '+++ -++ -+',
	},
	post: {
		system: '--- --- --',
		guest: '+++ --- --',
		owner: '+++ -++ -+',
		admin: '+++ -++ -+',
		member: '+++ -++ -+',
		bot: '+++ -++ -+',
	},
	type: {
		system: '--- --- --',
		guest: '+++ --- --',
		owner: '+++ -++ -+',
		admin: '+++ -++ -+',
		member: '+++ -++ -+',
		bot: '+++ -++ -+',
	},
	react: {
		system: '--- --- --',
		guest: '+++ --- --',
		owner: '+++ -++ -+',
		admin: '+++ -++ -+',
		member: '+++ -++ -+',
		bot: '+++ -++ -+',
	},
	edit: {
		system: '--- --- --',
		guest: '--- --- --',
		owner: '+++ -++ -+',
		admin: '+++ -++ -+',
		member: '+++ -++ -+',
		bot: '+++ -++ -+',
	},
	'mark-read': {
		system: '--- --- --',
		guest: '--- --- --',
		owner: '+++ -++ -+',
		admin: '+++ -++ -+',
		member: '+++ -++ -+',
		bot: '+++ -++ -+',
	},
	join: {
		system: '--- --- --',
		guest: '--- --- --',
		owner: '+++ -++ --',
		admin: '+++ -++ --',
		member: '+++ -++ --',
		bot: '+++ -++ --',
	},
	leave: {
		system: '--- --- --',
		guest: '--- --- --',
		owner: '-++ -++ --',
		admin: '-++ -++ --',
		member: '-++ -++ --',
		bot: '-++ -++ --',
	},
	'change-room': {
		system: '+++ +++ --',
		guest: '--- --- --',
		owner: '+++ -++ --',
		admin: '+++ -++ --',
		member: '--+ --+ --',
		bot: '--+ --+ --',
	},
	'change-members': {
		system: '+++ +++ --',
		guest: '--- --- --',
		owner: '+++ -++ --',
		admin: '+++ -++ --',
		member: '--+ --+ --',
		bot: '--+ --+ --',
	},
	moderate: {
		system: '+++ +++ --',
		guest: '--- --- --',
		owner: '+++ -++ --',
		admin: '+++ -++ --',
		member: '--+ --+ --',
		bot: '--+ --+ --',
	},
}

const room = (
	visibility: RoomRights['visibility'],
	membership: MemberRole | undefined,
	banned = false,
): RoomRights => ({ roomId: 'room-1', visibility, membership, banned })

for (const [action, expected] of Object.entries(inARoom) as [RoomAction, Record<string, string>][]) {
	t.test(`who may ${action} in which room`, async (t) => {
		for (const [name, actor] of actors) {
			const marks = standings.map((standing) => (can(actor, { action, room: room(...standing) }) ? '+' : '-'))
			const shown = [marks.slice(0, 3), marks.slice(3, 6), marks.slice(6)].map((some) => some.join(''))
			t.equal(shown.join(' '), expected[name], name)
		}
	})
}

t.test('who is banned may do nothing there, whatever else they are', async (t) => {
	for (const [name, actor] of actors.filter(([, actor]) => actor.kind !== 'system')) {
		for (const [visibility, membership] of standings) {
			for (const action of (Object.keys(inARoom) as RoomAction[]).filter((action) => action !== 'leave')) {
				t.notOk(can(actor, { action, room: room(visibility, membership, true) }), `${name}: ${action}`)
			}
		}
	}
})

t.test('who may change whom to what', async (t) => {
	const ordinary: readonly UserRole[] = ['member', 'bot']
	for (const from of roles) {
		for (const to of roles) {
			const able = actors.filter(([, actor]) => can(actor, { action: 'change-user', user: { role: from }, to }))
			const both = ordinary.includes(from) && ordinary.includes(to)
			t.equal(able.map(([name]) => name).join(' '), both ? 'system owner admin' : 'system owner', `${from} to ${to}`)
		}
	}
})

/** What a token is good for, at the most: that of an owner who moderates the room. */
const scopes: Readonly<Record<TokenScope, string>> = {
	read: 'look-around own-consumers read read-metrics see-presence see-users',
	write:
		'be-present edit join leave look-around mark-read move-webhook open-room own-consumers post react read read-metrics see-presence see-users type',
	full:
		'be-present change-account change-members change-room change-user change-users edit handle-tokens invite join ' +
		'leave look-around mark-read moderate move-webhook open-room own-consumers own-sessions post react read read-audit read-metrics see-presence see-users type',
}

const allActions: readonly Permission['action'][] = [
	...(Object.keys(onTheServer) as ServerAction[]),
	...(Object.keys(inARoom) as RoomAction[]),
	'change-user',
]

function able(actor: User, where: RoomRights = room('private', 'moderator')): string {
	const mine = allActions.filter((action) => {
		return can(actor, { action, room: where, user: { role: 'owner' }, to: 'owner' } as unknown as Permission)
	})
	return mine.sort().join(' ')
}

for (const [scope, expected] of Object.entries(scopes) as [TokenScope, string][]) {
	t.test(`what a token with the scope ${scope} is good for`, async (t) => {
		t.equal(able(person('ada', 'owner', token(scope))), expected)
		t.equal(able(person('ada', 'owner', token('full'))), able(person('ada', 'owner')), 'full is all that a session is')
		const isLess = able(person('ada', 'bot', token(scope))).split(' ')
		const bot = able(person('ada', 'bot')).split(' ')
		t.same(
			isLess.filter((action) => !bot.includes(action)),
			[],
			'and never more than its user',
		)
	})
}

t.test('a token that is limited to rooms is good for these, and for lists that hold only these', async (t) => {
	const here = room('open', 'moderator')
	const permission = (action: RoomAction, roomId: string) => ({ action, room: { ...here, roomId } })
	for (const scope of ['read', 'write', 'full'] as const) {
		const limited = person('ada', 'owner', token(scope, ['room-1', 'room-2']))
		const whole = person('ada', 'owner', token(scope))
		const nowhere = person('ada', 'owner', token(scope, []))
		for (const action of Object.keys(inARoom) as RoomAction[]) {
			t.equal(can(limited, permission(action, 'room-1')), can(whole, permission(action, 'room-1')), action)
			t.equal(can(limited, permission(action, 'room-2')), can(whole, permission(action, 'room-2')), action)
			t.notOk(can(limited, permission(action, 'room-3')), action)
			t.notOk(can(nowhere, permission(action, 'room-1')), action)
		}
		for (const action of Object.keys(onTheServer) as ServerAction[]) {
			t.equal(can(limited, { action }), action === 'look-around' || action === 'own-consumers', action)
		}
		t.notOk(can(limited, { action: 'change-user', user: { role: 'bot' }, to: 'bot' }))
	}
})

t.test('a hook reads and posts in its room, a webhook in its room or in all, and nothing else', async (t) => {
	const here = room('open', 'moderator')
	const talking = (actor: User, roomId: string) =>
		(Object.keys(inARoom) as RoomAction[]).filter((action) => can(actor, { action, room: { ...here, roomId } })).sort()
	const hook = person('ada', 'owner', { kind: 'hook', id: 'H', roomId: 'room-1' })
	const webhook = person('ada', 'owner', { kind: 'webhook', id: 'W', roomId: 'room-1' })
	const everywhere = person('ada', 'owner', { kind: 'webhook', id: 'W' })
	for (const actor of [hook, webhook]) {
		t.same(talking(actor, 'room-1'), ['post', 'read'])
		t.same(talking(actor, 'room-2'), [])
	}
	t.same(talking(everywhere, 'room-2'), ['post', 'read'])
	for (const actor of [hook, webhook, everywhere]) {
		t.same(
			(Object.keys(onTheServer) as ServerAction[]).filter((action) => can(actor, { action })),
			[],
		)
		t.notOk(can(actor, { action: 'change-user', user: { role: 'bot' }, to: 'bot' }))
		t.notOk(can(actor, { action: 'read', room: room('private', undefined) }))
	}
})

t.test('a token for a room opens it no further than its user may', async (t) => {
	const limited = person('ada', 'owner', token('full', ['room-1']))
	t.notOk(can(limited, { action: 'read', room: room('private', undefined) }))
})

t.test('what nobody has thought of is forbidden', async (t) => {
	const unheard = { action: 'unheard-of', room: room('open', 'moderator') } as unknown as Permission
	for (const [name, actor] of actors) if (name !== 'system') t.notOk(can(actor, unheard), name)
	t.notOk(can({ kind: 'stranger', userId: 'x' } as unknown as Actor, { action: 'look-around' }))
})

t.test('who may change somebody’s account may change accounts and invite: nobody needs to ask for both', async (t) => {
	const credentials = [
		...(['read', 'write', 'full'] as const).flatMap((scope) => [token(scope), token(scope, ['room-1'])]),
		undefined,
	]
	const everybody = [
		...actors.map(([, actor]) => actor),
		...roles.flatMap((role) => credentials.map((credential) => person('ada', role, credential))),
	]
	for (const actor of everybody) {
		const changes = roles.some((role) => roles.some((to) => can(actor, { action: 'change-user', user: { role }, to })))
		if (!changes) continue
		t.ok(can(actor, { action: 'change-users' }) && can(actor, { action: 'invite' }), JSON.stringify(actor))
	}
})
