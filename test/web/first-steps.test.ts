import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { noBrowser } from '../helpers/chromium.ts'
import { startServer } from '../helpers/server.ts'
import { openWindow, startWebBrowser, startWebHouse } from '../helpers/web.ts'

t.test('from the link of a new server to the first message', { skip: noBrowser }, async (t) => {
	const server = await startServer(t, { guests: false })
	const { page } = await openWindow(t, await startWebBrowser(t), server.url, {
		worker: true,
		expected: /status of 503/,
	})
	await page.goto(server.url)
	await page.getByRole('heading', { name: 'This server is new' }).waitFor()
	const code = readFileSync(join(server.directory, 'setup-code'), 'utf8').trim()
	await page.goto(`${server.url}/setup#${code}`)
	await page.getByLabel('Name').fill('ada')
	await page.getByLabel('Password').fill('correct horse battery')
	t.notOk(page.url().includes('#'), 'the code is in no address any more')
	await page.route('**/sessions', (route) => route.fulfill({ status: 503, body: 'busy' }), { times: 1 })
	await page.getByRole('button', { name: 'Become the owner' }).click()
	await page.getByRole('alert').getByText(/./).waitFor()
	await page.getByRole('button', { name: 'Become the owner' }).click()
	await page.getByRole('button', { name: 'Start chatting' }).click()
	await page.getByRole('textbox', { name: 'Message' }).fill('the first word')
	await page.keyboard.press('Enter')
	await page.getByRole('log', { name: 'general' }).getByText('the first word').waitFor()
	t.match(page.url(), /\/chat\/general$/)
})

t.test('two people chat', { skip: noBrowser }, async (t) => {
	const { be } = await startWebHouse(t)
	const [ada, bob] = await Promise.all([be('ada', '/', { worker: true }), be('bob', '/', { worker: true })])
	for (const [from, to, text] of [
		[ada, bob, 'hello bob'],
		[bob, ada, 'hello ada'],
	] as const) {
		await from.page.getByRole('textbox', { name: 'Message' }).fill(text)
		await from.page.getByRole('button', { name: 'Send' }).click()
		await to.page.getByRole('log', { name: 'general' }).getByText(text).waitFor()
	}

	t.test('who comes to an address of nothing is told so, and finds back', async (t) => {
		const { page } = await be('ada', '/chatt/general', { worker: true, expected: /status of 404/ })
		await page.getByRole('heading', { name: 'There is nothing at this address' }).waitFor()
		t.match(page.url(), /\/chatt\/general$/)
		await page.keyboard.press('Enter')
		await page.getByRole('log', { name: 'general' }).getByText('hello bob').waitFor()
		t.match(page.url(), /\/chat\/general$/)
		await page.goBack()
		await page.getByRole('link', { name: 'Go to the rooms' }).waitFor()
	})
})
