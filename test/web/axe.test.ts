import type { Page } from 'playwright-core'
import t from 'tap'
import { check, heading, type Screen } from '../helpers/axe.ts'
import { noBrowser } from '../helpers/chromium.ts'
import { askJson } from '../helpers/http.ts'
import { putRoom, setUp } from '../helpers/people.ts'
import { startServer } from '../helpers/server.ts'
import { brokenLine, openWindow, startWebHouse } from '../helpers/web.ts'

const isLive = (page: Page) => page.getByRole('status').getByText('Connected').waitFor()

/** Of a server without an owner. */
const fresh: Screen[] = [
	{ name: 'a code to set it up', path: '/setup', show: heading('Set up this server') },
	{ name: 'an invitation', path: '/invite#code', show: heading('You are invited') },
	{ name: 'nobody can sign in yet', path: '/', show: heading('This server is new') },
	{ name: 'an address of nothing', path: '/nope', show: heading('There is nothing at this address') },
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

/** Of who is signed in; what is beside and before it is looked at elsewhere. */
const inside: Screen[] = [
	{
		name: 'a room with messages',
		path: '/chat/general',
		async show(page) {
			await isLive(page)
			await page.getByText('the last word').waitFor()
		},
	},
	{
		name: 'a thread',
		path: '/chat/general',
		async show(page) {
			await page.getByRole('link', { name: 'ada: who comes along?' }).click()
			await page.getByRole('complementary', { name: 'Thread' }).getByText('1 reply').waitFor()
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

t.test('everybody can use', { skip: noBrowser }, async (t) => {
	const { be, browser, server, owner } = await startWebHouse(t, { members: ['bob'] })
	await putRoom(server.url, owner, 'quiet')
	for (const word of ['hello @bob', '**what** a `day`, see https://example.org']) {
		await server.post('general', word, owner.headers)
	}
	const { id } = await server.post('general', 'who comes along?', owner.headers)
	await askJson(server.url, '/rooms/general/messages', { content: 'the last word', replyTo: id }, owner)

	t.test('a server that is new', async (t) => {
		const { url } = await startServer(t, { guests: false })
		const { page } = await openWindow(t, browser, url, { expected: /status of 404/ })
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
