import type { Page, Route } from 'playwright-core'
import t from 'tap'
import { noBrowser } from '../helpers/chromium.ts'
import { ask as askHttp, askJson } from '../helpers/http.ts'
import { type Account, putRoom } from '../helpers/people.ts'
import { startWebHouse, type WebHouse } from '../helpers/web.ts'

t.test('where one can go', { skip: noBrowser }, async (t) => {
	const house = await startWebHouse(t, { members: ['bob', 'carol'] })
	// What is looked for and not understood, and a room that is gone, the console says too.
	const options = { expected: /status of (400|403|404)/ }
	const [ada, bob] = await Promise.all(
		['ada', 'bob'].map(async (name) => (await house.be(name, '/chat/general', options)).page),
	)
	if (ada === undefined || bob === undefined) throw new Error('there is no page')
	await Promise.all([linkTo(ada, 'general').waitFor(), linkTo(bob, 'general').waitFor()])

	await t.test('what is unread stands at its room until it is read', async () => {
		await putRoom(house.server.url, accountOf(house, 'bob'), 'news')
		await linkTo(bob, 'news').waitFor()
		await post(house, 'ada', 'news', 'good morning')
		await post(house, 'ada', 'news', '@bob have a look')
		await linkTo(bob, 'news, 2 unread, 1 mention').waitFor()
		await ask(house, 'bob', 'PUT', '/rooms/news/read', { sequence: 2 })
		await linkTo(bob, 'news').waitFor()
	})

	await t.test('a room where something is half written says so', async () => {
		await bob.getByRole('textbox', { name: 'Message' }).fill('half a thought')
		await linkTo(bob, 'news').click()
		await linkTo(bob, 'general, draft').click()
		await bob.getByRole('textbox', { name: 'Message' }).fill('')
		await linkTo(bob, 'news').click()
		await linkTo(bob, 'general').waitFor()
	})

	await t.test('a room is opened, found, joined and left', async (t) => {
		await ada.getByRole('button', { name: 'Browse and open rooms' }).click()
		await ada.getByRole('button', { name: 'New room' }).click()
		await ada.getByLabel('Title').fill('News')
		await ada.getByRole('button', { name: 'Open the room' }).click()
		await ada.getByText('There is a room of that name.').waitFor()
		t.match(
			(await askHttp(house.server.url, '/rooms/news', house.owner)).json,
			{ title: 'news' },
			'which stays as it is',
		)
		await ada.getByLabel('Title').fill('Sümmer party ')
		t.equal(await ada.getByLabel('Name').inputValue(), 'summer-party', 'the name follows from the title')
		await ada.getByLabel('Topic').fill('Who brings what')
		await ada.getByRole('button', { name: 'Open the room' }).click()
		await ada.getByRole('heading', { level: 1, name: 'Sümmer party' }).waitFor()
		t.match(ada.url(), /\/chat\/summer-party$/)
		await ada.getByRole('dialog').waitFor({ state: 'detached' })

		await bob.getByRole('button', { name: 'Browse and open rooms' }).click()
		await bob.getByLabel('Find').fill('who brings')
		await bob.getByRole('button', { name: 'Join Sümmer party' }).click()
		await linkTo(bob, 'Sümmer party').waitFor()
		await bob.getByRole('button', { name: 'Leave Sümmer party' }).click()
		await linkTo(bob, 'Sümmer party').waitFor({ state: 'detached' })
		await bob.getByRole('dialog').getByRole('link', { name: 'Sümmer party' }).click()
		await bob.getByRole('heading', { level: 1, name: 'Sümmer party' }).waitFor()
		await bob.getByTitle('Who brings what').waitFor()
		await bob.getByRole('button', { name: 'Join' }).click()
		await linkTo(bob, 'Sümmer party').waitFor()
		await bob.getByRole('button', { name: 'Members 2' }).waitFor()
	})

	await t.test('one writes to somebody, and sees whether they are here', async (t) => {
		await ada.getByRole('button', { name: 'Write to somebody' }).click()
		await ada.getByLabel('To', { exact: true }).fill('bo')
		await ada.keyboard.press('Enter')
		await ada.getByRole('heading', { level: 1, name: 'bob' }).waitFor()
		t.match(ada.url(), /\/chat\/@bob$/)
		await ada.getByRole('main').getByText('online').last().waitFor()
		await say(ada, 'between us')
		await linkTo(bob, 'ada, 1 unread, online').waitFor()
		await bob.getByRole('button', { name: 'You: bob' }).click()
		await bob.getByRole('button', { name: 'Away' }).click()
		await ada.getByText('away for 1 minute').waitFor()
		await bob.getByRole('button', { name: 'You: bob away' }).click()
		await bob.getByRole('button', { name: 'Online' }).click()
		await ada.getByText('away for 1 minute').waitFor({ state: 'detached' })

		await visit(ada, '/chat/@me', 'Notes to self')
		await ada.waitForURL(/\/chat\/@ada$/)
	})

	await t.test('a few letters go anywhere', async (t) => {
		await bob.keyboard.press('Control+k')
		const field = bob.getByRole('combobox', { name: 'Find a room or person' })
		await field.waitFor()
		t.match(await chosen(bob), /ada/, 'what calls upon one is first')
		await bob.keyboard.type('gnrl')
		await bob.getByRole('option', { name: 'general' }).waitFor()
		await bob.keyboard.press('Enter')
		await bob.getByRole('log', { name: 'general' }).waitFor()
		await bob.getByRole('dialog').waitFor({ state: 'detached' })

		await bob.keyboard.press('Control+k')
		await field.waitFor()
		await bob.keyboard.type('carol')
		await bob.getByRole('option', { name: 'carol', exact: false }).first().waitFor()
		await bob.keyboard.press('ArrowDown')
		t.match(await chosen(bob), /Search for “carol”/)
		await bob.keyboard.press('ArrowDown')
		t.match(await chosen(bob), /carol/, 'after the last comes the first')
		await bob.keyboard.press('Enter')
		await bob.getByRole('heading', { level: 1, name: 'carol' }).waitFor()
		t.match(bob.url(), /\/chat\/@carol$/)

		await linkTo(bob, 'general').click()
		await bob.getByRole('heading', { level: 1, name: 'general' }).waitFor()
		await bob.keyboard.press('Alt+ArrowDown')
		await bob.getByRole('heading', { level: 1, name: 'news' }).waitFor()
		await bob.keyboard.press('Alt+Shift+ArrowUp')
		await bob.getByRole('heading', { level: 1, name: 'ada' }).waitFor()
	})

	await t.test('what a room is changes for everybody', async () => {
		await visit(ada, '/chat/summer-party', 'Sümmer party')
		await ada.getByRole('button', { name: 'About this room' }).last().click()
		await ada.getByLabel('Title').fill('Winter party')
		await ada.getByLabel('Topic').fill('Bring skates')
		await ada.getByRole('button', { name: 'Save', exact: true }).click()
		await linkTo(bob, 'Winter party').click()
		await bob.getByTitle('Bring skates').waitFor()
		await bob.getByRole('button', { name: 'About this room' }).last().click()
		await bob.getByRole('dialog', { name: 'About Winter party' }).getByText('Bring skates').waitFor()
		await bob.getByRole('button', { name: 'Leave the room' }).waitFor()
		// Who may not change it reads it.
		await bob.getByLabel('Title').waitFor({ state: 'detached' })
		await bob.keyboard.press('Escape')

		await ada.getByLabel('The newest messages').fill('100')
		await ada.getByRole('button', { name: 'Save what is kept' }).click()
		await ada.getByText('The room keeps the newest 100 messages.').waitFor()
		await ada.getByRole('button', { name: 'Erase older messages' }).click()
		await ada.getByRole('dialog').waitFor({ state: 'detached' })
		await bob.getByRole('button', { name: 'About this room' }).last().click()
		await bob.getByText('The room keeps the newest 100 messages.').waitFor()
		await bob.keyboard.press('Escape')
	})

	await t.test('a private room is there for its members alone', async () => {
		await putRoom(house.server.url, house.owner, 'secret', { title: 'Surprise', visibility: 'private' })
		await bob.getByRole('button', { name: 'Browse and open rooms' }).click()
		await bob.getByRole('dialog').getByRole('link', { name: 'Winter party' }).waitFor()
		await bob.getByRole('dialog').getByRole('link', { name: 'Surprise' }).waitFor({ state: 'detached' })
		await bob.keyboard.press('Escape')

		await linkTo(ada, 'Surprise').click()
		await ada.getByRole('button', { name: 'Members 1' }).click()
		await ada.getByRole('button', { name: 'Add somebody' }).click()
		await ada.getByLabel('Whom to add').fill('bob')
		await ada.getByRole('button', { name: 'Add', exact: true }).click()
		await linkTo(bob, 'Surprise').click()
		await bob.getByRole('heading', { level: 1, name: 'Surprise' }).waitFor()

		const panel = ada.getByRole('complementary', { name: 'Members' })
		await panel.getByRole('button', { name: 'bob' }).click()
		await panel.getByRole('button', { name: 'Make moderator' }).click()
		await panel.getByRole('region', { name: 'Moderators' }).getByRole('button', { name: 'bob' }).waitFor()
		await focusIsOn(ada, 'bob')
		await bob.getByRole('button', { name: 'About this room' }).last().click()
		await bob.getByLabel('Title').waitFor()
		await bob.keyboard.press('Escape')

		await panel.getByRole('button', { name: 'Remove' }).click()
		await linkTo(bob, 'Surprise').waitFor({ state: 'detached' })
		await panel.getByRole('button', { name: 'bob' }).waitFor({ state: 'detached' })
		await panel.getByRole('button', { name: 'Close' }).click()
	})

	await t.test('what was said is found again', async (t) => {
		await post(house, 'ada', 'news', '今日の天気はとても良いですね')
		await post(house, 'bob', 'general', 'the deployment went well')
		await visit(bob, '/chat/general', 'general')
		await bob.keyboard.press('Control+Shift+f')
		const field = bob.getByRole('searchbox', { name: 'Search' })
		await field.waitFor()
		t.equal(await field.inputValue(), 'in:general ', 'in this room')
		await bob.getByLabel('Only in general').uncheck()
		await field.fill('"oops')
		await bob.getByText('a quote is not closed').waitFor()
		// An answer that comes late takes nobody's place.
		const late = Promise.withResolvers<Route>()
		await bob.route(/q=late/, (route) => late.resolve(route))
		await field.fill('late')
		const held = await late.promise
		await field.fill('天気')
		const found = bob.getByRole('list', { name: 'Found' }).getByRole('link')
		await found.filter({ hasText: '天気' }).waitFor()
		const answered = bob.waitForResponse(/q=late/)
		await held.continue()
		await answered
		await bob.evaluate('new Promise((shown) => requestAnimationFrame(() => requestAnimationFrame(shown)))')
		t.equal(await found.locator('mark').innerText(), '天気')
		await field.fill('deploy from:me')
		await found.filter({ hasText: 'deployment' }).click()
		await bob.waitForURL(/\/chat\/general\/\d+$/)
		await field.waitFor()
		await bob.getByRole('complementary').getByRole('button', { name: 'Close' }).click()
		await field.waitFor({ state: 'detached' })
	})

	await t.test('who is too loud is muted, and banned', async () => {
		await visit(ada, '/chat/summer-party', 'Winter party')
		await visit(bob, '/chat/summer-party', 'Winter party')
		await ada.getByRole('button', { name: /^Members/ }).click()
		const panel = ada.getByRole('complementary', { name: 'Members' })
		await panel.getByRole('button', { name: 'bob' }).click()
		await panel.getByRole('button', { name: 'Mute …' }).click()
		await panel.getByLabel('Why').fill('Too loud')
		await panel.getByRole('button', { name: 'Mute', exact: true }).click()
		await ada.getByText('bob is muted.').waitFor()
		await ada.getByRole('button', { name: 'About this room' }).last().click()
		const list = ada.getByRole('list', { name: 'Bans and mutes' })
		await list.getByText('Too loud').waitFor()
		await list.getByRole('button', { name: 'Lift the mute of bob' }).click()
		await list.getByText('Nobody.').waitFor()
		await focusIsOn(ada, 'Mute somebody')
		await ada.getByRole('button', { name: 'Ban somebody' }).click()
		await ada.getByLabel('Whom').fill('bob')
		await ada.getByRole('button', { name: 'Ban', exact: true }).click()
		await list.getByText('bob is banned').waitFor()
		await linkTo(bob, 'Winter party').waitFor({ state: 'detached' })
		await ada.keyboard.press('Escape')
		await panel.getByRole('button', { name: 'bob' }).waitFor({ state: 'detached' })
	})

	await t.test('a room is put away, and emptied', async (t) => {
		await ada.getByRole('button', { name: 'About this room' }).last().click()
		await ada.getByRole('button', { name: 'Archive the room' }).click()
		await ada.getByRole('button', { name: 'Bring the room back' }).waitFor()
		await ada.keyboard.press('Escape')
		await linkTo(ada, 'Winter party').waitFor({ state: 'detached' })
		await ada.getByRole('button', { name: 'Archived (1)' }).click()
		await linkTo(ada, 'Winter party').click()
		await ada.getByRole('button', { name: 'About this room' }).last().click()
		await ada.getByRole('button', { name: 'Erase all messages …' }).click()
		await ada.getByRole('button', { name: 'Erase all messages', exact: true }).click()
		await ada.getByText('All messages are erased.').waitFor()
		t.ok(true)
	})
})

function linkTo(page: Page, name: string | RegExp) {
	const given = typeof name === 'string' ? { name, exact: true } : { name }
	return page.getByRole('navigation', { name: 'Rooms' }).getByRole('link', given)
}

/** The focus is on a button of that text, and was not lost. */
async function focusIsOn(page: Page, text: string): Promise<void> {
	await page.locator('button:focus').filter({ hasText: text }).waitFor()
}

/** What would be gone to. */
function chosen(page: Page): Promise<string> {
	return page.locator('[role="option"][aria-selected="true"]').innerText()
}

async function visit(page: Page, path: string, title: string): Promise<void> {
	await page.goto(new URL(path, page.url()).href)
	await page.getByRole('log', { name: title }).waitFor()
}

async function say(page: Page, text: string): Promise<void> {
	await page.getByRole('textbox', { name: 'Message' }).fill(text)
	await page.keyboard.press('Enter')
}

function accountOf({ people }: WebHouse, name: string): Account {
	return people[name] as Account
}

async function post(house: WebHouse, name: string, room: string, content: string): Promise<void> {
	await ask(house, name, 'POST', `/rooms/${room}/messages`, { content })
}

async function ask(house: WebHouse, name: string, method: string, path: string, body: object): Promise<void> {
	const { status, text } = await askJson(house.server.url, path, body, {
		method,
		headers: accountOf(house, name).headers,
	})
	if (status >= 300) throw new Error(text)
}
