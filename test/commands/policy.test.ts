import t from 'tap'
import { type Actor, guestNamed, parseUserName, quoted, system } from '../../src/commands/actor.ts'
import { can, type Permission } from '../../src/commands/policy.ts'
import { Refusal } from '../../src/commands/refusal.ts'

const guest = guestNamed('ada', 'a log')
const open = { roomId: 'room-1', visibility: 'open', membership: undefined } as const
const secret = { roomId: 'room-2', visibility: 'private', membership: undefined } as const

const rights: readonly [Permission, { guest: boolean; system: boolean }][] = [
	[
		{ action: 'read', room: open },
		{ guest: true, system: true },
	],
	[
		{ action: 'read', room: secret },
		{ guest: false, system: true },
	],
	[
		{ action: 'post', room: open },
		{ guest: true, system: false },
	],
	[
		{ action: 'post', room: secret },
		{ guest: false, system: false },
	],
	[{ action: 'open-room' }, { guest: true, system: true }],
	[{ action: 'see-presence' }, { guest: true, system: true }],
]

for (const [permission, expected] of rights) {
	const room = 'room' in permission ? ` in a room that is ${permission.room.visibility}` : ''
	t.test(`who may ${permission.action}${room}`, (t) => {
		t.same({ guest: can(guest, permission), system: can(system, permission) }, expected)
		t.end()
	})
}

t.test('what nobody has thought of is forbidden to a guest', (t) => {
	t.notOk(can(guest, { action: 'unheard-of' } as unknown as Permission))
	t.notOk(can({ kind: 'stranger', userId: 'x' } as unknown as Actor, { action: 'open-room' }))
	t.end()
})

t.test('a guest’s id says nothing about the name, and is another one on every server', (t) => {
	t.match(guest.userId, /^guest-[0-9a-f]{26}$/)
	t.same(guestNamed('ada', 'a log'), guest)
	t.not(guestNamed('ada', 'another log').userId, guest.userId)
	t.not(guestNamed('bob', 'a log').userId, guest.userId)
	t.end()
})

t.test('a name is trimmed and lower-cased before it is looked at', (t) => {
	t.equal(parseUserName('  Ada\t', 'name'), 'ada')
	for (const name of ['a', '0', 'a.b_c-d', 'a'.repeat(32)]) t.equal(parseUserName(name, 'name'), name)
	t.end()
})

t.test('what is no name is refused, with the field that it came in', (t) => {
	for (const text of ['', ' ', '-a', '.a', '_a', 'a b', 'zoë', '@ada', 'a/b', 'a'.repeat(33), 'a\0', 'a\nb', 'ａ']) {
		t.throws(() => parseUserName(text, 'sender'), { code: 'name_invalid', field: 'sender' }, JSON.stringify(text))
	}
	try {
		parseUserName('?', 'sender')
	} catch (error) {
		t.type(error, Refusal)
	}
	t.end()
})

t.test('what somebody sent is shown on one line, cut after 40 characters', (t) => {
	t.equal(quoted('a\n"b'), '"a\\n\\"b"')
	t.equal(quoted('x'.repeat(40)), `"${'x'.repeat(40)}"`)
	t.equal(quoted('x'.repeat(41)), `"${'x'.repeat(40)}…"`)
	t.end()
})
