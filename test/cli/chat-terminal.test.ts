import { statSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { temporaryDirectory } from '../helpers/directory.ts'
import { startHouse } from '../helpers/house.ts'
import { ask, askJson } from '../helpers/http.ts'
import { type Account, addPerson, password } from '../helpers/people.ts'
import { python, TerminalSession } from '../helpers/pty.ts'
import { until } from '../helpers/until.ts'

/* The terminal as somebody sees it who sits there, in a real one. */

if (python === undefined) t.pass('in a terminal', { skip: 'there is no python3 to make one' })
else {
	async function startRooms(t: Test) {
		const house = await startHouse(t)
		const { url, owner } = house
		const [ada, bob] = [await addPerson(url, owner, 'ada'), await addPerson(url, owner, 'bob')]
		const configDirectory = temporaryDirectory(t)
		const environment = { TAILROOM_URL: url, TAILROOM_TOKEN: ada.token, XDG_CONFIG_HOME: configDirectory }
		return { ...house, ada, bob, configDirectory, environment }
	}

	async function say(url: string, { headers }: Account, room: string, content: string): Promise<void> {
		await askJson(url, `/rooms/${room}/messages`, { content }, { headers })
	}

	async function contents(url: string, { headers }: Account, room = 'general'): Promise<string[]> {
		const { json } = await ask(url, `/rooms/${room}/messages`, { headers })
		return json.messages.map(({ content }: { content: string }) => content)
	}

	for (const columns of [40, 120]) {
		t.test(`what is typed stays whole while others speak, in ${columns} columns`, async (t) => {
			const { url, ada, bob, environment } = await startRooms(t)
			await say(url, bob, 'general', 'before')
			const chat = new TerminalSession(t, ['chat'], { ...environment, columns })
			await chat.shows(/^#1 \d\d:\d\d bob: before$/)
			const text = `天気 ${'wide 天気 and narrow, '.repeat(columns / 20)}end`
			chat.type(text)
			await until(() => chat.screen.from(0).endsWith(text))
			// In the middle of it.
			chat.type('\u001b[D'.repeat(25))
			for (const word of ['one', 'two', 'three']) await say(url, bob, 'general', `${word} ${'天気 '.repeat(30)}`)
			await say(url, bob, '@ada', 'psst')
			await say(url, bob, 'general', 'last')
			await chat.shows(/bob: last/)
			const unread = columns < 60 ? '#general (1!) › ' : '#general (1! @bob) › '
			await chat.shows(new RegExp(`^${unread.replace(/[()]/g, '\\$&')}`))
			const { lines } = chat.screen
			const at = lines.findIndex((line) => line.startsWith(unread))
			t.equal(chat.screen.from(at), unread + text)
			t.equal(chat.screen.behindCursor, text.slice(-25), 'the cursor is where it was')
			t.equal(lines.filter((line) => line.includes('› ')).length, 1)
			t.equal(lines.filter((line) => /^#\d+ \d\d:\d\d bob: (before|one|two|three|last)/.test(line)).length, 5)
			chat.type('X')
			const changed = `${text.slice(0, -25)}X${text.slice(-25)}`
			await until(() => chat.screen.from(0).endsWith(changed))
			chat.type('\r')
			await until(async () => (await contents(url, ada)).at(-1) === changed)
			chat.type('\u0004')
			t.same(await chat.end(), { code: 0, isRestored: true })
		})
	}

	t.test('a terminal that is resized', async (t) => {
		const { url, bob, environment } = await startRooms(t)
		await say(url, bob, 'general', 'before')
		const chat = new TerminalSession(t, ['chat'], { ...environment, columns: 120 })
		await chat.shows(/bob: before/)
		await say(url, bob, '@ada', 'psst')
		await chat.shows(/\(1! @bob\)/)
		chat.screen.columns = 40
		chat.resize(40, 24)
		await chat.shows(/^#general \(1!\) ›/)
		t.equal(chat.screen.lines.filter((line) => line.includes('›')).length, 1)
	})

	t.test('nothing that is said moves the cursor', async (t) => {
		const { url, bob, environment } = await startRooms(t)
		await say(url, bob, 'general', 'x\u001b[2J\u001b]0;title\u0007\r\nforged\u009b1m')
		const chat = new TerminalSession(t, ['chat'], environment)
		await chat.shows(/forged/)
		t.ok(chat.screen.lines.includes('    forged\ufffd1m'))
		for (const obeyed of ['\u001b[2J', '\u001b]', '\u009b', '\u0007']) t.notOk(chat.written.includes(obeyed))
	})

	t.test('colours where they are wanted', async (t) => {
		const { url, bob, environment } = await startRooms(t)
		await say(url, bob, 'general', '@ada hello')
		const colour = new RegExp(`${'\u001b'}\\[[0-9;]*m`)
		for (const [more, isColourful] of [
			[{}, true],
			[{ NO_COLOR: '1' }, false],
			[{ TERM: 'dumb' }, false],
		] as const) {
			const chat = new TerminalSession(t, ['chat'], { ...environment, ...more })
			await chat.shows(/hello/)
			t.equal(colour.test(chat.written), isColourful, JSON.stringify(more))
			if ('TERM' in more) t.notOk(chat.written.includes('\u001b'), 'nor anything else of a terminal')
			chat.type('\u0003')
			t.match(await chat.end(), { code: 130, isRestored: true })
		}
	})

	t.test(
		'signing in: the password is not shown, the token is kept, and asked for again when it is revoked',
		async (t) => {
			const { url, owner, configDirectory } = await startRooms(t)
			const environment = { TAILROOM_URL: url, XDG_CONFIG_HOME: configDirectory }
			const tokens = async () => (await ask(url, '/tokens', owner)).json.tokens
			const chat = new TerminalSession(t, ['chat'], environment)
			await chat.shows(/^Name:/)
			chat.type('owner\r')
			await chat.shows(/^Password:/)
			chat.type('a wrong password\r')
			await chat.shows(/password/)
			await until(() => chat.screen.lines.filter((line) => line.startsWith('Name:')).length === 2)
			chat.type('owner\r')
			await until(() => chat.screen.lines.filter((line) => line.startsWith('Password:')).length === 2)
			// Ctrl-L paints everything that there is.
			chat.type(`${password}\u000c`)
			await until(() => chat.screen.lines[0]?.startsWith('Password:') === true)
			chat.type('\r')
			await chat.shows(/^#general ›/)
			t.notOk(chat.written.includes(password))
			const file = join(configDirectory, 'tailroom', 'sign-ins.json')
			t.equal(statSync(file).mode & 0o777, 0o600)
			t.equal(statSync(join(configDirectory, 'tailroom')).mode & 0o777, 0o700)
			// The arrow keys do not bring it back.
			chat.type('\u001b[Aend')
			await chat.shows(/^#general › .*end$/)
			t.equal(chat.screen.lines.at(-1), '#general › end')
			chat.type('\u0015')
			const [{ id }] = (await tokens()).filter(({ name }: { name: string }) => /^terminal on/.test(name))
			await ask(url, `/tokens/${id}`, { method: 'DELETE', headers: owner.headers })
			await chat.shows(/not valid any more/)
			await until(() => chat.screen.lines.at(-1) === 'Name:')
			chat.type('\u0003')
			t.same(await chat.end(), { code: 130, isRestored: true }, 'Ctrl-C at the question')

			const again = new TerminalSession(t, ['chat'], environment)
			await again.shows(/^Name:/)
			again.type('owner\r')
			await again.shows(/^Password:/)
			again.type('half a pass\u0003')
			t.same(await again.end(), { code: 130, isRestored: true }, 'Ctrl-C at the password')
		},
	)

	t.test('what is half typed when somebody has to sign in again is kept, and nothing else is asked then', async (t) => {
		const { url, owner, configDirectory } = await startRooms(t)
		const chat = new TerminalSession(t, ['chat'], { TAILROOM_URL: url, XDG_CONFIG_HOME: configDirectory })
		const bottom = () => chat.screen.lines.at(-1)
		const revoke = async () => {
			const { tokens } = (await ask(url, '/tokens', owner)).json
			const [{ id }] = tokens.filter(({ name }: { name: string }) => /^terminal on/.test(name))
			await ask(url, `/tokens/${id}`, { method: 'DELETE', headers: owner.headers })
		}
		await chat.shows(/^Name:/)
		// All at once: the password must not be taken for something to say.
		chat.type(`owner\r${password}\r`)
		await until(() => bottom() === '#general ›')
		chat.type('half a sentense\u001b[D\u001b[D')
		await until(() => bottom() === '#general › half a sentense')
		await revoke()
		await until(() => bottom() === 'Name:')
		chat.type(`owner\r${password}\r`)
		await until(() => bottom() === '#general › half a sentense')
		t.equal(chat.screen.behindCursor, 'se', 'the cursor is where it was')
		chat.type('\u001b[D\u001b[3~c\r')
		await until(async () => (await contents(url, owner)).at(-1) === 'half a sentecse')

		chat.type('/clear_history\r')
		await chat.shows(/^Erase everything/)
		chat.type('y')
		await revoke()
		await until(() => bottom() === 'Name:')
		chat.type(`owner\r${password}\r`)
		await until(() => bottom() === '#general ›')
		chat.type('is anybody there?\r')
		await until(async () => (await contents(url, owner)).at(-1) === 'is anybody there?')
		t.same(
			await contents(url, owner),
			['half a sentecse', 'is anybody there?'],
			'nothing was erased, and no password said',
		)
		t.notOk(chat.written.includes(password))
		chat.type('\u0004')
		t.same(await chat.end(), { code: 0, isRestored: true })
	})

	t.test('Tab goes on with commands, rooms and names', async (t) => {
		const { url, bob, environment } = await startRooms(t)
		await say(url, bob, 'general', 'hello')
		const chat = new TerminalSession(t, ['chat'], environment)
		await chat.shows(/bob: hello/)
		chat.type('/hel\t')
		await chat.shows(/› \/help$/)
		chat.type('\u0015/msg bo\t')
		await chat.shows(/› \/msg @bob$/)
		chat.type('\u0015/join ge\t')
		await chat.shows(/› \/join general$/)
		chat.type('\u0015hi @b\t')
		await chat.shows(/› hi @bob$/)
		chat.type('\u0015/h\t')
		await chat.shows(/^\/history {2}\/help$/)
	})
}
