import t from 'tap'
import { startBadServer } from '../helpers/bad-servers.ts'
import { temporaryDirectory } from '../helpers/directory.ts'
import { python, TerminalSession } from '../helpers/pty.ts'
import { startServer } from '../helpers/server.ts'
import { until } from '../helpers/until.ts'

/* What a terminal shows when something ends in the middle: the talk, or the connection. */

if (python === undefined) t.pass('in a terminal', { skip: 'there is no python3 to make one' })
else {
	t.test('Ctrl-C at start-up, while typing, and at the end of a line that breaks', async (t) => {
		const asked = Promise.withResolvers<void>()
		const silent = await startBadServer(t, () => asked.resolve())
		const starting = new TerminalSession(t, ['chat', silent], { XDG_CONFIG_HOME: temporaryDirectory(t) })
		await asked.promise
		starting.type('\u0003')
		t.same(await starting.end(), { code: 130, isRestored: true }, 'at start-up')

		const server = await startServer(t)
		const environment = { TAILROOM_URL: server.url, XDG_CONFIG_HOME: temporaryDirectory(t) }
		const typing = new TerminalSession(t, ['chat', '--as', 'ada'], environment)
		await typing.shows(/^#general ›/)
		typing.type('half a li')
		await typing.shows(/half a li/)
		typing.type('\u0003')
		t.same(await typing.end(), { code: 130, isRestored: true }, 'while typing')

		const offline = new TerminalSession(t, ['chat', '--as', 'ada'], environment)
		await offline.shows(/^#general ›/)
		await server.stop('SIGKILL')
		await offline.shows(/connection lost/)
		offline.type('hello?\r')
		await offline.shows(/1 waiting/)
		offline.type('\u0003')
		t.same(await offline.end(), { code: 130, isRestored: true }, 'offline')
		t.match(offline.screen.lines.at(-1), /^tailroom: 1 message not sent yet/)
	})

	t.test('what was typed without a line is sent when it is back, also by the next terminal', async (t) => {
		const server = await startServer(t)
		const environment = { TAILROOM_URL: server.url, XDG_CONFIG_HOME: temporaryDirectory(t) }
		const chat = new TerminalSession(t, ['chat', '--as', 'ada'], environment)
		await chat.shows(/^#general ›/)
		await server.stop('SIGKILL')
		await chat.shows(/connection lost/)
		chat.type('one\r')
		await chat.shows(/waiting ada: one/)
		const again = await startServer(t, { directory: server.directory, port: server.port })
		await chat.shows(/^#1 .* ada: one$/)
		await chat.shows(/back, nothing is missing/)
		t.equal(chat.screen.lines.filter((line) => /lost|back/.test(line)).length, 2, 'said once each')
		await again.stop('SIGKILL')
		await until(() => chat.screen.lines.filter((line) => line.includes('connection lost')).length === 2)
		chat.type('two\r')
		await chat.shows(/waiting ada: two/)
		chat.type('/quit\r')
		t.same(await chat.end(), { code: 0, isRestored: true })
		await startServer(t, { directory: server.directory, port: server.port })
		const next = new TerminalSession(t, ['chat', '--as', 'ada'], environment)
		await next.shows(/^#2 .* ada: two$/)
	})

	t.test('a server that was restored is shown as it is now', async (t) => {
		const server = await startServer(t)
		const environment = { TAILROOM_URL: server.url, XDG_CONFIG_HOME: temporaryDirectory(t) }
		for (const content of ['one', 'two', 'three']) await server.post('general', content, { 'Tailroom-User': 'bob' })
		const chat = new TerminalSession(t, ['chat', '--as', 'ada'], environment)
		await chat.shows(/^#3 .* bob: three$/)
		await server.stop('SIGKILL')
		const restored = await startServer(t, { port: server.port })
		await restored.post('general', 'what is left', { 'Tailroom-User': 'bob' })
		await chat.shows(/back, and the server was restored/)
		await chat.shows(/^#1 .* bob: what is left$/)
		await restored.post('general', 'and new', { 'Tailroom-User': 'bob' })
		await chat.shows(/^#2 .* bob: and new$/)
	})
}
