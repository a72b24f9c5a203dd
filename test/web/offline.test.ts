import t from 'tap'
import { noBrowser } from '../helpers/chromium.ts'
import { ask } from '../helpers/http.ts'
import { startServer } from '../helpers/server.ts'
import { until } from '../helpers/until.ts'
import { brokenLine, startWebHouse, type Window } from '../helpers/web.ts'

const log = ({ page }: Window) => page.getByRole('log', { name: 'general' })
const status = ({ page }: Window) => page.getByRole('status')

async function say({ page }: Window, text: string): Promise<void> {
	await page.getByRole('textbox', { name: 'Message' }).fill(text)
	await page.getByRole('button', { name: 'Send' }).click()
}

async function sees(window: Window, ...texts: string[]): Promise<void> {
	for (const text of texts) await log(window).getByText(text, { exact: true }).first().waitFor()
}

/** How often each of these is on the screen, in the order in which they are there. */
function shown({ page }: Window, prefix: string): Promise<string[]> {
	return page.evaluate(`(() => {
		const walker = document.createTreeWalker(document.querySelector('[role=log]'), NodeFilter.SHOW_TEXT)
		const found = []
		while (walker.nextNode()) if (walker.currentNode.data.startsWith('${prefix}')) found.push(walker.currentNode.data)
		return found
	})()`)
}

/** The service worker has the app, and the room and the state are kept with that message. */
async function isKept({ page }: Window, text: string): Promise<void> {
	await until(() => page.evaluate('navigator.serviceWorker.controller !== null'))
	await until(() =>
		page.evaluate(`(async () => {
		const cache = await caches.open('tailroom-kept')
		const kept = async (path) => (await cache.match(path))?.json()
		const last = (await kept('/kept/rooms/general'))?.messages.at(-1)
		const rooms = (await kept('/kept/state'))?.rooms ?? []
		return last?.content === '${text}' && rooms.some(({ room, sequence }) => room === 'general' && sequence === last.sequence)
	})()`),
	)
}

t.test('without a line', { skip: noBrowser }, async (t) => {
	const house = await startWebHouse(t, { members: ['bob'], isWhole: true })
	const [ada, bob] = await Promise.all([
		house.be('ada', '/chat/general', { worker: true, expected: brokenLine }),
		house.be('bob', '/', { worker: true, expected: brokenLine }),
	])

	t.test('what is written without a line arrives once, in order', async (t) => {
		await say(ada, 'tunnel: before')
		await sees(bob, 'tunnel: before')
		await ada.context.setOffline(true)
		await say(ada, 'tunnel: one')
		await say(ada, 'tunnel: two')
		await status(ada).getByText('No connection. 2 messages wait to be sent.').waitFor()
		await ada.page.getByRole('link', { name: /^Notes to self/ }).click()
		await ada.page.getByText('What was said here is shown when there is a connection.').waitFor()
		await ada.page.goBack()
		await ada.context.setOffline(false)
		await status(ada).getByText('Connected').waitFor()
		const expected = ['tunnel: before', 'tunnel: one', 'tunnel: two']
		for (const window of [ada, bob]) await sees(window, ...expected)
		for (const window of [ada, bob]) t.same(await shown(window, 'tunnel: '), expected)
	})

	t.test('it starts without a line, with what was there, and nothing written then is lost', async (t) => {
		await say(bob, 'train: from bob')
		await sees(ada, 'train: from bob')
		await isKept(ada, 'train: from bob')
		await ada.page.close()
		await ada.context.setOffline(true)
		ada.page = await ada.context.newPage()
		await ada.page.goto(`${house.server.url}/chat/general`)
		await sees(ada, 'train: from bob')
		await ada.page.getByRole('navigation', { name: 'Rooms' }).getByRole('link', { name: 'general' }).waitFor()
		await say(ada, 'train: written under way')
		await sees(ada, 'train: written under way')
		await ada.page.close()
		await say(bob, 'train: meanwhile')
		// It is on the server, before what was written under way comes there.
		await until(async () => (await bob.page.locator('.outgoing').count()) === 0)
		await ada.context.setOffline(false)
		ada.page = await ada.context.newPage()
		await ada.page.goto(`${house.server.url}/chat/general`)
		await status(ada).getByText('Connected').waitFor()
		const expected = ['train: from bob', 'train: meanwhile', 'train: written under way']
		for (const window of [ada, bob]) await sees(window, ...expected)
		for (const window of [ada, bob]) t.same(await shown(window, 'train: '), expected)
	})

	t.test('what is erased is not kept either, wherever one is', async (t) => {
		const { url } = house.server
		const { headers } = house.owner
		const [first, second] = [
			await house.server.post('general', 'regret one', headers),
			await house.server.post('general', 'regret two', headers),
		]
		const erase = ({ id }: { id: string }) => ask(url, `/rooms/general/messages/${id}`, { method: 'DELETE', headers })
		await isKept(ada, 'regret two')
		await ada.page.goto('about:blank')
		await erase(first)
		await ada.page.goto(`${url}/settings/profile`)
		await status(ada).getByText('Connected').waitFor()
		await erase(second)
		const kept = (): Promise<string> =>
			ada.page.evaluate(`caches.match('/kept/rooms/general').then((kept) => kept?.text() ?? '')`)
		await until(async () => (await kept()).includes('"erased"') && !(await kept()).includes('regret'))
		t.match(await kept(), /train: from bob/)
		await ada.page.goto(`${url}/chat/general`)
	})

	t.test('a server that breaks down under an open page costs nobody a word', async (t) => {
		await say(ada, 'crash: before')
		await sees(bob, 'crash: before')
		const { server } = house
		await server.stop('SIGKILL')
		await say(ada, 'crash: one')
		await say(ada, 'crash: two')
		await status(ada).getByText('2 messages wait to be sent.').waitFor()
		const { directory, port } = server
		await startServer(t, { directory, port, guests: false })
		// Unless it did so by itself.
		const tryNow = ({ page }: Window) => page.getByRole('button', { name: 'Try now' }).click({ timeout: 1_000 })
		await Promise.allSettled([tryNow(ada), tryNow(bob)])
		await status(ada).getByText('Connected').waitFor()
		const expected = ['crash: before', 'crash: one', 'crash: two']
		for (const window of [ada, bob]) await sees(window, ...expected)
		for (const window of [ada, bob]) t.same(await shown(window, 'crash: '), expected)
	})
})
