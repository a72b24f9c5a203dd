import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { Page } from 'playwright-core'
import t, { type Test } from 'tap'
import { ask } from '../helpers/http.ts'
import { setUp } from '../helpers/people.ts'
import { startServer } from '../helpers/server.ts'
import { brokenLine, noWebBrowser, openWindow, startWebHouse } from '../helpers/web.ts'

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

/** What axe finds: what is wrong, and where. */
async function violations(page: Page): Promise<string[]> {
	// What is on its way, as a colour, is not there yet.
	await page.evaluate('Promise.allSettled(document.getAnimations().map((animation) => animation.finished))')
	if (!(await page.evaluate('"axe" in globalThis'))) await page.evaluate(axe)
	return page.evaluate(`axe.run().then(({ violations }) => violations.flatMap(({ id, nodes }) =>
		nodes.map(({ target, failureSummary }) => id + ' at ' + target.join(' ') + ': ' + failureSummary)
	))`)
}

interface Screen {
	name: string
	path: string
	/** Brings it there; resolves when it is. */
	show(page: Page): Promise<unknown>
}

const heading = (name: string) => (page: Page) => page.getByRole('heading', { name }).waitFor()
const isLive = (page: Page) => page.getByRole('status').getByText('Connected').waitFor()

/** Of a server without an owner. */
const fresh: Screen[] = [
	{ name: 'a code to set it up', path: '/setup', show: heading('Set up this server') },
	{ name: 'an invitation', path: '/invite#code', show: heading('You are invited') },
	{ name: 'nobody can sign in yet', path: '/', show: heading('This server is new') },
]

/** Of a server that lets guests in. */
const guests: Screen[] = [
	{ name: 'a name for a guest', path: '/', show: heading('Come in') },
	{
		name: 'to sign in',
		path: '/',
		async show(page) {
			await page.getByRole('button', { name: 'I have an account' }).click()
			await heading('Sign in')(page)
		},
	},
]

/** Of who is signed in; what is added here is looked at in all sizes and colours. */
const inside: Screen[] = [
	{
		name: 'a room with messages',
		path: '/chat/general',
		async show(page) {
			await isLive(page)
			await page.getByText('the last word').waitFor()
		},
	},
	{ name: 'a room without messages', path: '/chat/quiet', show: isLive },
	{ name: 'the rooms', path: '/chat', show: isLive },
	{
		name: 'the keys',
		path: '/chat/general',
		async show(page) {
			await isLive(page)
			await page.getByRole('textbox', { name: 'Message' }).waitFor()
			await page.evaluate('document.activeElement.blur()')
			await page.keyboard.press('?')
			await page.getByRole('dialog').waitFor()
		},
	},
	{
		name: 'no connection',
		path: '/chat/general',
		async show(page) {
			await isLive(page)
			await page.context().setOffline(true)
			await page.getByRole('button', { name: 'Try now' }).waitFor()
		},
	},
]

/** Sizes and colours; what is shown has to suit each of them. */
const looks = [
	{ look: 'desktop, light', size: { width: 1280, height: 800 }, colorScheme: 'light' },
	{ look: 'desktop, dark', size: { width: 1280, height: 800 }, colorScheme: 'dark' },
	{ look: 'phone, dark', size: { width: 390, height: 800 }, colorScheme: 'dark' },
	{ look: 'phone, light', size: { width: 390, height: 800 }, colorScheme: 'light' },
] as const

t.test('everybody can use', { skip: noWebBrowser }, async (t) => {
	const { be, browser, server, owner } = await startWebHouse(t, { members: ['bob'] })
	await ask(server.url, '/rooms/quiet', { ...owner, method: 'PUT' })
	for (const word of ['hello @bob', '**what** a `day`, see https://example.org', 'the last word']) {
		await server.post('general', word, owner.headers)
	}
	const check = async (t: Test, page: Page, { name, path, show }: Screen, url: string) => {
		await page.setViewportSize(looks[0].size)
		// Not only another fragment, or another place in the page.
		await page.goto('about:blank')
		await page.goto(url + path)
		await show(page)
		for (const { look, size, colorScheme } of looks) {
			await page.setViewportSize(size)
			await page.emulateMedia({ colorScheme })
			t.same(await violations(page), [], `${name}: ${look}`)
		}
	}

	t.test('a server that is new', async (t) => {
		const { url } = await startServer(t, { guests: false })
		const { page } = await openWindow(t, browser, url)
		for (const screen of fresh) await check(t, page, screen, url)
	})

	t.test('a server that lets guests in', async (t) => {
		const open = await startServer(t)
		await setUp(open, 'ada')
		const { page } = await openWindow(t, browser, open.url)
		for (const screen of guests) await check(t, page, screen, open.url)
	})

	t.test('the chat', async (t) => {
		const { page } = await be('bob', '/chat/general', { expected: brokenLine })
		for (const screen of inside) await check(t, page, screen, server.url)
	})
})
