import { join } from 'node:path'
import t from 'tap'
import { type Page, startBrowser } from '../helpers/browser.ts'
import { noBrowser } from '../helpers/chromium.ts'
import { temporaryDirectory } from '../helpers/directory.ts'
import { ask, askJson } from '../helpers/http.ts'
import { bundleForBrowsers, installClient } from '../helpers/packed-client.ts'
import { type Account, addMember, addPerson, password, putRoom, setUp } from '../helpers/people.ts'
import { startQuickServer } from '../helpers/quick-server.ts'

/*
 * The client as a page has it: bundled, in a real browser, with that one's own EventSource, WebSocket and localStorage,
 * and with the cookie of a session.
 */

/** What a browser says of connections that a server that is gone has refused or broken. */
const connectionFailed = /net::ERR_|WebSocket connection to .* failed/

t.test(
	'a page shows what is said and what it wrote, whatever becomes of the server',
	{ skip: noBrowser },
	async (t) => {
		const directory = join(temporaryDirectory(t), 'data')
		const [project, begun, page] = await Promise.all([
			installClient(t),
			startQuickServer(t, directory),
			startBrowser(t),
		])
		const { url, port } = begun
		const { code } = await bundleForBrowsers(project, `export * from 'tailroom/client'`)
		const owner = await setUp({ url, directory })
		const ada = await addPerson(url, owner, 'ada')
		// Where the app has no chat of its own.
		await page.open(`${url}/invite`, 'policy bypassed')
		const signedIn = await page.run(`fetch('/sessions', {
		method: 'POST',
		headers: { 'Content-Type': 'application/json' },
		body: JSON.stringify({ name: 'ada', password: '${password}' }),
	}).then(({ status }) => status)`)
		t.equal(signedIn, 201)

		let server = begun
		const startAgain = () => startQuickServer(t, directory, { port })
		for (const transport of ['sse', 'websocket'] as const) {
			await t.test(`over ${transport}`, async (t) => {
				const room = `by-${transport}`
				await putRoom(url, owner, room)
				await addMember(url, owner, room, ada.name)
				const written: string[] = []
				const write = (content: string) => {
					written.push(content)
					return page.run(`void chat.send('${room}', '${content}').catch(() => {})`)
				}
				const say = async (content: string) => {
					written.push(content)
					await askJson(url, `/rooms/${room}/messages`, { content }, { headers: owner.headers })
				}
				const shows = async (what: string) => {
					await page.run(`until(() => shown().length >= ${written.length} && chat.outbox.length === 0)`)
					t.same(await page.run('shown()'), written, `the page shows ${what}`)
					t.same(await textsIn(url, owner, room), written, 'and so it is on the server')
				}

				await begin(page, code, { transport, room })
				await write('from the page')
				await shows('what it wrote')
				await say('from another')
				await shows('what others say')
				t.equal(await page.run('chat.user.name'), 'ada')

				await server.kill()
				await page.run(`until(() => chat.status.state === 'offline')`)
				for (const content of ['while it is gone', 'while it is still gone']) await write(content)
				server = await startAgain()
				await shows('what was written without a server')
				await say('after it has come back')
				await shows('what was said then')

				await server.kill()
				await page.run(`until(() => chat.status.state === 'offline')`)
				for (const content of ['before the page is closed', 'right before it is closed']) await write(content)
				await page.navigate('about:blank')
				server = await startAgain()
				t.equal((await textsIn(url, owner, room)).length, written.length - 2)
				await page.navigate(`${url}/invite`)
				await begin(page, code, { transport, room })
				await shows('what the page before it had written')
				t.equal(await page.run('localStorage.length'), 0, 'and nothing is kept that was posted')
				await page.run('chat.close()')
			})
		}
		const others = page.complaints.filter((complaint) => !connectionFailed.test(complaint))
		t.same(others, [], 'nothing else went wrong')
		t.not(page.complaints.length, 0, 'and somebody has listened')
	},
)

/** Runs the client in the page that is open. */
async function begin(page: Page, code: string, about: { transport: string; room: string }): Promise<void> {
	await page.run(`(async () => {
		const { transport, room } = ${JSON.stringify(about)}
		const code = new Blob([${JSON.stringify(code)}], { type: 'text/javascript' })
		const { connect } = await import(URL.createObjectURL(code))
		globalThis.chat = connect({ url: location.origin, transport, storage: localStorage })
		const timeline = chat.open(room)
		globalThis.shown = () => timeline.messages.map(({ content }) => content)
		globalThis.until = (isSo) => new Promise((resolve) => {
			const stop = chat.listen({ change: look })
			function look() {
				if (!isSo()) return
				stop()
				resolve()
			}
			look()
		})
		await until(() => timeline.state === 'shown' && chat.status.state === 'live')
	})()`)
}

async function textsIn(url: string, { headers }: Account, room: string): Promise<string[]> {
	const { json } = await ask(url, `/rooms/${room}/messages`, { headers })
	return json.messages.map(({ content }: { content: string }) => content)
}
