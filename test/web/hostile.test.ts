import { readFileSync } from 'node:fs'
import type { Page } from 'playwright-core'
import t from 'tap'
import { noBrowser } from '../helpers/chromium.ts'
import { askJson } from '../helpers/http.ts'
import { putRoom } from '../helpers/people.ts'
import { startWebHouse } from '../helpers/web.ts'

interface Hostile {
	name: string
	text: string
	repeat?: number
}
const messages: Hostile[] = JSON.parse(
	readFileSync(new URL('../fixtures/hostile-messages.json', import.meta.url), 'utf8'),
)
const tag = '<img src=x onerror=alert(1)>'
const title = `${tag}<script>alert(1)</script>`
const topic = '<svg onload=alert(1)> <iframe src="javascript:alert(1)"></iframe> [x](javascript:alert(1))'
const displayName = '<u onmouseover=alert(1)>bob</u>'

/** What a page does that it must not, from its first moment on. */
const watching = `
	globalThis.wrong = []
	globalThis.alert = globalThis.prompt = globalThis.confirm = () => wrong.push('it ran')
	addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI }) => {
		wrong.push('against the policy: ' + violatedDirective + ' ' + blockedURI)
	})
`

/** Where the messages of a room are shown one after the other; to what is wrong in them, and whether there was a text. */
const lookThrough = `(async (count) => {
	const tags = new Set(('div p br strong em del code a bdi span ul ol li blockquote table thead tbody tr th td hr ' +
		'input figure figcaption button pre').toUpperCase().split(' '))
	const attributes = new Set(('dir class href rel target value type checked disabled aria-label data-me data-align ' +
		'data-level scope role tabindex').split(' '))
	const faults = (element, name) => [
		...(tags.has(element.tagName) ? [] : [name + ': ' + element.outerHTML.slice(0, 100)]),
		...element.getAttributeNames().filter((one) => !attributes.has(one)).map((one) => name + ': attribute ' + one),
		...(element.hasAttribute('href') && !/^(https?:\\/\\/[^/]|mailto:[^/]|\\/chat\\/)/.test(element.getAttribute('href'))
			? [name + ': to ' + element.getAttribute('href')] : []),
		...(element.tagName === 'INPUT' && !(element.type === 'checkbox' && element.disabled) ? [name + ': a field'] : []),
	]
	const wrong = []
	let letters = 0
	for (let sequence = 1; sequence <= count; sequence += 1) {
		const link = document.createElement('a')
		link.href = '/chat/hostile/' + sequence
		document.body.append(link)
		link.click()
		link.remove()
		let text = null
		for (const until = performance.now() + 30_000; text === null && performance.now() < until; ) {
			await new Promise(requestAnimationFrame)
			text = document.querySelector('.room [data-sequence="' + sequence + '"] .message-text')
		}
		if (text === null) wrong.push(sequence + ' is not shown')
		else {
			letters += text.textContent.length
			for (const element of text.querySelectorAll('*')) wrong.push(...faults(element, String(sequence)))
		}
	}
	return { wrong, letters }
})`

/** What is in a page and never must be, whoever wrote what. */
const intruders = `[...document.querySelectorAll(
	'script:not([src^="/assets/"]), img:not([src^="/icons/"]), iframe, object, embed, base, style, meta[http-equiv], ' +
	'animate, math, u, svg:not([class]), [onload], [onerror], [onmouseover], ' +
	'[srcdoc], [href*="javascript:"], form[action]'
)].map(({ outerHTML }) => outerHTML.slice(0, 100))`

t.test('what is hostile is text', { skip: noBrowser }, async (t) => {
	const { server, owner, people, be } = await startWebHouse(t, { members: ['bob'] })
	const bob = people.bob as typeof owner
	await putRoom(server.url, owner, 'hostile', { title, topic })
	await askJson(server.url, '/rooms/hostile/members/bob', { role: 'moderator' }, { ...owner, method: 'PUT' })
	await askJson(server.url, '/users/bob', { displayName }, { ...bob, method: 'PATCH' })
	const posted: Hostile[] = []
	const refused: string[] = []
	for (const message of messages) {
		const content = message.text.repeat(message.repeat ?? 1)
		const { status } = await askJson(server.url, '/rooms/hostile/messages', { content }, owner)
		if (status === 201) posted.push(message)
		else refused.push(message.name)
	}
	const { page } = await be('bob', '/settings/about', { expected: /status of 400/ })
	const dialogs: string[] = []
	page.on('dialog', (dialog) => {
		dialogs.push(dialog.message())
		void dialog.dismiss()
	})
	await page.addInitScript(watching)
	const isHarmless = async (where: string) => {
		t.same(await page.evaluate(intruders), [], where)
		t.same(await page.evaluate('wrong'), [], `${where}: nothing runs, and nothing is kept from it`)
		t.same(dialogs, [], where)
	}

	t.test('as a message', async (t) => {
		t.same(refused, ['half characters', '64 KiB of spaces', '64 KiB of empty lines'], 'what is no text is not said')
		await page.goto(`${server.url}/chat/hostile`)
		await page.getByRole('log').waitFor()
		const { wrong, letters } = await page.evaluate<{ wrong: string[]; letters: number }>(
			`${lookThrough}(${posted.length})`,
		)
		t.same(wrong, [], 'nothing but what Markdown may become')
		t.ok(letters > 1_000_000, `and the words are there: ${letters}`)
		await isHarmless('the messages')
	})

	t.test('as a title, a topic and a name', async () => {
		const { json } = await askJson(server.url, '/rooms/hostile/messages', { content: `${tag} @bob` }, owner)
		await askJson(server.url, '/rooms/hostile/messages', { content: tag, replyTo: json.id }, bob)
		await askJson(
			server.url,
			`/rooms/hostile/messages/${json.id}`,
			{ content: `${tag} again` },
			{
				...owner,
				method: 'PATCH',
			},
		)
		await page.goto(`${server.url}/chat/hostile?thread=${json.id}`)
		await page.getByRole('heading', { level: 1, name: title }).waitFor()
		await page.getByTitle(topic).waitFor()
		await page.getByRole('navigation', { name: 'Rooms' }).getByRole('link', { name: title }).waitFor()
		await page.getByRole('complementary', { name: 'Thread' }).getByText(`${tag} again`).waitFor()
		await page.getByRole('button', { name: `You: ${displayName}` }).waitFor()
		await isHarmless('the thread, the title, the name')
		await page.getByRole('button', { name: 'Close thread' }).click()
		await page.getByRole('button', { name: 'Members' }).click()
		await page.getByRole('complementary', { name: 'Members' }).getByText(displayName).waitFor()
		await isHarmless('the members')
		await page.getByRole('button', { name: 'About this room' }).last().click()
		await page.getByRole('dialog', { name: title }).waitFor()
		await isHarmless('about the room')
		await page.keyboard.press('Escape')
		await page.getByRole('button', { name: 'Browse and open rooms' }).click()
		await page.getByRole('dialog').getByText(topic).waitFor()
		await isHarmless('all rooms')
		await page.keyboard.press('Escape')
		await page.keyboard.press('Control+k')
		await page.keyboard.type(tag)
		await page.getByRole('option', { name: title }).waitFor()
		await page.getByRole('option', { name: `Search for “${tag}”` }).waitFor()
		await isHarmless('where to go')
		await page.keyboard.press('Escape')
	})

	t.test('as what is found', async () => {
		await page.getByRole('button', { name: 'Search', exact: true }).click()
		await page.getByRole('searchbox', { name: 'Search' }).fill('onerror')
		await found(page).first().waitFor()
		await page.getByText(`${tag} again`).first().waitFor()
		await isHarmless('what was found')
		await page.getByRole('searchbox', { name: 'Search' }).fill('"<img')
		await page.locator('.search-said').filter({ hasText: 'quote' }).waitFor()
		await isHarmless('what is said of the search')
	})

	t.test('as a notification, and in the title of the page', async (t) => {
		await page.addInitScript(`
			globalThis.told = []
			globalThis.Notification = class {
				static permission = 'granted'
				constructor(title, { body }) { told.push(title + ' / ' + body) }
				close() {}
			}
		`)
		await page.goto(`${server.url}/chat/hostile`)
		await page.getByRole('status').getByText('Connected').waitFor()
		t.match(await page.title(), title)
		await page.getByRole('link', { name: 'general' }).click()
		await page.getByRole('log', { name: 'general' }).waitFor()
		await askJson(server.url, '/rooms/hostile/messages', { content: `${tag} @bob` }, owner)
		const told = page.evaluate(`new Promise((resolve) => {
			const look = () => told.length > 0 ? resolve(told) : requestAnimationFrame(look)
			look()
		})`)
		t.same(await told, [`ada in ${title} / ${tag} @bob`])
		await isHarmless('a notification')
	})

	t.test('as the name of a hook, of a token, and in the audit', async (t) => {
		for (const [path, asked] of [
			['/tokens', { name: tag }],
			['/hooks', { name: tag, room: 'general' }],
		] as const) {
			t.match(await askJson(server.url, path, asked, owner), { status: 201 })
		}
		const { page: ada } = await be('ada', '/settings/tokens')
		await ada.addInitScript(watching)
		await ada.reload()
		await ada.getByRole('main').getByText(tag).first().waitFor()
		t.same(await ada.evaluate(intruders), [])
		for (const section of ['Hooks', 'People', 'Audit']) {
			await ada.getByRole('navigation', { name: 'Settings' }).getByRole('link', { name: section, exact: true }).click()
			await ada.getByRole('heading', { level: 1, name: section }).waitFor()
			await ada
				.getByRole('main')
				.getByText(section === 'People' ? displayName : section === 'Hooks' ? tag : 'bob')
				.first()
				.waitFor()
			t.same(await ada.evaluate(intruders), [], section)
		}
		t.same(await ada.evaluate('wrong'), [])
	})
})

function found(page: Page) {
	return page.getByRole('list', { name: 'Found' }).getByRole('link')
}
