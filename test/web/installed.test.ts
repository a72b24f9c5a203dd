import { cpSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import type { App, AppOptions } from '../../src/app.ts'
import { startInProcess } from '../helpers/app.ts'
import { noBrowser } from '../helpers/chromium.ts'
import { temporaryDirectory } from '../helpers/directory.ts'
import { ask, askJson } from '../helpers/http.ts'
import { type Account, addPerson, password, setUp } from '../helpers/people.ts'
import { until } from '../helpers/until.ts'
import { brokenLine, openWindow, startWebBrowser, type Window } from '../helpers/web.ts'

const built = new URL('../../web/dist/', import.meta.url).pathname
/** The server is stopped here, and has other files than before. */
const noServer = new RegExp(`${brokenLine.source}|status of 40[14]|bad HTTP response code \\(404\\)`)
/** Records what a browser would show, and when one is elsewhere. */
const recordNotifications = `
	globalThis.told = []
	globalThis.Notification = class {
		static permission = 'granted'
		static requestPermission = async () => (Notification.permission = 'granted')
		constructor(title, { body, tag }) {
			Object.assign(this, { title, body, tag, isOpen: true })
			told.push(this)
		}
		close() {
			this.isOpen = false
		}
	}
	Object.defineProperty(document, 'visibilityState', { get: () => (globalThis.isElsewhere ? 'hidden' : 'visible') })
`

/** Counts how often the server has heard how far one has read. */
const recordReads = `
	globalThis.reads = 0
	const { fetch } = globalThis
	globalThis.fetch = async (...asked) => {
		const answer = await fetch(...asked)
		if (asked[0].endsWith('/read')) reads += 1
		return answer
	}
`

t.test('an app that stays', { skip: noBrowser }, async (t) => {
	const directory = join(temporaryDirectory(t), 'data')
	const serve = (options: Partial<AppOptions> = {}) => startInProcess(t, { directory, guests: false, ...options })
	let app: App = await serve()
	const { url } = app
	const owner = await setUp({ url, directory }, 'ada')
	const bob = await addPerson(url, owner, 'bob')
	const browser = await startWebBrowser(t, { isWhole: true })
	const restart = async (options: Partial<AppOptions>) => {
		await app.stop()
		app = await serve({ ...options, port: Number(new URL(url).port) })
	}
	const be = async (name: string, path: string, script = ''): Promise<Window> => {
		const window = await openWindow(t, browser, url, { worker: true, expected: noServer })
		await window.context.request.post(`${url}/sessions`, { data: { name, password } })
		await window.page.addInitScript(script)
		await window.page.goto(url + path)
		await window.page.getByRole('status').getByText('Connected').waitFor()
		return window
	}
	const say = async (room: string, content: string, from: Account = owner) =>
		(await askJson(url, `/rooms/${encodeURIComponent(room)}/messages`, { content }, from)).json

	t.test('who is elsewhere is told of what calls upon them, once, until it is read', async (t) => {
		const { page, context } = await be('bob', '/settings/profile', recordNotifications)
		const told = (): Promise<unknown[]> => page.evaluate('told.map((one) => ({ ...one }))')
		await say('general', 'about the weather')
		await until(async () => (await page.title()) === '• Settings · Tailroom')
		const { sequence } = await say('general', 'hello @bob')
		await until(async () => (await told()).length === 1)
		t.match(await told(), [{ title: 'ada in general', body: 'hello @bob', tag: 'general', isOpen: true }])
		await until(async () => (await page.title()) === '(1) Settings · Tailroom')
		await askJson(url, '/rooms/general/read', { sequence }, { ...bob, method: 'PUT' })
		await until(async () => (await page.title()) === 'Settings · Tailroom')
		t.match(await told(), [{ isOpen: false }], 'read on another device')
		await say('@bob', 'psst')
		await until(async () => (await told()).length === 2)
		t.match((await told())[1], { title: 'ada', body: 'psst', tag: '@ada', isOpen: true })
		await page.evaluate('told[1].onclick()')
		await page.getByRole('log', { name: 'ada' }).waitFor()
		t.match(page.url(), /\/chat\/@ada\/1$/)
		await say('@bob', 'you see this')
		await page.getByRole('log').getByText('you see this').waitFor()
		await page.evaluate('isElsewhere = true')
		await say('@bob', 'and this not')
		await until(async () => (await told()).length === 3)
		t.match((await told())[2], { body: 'and this not' }, 'what is on the screen is no news')

		await context.setOffline(true)
		await page.getByRole('status').getByText('No connection').waitFor()
		for (const word of ['one', 'two', 'three']) await say('@bob', word)
		await context.setOffline(false)
		await until(async () => (await told()).length === 4)
		t.match((await told())[3], { title: '3 new messages', body: 'ada' })
		await context.close()
	})

	t.test('notifications are offered when there would have been the first', async (t) => {
		const script = `${recordNotifications}; Notification.permission = 'default'`
		const { page, context } = await be('bob', '/settings/profile', script)
		await say('general', 'are you there, @bob?')
		await page.getByText('Do you want to be told when somebody writes to you?').waitFor()
		await page.getByRole('button', { name: 'Turn on' }).click()
		await say('general', 'really, @bob?')
		await until(() => page.evaluate('told.length === 1'))
		t.equal(await page.getByRole('button', { name: 'Turn on' }).count(), 0)
		await context.close()
	})

	t.test('who does something in the page is here again', async (t) => {
		await restart({ awayMs: 300 })
		const { page, context } = await be('bob', '/settings/profile', recordReads)
		const moveAfter = (ms: number) =>
			page.evaluate(`{
				const { now } = Date
				Date.now = () => now() + ${ms}
				dispatchEvent(new PointerEvent('pointermove'))
				Date.now = now
			}`)
		const stateOfBob = async () => {
			const { users } = (await ask(url, '/presence', owner)).json
			return users.find(({ userId }: { userId: string }) => userId === 'bob')?.state
		}
		await until(async () => (await stateOfBob()) === 'away')
		await moveAfter(110_000)
		t.equal(await stateOfBob(), 'away', 'not told all the time')
		await moveAfter(130_000)
		await until(async () => (await stateOfBob()) === 'online')
		await until(async () => (await stateOfBob()) === 'away')
		await askJson(url, '/presence', { state: 'away' }, { ...bob, method: 'PUT' })
		await moveAfter(260_000)
		await until(() => page.evaluate('reads === 2'))
		t.equal(await stateOfBob(), 'away', 'who has chosen to be away stays so')
		await context.close()
	})

	t.test('a newer version is brought by the next load, and the page of before goes on', async (t) => {
		await restart({})
		const { page, context } = await be('bob', '/chat/general')
		await until(() => page.evaluate('navigator.serviceWorker.controller !== null'))
		const versionShown = (): Promise<string> => page.evaluate(`document.querySelector('script[type=module]').src`)
		const before = await versionShown()
		const pageDirectory = newerBuild(join(temporaryDirectory(t), 'dist'))
		await restart({ pageDirectory })
		await page.getByText('A new version is here.').waitFor()
		await until(() =>
			page.evaluate("navigator.serviceWorker.getRegistration().then(({ active }) => active.state === 'activated')"),
		)
		// Only the worker has them now.
		await (await context.newCDPSession(page)).send('Network.clearBrowserCache')
		await page.evaluate('document.activeElement.blur()')
		await page.keyboard.press('?')
		await page.getByRole('dialog').waitFor()
		t.equal(await versionShown(), before, 'what it had not loaded yet is there still')
		await page.keyboard.press('Escape')
		await page.getByRole('button', { name: 'Reload' }).click()
		await until(async () => (await versionShown().catch(() => before)) !== before)
		t.match(await versionShown(), /newer-/)
		await page.getByRole('status').getByText('Connected').waitFor()
		t.equal(await page.getByText('A new version is here.').count(), 0)

		rmSync(join(pageDirectory, 'sw.js'))
		await restart({ pageDirectory })
		await until(() => page.evaluate('navigator.serviceWorker.getRegistration().then((one) => one === undefined)'))
		t.pass('a server without a worker is not stood in for')
		await context.close()
	})

	t.test('who signs out leaves nothing behind', async (t) => {
		await restart({})
		const { page, context } = await be('bob', '/chat/general')
		await until(() => page.evaluate(`caches.match('/kept/state').then((kept) => kept !== undefined)`))
		const other = await context.newPage()
		await other.goto(`${url}/chat/general`)
		await other.getByRole('status').getByText('Connected').waitFor()
		await page.goto(`${url}/settings/profile`)
		await page.getByRole('button', { name: 'Sign out', exact: true }).click()
		for (const one of [page, other]) await one.getByRole('heading', { name: 'Sign in' }).waitFor()
		for (const one of [page, other]) await one.reload()
		t.notOk(await page.evaluate(`caches.has('tailroom-kept')`))
		t.same(await page.evaluate('Object.keys(localStorage)'), ['tailroom-session'])
		await context.close()
	})

	t.test('when the session is over nothing is kept, and what was written waits', async (t) => {
		await restart({})
		const { page, context } = await be('bob', '/chat/general')
		await until(() => page.evaluate(`caches.match('/kept/state').then((kept) => kept !== undefined)`))
		await context.request.delete(`${url}/sessions/current`)
		await page.getByRole('heading', { name: 'Sign in' }).waitFor()
		await until(() => page.evaluate(`caches.has('tailroom-kept').then((isThere) => !isThere)`))
		await page.evaluate(`document.dispatchEvent(new Event('visibilitychange'))`)
		t.notOk(await page.evaluate(`caches.has('tailroom-kept')`))
		await context.close()
	})
})

/** What the build would make of other sources: its files have other names, and the worker tells of them. */
function newerBuild(pageDirectory: string): string {
	cpSync(built, pageDirectory, { recursive: true })
	const scripts = readdirSync(join(pageDirectory, 'assets')).filter((name) => name.endsWith('.js'))
	const newer = (text: string) => scripts.reduce((all, name) => all.replaceAll(name, `newer-${name}`), text)
	for (const name of readdirSync(pageDirectory, { recursive: true, encoding: 'utf8' })) {
		const file = join(pageDirectory, name)
		if (/\.(br|gz)$/.test(name)) rmSync(file)
		else if (/\.(html|js)$/.test(name)) {
			const text = newer(readFileSync(file, 'utf8'))
			writeFileSync(file, name === 'sw.js' ? text.replace(/"?version"?:"/, '$&newer') : text)
		}
	}
	for (const name of scripts) {
		renameSync(join(pageDirectory, 'assets', name), join(pageDirectory, 'assets', `newer-${name}`))
	}
	return pageDirectory
}
