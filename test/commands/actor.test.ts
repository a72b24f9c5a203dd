import t from 'tap'
import { guestNamed, parseAccountName, parseUserName, quoted } from '../../src/commands/actor.ts'
import { Refusal } from '../../src/commands/refusal.ts'

const guest = guestNamed('ada', 'a log')

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

t.test('no account has a name with a meaning of its own', async (t) => {
	t.equal(parseAccountName(' Ada ', 'name'), 'ada')
	for (const name of ['guest', 'system', 'me', 'room', 'all', 'here', 'everyone', ' Me ', 'erased', 'erased-12', '']) {
		t.throws(() => parseAccountName(name, 'name'), { code: 'name_invalid', field: 'name' }, name)
	}
})
