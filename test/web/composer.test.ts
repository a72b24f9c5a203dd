import type { Page, Route } from 'playwright-core'
import t from 'tap'
import { noBrowser } from '../helpers/chromium.ts'
import { ask, askJson } from '../helpers/http.ts'
import { putRoom } from '../helpers/people.ts'
import { startServer } from '../helpers/server.ts'
import { until } from '../helpers/until.ts'
import { brokenLine, startWebHouse, type WebHouse } from '../helpers/web.ts'

/** Lines are broken here, and posts refused. */
const failed = new RegExp(`${brokenLine.source}|status of 4`)

t.test('where one writes', { skip: noBrowser }, async (t) => {
	const house = await startWebHouse(t, { members: ['bob', 'eve'] })
	const { server, owner, be } = house
	await putRoom(server.url, owner, 'design')
	await putRoom(server.url, owner, 'old-plans')
	await putRoom(server.url, owner, 'old-plans', { archived: true })
	const ada = (await be('ada', '/chat/general', { expected: failed })).page
	const bob = (await be('bob', '/chat/general', { expected: failed })).page
	await bob.getByRole('textbox', { name: 'Message' }).waitFor()

	t.test('Enter sends, Shift and Enter begins a new line, and the button sends too', async (t) => {
		await written(ada, '')
		t.equal(await focused(ada), 'Message', 'one can write at once')
		await ada.keyboard.type('first line')
		await ada.keyboard.press('Shift+Enter')
		await ada.keyboard.type('second line')
		await ada.keyboard.press('Enter')
		await written(ada, '')
		await box(ada).fill('  \n ')
		await ada.keyboard.press('Enter')
		await box(ada).fill('by the button')
		await ada.getByRole('button', { name: 'Send' }).click()
		t.equal(await focused(ada), 'Message', 'the focus stays')
		await messages(bob).getByText('by the button').waitFor()
		t.same(await said(house, 'general'), ['first line\nsecond line', 'by the button'], 'and nothing that is empty')
	})

	t.test('↑ is for what one has said last, also while it is under way', async (t) => {
		const held = Promise.withResolvers<Route>()
		await ada.route('**/messages', (route) => held.resolve(route), { times: 1 })
		await box(ada).fill('said just now')
		await ada.keyboard.press('Enter')
		const under = await held.promise
		await ada.keyboard.press('ArrowUp')
		await under.continue()
		const editor = ada.getByRole('textbox', { name: 'Edited text' })
		await editor.waitFor()
		t.equal(await editor.inputValue(), 'said just now')
		await until(async () => (await focused(ada)) === 'Edited text')
		await editor.press('Escape')
		await editor.waitFor({ state: 'detached' })
	})

	t.test('on a phone Enter begins a new line', async (t) => {
		const { page } = await be('eve', '/chat/general', { phone: true, expected: failed })
		await box(page).click()
		await page.keyboard.type('one')
		await page.keyboard.press('Enter')
		await page.keyboard.type('two')
		await written(page, 'one\ntwo')
		await page.getByRole('button', { name: 'Send' }).tap()
		await messages(ada).getByText('two').waitFor()
		t.equal((await said(house, 'general')).at(-1), 'one\ntwo')
	})

	t.test('people, rooms and emoji are completed by the keyboard alone', async (t) => {
		await box(ada).focus()
		const options = ada.getByRole('option')
		await ada.keyboard.type('Hi @')
		await options.first().waitFor()
		t.match(await ada.getByRole('textbox', { name: 'Message' }).getAttribute('aria-activedescendant'), /-0$/)
		t.same(
			await options.allInnerTexts().then(lastLines),
			['bob', 'eve', 'Everybody in this room'].sort(),
			'not oneself',
		)
		await ada.keyboard.type('b')
		await options.getByText('bob').waitFor()
		await ada.keyboard.press('Enter')
		await written(ada, 'Hi @bob ')
		await ada.keyboard.type('see #')
		await options.nth(1).waitFor()
		await ada.keyboard.press('ArrowUp')
		const last = lastLines([(await ada.getByRole('option', { selected: true }).innerText()) as string])[0]
		await ada.keyboard.press('Tab')
		await written(ada, `Hi @bob see #${last} `)
		await ada.keyboard.type(':tad')
		await options.getByText(':tada:').waitFor()
		await ada.keyboard.press('Enter')
		await written(ada, `Hi @bob see #${last} 🎉 `)
		await ada.keyboard.type('@e')
		await options.first().waitFor()
		await ada.keyboard.press('Escape')
		await options.first().waitFor({ state: 'detached' })
		await ada.keyboard.type('v')
		t.equal(await options.count(), 0, 'what was closed stays so')
		await ada.keyboard.type('e and @bob')
		await options.first().waitFor()
		await ada.keyboard.press('Enter')
		await written(ada, '')
		await messages(bob).getByText('and @bob').waitFor()
		t.equal((await said(house, 'general')).at(-1), `Hi @bob see #${last} 🎉 @eve and @bob`, 'a whole name is sent')
	})

	t.test('a name is picked by a click too, and the focus stays', async (t) => {
		await box(ada).focus()
		await ada.keyboard.type('@ev')
		await ada.getByRole('option', { name: 'eve' }).click()
		await written(ada, '@eve ')
		t.equal(await focused(ada), 'Message')
		await box(ada).fill('')
	})

	t.test('the name of an emoji becomes the emoji, but in code', async () => {
		await box(ada).focus()
		await ada.keyboard.type('`:tada:` :tada:')
		await written(ada, '`:tada:` 🎉')
		await box(ada).fill(':rocket: `:rocket:`')
		await ada.keyboard.press('Enter')
		await messages(bob).getByText('🚀 ').waitFor()
	})

	t.test('Control and B makes bold, and an address over words a link', async () => {
		await box(ada).fill('words')
		await ada.keyboard.press('ControlOrMeta+A')
		await ada.keyboard.press('ControlOrMeta+B')
		await written(ada, '**words**')
		await ada.keyboard.press('ControlOrMeta+B')
		await written(ada, 'words')
		await ada.keyboard.press('ControlOrMeta+A')
		await ada.evaluate(`{
			const clipboardData = new DataTransfer()
			clipboardData.setData('text/plain', 'https://example.org/a')
			document.activeElement.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true }))
		}`)
		await written(ada, '[words](https://example.org/a)')
		await box(ada).fill('')
	})

	t.test('what is not sent is there again, in its room, after a reload, and in another window', async (t) => {
		await box(ada).fill('half a thought')
		await ada.getByRole('navigation', { name: 'Rooms' }).getByRole('link', { name: 'design' }).click()
		await messages(ada, 'design').waitFor()
		await written(ada, '')
		await box(ada).fill('of another room')
		await ada.getByRole('navigation', { name: 'Rooms' }).getByRole('link', { name: 'general' }).click()
		await written(ada, 'half a thought')
		await ada.reload()
		await written(ada, 'half a thought')
		const second = await ada.context().newPage()
		await second.goto(`${server.url}/chat/general`)
		await written(second, 'half a thought')
		await box(second).fill('half a thought and more')
		await written(ada, 'half a thought and more')
		await box(second).press('Enter')
		await written(ada, '')
		await second.goto(`${server.url}/chat/design`)
		await written(second, 'of another room')
		await second.close()
		t.equal((await said(house, 'general')).at(-1), 'half a thought and more')
	})

	t.test('two windows do not write over each other', async () => {
		// As if both were typed in at the same moment: neither hears of the other before it has words of its own.
		const [one, other] = await Promise.all([ada.context().newPage(), ada.context().newPage()])
		for (const page of [one, other]) {
			await page.addInitScript(`addEventListener('storage', (event) => event.stopImmediatePropagation())`)
			await page.goto(`${server.url}/chat/general`)
			await written(page, '')
		}
		await box(one).fill('words of one')
		await box(other).fill('words of the other')
		await written(one, 'words of one')
		await box(one).press('Enter')
		await written(one, '')
		await other.reload()
		await written(other, 'words of the other')
		await box(other).fill('')
		await Promise.all([one.close(), other.close()])
	})

	t.test('what is too long is said before it is sent', async (t) => {
		await box(ada).fill('a'.repeat(66_000))
		await ada.getByText('464 bytes too long').waitFor()
		await box(ada).press('Enter')
		t.equal(await ada.evaluate('document.activeElement.value.length'), 66_000, 'it is not sent, and not lost')
		await box(ada).fill('')
		await ada.getByText('too long').waitFor({ state: 'detached' })
	})

	t.test('others see who is typing, until it is said', async (t) => {
		await box(ada).focus()
		await ada.keyboard.type('w')
		await bob.getByText('ada is typing').waitFor()
		await ada.keyboard.type('ritten')
		await ada.keyboard.press('Enter')
		await bob.getByText('written').waitFor()
		t.equal(await bob.getByText('ada is typing').count(), 0, 'not only when who stops to type is forgotten')
	})

	t.test('what is refused says why, and can be sent again, changed or discarded', async (t) => {
		const mute = '/rooms/general/mutes/bob'
		const muted = { reason: 'too loud', untilMs: Date.now() + 3_600_000 }
		await askJson(server.url, mute, muted, { method: 'PUT', headers: owner.headers })
		for (const text of ['let me speak', 'let me change', 'let me forget']) {
			await box(bob).fill(text)
			await box(bob).press('Enter')
		}
		const rows = bob.getByRole('article').filter({ hasText: 'Not sent.' })
		await rows.nth(2).waitFor()
		const refused = await rows.first().innerText()
		t.match(refused, /too loud/, 'in the words of the server')
		t.notMatch(refused, /\dT\d/, 'with a time as people tell it')
		await rows.filter({ hasText: 'let me forget' }).getByRole('button', { name: 'Discard' }).click()
		await messages(bob).getByText('let me forget').waitFor({ state: 'detached' })
		t.equal(await focused(bob), 'Message', 'one can write on')
		await rows.filter({ hasText: 'let me change' }).getByRole('button', { name: 'Edit' }).click()
		await written(bob, 'let me change')
		t.equal(await focused(bob), 'Message')
		await ask(server.url, mute, { method: 'DELETE', headers: owner.headers })
		await rows.getByRole('button', { name: 'Try again' }).click()
		await messages(ada).getByText('let me speak').waitFor()
		await rows.first().waitFor({ state: 'detached' })
		t.equal(await messages(bob).getByText('let me speak').count(), 1)
		await box(bob).fill('')
	})

	t.test('a post whose answer is lost appears once', async (t) => {
		let posts = 0
		await bob.route('**/rooms/general/messages', async (route) => {
			if (route.request().method() !== 'POST') return route.fallback()
			posts += 1
			if (posts > 1) return route.fallback()
			await route.fetch()
			await messages(bob).getByText('said once').waitFor()
			// It is there, and what it was written as is not there beside it.
			await until(async () => (await bob.locator('.outgoing').count()) === 0)
			await route.abort()
		})
		await box(bob).fill('said once')
		await box(bob).press('Enter')
		await messages(ada).getByText('said once').waitFor()
		await box(bob).fill('said after it')
		await box(bob).press('Enter')
		await messages(ada).getByText('said after it').waitFor()
		await bob.unroute('**/rooms/general/messages')
		t.ok(posts > 2, 'it was sent again')
		t.same((await said(house, 'general')).slice(-2), ['said once', 'said after it'])
		t.equal(await messages(bob).getByText('said once').count(), 1)
	})

	t.test('an open room is joined where one would write, and then one can write', async (t) => {
		const { page } = await be('eve', '/chat/design', { phone: true, expected: failed })
		await page.getByText('You are looking at #design').waitFor()
		t.equal(await box(page).count(), 0)
		await page.getByRole('button', { name: 'Join' }).tap()
		await until(async () => (await focused(page)) === 'Message')
		await page.keyboard.type('here I am')
		await page.getByRole('button', { name: 'Send' }).tap()
		await messages(page, 'design').getByText('here I am').waitFor()
		await page.goto(`${server.url}/chat/old-plans`)
		await page.getByText('This room is archived').waitFor()
		t.equal(await box(page).count(), 0)
	})

	t.test('a room that is lost while one writes takes the focus over, and gives the words back', async () => {
		await putRoom(server.url, owner, 'guild', { visibility: 'private' })
		const { headers } = owner
		const asMember = () => askJson(server.url, '/rooms/guild/members/eve', {}, { headers, method: 'PUT' })
		await asMember()
		const { page } = await be('eve', '/chat/guild', { expected: failed })
		await box(page).fill('half a thought')
		await ask(server.url, '/rooms/guild/members/eve', { headers, method: 'DELETE' })
		await page.getByRole('heading', { name: 'There is no #guild for you' }).waitFor()
		await page.locator(':focus').getByRole('heading', { name: 'There is no #guild for you' }).waitFor()
		await asMember()
		await written(page, 'half a thought')
		await box(page).focus()
		await putRoom(server.url, owner, 'guild', { archived: true })
		await page.locator(':focus', { hasText: 'This room is archived' }).waitFor()
		await page.context().close()
	})

	t.test('an open room that has become private meanwhile is not joined', async () => {
		await putRoom(server.url, owner, 'yard')
		const { page } = await be('eve', '/chat/yard', { expected: failed })
		await page.getByText('You are looking at #yard').waitFor()
		await putRoom(server.url, owner, 'yard', { visibility: 'private' })
		await page.getByRole('button', { name: 'Join' }).click()
		await page.getByRole('heading', { name: 'There is no #yard for you' }).waitFor()
		await page.context().close()
	})

	t.test('without a line what is written waits, and is sent in order and once', async (t) => {
		const { page } = await be('eve', '/chat/general', { expected: failed })
		await written(page, '')
		await server.stop('SIGKILL')
		await page.getByText('No connection').waitFor()
		for (const text of ['wait one', 'wait two', 'wait three', 'no more']) {
			await box(page).fill(text)
			await box(page).press('Enter')
			await messages(page).getByText(text).waitFor()
		}
		await messages(page).getByText('Waiting for a connection').first().waitFor()
		const last = page.getByRole('article').filter({ hasText: 'no more' })
		await last.getByRole('button', { name: 'Discard' }).click()
		await last.waitFor({ state: 'detached' })
		await startServer(t, { directory: server.directory, port: server.port, guests: false })
		await messages(page).getByText('Waiting for a connection').first().waitFor({ state: 'detached' })
		await until(async () => (await page.locator('.outgoing').count()) === 0)
		t.same((await said(house, 'general')).slice(-3), ['wait one', 'wait two', 'wait three'])
		t.equal(
			await messages(page)
				.getByText(/wait (one|two|three)/)
				.count(),
			3,
		)
	})
})

function box(page: Page) {
	return page.getByRole('textbox', { name: 'Message' })
}

function messages(page: Page, room = 'general') {
	return page.getByRole('log', { name: room })
}

/** Waits until that is what stands where one writes. */
async function written(page: Page, text: string): Promise<void> {
	await until(async () => (await box(page).inputValue()) === text)
}

function focused(page: Page): Promise<unknown> {
	return page.evaluate('document.activeElement?.ariaLabel')
}

/** All that the server has of a room. */
async function said({ server, owner }: WebHouse, room: string): Promise<string[]> {
	const { json } = await ask(server.url, `/rooms/${room}/messages`, { headers: owner.headers })
	return json.messages.map(({ content }: { content: string }) => content)
}

/** The last line of each, in an order of its own. */
function lastLines(texts: string[]): string[] {
	return texts.map((text) => text.trim().split('\n').at(-1) as string).sort()
}
