import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import type { Page } from 'playwright-core'
import t, { type Test } from 'tap'
import { sentenceOf } from '../../web/src/settings/audit-words.ts'
import { noBrowser } from '../helpers/chromium.ts'
import { password } from '../helpers/people.ts'
import { Receiver } from '../helpers/receiver.ts'
import { startServer } from '../helpers/server.ts'
import { openWindow, startWebHouse, type WindowOptions } from '../helpers/web.ts'

/** What the console says of refusals that the page shows, and of sessions that have ended. */
const refused: WindowOptions = { expected: /status of (401|403|404|422)/ }

t.test('settings', { skip: noBrowser }, async (t) => {
	const members = ['bob', 'carol', 'dave', 'erin']
	const flags = ['--webhook-networks', '127.0.0.1']
	const { server, browser, be: beInHouse } = await startWebHouse(t, { members, flags })
	/** As long as that part of the test takes. */
	const be = async (t: Test, name: string, path = '/', options: WindowOptions = {}) => {
		const { page, context } = await beInHouse(name, path, { ...refused, ...options })
		t.teardown(() => context.close())
		return page
	}
	const ada = await be(t, 'ada', '/settings')

	const status = async (path: string, token: string) => {
		const response = await fetch(server.url + path, { headers: { Authorization: `Bearer ${token}` } })
		await response.arrayBuffer()
		return response.status
	}

	const bob = await be(t, 'bob', '/settings/no-such-section')
	await t.test('a display name, and the way back to the chat', async (t) => {
		await bob.getByRole('heading', { name: 'Profile' }).waitFor()
		await bob.getByLabel('Display name').fill('Bob Andrews')
		await bob.getByRole('button', { name: 'Save name' }).click()
		await bob.getByRole('main').getByText('Bob Andrews').waitFor()
		await bob.keyboard.press('Escape')
		await bob.getByRole('log', { name: 'general' }).waitFor()
		t.match(bob.url(), /\/chat\/general$/)
	})

	await t.test('on a phone the sections are a list first', async () => {
		await bob.setViewportSize({ width: 390, height: 800 })
		await bob.goto(`${server.url}/settings`)
		const sections = bob.getByRole('navigation', { name: 'Settings' })
		await sections.getByRole('link', { name: 'Sessions' }).click()
		await bob.getByText('This one').waitFor()
		await bob.getByRole('link', { name: 'Settings', exact: true }).click()
		await sections.getByRole('link', { name: 'About' }).click()
		await bob.getByText(/^Tailroom \d\S+$/).waitFor()
		await bob.goBack()
		await sections.getByRole('link', { name: 'Profile' }).click()
	})

	await t.test('a new password, which ends the other sessions and not this one', async (t) => {
		const there = await be(t, 'bob')
		await there.getByRole('log', { name: 'general' }).waitFor()
		const change = async (current: string) => {
			await bob.getByLabel('Current password').fill(current)
			await bob.getByLabel('New password').fill('another long password')
			await bob.getByRole('button', { name: 'Change password' }).click()
		}
		await change('not the right one')
		await bob.getByText('This name and this password do not belong together.').waitFor()
		await bob.evaluate('document.querySelector("main").dataset.before = "yes"')
		await change(password)
		await bob.getByText('Your password is changed.').waitFor()
		await there.getByRole('button', { name: 'Sign in' }).waitFor()
		t.equal(await bob.getByLabel('New password').inputValue(), '', 'nothing is left of it')
		t.ok(await bob.evaluate('document.querySelector("main").dataset.before'), 'the page stayed as it was')
		await bob.keyboard.press('Escape')
		await say(bob, 'still here')
	})

	const page = await be(t, 'erin')
	await t.test('sessions, and signing out elsewhere', async (t) => {
		const there = await be(t, 'erin', '/chat/general/1')
		await there.getByRole('textbox', { name: 'Message' }).waitFor()
		await page.goto(`${server.url}/settings/sessions`)
		await page.getByText('This one').waitFor()
		await page.getByRole('button', { name: 'Sign out Chromium on Linux' }).click()

		await there.getByText('You were signed out here.').waitFor()
		// The browser still has the cookie of the session that is over.
		await there.reload()
		await there.getByLabel('Name').fill('erin')
		await there.getByLabel('Password').fill('not the right one')
		await there.getByRole('button', { name: 'Sign in' }).click()
		await there.getByText('This name and this password do not belong together.').waitFor()
		await there.getByLabel('Password').fill(password)
		await there.getByRole('button', { name: 'Sign in' }).click()
		await there.getByRole('textbox', { name: 'Message' }).waitFor()
		t.match(there.url(), /\/chat\/general\/1$/, 'one is where one wanted to go')
	})

	await t.test('a token, made with the keyboard alone, works until it is revoked', async (t) => {
		const { keyboard } = page
		await openSection(page, 'Tokens')
		await page.getByRole('button', { name: 'New token' }).waitFor()
		await tabTo(page, 'New token')
		await keyboard.press('Enter')
		await page.getByLabel('What it is for').waitFor()
		await keyboard.type('backup script')
		await tabTo(page, 'Make token')
		await keyboard.press('Enter')
		await page.getByRole('heading', { name: 'Your new token' }).waitFor()
		await untilFocused(page, 'Your new token')
		const token = await codeBefore(page, 'Copy token')
		const line = await codeBefore(page, 'Copy command that posts')
		await promisify(execFile)('sh', ['-c', `${line} --silent --fail`])
		t.equal(await status('/rooms/general', token), 200)
		await tabTo(page, 'Done')
		await keyboard.press('Enter')
		await untilFocused(page, 'New token')

		await page.getByRole('button', { name: 'Revoke backup script' }).click()
		await page.getByRole('dialog').getByRole('button', { name: 'Revoke', exact: true }).click()
		await page.getByRole('dialog').waitFor({ state: 'detached' })
		t.equal(await status('/rooms/general', token), 401)
		await untilFocused(page, 'Tokens')
		await keyboard.press('Escape')
		await page.getByRole('log', { name: 'general' }).getByText('hello').waitFor()
	})

	await t.test('a token for less', async (t) => {
		await page.goBack()
		await page.getByRole('button', { name: 'New token' }).click()
		await page.getByLabel('What it is for').fill('screen in the kitchen')
		await page.getByLabel('Only read').check()
		await page.getByLabel('Where').selectOption('some')
		await page.getByRole('button', { name: 'Make token' }).click()
		await page.getByText('Choose at least one room.').waitFor()
		await page.getByLabel('#general').check()
		await page.getByRole('button', { name: 'Make token' }).click()
		const token = await codeBefore(page, 'Copy token')
		t.equal(await status('/rooms/general/messages', token), 200)
		t.equal(await status('/users', token), 403)
		await page.getByRole('listitem').getByText('in #general').waitFor()
	})

	await t.test('a hook, by which a program says something', async () => {
		await openSection(page, 'Hooks')
		await page.getByRole('button', { name: 'New hook' }).click()
		await page.getByLabel('What it is for').fill('alerts')
		await page.getByRole('combobox', { name: 'Room' }).selectOption('general')
		await page.getByRole('button', { name: 'Make hook' }).click()
		const line = await codeBefore(page, 'Copy command')
		await promisify(execFile)('sh', ['-c', `${line} --silent --fail`])
		await page.getByRole('button', { name: 'Done' }).click()
		await page.getByRole('button', { name: 'Delete alerts' }).click()
		await page.getByRole('dialog').getByRole('button', { name: 'Delete', exact: true }).click()
		await page.getByText('No hooks yet.').waitFor()
		await page.keyboard.press('Escape')
		await page.getByRole('log', { name: 'general' }).getByText('It works.').waitFor()
	})

	await t.test('a webhook, by which a program hears something', async (t) => {
		const receiver = await Receiver.start(t)
		await page.goBack()
		await openSection(page, 'Webhooks')
		await page.getByRole('button', { name: 'New webhook' }).click()
		await page.getByLabel('Address').fill('http://10.1.2.3/hear')
		await page.getByLabel('Only what fits').fill('type == "message"')
		await page.getByRole('button', { name: 'Make webhook' }).click()
		await page
			.getByText(/10\.1\.2\.3 is no public address/)
			.first()
			.waitFor()
		await page.getByLabel('Address').fill(receiver.url)
		await page.getByRole('button', { name: 'Make webhook' }).click()
		t.match(await codeBefore(page, 'Copy secret'), /^whsec_/)
		await page.getByRole('button', { name: 'Done' }).click()
		await page.getByText('Works').waitFor()
		const dave = await be(t, 'dave')
		await say(dave, 'for the robot')
		await receiver.untilContent('for the robot')
		await page.getByRole('button', { name: `Delete ${receiver.url}` }).click()
		await page.getByRole('dialog').getByRole('button', { name: 'Delete', exact: true }).click()
		await page.getByText('No webhooks yet.').waitFor()
	})

	await t.test('an invitation, good for one', async (t) => {
		await openSection(ada, 'Invitations')
		await ada.getByRole('button', { name: 'New invitation' }).click()
		await ada.getByRole('button', { name: 'Make invitation' }).click()
		const link = await codeBefore(ada, 'Copy link')
		const join = async (name: string) => {
			const { page } = await openWindow(t, browser, server.url, refused)
			await page.goto(link)
			await page.getByLabel('Name').fill(name)
			await page.getByLabel('Password').fill(password)
			await page.getByRole('button', { name: 'Join' }).click()
			return page
		}
		const frank = await join('frank')
		await frank.getByRole('button', { name: 'Start chatting' }).click()
		await frank.getByRole('log', { name: 'general' }).waitFor()
		const grace = await join('grace')
		await grace.getByText('This invitation is not valid (any more).').first().waitFor()
		await ada.getByRole('button', { name: 'Done' }).click()
	})

	await t.test('people: another role, and deactivated', async (t) => {
		const carol = await be(t, 'carol', '/settings')
		const sections = carol.getByRole('navigation', { name: 'Settings' })
		await sections.getByRole('link', { name: 'Tokens' }).waitFor()
		t.equal(await sections.getByRole('link', { name: 'People' }).count(), 0, 'a member does not see them here')

		await openSection(ada, 'People')
		await ada.getByRole('button', { name: 'Change carol' }).click()
		await ada.getByLabel('Role').selectOption('admin')
		await ada.getByRole('button', { name: 'Change role' }).click()
		await ada.getByText('carol has another role now.').waitFor()
		await carol.reload()
		await sections.getByRole('link', { name: 'People' }).waitFor()

		await ada.getByRole('button', { name: 'Deactivate' }).click()
		await ada.getByRole('dialog', { name: 'Deactivate carol?' }).getByRole('button', { name: 'Deactivate' }).click()
		await carol.getByRole('button', { name: 'Sign in' }).waitFor()
		await ada.getByRole('button', { name: 'Activate', exact: true }).click()
		await ada.getByRole('button', { name: 'Deactivate' }).waitFor()
		await ada.keyboard.press('Escape')
		await untilFocused(ada, 'Change carol')
	})

	await t.test('a bot, with a token for what it does', async (t) => {
		await ada.getByRole('button', { name: 'Add a bot' }).click()
		await ada.getByLabel('Name').fill('robot')
		await ada.getByRole('button', { name: 'Add bot' }).click()
		const token = await codeBefore(ada, 'Copy token')
		t.equal(await status('/users/me', token), 200)
		await ada.getByRole('button', { name: 'Done' }).click()
		await openSection(ada, 'Tokens')
		await ada.getByLabel('For').selectOption('robot')
		await ada.getByRole('button', { name: 'Revoke first' }).click()
		await ada.getByRole('dialog').getByRole('button', { name: 'Revoke', exact: true }).click()
		await ada.getByText('No tokens yet.').waitFor()
		t.equal(await status('/users/me', token), 401)
	})

	await t.test('somebody erases their account', async (t) => {
		const page = await be(t, 'dave', '/settings/profile')
		await page.getByText('I want to erase my account').click()
		await page.getByLabel('Is erased too').check()
		await page.getByLabel('Type dave to confirm').fill('bob')
		await page.getByRole('button', { name: 'Erase my account' }).click()
		await page.getByText('This is not dave.').waitFor()
		await page.getByLabel('Type dave to confirm').fill('dave')
		await page.getByRole('button', { name: 'Erase my account' }).click()
		await page.getByRole('button', { name: 'Sign in' }).waitFor()
		await ada.getByRole('link', { name: 'Back to the chat' }).click()
		await ada.getByRole('log', { name: 'general' }).getByText('still here').waitFor()
		t.equal(await ada.getByText('for the robot').count(), 0, 'and what they wrote is gone')
		await ada.goto(`${server.url}/settings/profile`)
		await ada.getByText('I want to erase my account').click()
		await ada.getByLabel('Type ada to confirm').fill('ada')
		await ada.getByRole('button', { name: 'Erase my account' }).click()
		await ada.getByText('Make somebody else an owner first.').waitFor()
	})

	await t.test('the audit tells all that', async () => {
		await openSection(ada, 'Audit')
		const told = ada.getByRole('list', { name: 'Audit' })
		for (const sentence of [
			'bob changed their password',
			'erin made a token (write)',
			'erin revoked a token',
			'erin made a hook',
			'erin deleted a webhook',
			'frank joined by an invitation as a member',
			'ada made carol an administrator',
			'ada deactivated carol',
			'ada added robot as a bot',
			'A wrong password for erin was refused',
			'erased-1 erased their account and all they wrote',
		]) {
			await told.getByText(sentence, { exact: true }).first().waitFor()
		}
		await ada.getByLabel('Find').fill('hook')
		await told.getByText('ada made carol an administrator').waitFor({ state: 'detached' })
	})

	await t.test('what guests set is their name', async (t) => {
		const open = await startServer(t)
		const { page } = await openWindow(t, browser, open.url, refused)
		await page.goto(open.url)
		await page.getByLabel('Name').fill('Zoe')
		await page.getByRole('button', { name: 'Come in' }).click()
		await page.getByRole('textbox', { name: 'Message' }).waitFor()
		await page.goto(`${open.url}/settings/people`)
		const part = page.locator('section', { hasText: 'Another name' })
		await part.getByLabel('Name').fill('Zoe-2')
		await part.getByRole('button', { name: 'Take this name' }).click()
		await page.getByRole('textbox', { name: 'Message' }).waitFor()
		await page.goto(`${open.url}/settings`)
		await page.getByText('You talk as zoe-2.').waitFor()
	})
})

t.test('kinds of audit entries that are not known yet are told by their name', async (t) => {
	const entry = { position: 1, timestamp: 0, type: 'RoomPainted', by: 'ada', room: 'team' }
	t.equal(sentenceOf(entry), 'Room painted: #team (by ada)')
})

async function openSection(page: Page, name: string): Promise<void> {
	await page.getByRole('navigation', { name: 'Settings' }).getByRole('link', { name, exact: true }).click()
	await page.getByRole('heading', { name, exact: true }).waitFor()
}

async function say(page: Page, text: string): Promise<void> {
	await page.getByRole('textbox', { name: 'Message' }).fill(text)
	await page.keyboard.press('Enter')
	await page.getByRole('log', { name: 'general' }).getByText(text).waitFor()
}

/** The text that a button copies. */
async function codeBefore(page: Page, button: string): Promise<string> {
	const copied = page.locator('.copied', { has: page.getByRole('button', { name: button, exact: true }) })
	return await copied.locator('code').innerText()
}

/** What the focus is on, in words. */
function focused(page: Page): Promise<string> {
	return page.evaluate('document.activeElement.getAttribute("aria-label") ?? document.activeElement.textContent')
}

/** The focus goes where it belongs as soon as what had it is gone. */
async function untilFocused(page: Page, name: string): Promise<void> {
	for (let frames = 0; frames < 600; frames++) {
		if ((await focused(page)) === name) return
		await page.evaluate('new Promise(requestAnimationFrame)')
	}
	throw new Error(`the focus is not on ${name} but on ${await focused(page)}`)
}

async function tabTo(page: Page, name: string): Promise<void> {
	for (let tries = 0; tries < 60; tries++) {
		if ((await focused(page)) === name) return
		await page.keyboard.press('Tab')
	}
	throw new Error(`Tab does not lead to ${name}`)
}
