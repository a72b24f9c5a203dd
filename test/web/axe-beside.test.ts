import type { Page, Route } from 'playwright-core'
import t, { type Test } from 'tap'
import { check, heading, type Look, looks, type Screen } from '../helpers/axe.ts'
import { noBrowser } from '../helpers/chromium.ts'
import { ask, askJson } from '../helpers/http.ts'
import { type Account, putRoom } from '../helpers/people.ts'
import { startWebHouse, type WebHouse } from '../helpers/web.ts'

const click = (page: Page, name: string | RegExp) =>
	page
		.getByRole('button', typeof name === 'string' ? { name, exact: true } : { name })
		.last()
		.click()

/** Points at the last message of the room, and presses one of its buttons. */
async function act(page: Page, name: string): Promise<void> {
	await page.getByText('the last word').waitFor()
	await page.getByRole('log').getByRole('article').filter({ hasText: 'the last word' }).hover()
	await click(page, name)
}

/** What is beside a room, or before it; each is looked at in one size and colour, by turns. */
const beside: Screen[] = [
	{
		name: 'what was found',
		path: '/chat/general',
		async show(page) {
			await click(page, 'Search')
			await page.getByRole('searchbox', { name: 'Search' }).fill('day')
			await page.getByRole('list', { name: 'Found' }).getByRole('link').first().waitFor()
		},
	},
	{
		name: 'how to search',
		path: '/chat/general',
		async show(page) {
			await click(page, 'Search')
			await page.getByText('what ada said').waitFor()
		},
	},
	{
		name: 'members, and what can be done about one',
		path: '/chat/general',
		async show(page) {
			await click(page, /^Members/)
			const members = page.getByRole('complementary', { name: 'Members' })
			await members.getByRole('button', { name: 'bob' }).click()
			await members.getByRole('button', { name: 'Mute …' }).waitFor()
			await members.getByRole('button', { name: 'Add somebody' }).click()
		},
	},
	{
		name: 'to mute somebody',
		path: '/chat/general',
		async show(page) {
			await click(page, /^Members/)
			await page.getByRole('complementary', { name: 'Members' }).getByRole('button', { name: 'bob' }).click()
			await click(page, 'Mute …')
			await page.getByLabel('Why').waitFor()
		},
	},
	{
		name: 'where to go',
		path: '/chat/general',
		async show(page) {
			await click(page, 'Go to …')
			await page.keyboard.type('q')
			await page.getByRole('option', { name: 'quiet' }).waitFor()
		},
	},
	{
		name: 'all rooms',
		path: '/chat/general',
		async show(page) {
			await click(page, 'Browse and open rooms')
			await page.getByRole('dialog').getByRole('link', { name: 'elsewhere' }).waitFor()
		},
	},
	{
		name: 'a new room',
		path: '/chat/general',
		async show(page) {
			await click(page, 'Browse and open rooms')
			await click(page, 'New room')
			await page.getByLabel('Title').fill('General')
			await click(page, 'Open the room')
		},
	},
	{
		name: 'to write to somebody',
		path: '/chat/general',
		async show(page) {
			await click(page, 'Write to somebody')
			await page.getByLabel('To', { exact: true }).fill('b')
		},
	},
	{
		name: 'about a room',
		path: '/chat/quiet',
		async show(page) {
			await click(page, 'About this room')
			await page.getByRole('button', { name: 'Archive the room' }).waitFor()
			await click(page, 'Ban somebody')
			await click(page, 'Erase all messages …')
		},
	},
	{ name: 'emoji', path: '/chat/general', show: (page) => act(page, 'React').then(() => isShown(page, 'gridcell')) },
	{ name: 'a menu', path: '/chat/general', show: (page) => act(page, 'More').then(() => isShown(page, 'menuitem')) },
	{ name: 'an editor', path: '/chat/general', show: (page) => act(page, 'Edit').then(() => isShown(page, 'textbox')) },
	{ name: 'to delete', path: '/chat/general', show: (page) => act(page, 'Delete').then(() => isShown(page, 'dialog')) },
	{
		name: 'what was said before',
		path: '/chat/general',
		async show(page) {
			await click(page, '(edited)')
			await page.getByRole('dialog').getByRole('listitem').waitFor()
		},
	},
	{
		name: 'names that begin so',
		path: '/chat/general',
		async show(page) {
			await page.getByRole('textbox', { name: 'Message' }).pressSequentially('hello @')
			await page.getByRole('option', { name: /bob/ }).waitFor()
		},
	},
	{
		name: 'a message that is refused',
		path: '/chat/general',
		async show(page) {
			await page.route('**/messages', (route) =>
				route.request().method() === 'POST' ? refuse(route) : route.continue(),
			)
			await page.getByRole('textbox', { name: 'Message' }).fill('you will not have this')
			await page.keyboard.press('Enter')
			await page.getByText('Not this one.').waitFor()
			await page.unroute('**/messages')
		},
	},
	{
		name: 'another time',
		path: '/chat/general?at=14',
		async show(page) {
			await page.getByText(/^Members then/).waitFor()
			await click(page, 'One step back')
			await page.locator('.moment-when').getByText('ada').waitFor()
		},
	},
	{
		name: 'a room that is archived',
		path: '/chat/attic',
		isWide: true,
		async show(page) {
			await page.getByText('This room is archived.').waitFor()
			await click(page, 'Archived (1)')
		},
	},
	{ name: 'a room of others', path: '/chat/elsewhere', show: (page) => page.getByText('Join it to write').waitFor() },
	{ name: 'a room that is not there', path: '/chat/nowhere', show: heading('There is no #nowhere for you') },
	{ name: 'a conversation', path: '/chat/@bob', show: (page) => page.getByText('between us').waitFor() },
	{
		name: 'who one is',
		path: '/chat/general',
		isWide: true,
		show: (page) => click(page, /^You: ada/).then(() => page.getByRole('button', { name: 'Sign out' }).waitFor()),
	},
]

/** A section of the settings, when that is seen; and with a form open that it has. */
const section = (name: string, seen: string, open?: string): Screen => ({
	name: `settings: ${name}${open === undefined ? '' : `, ${open}`}`,
	path: `/settings/${name}`,
	async show(page) {
		if (open !== undefined) await click(page, open)
		await page.getByLabel(seen, { exact: true }).or(page.getByText(seen)).first().waitFor()
	},
})

const settings: Screen[] = [
	section('profile', 'Display name'),
	section('sessions', 'This one'),
	section('notifications', 'Your browser'),
	section('tokens', 'What it is for', 'New token'),
	section('hooks', 'What it is for', 'New hook'),
	section('webhooks', 'Only what fits', 'New webhook'),
	section('invitations', 'As', 'New invitation'),
	section('people', 'Name', 'Add a bot'),
	section('people', 'Role', 'Change bob'),
	section('audit', 'Find'),
	section('about', 'curl http'),
]

function isShown(page: Page, role: 'gridcell' | 'menuitem' | 'textbox' | 'dialog'): Promise<void> {
	return page.getByRole(role).first().waitFor()
}

function refuse(route: Route): Promise<void> {
	const problem = { type: 'about:blank', title: 'No', status: 403, code: 'forbidden', detail: 'Not this one.' }
	return route.fulfill({ status: 403, contentType: 'application/problem+json', body: JSON.stringify(problem) })
}

/** What the console says of what is refused. */
const expected = /status of (403|404)/

t.test('everybody can use what is beside a room, before it, and elsewhere', { skip: noBrowser }, async (t) => {
	const house = await startWebHouse(t, { members: ['bob'] })
	await furnish(house)
	const { page } = await house.be('ada', '/chat/general', { expected })
	const lookThrough = async (t: Test, screens: readonly Screen[]) => {
		for (const [index, screen] of screens.entries()) {
			const look = looks[index % (screen.isWide ? 2 : looks.length)] as Look
			await check(t, page, screen, house.server.url, [look])
		}
	}
	t.test('the chat', (t) => lookThrough(t, beside))
	t.test('the settings', (t) => lookThrough(t, settings))
})

/** As much as there is to see. */
async function furnish({ server, owner, people }: WebHouse): Promise<void> {
	const { url } = server
	const bob = people.bob as Account
	for (const room of ['attic', 'quiet']) await putRoom(url, owner, room)
	await putRoom(url, owner, 'attic', { archived: true })
	await putRoom(url, bob, 'elsewhere', { topic: 'Not of ada' })
	const first = (await askJson(url, '/rooms/general/messages', { content: 'hello @bob' }, owner)).json
	await server.post('general', '**what** a `day`, see https://example.org', owner.headers)
	await askJson(url, '/rooms/general/messages', { content: 'hello', replyTo: first.id }, bob)
	const { json } = await askJson(url, '/rooms/general/messages', { content: 'before' }, owner)
	await askJson(url, `/rooms/general/messages/${json.id}`, { content: 'after' }, { ...owner, method: 'PATCH' })
	await ask(url, `/rooms/general/messages/${json.id}/reactions/${encodeURIComponent('👍')}`, {
		...bob,
		method: 'PUT',
	})
	await server.post('@bob', 'between us', owner.headers)
	await server.post('general', 'the last word', owner.headers)
}
