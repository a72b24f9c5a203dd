import t from 'tap'
import { noBrowser } from '../helpers/chromium.ts'
import { askJson } from '../helpers/http.ts'
import { type Account, putRoom } from '../helpers/people.ts'
import { until } from '../helpers/until.ts'
import { startWebHouse } from '../helpers/web.ts'

t.test('wherever and however one reads', { skip: noBrowser }, async (t) => {
	const { server, owner, people, be } = await startWebHouse(t, { members: ['bob'] })
	const { url } = server
	await putRoom(url, people.bob as Account, 'arabic', { title: 'غرفة عامة', topic: 'مرحبا بكم' })
	const { id } = await server.post('general', 'who comes along?', owner.headers)
	await askJson(url, '/rooms/general/messages', { content: 'I do', replyTo: id }, people.bob)

	t.test('on a phone one thing is there at a time, and back is where one was', async (t) => {
		const { page } = await be('bob', '/chat', { phone: true })
		const rooms = page.getByRole('navigation', { name: 'Rooms' })
		const fits = async (where: string) => {
			t.equal(await page.evaluate('document.documentElement.scrollWidth'), 390, `${where} is as wide as the screen`)
			const small = `[...document.querySelectorAll('button, a.icon-button, a.room-link')].filter((one) => {
				const { width, height } = one.getBoundingClientRect()
				return one.checkVisibility() && width > 1 && Math.max(width, height) < 24
			}).map(({ outerHTML }) => outerHTML.slice(0, 90))`
			t.same(await page.evaluate(small), [], `what is tapped on ${where} is not too small`)
		}
		await rooms.getByRole('link', { name: /^general/ }).waitFor()
		t.equal(await page.getByRole('log').count(), 0)
		await fits('the list of rooms')
		await rooms.getByRole('link', { name: /^general/ }).tap()
		const log = page.getByRole('log', { name: 'general' })
		await log.getByText('I do').waitFor()
		t.notOk(await rooms.isVisible(), 'the rooms make place')
		t.not(await page.evaluate('document.activeElement.tagName'), 'TEXTAREA', 'no keyboard comes up by itself')
		await fits('a room')
		await page.getByRole('textbox', { name: 'Message' }).tap()
		await page.keyboard.type('by two thumbs')
		await page.getByRole('button', { name: 'Send' }).tap()
		await log.getByText('by two thumbs').waitFor()
		await log.getByRole('link', { name: 'ada: who comes along?' }).tap()
		const thread = page.getByRole('complementary', { name: 'Thread' })
		await thread.getByText('1 reply').waitFor()
		await fits('a thread')
		t.equal((await thread.boundingBox())?.width, 390, 'a thread has the whole screen')
		await page.getByRole('textbox', { name: 'Reply' }).tap()
		await page.keyboard.type('me too')
		await thread.getByRole('button', { name: 'Send' }).tap()
		await thread.getByText('2 replies').waitFor()
		await page.getByRole('button', { name: 'Close thread' }).tap()
		await thread.waitFor({ state: 'detached' })
		await page.getByRole('link', { name: 'All rooms' }).tap()
		await rooms.getByRole('link', { name: /^general/ }).waitFor()
		t.notOk(await log.isVisible())
		await page.goBack()
		await log.getByText('by two thumbs').waitFor()
	})

	t.test('what is written from right to left is, each by itself', async (t) => {
		const { page } = await be('bob', '/chat/arabic')
		const box = page.getByRole('textbox', { name: 'Message' })
		const direction = (selector: string) =>
			page.evaluate(`getComputedStyle(document.querySelector('${selector}')).direction`)
		await box.fill('مرحبا')
		t.equal(await direction('.composer textarea'), 'rtl')
		await box.press('Enter')
		await box.fill('hello')
		t.equal(await direction('.composer textarea'), 'ltr')
		await box.press('Enter')
		const log = page.getByRole('log', { name: 'غرفة عامة' })
		for (const [text, expected] of [
			['مرحبا', 'rtl'],
			['hello', 'ltr'],
		] as const) {
			await log.locator('.message-text').getByText(text).waitFor()
			const found = await page.evaluate(`[...document.querySelectorAll('.message-text p')]
				.filter(({ textContent }) => textContent.includes('${text}')).map((p) => getComputedStyle(p).direction)`)
			t.same(found, [expected], text)
		}
		for (const where of [
			'.room-title h1 button',
			'.room-title p',
			'.room-link[aria-current] .room-link-name',
			'.room-beginning p',
		]) {
			t.equal(await direction(where), 'rtl', where)
		}
	})

	t.test('an app from right to left has its sides changed', async (t) => {
		const { page } = await be('bob', '/chat/general')
		await page.getByRole('log').getByText('I do').waitFor()
		await page.evaluate('document.documentElement.dir = "rtl"')
		const left = async (selector: string) => (await page.locator(selector).boundingBox())?.x ?? Number.NaN
		t.ok((await left('.sidebar')) > (await left('main.room')), 'the rooms are on the right')
		t.equal(await page.evaluate('document.documentElement.scrollWidth'), 1280, 'and nothing sticks out')
	})

	t.test('who wants no motion sees none', async (t) => {
		const { page } = await be('bob', '/chat/general')
		await page.emulateMedia({ reducedMotion: 'reduce' })
		// What had begun before goes on as it was.
		await until(async () => (await page.evaluate('document.getAnimations().length')) === 0)
		const moving = `document.getAnimations().filter(({ playState, effect }) =>
			playState === 'running' && effect.getComputedTiming().duration > 1).length`
		await page.evaluate(`globalThis.moved = 0; (function look() {
			moved = Math.max(moved, ${moving})
			requestAnimationFrame(look)
		})()`)
		await page.getByRole('button', { name: 'Go to …' }).click()
		await page.getByRole('dialog').waitFor()
		await page.keyboard.press('Escape')
		await page.getByRole('button', { name: /^Members/ }).click()
		await page.getByRole('complementary', { name: 'Members' }).waitFor()
		await page.getByRole('log').getByText('I do').hover()
		await page.getByRole('button', { name: 'More' }).click()
		await page.getByRole('menuitem').first().waitFor()
		await until(async () => (await page.evaluate('document.getAnimations().length')) === 0)
		t.equal(await page.evaluate('moved'), 0)
	})
})
