import type { Page } from 'playwright-core'
import t from 'tap'
import { noBrowser } from '../helpers/chromium.ts'
import { addPerson, password, putRoom, setUp } from '../helpers/people.ts'
import { startServer } from '../helpers/server.ts'
import { openWindow, startWebBrowser } from '../helpers/web.ts'

t.test('where guests are welcome', { skip: noBrowser }, async (t) => {
	const server = await startServer(t)
	const { url } = server
	const ada = await setUp(server, 'ada')
	await addPerson(url, ada, 'bob')
	await putRoom(url, ada, 'lobby', { topic: 'For everybody' })
	await putRoom(url, ada, 'secret', { visibility: 'private' })
	await server.post('secret', 'the secret word', ada.headers)
	const browser = await startWebBrowser(t)
	// What is refused, the console says too.
	const open = async () => (await openWindow(t, browser, url, { expected: /status of 40[0134]|status of 409/ })).page
	const [guest, bob] = await Promise.all([open(), open()])

	t.test('one chooses a name, which is nobody’s, and is where one wanted to go', async (t) => {
		await guest.goto(`${url}/chat/lobby`)
		await guest.getByLabel('Name').waitFor()
		t.equal(await guest.evaluate('document.activeElement.name'), 'name', 'one can type at once')
		for (const [name, problem] of [
			['bob', /belongs to an account|an account/],
			['no one', undefined],
		] as const) {
			await guest.getByLabel('Name').fill(name)
			await guest.getByRole('button', { name: 'Come in' }).click()
			if (problem === undefined) t.equal(await guest.evaluate('document.activeElement.validity.valid'), false, name)
			else await guest.getByRole('main').getByText(problem).first().waitFor()
			t.equal(await guest.getByRole('log').count(), 0)
		}
		await guest.getByLabel('Name').fill('Zoe')
		await guest.getByRole('button', { name: 'Come in' }).click()
		await guest.getByRole('log', { name: 'lobby' }).waitFor()
		await guest.getByRole('button', { name: 'You: zoe' }).waitFor()
	})

	t.test('a guest and somebody with an account chat', async () => {
		await bob.goto(`${url}/chat/lobby`)
		await bob.getByRole('button', { name: 'I have an account' }).click()
		await bob.getByLabel('Name').fill('bob')
		await bob.getByLabel('Password').fill(password)
		await bob.getByRole('button', { name: 'Sign in' }).click()
		await bob.getByRole('button', { name: 'Join', exact: true }).click()
		await say(guest, 'may I come in?')
		await heard(bob, 'may I come in?').getByText('guest').waitFor()
		await say(bob, 'you are here, @zoe')
		await heard(guest, 'you are here').waitFor()
		await heard(guest, 'you are here').hover()
		await heard(guest, 'you are here').getByRole('button', { name: 'React with 👍' }).click()
		await heard(bob, 'you are here').getByRole('button', { name: '👍 1, zoe' }).waitFor()
		await bob.getByRole('button', { name: /^Members/ }).click()
		await bob.getByRole('region', { name: 'Visiting now' }).getByRole('button', { name: 'zoe' }).waitFor()
	})

	t.test('a guest is shown what a guest may do, and nothing else', async (t) => {
		const rooms = guest.getByRole('navigation', { name: 'Rooms' })
		t.equal(await rooms.getByText('Direct messages').count(), 0)
		t.equal(await rooms.getByRole('button', { name: 'Write to somebody' }).count(), 0)
		await rooms.getByRole('button', { name: 'Browse rooms' }).click()
		await guest.getByRole('dialog').getByRole('link', { name: 'lobby' }).waitFor()
		t.equal(await guest.getByRole('dialog').getByText('secret').count(), 0)
		for (const name of ['New room', /^Join/, /^Leave/]) {
			t.equal(await guest.getByRole('dialog').getByRole('button', { name }).count(), 0, String(name))
		}
		await guest.keyboard.press('Escape')

		await heard(guest, 'may I come in?').hover()
		await heard(guest, 'may I come in?').getByRole('button', { name: 'More' }).click()
		await guest.getByRole('menuitem', { name: 'Copy text' }).waitFor()
		for (const name of ['Edit', 'Delete', 'Mark unread from here']) {
			t.equal(await guest.getByRole('menuitem', { name }).count(), 0, name)
		}
		await guest.keyboard.press('Escape')
		await guest.getByRole('textbox', { name: 'Message' }).press('ArrowUp')
		t.equal(await guest.getByRole('textbox', { name: 'Edited text' }).count(), 0, 'what is said is said')

		await guest.getByRole('button', { name: 'About this room' }).last().click()
		await guest.getByRole('dialog').getByText('For everybody').waitFor()
		for (const name of ['Save', 'Leave the room', 'Archive the room']) {
			t.equal(await guest.getByRole('dialog').getByRole('button', { name }).count(), 0, name)
		}
		await guest.keyboard.press('Escape')
		await guest.goto(`${url}/chat/secret`)
		await guest.getByRole('heading', { name: 'There is no #secret for you' }).waitFor()
		t.equal(await guest.getByText('the secret word').count(), 0)
		await guest.goto(`${url}/settings/tokens`)
		await guest.getByRole('heading', { name: 'You are a guest' }).waitFor()
		t.equal(await guest.getByRole('button', { name: 'New token' }).count(), 0)
	})

	t.test('who comes again is who they were, until the name is somebody’s', async () => {
		await guest.goto(`${url}/chat/lobby`)
		await heard(guest, 'may I come in?').waitFor()
		await addPerson(url, ada, 'zoe')
		await guest.getByRole('heading', { name: 'This name is taken' }).waitFor()
		await guest.getByRole('button', { name: 'Choose another name' }).click()
		await guest.getByLabel('Name').fill('zoe-2')
		await guest.getByRole('button', { name: 'Come in' }).click()
		await guest.getByRole('log', { name: 'lobby' }).waitFor()
		await guest.getByRole('button', { name: 'You: zoe-2' }).click()
		await guest.getByRole('button', { name: 'Leave, or sign in' }).click()
		await guest.getByRole('heading', { name: 'Come in' }).waitFor()
	})
})

function heard(page: Page, text: string) {
	return page.getByRole('log').getByRole('article').filter({ hasText: text })
}

async function say(page: Page, text: string): Promise<void> {
	await page.getByRole('textbox', { name: 'Message' }).fill(text)
	await page.keyboard.press('Enter')
	await heard(page, text).waitFor()
}
