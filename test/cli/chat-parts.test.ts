import { mkdirSync, readdirSync, rmdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { stripVTControlCharacters } from 'node:util'
import t from 'tap'
import { happening } from '../../src/cli/chat/happenings.ts'
import { nearest, parseTyped, takeNumber } from '../../src/cli/chat/input.ts'
import { OutboxFiles } from '../../src/cli/chat/outbox-files.ts'
import { hasColours, Paint } from '../../src/cli/chat/paint.ts'
import { type PromptState, promptText } from '../../src/cli/chat/prompt.ts'
import { contentText, messageText } from '../../src/cli/chat/said.ts'
import { layOut, rowsAboveCursor } from '../../src/cli/chat/typed-line.ts'
import { shortened, widthOf } from '../../src/cli/chat/width.ts'
import { wrap } from '../../src/cli/chat/wrap.ts'
import { parseAddress } from '../../src/cli/remote/address.ts'
import { exitCodeOf } from '../../src/cli/remote/exit-codes.ts'
import { SignIns } from '../../src/cli/remote/sign-ins.ts'
import { TailroomError } from '../../src/client/error.ts'
import type { Frame } from '../../src/protocol/frames.ts'
import { temporaryDirectory } from '../helpers/directory.ts'

const plain = new Paint(false)
const colourful = new Paint(true)

t.test('what is typed is said, or is a command', async (t) => {
	t.same(parseTyped('hello /join'), { say: 'hello /join' })
	t.same(parseTyped('//join'), { say: '/join' })
	t.same(parseTyped('/JOIN  #dev '), { command: 'join', rest: '#dev' })
	t.same(parseTyped('/'), { command: '', rest: '' })
	t.equal(parseTyped('   '), undefined)
	t.same(takeNumber('#17 new words', 'first'), { sequence: 17, rest: 'new words' })
	t.same(takeNumber('#17th is a day', 'first'), { rest: '#17th is a day' })
	t.same(takeNumber('17 pieces', 'first'), { rest: '17 pieces' })
	t.same(takeNumber('👍 #8', 'last'), { sequence: 8, rest: '👍' })
	t.same(takeNumber('8', 'last'), { sequence: 8, rest: '' })
	t.equal(nearest('jion', ['join', 'leave', 'history']), 'join')
	t.equal(nearest('hisotry', ['join', 'leave', 'history']), 'history')
	t.equal(nearest('frobnicate', ['join', 'leave', 'history']), undefined)
})

t.test('the prompt says where one is, and what is unread elsewhere', async (t) => {
	const state: PromptState = { room: 'general', others: [], waiting: 0, isOffline: false, isAway: false }
	const prompt = (change: Partial<PromptState>, columns = 100) => promptText({ ...state, ...change }, columns, plain)
	const others = [
		{ room: 'dev', unread: 2, calls: false },
		{ room: '@bob', unread: 1, calls: true },
		{ room: 'quiet', unread: 0, calls: false },
	]
	t.equal(prompt({}), '#general › ')
	t.equal(prompt({ room: '@bob' }), '@bob › ')
	t.equal(prompt({ others }), '#general (1! @bob, 2 #dev) › ')
	t.equal(prompt({ others }, 59), '#general (3!) › ')
	t.equal(prompt({ waiting: 2, isOffline: true }), '#general (offline, 2 waiting) › ')
	t.equal(prompt({ room: undefined, isAway: true }), 'tailroom (away) › ')
	t.equal(prompt({ room: 'a-very-long-name-of-a-room-indeed' }, 40), '#a-very-lon… › ')
	const many = Array.from({ length: 20 }, (_, n) => ({ room: `room-${n}`, unread: 1, calls: false }))
	t.match(prompt({ others: many }), /^#general \(1 #room-0, .*\+1\d\) › $/)
	t.ok(widthOf(prompt({ others: many })) < 80)
	t.equal(stripVTControlCharacters(promptText({ ...state, others }, 100, colourful)), prompt({ others }))
})

t.test('a typed line in rows, wherever it wraps', async (t) => {
	t.match(layOut('> ', 'hello', 5, 80, 24), { rows: ['> hello'], cursorRow: 0, cursorColumn: 7 })
	t.match(layOut('> ', '12345678', 8, 10, 24), { rows: ['> 12345678', ''], cursorRow: 1, cursorColumn: 0 })
	// A wide character does not fit where one column is left.
	t.match(layOut('> ', '1234567天x', 7, 10, 24), { rows: ['> 1234567', '天x'], cursorRow: 1, cursorColumn: 0 })
	t.match(layOut('> ', '1234567天x', 2, 10, 24), { cursorRow: 0, cursorColumn: 4 })
	t.match(layOut('> ', '👍👍', 2, 10, 24), { cursorColumn: 4 }, 'a cursor counts in UTF-16 units')
	const long = layOut('> ', 'x'.repeat(1_000), 500, 10, 5)
	t.equal(long.rows.length, 5)
	t.ok(long.cursorRow >= 0 && long.cursorRow < 5)
	const wide = layOut('> ', 'x'.repeat(100), 100, 60, 24)
	t.equal(rowsAboveCursor(wide, 60), 1)
	t.equal(rowsAboveCursor(wide, 30), 3, 'rows that were wider have become several')
})

t.test('lines are broken between words, and addresses are not', async (t) => {
	t.equal(wrap('one two three', 9), 'one two\n    three')
	t.equal(
		wrap('see https://example.org/a/long/address now', 20),
		'see\n    https://example.org/a/long/address\n    now',
	)
	t.equal(wrap('    indented', 20), '    indented')
	t.equal(wrap('\u001b[2mone two\u001b[22m', 7), '\u001b[2mone two\u001b[22m')
	t.equal(widthOf('天e\u0301👍'), 5)
	t.equal(shortened('天気天気', 5), '天気…')
})

t.test('messages and what becomes of them', async (t) => {
	const about = { paint: plain, me: 'ada', sequenceOf: (id: string) => (id === 'a' ? 17 : undefined) }
	const timestamp = new Date(2026, 10, 22, 9, 15).getTime()
	const frame = { position: 1, cursor: '1-00000000', room: 'general', timestamp }
	const message = { ...frame, type: 'message', id: 'b', sequence: 18, sender: 'bob', content: 'hello' } as const
	t.equal(messageText(message, about), '#18 09:15 bob: hello')
	t.equal(messageText({ ...message, replyTo: 'a' }, about), '#18 09:15 bob ↳ #17: hello')
	t.equal(messageText({ ...message, content: 'x\ny\tz\u001b[2J' }, about), '#18 09:15 bob: x\n    y    z\ufffd[2J')
	t.equal(messageText({ ...message, sender: 'b\u001b[1mob\n' }, about), '#18 09:15 b\ufffd[1mob : hello')
	t.equal(messageText({ ...message, content: '', erased: 'author' }, about), '#18 09:15 bob: (deleted)')
	const reactions = [{ emoji: '👍', users: ['ada', 'bob'] }]
	t.equal(
		messageText({ ...message, editedAtMs: 1, reactions }, about),
		'#18 09:15 bob: hello (edited)\n    👍 ada, bob',
	)

	const called = contentText('@ada @adam @room', ['ada', 'room'], { paint: colourful, me: 'ada' })
	t.equal(called, `${colourful.call('@ada')} @adam ${colourful.call('@room')}`)
	t.equal(contentText('@bob', ['bob'], { paint: colourful, me: 'ada' }), '@bob')
	t.equal(colourful.name('ada'), colourful.name('ada'))
	t.not(colourful.name('ada').slice(0, 5), colourful.name('bob').slice(0, 5))

	const happens = (rest: object) => happening({ ...frame, ...rest } as Frame, about)
	t.equal(happens({ type: 'edit', id: 'a', sequence: 17, sender: 'bob', content: 'hi' }), '— bob edited #17: hi')
	t.equal(happens({ type: 'delete', id: 'a', sequence: 17, by: 'bob' }), '— bob deleted #17')
	t.equal(
		happens({ type: 'clear', through: 9, by: 'bob', reason: 'moderator' }),
		'— bob cleared what was said up to #9',
	)
	t.equal(happens({ type: 'reaction', id: 'a', userId: 'bob', emoji: '👍', action: 'add' }), '— bob reacted 👍 to #17')
	t.equal(happens({ type: 'member', userId: 'b\u001bob', action: 'add' }), '— b\ufffdob belongs to this room now')
	t.equal(happens({ type: 'presence', userId: 'bob', action: 'join' }), '— bob came in')
	t.equal(happens({ type: 'read', userId: 'ada', sequence: 1 }), undefined)
})

t.test('colours only where a terminal has them', async (t) => {
	t.equal(hasColours({ isTTY: true }, { TERM: 'xterm' }), true)
	t.equal(hasColours({ isTTY: true }, { TERM: 'xterm', NO_COLOR: '' }), true)
	t.equal(hasColours({ isTTY: true }, { TERM: 'xterm', NO_COLOR: '0' }), false)
	t.equal(hasColours({ isTTY: true }, { TERM: 'dumb' }), false)
	t.equal(hasColours({}, { TERM: 'xterm' }), false)
})

t.test('addresses as people write them', async (t) => {
	t.equal(parseAddress('https://chat.example.org/'), 'https://chat.example.org')
	t.equal(parseAddress('chat.example.org/tailroom'), 'https://chat.example.org/tailroom')
	t.equal(parseAddress('localhost:8080'), 'http://localhost:8080')
	t.equal(parseAddress('127.0.0.1'), 'http://127.0.0.1')
	for (const text of ['ftp://x', 'http://', '', 'http://ada:secret@x']) t.throws(() => parseAddress(text), text)
})

t.test('each error has one code', async (t) => {
	const code = (of: TailroomError['code'], status?: number) => {
		return exitCodeOf(new TailroomError(of, 'x', status === undefined ? {} : { status }))
	}
	const statuses = [400, 401, 403, 404, 409, 413, 422, 429, 500, 503, 507].map((status) => code('malformed', status))
	t.same(statuses, [65, 77, 77, 66, 65, 65, 65, 75, 75, 75, 75])
	t.same([code('unreachable'), code('certificate_invalid'), code('unreachable', 502)], [69, 69, 69])
	t.same([code('not_tailroom'), code('not_tailroom', 404), code('protocol_unknown')], [76, 76, 76])
})

t.test('what is kept is kept for each server, and what was spoilt is said', async (t) => {
	const directory = temporaryDirectory(t)
	const signIns = new SignIns(directory)
	t.equal(signIns.last, undefined)
	signIns.keep('http://a', { user: 'ada', token: 't1', tokenId: '1' })
	signIns.keep('http://b', { user: 'bob', token: 't2', tokenId: '2' })
	t.equal(signIns.last, 'http://b')
	t.equal(new SignIns(directory).for('http://a')?.user, 'ada')
	signIns.forget('http://b')
	t.equal(signIns.last, undefined)
	t.equal(signIns.for('http://b'), undefined)
	t.equal(signIns.for('toString'), undefined)
	t.equal(statSync(`${directory}/sign-ins.json`).mode & 0o777, 0o600)
	writeFileSync(`${directory}/sign-ins.json`, '{')
	t.throws(() => signIns.last, /mend it, or remove it/)

	const [one, other] = [new OutboxFiles(directory), new OutboxFiles(directory)]
	one.setItem('a', '1')
	other.setItem('b', '2')
	t.equal(one.length, 2)
	t.same([one.key(0), one.key(1)].sort(), ['a', 'b'])
	other.removeItem('a')
	t.equal(one.getItem('a'), null)
	t.equal(one.getItem('b'), '2')

	// Null would say that another terminal has sent it.
	const [file] = readdirSync(`${directory}/outbox`)
	rmSync(`${directory}/outbox/${file}`)
	mkdirSync(`${directory}/outbox/${file}`)
	t.equal(one.getItem('b'), '', 'what cannot be read waits')
	rmdirSync(`${directory}/outbox/${file}`)
	writeFileSync(`${directory}/outbox/${file}`, '{"key":')
	t.equal(one.getItem('b'), '', 'and so does what was spoilt')
	t.equal(one.length, 0)
})
