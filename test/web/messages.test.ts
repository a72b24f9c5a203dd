import type { Locator, Page } from 'playwright-core'
import t from 'tap'
import { noBrowser } from '../helpers/chromium.ts'
import { ask, askJson } from '../helpers/http.ts'
import { addMember, addPerson } from '../helpers/people.ts'
import { until } from '../helpers/until.ts'
import { startWebHouse, type WebHouse } from '../helpers/web.ts'

/** Whether a link in a list of messages can be clicked at the very moment at which the list scrolls. */
const canBeClickedWhileScrolled = `async (link) => {
	const list = link.closest('[role=log]')
	list.scrollTop = list.scrollHeight
	const scrolled = new Promise((resolve) => list.addEventListener('scroll', resolve, { once: true }))
	list.scrollTop -= 1
	await scrolled
	await new Promise(requestAnimationFrame)
	const { x, y } = link.getBoundingClientRect()
	return document.elementFromPoint(x + 2, y + 2) === link
}`

t.test('what is done with a message', { skip: noBrowser }, async (t) => {
	const house = await startWebHouse(t)
	const { be } = house
	const [ada, bob] = await Promise.all([be('ada'), be('bob', '/', { expected: /Failed to load resource/ })])

	t.test('an edit is seen by both, with what it said before', async (t) => {
		await post(house, 'bob', 'teh first words')
		await act(bob.page, 'teh first words', 'Edit')
		const editor = bob.page.getByRole('textbox', { name: 'Edited text' })
		await editor.fill('the first words')
		await editor.press('Enter')
		await rowOf(ada.page, 'the first words').getByRole('button', { name: '(edited)' }).click()
		await ada.page.getByRole('dialog', { name: 'Earlier texts' }).getByText('teh first words').waitFor()
		await ada.page.keyboard.press('Escape')
		t.equal(await focusedName(ada.page), '(edited)')
		t.equal(await focusedName(bob.page), 'Message', 'and one writes on')
	})

	t.test('what the server refuses is said where one edits, and the text is not lost', async (t) => {
		await post(house, 'bob', 'a short one')
		await act(bob.page, 'a short one', 'Edit')
		const editor = bob.page.getByRole('textbox', { name: 'Edited text' })
		await editor.fill('x'.repeat(70_000))
		await bob.page.getByRole('button', { name: 'Save' }).click()
		await bob.page.getByRole('alert').getByText('65536 bytes').waitFor()
		t.equal((await editor.inputValue()).length, 70_000)
		await editor.press('Escape')
		await editor.waitFor({ state: 'detached' })
		t.equal(await focusedName(bob.page), 'Message')
	})

	t.test('what is written to a message that is deleted meanwhile is not lost', async (t) => {
		const id = await post(house, 'bob', 'soon gone')
		await act(bob.page, 'soon gone', 'Edit')
		await bob.page.getByRole('textbox', { name: 'Edited text' }).fill('much better words')
		await change(house, 'ada', 'DELETE', `/rooms/general/messages/${id}`)
		await bob.page.getByText('What you wrote stands below.').waitFor()
		const box = bob.page.getByRole('textbox', { name: 'Message' })
		t.equal(await box.inputValue(), 'much better words')
		t.equal(await focusedName(bob.page), 'Message')
		await box.fill('')
	})

	t.test('a deletion asks first, and leaves a quiet line with both', async (t) => {
		await post(house, 'bob', 'said in haste')
		await act(bob.page, 'said in haste', 'Delete')
		await bob.page.getByRole('button', { name: 'Cancel' }).click()
		t.equal(await rowOf(bob.page, 'said in haste').count(), 1)
		await act(bob.page, 'said in haste', 'Edit')
		const editor = bob.page.getByRole('textbox', { name: 'Edited text' })
		await editor.fill('')
		await editor.press('Enter')
		await bob.page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click()
		for (const { page } of [ada, bob]) await page.getByText('bob deleted this message.').waitFor()
		t.equal(await ada.page.getByText('said in haste').count(), 0)
		t.not(await focusedName(bob.page), 'body')
	})

	t.test('who moderates deletes what others wrote, who does not has no button for it', async (t) => {
		await post(house, 'ada', 'of the owner')
		await post(house, 'bob', 'of a member')
		await rowOf(bob.page, 'of the owner').hover()
		await rowOf(bob.page, 'of the owner').getByRole('button', { name: 'More' }).waitFor()
		t.equal(await bob.page.getByRole('button', { name: /^(Delete|Edit)$/ }).count(), 0)
		await act(ada.page, 'of a member', 'Delete')
		await ada.page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click()
		await rowOf(bob.page, 'of a member').waitFor({ state: 'detached' })
		await bob.page.getByText('A moderator deleted this message of bob.').last().waitFor()
	})

	t.test('a reaction is seen by both, and is taken back', async () => {
		await post(house, 'ada', 'a good idea')
		await act(bob.page, 'a good idea', 'React with 👍')
		await rowOf(ada.page, 'a good idea').getByRole('button', { name: '👍 1, bob' }).click()
		const both = rowOf(bob.page, 'a good idea').getByRole('button', { name: '👍 2, you and ada', pressed: true })
		await both.click()
		await rowOf(ada.page, 'a good idea').getByRole('button', { name: '👍 1, you', pressed: true }).waitFor()
		await rowOf(bob.page, 'a good idea').getByRole('button', { name: '👍 1, ada', pressed: false }).waitFor()
	})

	t.test('a reaction that fails is shown no longer, and it is said why', async () => {
		await post(house, 'ada', 'said on a train')
		await rowOf(bob.page, 'said on a train').waitFor()
		let refuse = () => {}
		const isAsked = new Promise<void>((resolve) => {
			void bob.page.route('**/reactions/**', (route) => {
				refuse = () => void route.abort('internetdisconnected')
				resolve()
			})
		})
		await act(bob.page, 'said on a train', 'React with ❤️')
		const reaction = rowOf(bob.page, 'said on a train').getByRole('button', { name: '❤️ 1, you' })
		await reaction.waitFor()
		await isAsked
		refuse()
		await reaction.waitFor({ state: 'detached' })
		await bob.page.getByText('The reaction was not saved. There is no connection.').waitFor()
		await bob.page.unroute('**/reactions/**')
	})

	t.test('the focus is not lost when what can be done with a message goes with it', async () => {
		const id = await post(house, 'bob', 'gone at any time')
		await act(bob.page, 'gone at any time', 'More')
		await bob.page.getByRole('menu').waitFor()
		await change(house, 'ada', 'DELETE', `/rooms/general/messages/${id}`)
		await bob.page.getByRole('menu').waitFor({ state: 'detached' })
		await until(async () => (await focusedName(bob.page)) !== 'body')
	})

	t.test('a reply and its thread, live in two windows', async (t) => {
		const id = await post(house, 'ada', 'who comes along?')
		await act(bob.page, 'who comes along?', 'Reply')
		const thread = bob.page.getByRole('complementary', { name: 'Thread' })
		await thread.getByText('No replies yet').waitFor()
		await post(house, 'bob', 'I do', id)
		await rowOf(ada.page, 'I do').getByRole('link', { name: 'ada: who comes along?' }).click()
		const other = ada.page.getByRole('complementary', { name: 'Thread' })
		await other.getByText('1 reply').waitFor()
		const second = await post(house, 'ada', 'me too', id)
		await thread.getByText('2 replies').waitFor()
		await change(house, 'ada', 'PATCH', `/rooms/general/messages/${second}`, { content: 'me as well' })
		for (const panel of [thread, other]) await panel.getByText('me as well').waitFor()
		await change(house, 'ada', 'DELETE', `/rooms/general/messages/${second}`)
		for (const panel of [thread, other]) await panel.getByText('ada deleted this message.').waitFor()
		await bob.page.keyboard.press('Escape')
		await thread.waitFor({ state: 'detached' })
		t.notMatch(bob.page.url(), /thread/)
		t.not(await focusedName(bob.page), 'body')
		await other.getByRole('button', { name: 'Close thread' }).click()
	})

	t.test('markdown shows, and what is hostile is text', async (t) => {
		await post(house, 'ada', '**bold** <img src=x onerror=alert(1)> [x](javascript:alert(1))')
		const row = rowOf(bob.page, '<img src=x onerror=alert(1)>')
		await row.locator('.message-text strong').getByText('bold').waitFor()
		await row.getByText('[x](javascript:alert(1))').waitFor()
		t.equal(await row.locator('img, a[href^=javascript]').count(), 0)
	})

	t.test('by keys alone one reaches the menu and the picker, and the focus is never lost', async (t) => {
		const { page } = bob
		await post(house, 'ada', 'the last message')
		await rowOf(page, 'the last message').waitFor()
		await page.mouse.move(0, 0)
		const press = async (...keys: string[]) => {
			for (const key of keys) {
				await page.keyboard.press(key)
				t.not(await focusedName(page), 'body', `after ${key}`)
			}
		}
		const until = async (key: string, name: string) => {
			for (let tries = 0; tries < 12 && (await focusedName(page)) !== name; tries++) await press(key)
			t.equal(await focusedName(page), name)
		}
		await rowOf(page, 'the last message').locator('.message-time').focus()
		await until('Tab', 'More')
		await press('Enter')
		const menu = page.getByRole('menu', { name: 'More' })
		await menu.waitFor()
		await press('ArrowUp')
		t.equal(await focusedName(page), 'Mark unread from here', 'from the first to the last')
		await press('Home', 'c', 'c')
		t.equal(await focusedName(page), 'Copy link', 'by its first letter, in turn')
		await press('Escape')
		await menu.waitFor({ state: 'detached' })
		t.equal(await focusedName(page), 'More')
		await until('Shift+Tab', 'React')
		await press('Enter')
		await page.getByRole('gridcell').first().waitFor()
		t.equal(await focusedName(page), 'Find an emoji')
		await page.keyboard.type('tada')
		await page.getByRole('gridcell', { name: 'tada' }).waitFor()
		await press('ArrowDown')
		t.equal(await focusedName(page), 'tada')
		await press('ArrowUp')
		t.equal(await focusedName(page), 'Find an emoji')
		await press('Enter')
		await rowOf(page, 'the last message').getByRole('button', { name: '🎉 1, you' }).waitFor()
		t.equal(await focusedName(page), 'React')
		await press('Enter')
		await page.getByRole('gridcell').first().waitFor()
		t.equal(await page.getByRole('gridcell').first().textContent(), '🎉', 'what was used last is the first')
		await press('Escape')
		await until('Shift+Tab', '🎉 1, you')
		await press('Enter')
		await page.getByRole('button', { name: '🎉 1, you' }).waitFor({ state: 'detached' })
		t.match(await focusedName(page), /^\d/, 'its message has the focus of a reaction that is gone')
		await until('Tab', 'Reply')
		await press('Enter')
		await page.waitForFunction('document.activeElement.closest(".thread textarea")')
		await press('Escape')
		t.match(await focusedName(page), /^\d/)
	})

	t.test('a message is unread from there again', async () => {
		const { page } = bob
		await post(house, 'ada', 'not now')
		await act(page, 'not now', 'More')
		await page.getByRole('menuitem', { name: 'Mark unread from here' }).click()
		await page.getByText('It is unread from here.').waitFor()
		await page
			.getByRole('navigation', { name: 'Rooms' })
			.getByRole('link', { name: /general.*1/ })
			.waitFor()
	})

	t.test('a link to the chat itself is followed in the page', async (t) => {
		await post(house, 'ada', `look at ${house.server.url}/chat/general/1`)
		const link = rowOf(bob.page, 'look at').locator('.message-text').getByRole('link')
		await link.click()
		await bob.page.waitForURL('**/chat/general/1')
		t.equal(bob.context.pages().length, 1)

		const canBeClicked = `(${canBeClickedWhileScrolled})(document.querySelector('.message-text a[href="/chat/general/1"]'))`
		t.equal(await bob.page.evaluate(canBeClicked), true, 'also while messages come, and the list scrolls')
	})

	t.test('a finger that rests on a message opens its menu', async (t) => {
		const { page, context } = await be('ada', '/', { phone: true })
		await page.getByRole('log').getByText('not now').waitFor()
		await post(house, 'bob', 'touch this')
		const text = rowOf(page, 'touch this').locator('.message-text')
		const { x, y } = await placeOf(text)
		const touchPoints = [{ x: x + 5, y: y + 5 }]
		const devtools = await context.newCDPSession(page)
		await devtools.send('Input.dispatchTouchEvent', { type: 'touchStart', touchPoints })
		await new Promise((resolve) => setTimeout(resolve, 500))
		await devtools.send('Input.dispatchTouchEvent', { type: 'touchEnd', touchPoints: [] })
		await page.getByRole('menuitem', { name: 'Copy text' }).waitFor()
		t.equal(await page.getByRole('menu').count(), 1)
	})

	t.test('who wrote is called as they chose, also where they are answered', async (t) => {
		await change(house, 'bob', 'PATCH', '/users/me', { displayName: 'Robert' })
		await post(house, 'ada', 'and now Robert')
		const asked = await post(house, 'bob', 'and **what** am I called')
		await post(house, 'ada', 'Just that', asked)
		const { page } = await be('ada')
		await rowOf(page, 'am I called').locator('header').getByText('Robert').waitFor()
		await page.getByRole('link', { name: 'Robert: and what am I called' }).waitFor()
		t.equal(await rowOf(page, 'am I called').locator('.avatar').innerText(), 'RO')
	})

	t.test('a thread of any length is read back to its beginning', async (t) => {
		await change(house, 'ada', 'PUT', '/rooms/numbers', {})
		await addPerson(house.server.url, house.owner, 'carol', 'bot')
		await addMember(house.server.url, house.owner, 'numbers', 'carol')
		const say = (content: string, replyTo?: string) =>
			change(house, 'ada', 'POST', '/rooms/numbers/messages', { content, replyTo })
		const { id } = await say('how far do you count?')
		await Promise.all(Array.from({ length: 620 }, (_, index) => say(`number ${index}`, id)))
		const { page } = await be('ada', `/chat/numbers?thread=${id}`)
		const thread = page.getByRole('complementary', { name: 'Thread' })
		const says = (text: string) => thread.getByText(text, { exact: true })
		await says('50 or more replies').waitFor()
		const more = thread.getByRole('button', { name: 'Show earlier replies' })
		const [isAsked, isReadAgain] = [/replies\?limit=200/, /replies\?limit=50$/]
		const released = Promise.withResolvers<void>()
		await page.route(isAsked, async (route) => {
			await released.promise
			await route.continue()
		})
		await Promise.all([page.waitForRequest(isAsked), more.click()])
		await Promise.all([page.waitForResponse(isReadAgain), change(house, 'ada', 'DELETE', '/users/carol')])
		released.resolve()
		await says('250 or more replies').waitFor()
		await page.unroute(isAsked)
		await more.click()
		await says('450 or more replies').waitFor()
		const first = thread.getByRole('article').nth(1)
		const read = thread.locator(`[data-message="${await first.getAttribute('data-message')}"]`)
		await more.focus()
		const before = await lowerEdge(read)
		await page.keyboard.press('Enter')
		await says('620 replies').waitFor()
		t.ok(Math.abs((await lowerEdge(read)) - before) <= 1, 'what is read stays where it is')
		t.equal(await more.count(), 0)
		t.equal(await focusedName(page), 'Thread')
		await say('you may stop', id)
		await says('621 replies').waitFor()
		await says('you may stop').waitFor()
	})
})

/** Where something is, when it does not move any more. */
async function placeOf(element: Locator): Promise<{ x: number; y: number }> {
	let last = ''
	let still = 0
	await until(async () => {
		const box = JSON.stringify(await element.boundingBox())
		still = box === last ? still + 1 : 0
		last = box
		return still > 8
	})
	return JSON.parse(last)
}

async function lowerEdge(element: Locator): Promise<number> {
	const { y, height } = (await element.boundingBox()) ?? { y: 0, height: 0 }
	return Math.round(y + height)
}

/** The message of that text, among all that is said in its room. */
function rowOf(page: Page, text: string) {
	return page
		.getByRole('log')
		.getByRole('article')
		.filter({ has: page.locator('.message-text').getByText(text) })
}

/** Points at a message, and presses one of its buttons. */
async function act(page: Page, text: string, button: string): Promise<void> {
	const row = rowOf(page, text)
	await row.hover()
	await row.getByRole('button', { name: button, exact: true }).click()
}

/** What has the focus is called so. */
function focusedName(page: Page): Promise<string> {
	return page.evaluate(`(() => {
		const { activeElement: here, body } = document
		return here === body ? 'body' : (here.ariaLabel ?? here.textContent)
	})()`)
}

async function post(house: WebHouse, name: string, content: string, replyTo?: string): Promise<string> {
	return (await change(house, name, 'POST', '/rooms/general/messages', { content, replyTo })).id
}

async function change({ server, people }: WebHouse, name: string, method: string, path: string, body?: object) {
	const asked = { method, headers: people[name]?.headers ?? {} }
	const { status, text, json } = await (body === undefined
		? ask(server.url, path, asked)
		: askJson(server.url, path, body, asked))
	if (status >= 300) throw new Error(text)
	return json
}
