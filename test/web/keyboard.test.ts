import type { Page, Route } from 'playwright-core'
import t, { type Test } from 'tap'
import { noBrowser } from '../helpers/chromium.ts'
import { askJson } from '../helpers/http.ts'
import { type Account, password, putRoom } from '../helpers/people.ts'
import { until } from '../helpers/until.ts'
import { openWindow, startWebHouse } from '../helpers/web.ts'

t.test('all of it by the keyboard alone', { skip: noBrowser }, async (t) => {
	const { server, owner, people, browser } = await startWebHouse(t, { members: ['bob'] })
	const { url } = server
	const bob = people.bob as Account
	await putRoom(url, bob, 'news')
	await putRoom(url, owner, 'party', { title: 'Party', topic: 'Who brings what' })
	await server.post('general', 'the first word', owner.headers)
	await server.post('party', 'bread and soup', owner.headers)
	const { page } = await openWindow(t, browser, url, { expected: /Failed to load resource/ })
	const hand = new Hand(page)
	const log = (name: string) => page.getByRole('log', { name })

	t.test('in, by name and password', async (t) => {
		await page.goto(`${url}/chat/general`)
		await hand.isOn(t, 'Name')
		await hand.writes('bob')
		await hand.presses(t, 'Tab')
		await hand.isOn(t, 'Password')
		await hand.writes(password)
		await hand.presses(t, 'Enter')
		await log('general').getByText('the first word').waitFor()
		await hand.isOn(t, 'Message')
	})

	t.test('Tab goes through it in the order in which it is read', async (t) => {
		const stops = await hand.stopsBefore('Message')
		const order = [
			'Go to …',
			'Browse and open rooms',
			'general',
			'news',
			'Write to somebody',
			/You: bob/,
			'Time travel',
			'Search',
			/^Members/,
			'About this room',
			'general',
		]
		let at = -1
		for (const name of order) {
			const next = stops.findIndex(
				(stop, index) => index > at && (name instanceof RegExp ? name.test(stop) : stop === name),
			)
			t.ok(next > at, `${name} comes then, of ${stops.join(' | ')}`)
			at = next
		}
	})

	t.test('what one writes is completed, sent, and written anew', async (t) => {
		await hand.goes(t, 'Message')
		await hand.writes('hello @a')
		await page.getByRole('option', { name: /ada/ }).waitFor()
		await hand.presses(t, 'Enter')
		await hand.writes(':tad')
		await page.getByRole('option', { name: /tada/ }).waitFor()
		await hand.presses(t, 'Tab', 'Enter')
		await log('general').getByText('@ada 🎉').waitFor()
		await hand.isOn(t, 'Message')
		await hand.presses(t, 'ArrowUp')
		await hand.isOn(t, 'Edited text')
		await hand.writes(' not this')
		await hand.presses(t, 'Escape')
		await hand.isOn(t, 'Message')
		await hand.presses(t, 'ArrowUp', 'ControlOrMeta+A')
		await hand.writes('hello to all')
		await hand.presses(t, 'Enter')
		await log('general').getByText('hello to all').waitFor()
		await page.getByRole('button', { name: '(edited)' }).waitFor()
		await hand.isOn(t, 'Message')
		t.equal(await log('general').getByText('not this').count(), 0)
	})

	t.test('a message is gone to, reacted to, answered and deleted', async (t) => {
		await hand.goesBack(t, 'general')
		await hand.presses(t, 'ArrowUp', 'ArrowUp')
		t.match(await hand.on(), /the first word/)
		await hand.presses(t, 'ArrowDown', 'ArrowUp')
		await hand.goes(t, 'React')
		await hand.presses(t, 'Enter')
		await hand.isOn(t, 'Find an emoji')
		await hand.writes('rocket')
		await page.getByRole('gridcell', { name: 'rocket' }).waitFor()
		await hand.presses(t, 'Enter')
		await log('general').getByRole('button', { name: '🚀 1, you' }).waitFor()
		await hand.isOn(t, 'React')
		await hand.goes(t, 'More')
		await hand.presses(t, 'Enter')
		await hand.isOn(t, 'Reply')
		await hand.presses(t, 'ArrowUp', 'Escape')
		await hand.isOn(t, 'More')
		await hand.presses(t, 'Enter', 'Enter')
		await hand.isOn(t, 'Reply')
		const thread = page.getByRole('complementary', { name: 'Thread' })
		await hand.writes('the second')
		await hand.presses(t, 'Enter')
		await thread.getByText('1 reply').waitFor()
		await hand.isOn(t, 'Reply')
		await hand.presses(t, 'Escape')
		await thread.waitFor({ state: 'detached' })
		await hand.goes(t, 'Message')

		await hand.goesBack(t, /the second/)
		await hand.goes(t, 'Delete')
		await hand.presses(t, 'Enter')
		const asked = page.getByRole('dialog', { name: 'Delete your message?' })
		await asked.waitFor()
		await hand.goes(t, 'Delete')
		await hand.presses(t, 'Enter')
		await asked.waitFor({ state: 'detached' })
		await log('general').getByText('You deleted this message.').or(log('general').getByText('bob deleted')).waitFor()
		await hand.isSomewhere(t)
	})

	t.test('another room is gone to, and one is found and joined', async (t) => {
		await hand.presses(t, 'ControlOrMeta+k')
		await hand.isOn(t, 'Find a room or person')
		await hand.writes('ne')
		await page.getByRole('option', { name: 'news' }).waitFor()
		await hand.presses(t, 'Enter')
		await log('news').waitFor()
		await hand.isOn(t, 'Message')
		await hand.goesBack(t, 'Browse and open rooms')
		await hand.presses(t, 'Enter')
		await hand.isOn(t, 'Find')
		await hand.writes('soup-less')
		await page.getByText('No room is called so.').waitFor()
		await hand.presses(t, 'ControlOrMeta+A')
		await hand.writes('who brings')
		await page.getByRole('button', { name: 'Join Party' }).waitFor()
		await hand.goes(t, 'Join Party')
		await hand.presses(t, 'Enter')
		await page.getByRole('button', { name: 'Leave Party' }).waitFor()
		await hand.isOn(t, 'Leave Party')
		await hand.goesBack(t, 'Party')
		await hand.presses(t, 'Enter')
		await log('Party').getByText('bread and soup').waitFor()
		await hand.isOn(t, 'Message')
	})

	t.test('what was said is found, and gone to', async (t) => {
		await hand.presses(t, 'ControlOrMeta+Shift+F')
		await hand.isOn(t, 'Search')
		await hand.presses(t, 'ControlOrMeta+A')
		await hand.writes('first word')
		await page.getByRole('list', { name: 'Found' }).getByRole('link').waitFor()
		await hand.goes(t, /first word/)
		await hand.presses(t, 'Enter')
		await log('general').getByText('the first word').waitFor()
		await hand.isSomewhere(t)
		await hand.presses(t, 'Escape')
		await page.getByRole('complementary', { name: 'Search' }).waitFor({ state: 'detached' })
		await hand.isOn(t, 'Message')
	})

	t.test('the past, and back', async (t) => {
		await hand.goesBack(t, 'Time travel')
		await hand.presses(t, 'Enter')
		await log('general, as it was').waitFor()
		await hand.isOn(t, 'Position in time')
		await page.getByText(/^[1-9]\d* of \d+ messages$/).waitFor()
		await hand.presses(t, 'Home')
		await page.getByText('Before the first message').waitFor()
		await hand.presses(t, 'ArrowRight')
		await log('general, as it was').getByText('the first word').waitFor()
		await hand.goes(t, 'One step forward')
		const late = Promise.withResolvers<Route>()
		await page.route(/\/wait\?/, (route) => late.resolve(route))
		await hand.presses(t, 'Enter')
		await hand.isOn(t, 'One step forward')
		const held = await late.promise
		await hand.presses(t, 'Escape')
		await log('general').waitFor()
		await hand.isOn(t, 'Message')
		const answered = page.waitForResponse(/\/wait\?/)
		await held.continue()
		await answered
		// As long as the address takes to follow.
		await page.evaluate('new Promise((resolve) => setTimeout(resolve, 500))')
		t.match(page.url(), /\/chat\/general$/, 'what comes late brings nobody back')
	})

	t.test('the settings, and a token', async (t) => {
		await hand.goesBack(t, /You: bob/)
		await hand.presses(t, 'Enter')
		await hand.goes(t, 'Settings')
		await hand.presses(t, 'Enter')
		await page.getByRole('heading', { name: 'Profile' }).waitFor()
		await hand.isSomewhere(t)
		await hand.goes(t, 'Tokens')
		await hand.presses(t, 'Enter')
		await page.getByRole('heading', { name: 'Tokens' }).waitFor()
		await hand.isSomewhere(t)
		await hand.goes(t, 'New token')
		await hand.presses(t, 'Enter')
		await hand.isOn(t, /What it is for/)
		await hand.writes('a script')
		await hand.presses(t, 'Enter')
		await hand.isOn(t, 'Your new token')
		await hand.goes(t, 'Done')
		await hand.presses(t, 'Enter')
		await hand.isOn(t, 'New token')
		await hand.presses(t, 'Escape')
		await log('general').waitFor()
		await hand.isOn(t, 'Message')
	})

	t.test('the keys are listed, and each does what is said of it', async (t) => {
		await hand.goesBack(t, 'general')
		await hand.presses(t, 'ArrowUp', '?')
		const keys = page.getByRole('dialog', { name: 'Keys' })
		await keys.waitFor()
		t.same(
			await page.evaluate(
				'[...document.querySelectorAll("dialog dt")].map((one) => [...one.children].map((key) => key.textContent).join(" "))',
			),
			[
				'Ctrl K',
				'Ctrl Shift F',
				'Alt ↑↓',
				'Alt Shift ↑↓',
				'↑',
				'Shift Enter',
				'Ctrl B',
				'Ctrl I',
				'Ctrl E',
				'Ctrl Shift K',
				'Esc',
				'↑ ↓',
				'Home End',
				'?',
			],
		)
		await hand.presses(t, 'Escape')
		await keys.waitFor({ state: 'detached' })
		t.match(await hand.on(), /\d:\d\d/, 'the message has the focus again')
		await hand.presses(t, 'Home')
		await page.getByRole('heading', { name: 'This is the beginning of #general' }).waitFor()
		await hand.presses(t, 'End')

		await hand.goes(t, 'Message')
		const written = async (text: string) => {
			await until(async () => (await page.getByRole('textbox', { name: 'Message' }).inputValue()) === text)
			await hand.presses(t, 'ControlOrMeta+A')
		}
		await hand.writes('one')
		await hand.presses(t, 'Shift+Enter')
		await hand.writes('two')
		await written('one\ntwo')
		await hand.writes('word')
		await hand.presses(t, 'ControlOrMeta+A', 'ControlOrMeta+B')
		await written('**word**')
		await hand.writes('word')
		await hand.presses(t, 'ControlOrMeta+A', 'ControlOrMeta+I')
		await written('_word_')
		await hand.writes('word')
		await hand.presses(t, 'ControlOrMeta+A', 'ControlOrMeta+E')
		await written('`word`')
		await hand.writes('word')
		await hand.presses(t, 'ControlOrMeta+A', 'ControlOrMeta+Shift+K')
		await until(async () => /^\[word\]\(/.test(await page.getByRole('textbox', { name: 'Message' }).inputValue()))
		await hand.presses(t, 'ControlOrMeta+A', 'Delete')

		await server.post('party', 'who brings a cake?', owner.headers)
		await page.getByRole('link', { name: 'Party, 1 unread' }).waitFor()
		await hand.presses(t, 'Alt+ArrowDown')
		await log('news').waitFor()
		await hand.isOn(t, 'Message')
		await hand.presses(t, 'Alt+ArrowUp')
		await log('general').waitFor()
		await hand.presses(t, 'Alt+Shift+ArrowDown')
		await log('Party').getByText('who brings a cake?').waitFor()
		await hand.isOn(t, 'Message')
		await askJson(url, '/rooms/party/unread', { sequence: 1 }, { ...bob, method: 'PUT' })
		await page.getByRole('link', { name: 'Party, 2 unread' }).waitFor()
		await hand.presses(t, 'Escape')
		await page.getByRole('link', { name: 'Party', exact: true }).waitFor()
		await hand.isOn(t, 'Message')
	})
})

/** Somebody who has a keyboard, and nothing else. */
class Hand {
	readonly #page: Page

	constructor(page: Page) {
		this.#page = page
	}

	/** What has the focus, by its name or else its text. */
	on(): Promise<string> {
		return this.#page.evaluate(`(() => {
			const { activeElement: here, body } = document
			if (here === body || here === null) return 'body'
			return (here.ariaLabel ?? here.labels?.[0]?.textContent ?? here.textContent).trim()
		})()`)
	}

	async presses(t: Test, ...keys: string[]): Promise<void> {
		for (const key of keys) {
			await this.#page.keyboard.press(key)
			await this.isSomewhere(t, key)
		}
	}

	/** Writes where the focus is, which has to be where one can. */
	async writes(text: string): Promise<void> {
		if (!(await this.#page.evaluate('document.activeElement.matches("input, textarea")'))) {
			throw new Error(`one cannot write on ${await this.on()}`)
		}
		await this.#page.keyboard.type(text)
	}

	/** The focus is not lost; for a moment it may be on its way. */
	async isSomewhere(t: Test, after = ''): Promise<void> {
		for (let frames = 0; frames < 20 && (await this.on()) === 'body'; frames += 1) await this.#frame()
		t.not(await this.on(), 'body', `after ${after}`)
	}

	async isOn(t: Test, name: string | RegExp): Promise<void> {
		for (let frames = 0; frames < 300 && !isCalled(await this.on(), name); frames += 1) await this.#frame()
		t.match(await this.on(), name)
	}

	/** By Tab; not so often that nobody would. */
	goes(t: Test, name: string | RegExp): Promise<void> {
		return this.#tabTo(t, name, 'Tab')
	}

	goesBack(t: Test, name: string | RegExp): Promise<void> {
		return this.#tabTo(t, name, 'Shift+Tab')
	}

	/** What Tab comes to from the beginning, up to that. */
	async stopsBefore(name: string): Promise<string[]> {
		const stops: string[] = []
		for (let tries = 0; tries < 60; tries += 1) {
			await this.#page.keyboard.press('Shift+Tab')
			const stop = await this.on()
			if (stop === name || stop === 'body') break
			stops.unshift(stop)
		}
		return stops
	}

	async #tabTo(t: Test, name: string | RegExp, key: string): Promise<void> {
		const seen: string[] = []
		for (let tries = 0; tries < 60; tries += 1) {
			await this.#page.keyboard.press(key)
			const now = await this.on()
			seen.push(now)
			if (isCalled(now, name)) return
		}
		t.fail(`${key} does not lead to ${name}, but to ${seen.join(' | ')}`)
		throw new Error(`${key} does not lead to ${name}`)
	}

	#frame(): Promise<unknown> {
		return this.#page.evaluate('new Promise(requestAnimationFrame)')
	}
}

function isCalled(name: string, wanted: string | RegExp): boolean {
	return wanted instanceof RegExp ? wanted.test(name) : name === wanted
}
