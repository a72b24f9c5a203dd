import t from 'tap'
import { noBrowser } from '../helpers/chromium.ts'
import { ask, askJson } from '../helpers/http.ts'
import { addPerson } from '../helpers/people.ts'
import { until } from '../helpers/until.ts'
import { brokenLine, startWebHouse } from '../helpers/web.ts'

/** All that the app has in this browser, as one text; without what belongs to nobody, as its own files. */
const everythingKept = `(async () => {
	// Then it writes at once.
	dispatchEvent(new Event('pagehide'))
	const cache = await caches.open('tailroom-kept')
	const kept = await Promise.all((await cache.keys()).map(async ({ url }) => decodeURIComponent(url) + await (await cache.match(url))?.text()))
	return JSON.stringify([{ ...localStorage }, { ...sessionStorage }, await indexedDB.databases(), kept, location.href])
})()`

/** Those that are shown, by their tags. */
const recordNotifications = `
	globalThis.notified = new Set()
	globalThis.Notification = class {
		static permission = 'granted'
		constructor(_title, { tag }) {
			this.tag = tag
			notified.add(tag)
		}
		close() {
			notified.delete(this.tag)
		}
	}`

t.test('who is erased is nowhere in the browsers of others', { skip: noBrowser }, async (t) => {
	const names = ['bartholomew', 'cassandra', 'demetrius']
	const { server, owner, people, be } = await startWebHouse(t, { members: names })
	const { url } = server
	const say = (from: string, to: string, content: string) =>
		askJson(url, `/rooms/@${to}/messages`, { content }, { headers: people[from]?.headers ?? {} })
	for (const name of ['bartholomew', 'demetrius']) await say(name, 'ada', `hello from ${name.slice(0, 3)}`)
	// What is asked for by the old name is not there any more.
	const expected = new RegExp(`status of 40[34]|${brokenLine.source}`)
	const { page, context } = await be('ada', '/chat/@demetrius', { expected })
	const box = page.getByRole('textbox', { name: 'Message' })
	const kept = (): Promise<string> => page.evaluate(everythingKept)
	const erase = (name: string) => ask(url, `/users/${name}`, { method: 'DELETE', headers: owner.headers })
	await page.getByText('hello from dem').waitFor()
	await box.fill('for later, d')

	await t.test('also who was written to for the first time', async () => {
		await page.goto(`${url}/chat/@cassandra`)
		await box.fill('never sent')
		await until(async () => /draft ada @cassandra/.test(await kept()))
		await page.getByRole('link', { name: /bartholomew/ }).click()
		await erase('cassandra')
		await until(async () => !/cassandra/.test(await kept()))
	})

	await t.test('also who was only told of', async () => {
		await context.addInitScript(recordNotifications)
		await page.goto(`${url}/chat/general`)
		await until(async () => /You:\s*ada\s*online/.test(await page.innerText('body')))
		const eleanor = await addPerson(url, owner, 'eleanor', 'bot')
		await askJson(url, '/rooms/@ada/messages', { content: 'hello from ele' }, { headers: eleanor.headers })
		const isTold = async () => (await page.evaluate(`notified.has("@eleanor")`)) === true
		await until(isTold)
		await erase('eleanor')
		await until(async () => !(await isTold()))
		await page.getByRole('link', { name: /bartholomew/ }).click()
	})

	await t.test('who is read just now goes on under the new name, and so does what is written to them', async (t) => {
		await page.getByText('hello from bar').waitFor()
		await context.setOffline(true)
		await box.fill('written in a tunnel')
		await box.press('Enter')
		await box.fill('half a sentence')
		await until(async () => /rooms.@bartholomew.*hello from bar/.test(await kept()))
		await erase('bartholomew')
		await context.setOffline(false)
		await page
			.getByRole('button', { name: 'Try now' })
			.click({ timeout: 1_000 })
			.catch(() => {})
		await page.waitForURL(`${url}/chat/@erased-3`)
		await page.getByRole('log').getByText('hello from bar').waitFor()
		await until(async () => (await box.inputValue()) === 'written in a tunnel\n\nhalf a sentence')
		await until(async () => !/bartholomew/.test(await kept()))
		t.match(await kept(), /draft ada @erased-3 /)
	})

	await t.test('also who was erased while nobody was here', async (t) => {
		const waiting = JSON.stringify({ room: '@demetrius', content: 'written before' })
		await page.evaluate(`localStorage.setItem('tailroom-outbox ${url} ada 0-0', ${JSON.stringify(waiting)})`)
		await page.goto('about:blank')
		await erase('demetrius')
		await page.goto(`${url}/chat/general`)
		await page.getByText('was not sent').waitFor()
		await until(async () => !/demetrius/.test(await kept()))
		await page.getByRole('link', { name: 'Notes to self' }).click()
		t.equal(await box.inputValue(), 'written before')
		t.equal((await page.innerText('body')).includes('demetrius'), false)
	})
})
