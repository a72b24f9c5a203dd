import type { Page } from 'playwright-core'
import t from 'tap'
import { noBrowser } from '../helpers/chromium.ts'
import { askJson } from '../helpers/http.ts'
import { type Account, addMember, addPerson, putRoom } from '../helpers/people.ts'
import { until } from '../helpers/until.ts'
import { startWebHouse, type WebHouse } from '../helpers/web.ts'

t.test('who has gone on meanwhile is not disturbed by what comes late', { skip: noBrowser }, async (t) => {
	const house = await startWebHouse(t)
	const { url } = house.server
	const bob = house.people.bob as Account
	for (const room of ['alpha', 'beta']) {
		await putRoom(url, house.owner, room)
		await addMember(url, house.owner, room, 'bob')
	}
	for (let number = 1; number <= 120; number += 1) await post(house, 'general', `line ${number}`)
	const { page } = await house.be('ada', '/chat/general', { expected: /ERR_FAILED/ })
	const box = page.getByRole('textbox', { name: 'Message' })
	const editor = page.getByRole('textbox', { name: 'Edited text' })
	const log = page.getByRole('log')
	const search = page.getByRole('searchbox', { name: 'Search' })
	const goTo = page.getByRole('combobox', { name: 'Find a room or person' })
	await log.getByText('line 120').waitFor()

	t.test('an edit that is saved takes nothing with it that was typed since', async (t) => {
		await post(house, 'general', 'the one before')
		await post(house, 'general', 'first words')
		await log.getByText('first words').waitFor()
		const first = await heldBack(page, 'PATCH', /messages/)
		await box.press('ArrowUp')
		await page.keyboard.type(' are saved')
		await page.keyboard.press('Enter')
		await page.keyboard.type(', and more')
		await first.release()
		t.equal(await editor.inputValue(), 'first words are saved, and more')

		const second = await heldBack(page, 'PATCH', /messages/)
		await editor.press('Enter')
		await page.keyboard.press('Control+Shift+f')
		await page.keyboard.type('in:general li')
		await second.release()
		await editor.waitFor({ state: 'detached' })
		await page.keyboard.type('ne 7')
		t.equal(await search.inputValue(), 'in:general line 7', 'nor the focus')

		const third = await heldBack(page, 'PATCH', /messages/)
		await box.press('ArrowUp')
		await page.keyboard.type('!')
		await page.keyboard.press('Enter')
		await page.keyboard.press('Escape')
		await twoFrames(page)
		const other = log.getByRole('article').filter({ hasText: 'the one before' })
		await isStill(page)
		await other.hover()
		await other.getByRole('button', { name: 'Edit', exact: true }).click()
		await page.keyboard.type(' is another')
		await third.release()
		await log.getByText('and more!').waitFor()
		t.equal(await editor.inputValue(), 'the one before is another')
		await editor.press('Escape')
	})

	t.test('what was asked in a dialog that was closed closes no other, and leads nowhere', async (t) => {
		await post(house, 'general', 'to be deleted')
		const last = log.getByRole('article').filter({ hasText: 'to be deleted' })
		const deletion = await heldBack(page, 'DELETE', /messages/)
		await isStill(page)
		await last.hover()
		await last.getByRole('button', { name: 'Delete', exact: true }).click()
		await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click()
		await page.keyboard.press('Escape')
		await page.keyboard.press('Control+k')
		await page.keyboard.type('be')
		await deletion.release()
		await last.waitFor({ state: 'detached' })
		await page.keyboard.type('ta')
		t.equal(await goTo.inputValue(), 'beta')
		await page.keyboard.press('Escape')

		const opening = await heldBack(page, 'PUT', /rooms\/gamma$/)
		await page.getByRole('button', { name: 'Browse and open rooms' }).click()
		await page.getByRole('button', { name: 'New room' }).click()
		await page.keyboard.type('gamma')
		await page.keyboard.press('Enter')
		await opening.asked
		await page.keyboard.press('Escape')
		await opening.release()
		await page.getByText('The room gamma is open.').waitFor()
		t.match(page.url(), /\/chat\/general$/)
	})

	t.test('what is said before the server knows it is not read by who wants to read again', async (t) => {
		const { sequence } = await post(house, 'general', 'to be read again')
		const last = log.getByRole('article').filter({ hasText: 'to be read again' })
		const unread = await heldBack(page, 'PUT', /unread$/)
		await isStill(page)
		await last.hover()
		await last.getByRole('button', { name: 'More', exact: true }).click()
		await page.getByRole('menuitem', { name: 'Mark unread from here' }).click()
		await unread.asked
		const reads: string[] = []
		page.on('request', (request) => reads.push(...(request.url().match(/\/read$/) ?? [])))
		await post(house, 'general', 'said meanwhile')
		await log.getByText('said meanwhile').waitFor()
		await twoFrames(page)
		t.same(reads, [])
		await unread.release()
		await until(async () => (await askJson(url, '/rooms/general', undefined, house.owner)).json.read === sequence - 1)

		await page.route(/unread$/, (route) => route.abort())
		await isStill(page)
		await log.getByRole('article').filter({ hasText: 'the one before' }).hover()
		await page.getByRole('button', { name: 'More', exact: true }).click()
		await page.getByRole('menuitem', { name: 'Mark unread from here' }).click()
		await page.getByText('There is no connection').waitFor()
		await house.server.post('general', 'said after that', bob.headers)
		await log.getByText('said after that').waitFor()
		await twoFrames(page)
		t.same(reads, [], 'also after they wanted that of another message, and it failed')
		await page.unroute(/unread$/)
		await page.keyboard.press('Escape')
	})

	t.test('the next key or click is for what the last one has led to', async (t) => {
		await page.evaluate(`${follow('/chat/alpha')}; setTimeout(() => ${follow('/settings/profile')})`)
		await page.getByRole('button', { name: 'Save name' }).waitFor()
		await twoFrames(page)
		t.match(page.url(), /settings\/profile$/, 'who goes on is not brought back')
		t.equal(await hasKeysAfter(page, `document.querySelector('nav [title=alpha]').click()`), 'Message')
		const pressed = `{ key: 'f', ctrlKey: true, shiftKey: true, bubbles: true }`
		const searches = `document.body.dispatchEvent(new KeyboardEvent('keydown', ${pressed}))`
		t.equal(await hasKeysAfter(page, `document.querySelector('nav [title=beta]').click(); ${searches}`), 'Search')
		await page.evaluate(follow('/chat/general'))
		await isStill(page)
		await log.getByRole('article').filter({ hasText: 'said meanwhile' }).hover()
		t.equal(await hasKeysAfter(page, `document.querySelector('.room [aria-label=Reply]').click()`), 'Reply')
		await page.keyboard.press('Escape')
	})

	t.test('what is offered to go to stays in its place while messages come', async (t) => {
		await page.keyboard.press('Control+k')
		await page.keyboard.press('ArrowDown')
		const chosen = page.locator('[role="option"][aria-selected="true"]')
		const offered = page.getByRole('option')
		const [before, order] = [await chosen.innerText(), await offered.allInnerTexts()]
		await house.server.post(before, '@ada come', bob.headers)
		await until(async () => (await page.title()).startsWith('(1)'))
		await page.getByText('1 unread').waitFor()
		t.match(await chosen.innerText(), new RegExp(`^${before}`))
		t.match(
			await offered.allInnerTexts(),
			order.map((name) => new RegExp(`^${name}`)),
		)
		await page.keyboard.press('Escape')
	})

	t.test('a list stays where it is read', async (t) => {
		const top = () => page.evaluate(scrollTop)
		await page.evaluate(follow('/chat/general/20'))
		await log.getByText('line 20', { exact: true }).waitFor()
		const row = log.getByRole('article').filter({ has: page.getByText('line 50', { exact: true }) })
		await until(async () => {
			await page.evaluate(`document.querySelector('[role=log]').scrollTop += 200`)
			await twoFrames(page)
			return await row.isVisible()
		})
		await isStill(page)
		await row.hover()
		await twoFrames(page)
		const before = await top()
		await row.getByRole('button', { name: 'Reply', exact: true }).click()
		await page.getByRole('complementary', { name: 'Thread' }).getByText('No replies yet').waitFor()
		t.equal(await top(), before, 'where a thread is opened beside it')
		await page.getByTitle('Members').click()
		await page.getByRole('complementary', { name: 'Members' }).waitFor()
		t.equal(await top(), before, 'and something else in its place')

		const around = await heldBack(page, 'GET', /around=/)
		await page.goto(`${url}/chat/general`)
		await log.getByText('said meanwhile').waitFor()
		await page.evaluate(follow('/chat/general/1'))
		await around.asked
		await box.press('Escape')
		await around.release()
		await log.getByText('said meanwhile').waitFor()
		t.equal(await log.getByText('line 1', { exact: true }).count(), 0, 'who did not wait is not brought there')

		await page.evaluate(`document.querySelector('[role=log]').scrollTop -= 1500`)
		await twoFrames(page)
		await box.press('ArrowUp')
		await editor.waitFor()
		await page.keyboard.type(', changed')
		t.equal(await editor.inputValue(), 'said meanwhile, changed', 'what one changes is brought to the screen')
		await editor.press('Escape')
	})

	t.test('what was refused before moves nobody who reads while the next is sent', async (t) => {
		const kept = JSON.stringify({ room: 'general', content: 'not wanted', refused: ['forbidden', 'You are muted.'] })
		await page.evaluate(`localStorage.setItem('tailroom-outbox ${url} ada 0-0', ${JSON.stringify(kept)})`)
		await page.reload()
		await log.getByText('not wanted').waitFor()
		await isStill(page)
		const sending = await heldBack(page, 'POST', /messages$/)
		await box.fill('wanted')
		await box.press('Enter')
		await sending.asked
		await isStill(page)
		await page.evaluate(`document.querySelector('[role=log]').scrollTop -= 600`)
		await isStill(page)
		const before = await page.evaluate(scrollTop)
		await sending.release()
		await page.getByRole('button', { name: 'Jump to latest' }).waitFor()
		await isStill(page)
		t.equal(await page.evaluate(scrollTop), before)
		await page.getByRole('button', { name: 'Jump to latest' }).click()
		await log.getByRole('button', { name: 'Discard' }).click()
	})

	t.test('a room that one visits can be joined also after an answer was lost', async () => {
		await putRoom(url, bob, 'visited')
		await page.route(/rooms\/visited$/, (route) => route.abort(), { times: 1 })
		await page.evaluate(follow('/chat/visited'))
		await page.getByRole('button', { name: 'Join' }).waitFor()
	})

	t.test('so is a thread read', async (t) => {
		await page.evaluate(follow('/chat/general'))
		const row = log.getByRole('article').filter({ has: page.getByText('said meanwhile', { exact: true }) })
		await isStill(page)
		await row.hover()
		await page.route(/\/replies\?/, (route) => route.abort(), { times: 1 })
		await row.getByRole('button', { name: 'Reply', exact: true }).click()
		const thread = page.getByRole('complementary', { name: 'Thread' })
		await thread.getByRole('button', { name: 'Try again' }).focus()
		await thread.getByText('No replies yet').waitFor()
		await twoFrames(page)
		t.equal(await page.evaluate('document.activeElement.ariaLabel'), 'Thread', 'and the focus stays in it')
		await page.evaluate(`document.querySelector('[role=log]').scrollTop -= 2500`)
		await page.getByRole('button', { name: 'Jump to latest' }).waitFor()
		await box.fill('beside the thread')
		await box.press('Enter')
		await page.getByRole('button', { name: 'Jump to latest' }).waitFor({ state: 'detached', timeout: 5_000 })
		await thread.getByRole('button', { name: 'Close thread' }).focus()
		await page.keyboard.press('Escape')
	})

	t.test('of the past nothing is said before it is known', async (t) => {
		const past = await heldBack(page, 'GET', /messages\?.*at=/)
		await page.getByRole('button', { name: 'Time travel' }).click()
		await past.asked
		const bar = page.getByRole('region', { name: 'Time travel' })
		t.notMatch(await bar.innerText(), /first message|nobody/)
		await past.release()
		await bar.getByText('Members then: ada, bob').waitFor()
		await page.keyboard.press('Escape')
	})

	t.test('who does not want the dialog any more that is still being loaded does not want anything else', async (t) => {
		const screens = await heldBack(page, 'GET', /assets\/screens.*js$/)
		await page.goto(`${url}/chat/general/20`)
		await log.getByText('line 20', { exact: true }).waitFor()
		await screens.asked
		await house.server.post('general', 'not read yet', bob.headers)
		await page.getByRole('link', { name: /general.*1/ }).waitFor()
		const reads: string[] = []
		page.on('request', (request) => reads.push(...(request.url().match(/\/read$/) ?? [])))
		await page.keyboard.press('Control+k')
		await page.keyboard.press('Escape')
		await screens.release()
		await twoFrames(page)
		t.equal(await page.getByRole('dialog').count(), 0)
		t.same(reads, [])
		t.match(page.url(), /general\/20$/)
		await page.evaluate(follow('/chat/general'))
	})

	t.test('somebody new is called as they are called, also after an answer was lost', async () => {
		const zoe = await addPerson(url, house.owner, 'zoe', 'bot')
		await askJson(
			url,
			'/users/zoe',
			{ displayName: 'Zoe the new one' },
			{ method: 'PATCH', headers: house.owner.headers },
		)
		// Nobody waits here for what is asked again after a while.
		await page.evaluate(`{
			const later = setTimeout
			globalThis.setTimeout = (act, ms) => later(act, ms > 5_000 ? 100 : ms)
		}`)
		await page.route(/\/users$/, (route) => route.abort(), { times: 1 })
		await addMember(url, house.owner, 'general', 'zoe')
		await house.server.post('general', 'hello from zoe', zoe.headers)
		const row = log.getByRole('article').filter({ hasText: 'hello from zoe' })
		await row.getByText('Zoe the new one').first().waitFor({ timeout: 5_000 })
	})

	t.test('after somebody has signed out in another window nothing is kept of what is typed', async (t) => {
		await box.fill('before')
		const drafts = () => page.evaluate(`Object.keys(localStorage).filter((key) => key.startsWith('tailroom-draft'))`)
		t.equal(((await drafts()) as string[]).length, 1)
		// As the other window does it; this one hears of it a moment later.
		await page.evaluate(`for (const key of Object.keys(localStorage)) localStorage.removeItem(key)`)
		await box.fill('after')
		t.same(await drafts(), [])
	})
})

const scrollTop = `Math.round(document.querySelector('[role=log]').scrollTop)`

/** A click on a link to an address of the app, such as one in a message. */
function follow(href: string): string {
	return `(() => {
		const link = document.createElement('a')
		link.href = ${JSON.stringify(href)}
		document.body.append(link)
		link.click()
		link.remove()
	})()`
}

/** What the next key would be for, once all is done that is done at once, and also when it is drawn. */
async function hasKeysAfter(page: Page, act: string): Promise<string> {
	const focused = 'document.activeElement.ariaLabel'
	const next = await page.evaluate(`(async () => {
		${act}
		await new Promise((resolve) => setTimeout(resolve))
		return ${focused}
	})()`)
	await twoFrames(page)
	const later = await page.evaluate(focused)
	return next === later ? String(later) : `${next}, then ${later}`
}

/** Waits until the list moves no more by itself. */
async function isStill(page: Page): Promise<void> {
	let last: unknown
	let still = 0
	await until(async () => {
		const now = await page.evaluate(scrollTop)
		still = now === last ? still + 1 : 0
		last = now
		await twoFrames(page)
		return still > 4
	})
}

function twoFrames(page: Page): Promise<unknown> {
	return page.evaluate('new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)))')
}

/** Holds back what a page asks for of that kind. `release` resolves when the page has the answer. */
async function heldBack(page: Page, method: string, path: RegExp) {
	const asked = Promise.withResolvers<void>()
	const released = Promise.withResolvers<void>()
	await page.route(path, async (route) => {
		if (route.request().method() !== method) return route.fallback()
		asked.resolve()
		await released.promise
		await route.continue()
	})
	const isAnswered = page.waitForResponse((answer) => path.test(answer.url()) && answer.request().method() === method)
	const release = async () => {
		await asked.promise
		released.resolve()
		await isAnswered
		await page.unroute(path)
		await twoFrames(page)
	}
	return { asked: asked.promise, release }
}

/** Says something as ada, from elsewhere. */
async function post({ server, owner }: WebHouse, room: string, content: string) {
	return server.post(room, content, owner.headers)
}
