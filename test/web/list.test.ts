import type { Page } from 'playwright-core'
import t from 'tap'
import { noBrowser } from '../helpers/chromium.ts'
import { ask, askJson } from '../helpers/http.ts'
import { livedInRoom } from '../helpers/lived-in-room.ts'
import { addMember, putRoom } from '../helpers/people.ts'
import { until } from '../helpers/until.ts'
import { startWebHouse, type WebHouse } from '../helpers/web.ts'

const many = 100_000

/**
 * Goes back to the fourth of five messages, and on to the third. That is there at the very moment at which the address of the
 * fourth is written, before the page has drawn it.
 */
const goOnWhileAddressIsWritten = `(async () => {
	const { fetch } = window
	const replace = history.replaceState
	const isWritten = new Promise((resolve) => {
		history.replaceState = (...state) => {
			replace.apply(history, state)
			resolve()
		}
	})
	const slider = document.querySelector('input[type=range]')
	const goTo = (sequence) => {
		slider.value = sequence
		slider.dispatchEvent(new Event('input', { bubbles: true }))
	}
	goTo(4)
	while (document.querySelector('[role=log]').textContent.includes('line 5')) await new Promise(requestAnimationFrame)
	window.fetch = async (...asked) => {
		const answer = await fetch(...asked)
		const text = await answer.text()
		await isWritten
		return new Response(text, answer)
	}
	goTo(3)
	await isWritten
	window.fetch = fetch
})()`

t.test('the list of messages', { skip: noBrowser }, async (t) => {
	const house = await startWebHouse(t, { directory: await livedInRoom(t, many), members: ['bob', 'carol'] })

	t.test('a hundred thousand messages', async (t) => {
		const { page } = await house.be('ada', '/chat/general')
		await sees(page, many)
		await page.evaluate(measuring)
		await page.mouse.move(700, 400)

		for (let turn = 0; turn < 24; turn += 1) {
			await page.mouse.wheel(0, -240)
			for (let frame = 0; frame < 2; frame += 1) await page.evaluate('new Promise(requestAnimationFrame)')
		}
		t.comment('frames while scrolling back:', await page.evaluate('frames()'))
		const moves = await page.evaluate<number[]>('moves()')
		t.ok(Math.min(...moves) > -5, `nothing on the screen moves against it: ${Math.min(...moves)} px`)
		const scrolled = await settled(page)
		t.ok(inOrder(scrolled.sequences), `in order, without a hole: ${scrolled.sequences}`)
		t.ok((scrolled.sequences[0] as number) < many - 50, 'it went back')

		await page.evaluate(dragging(1, 0, 60))
		t.comment('frames while dragging from the end to the beginning:', await page.evaluate('frames()'))
		await sees(page, 1)
		await page.getByRole('heading', { name: 'This is the beginning of #general' }).waitFor()
		for (const part of [0.3, 0.31, 0.77]) {
			await page.evaluate(dragging(part, part, 1))
			const { sequences, rows } = await settled(page)
			t.ok(inOrder(sequences), `at ${part}: ${sequences[0]} to ${sequences.at(-1)}`)
			t.ok(Math.abs((sequences[0] as number) / many - part) < 0.02, 'the scrollbar is that of the whole history')
			t.ok(rows < 200, `${rows} rows are in the page`)
		}
		await page.evaluate(dragging(0, 1, 60))
		t.comment('frames while dragging from the beginning to the end:', await page.evaluate('frames()'))
		await sees(page, many)
		t.ok(inOrder((await settled(page)).sequences))

		await page.getByRole('log').press('Home')
		await sees(page, 1)
		await page.getByRole('log').press('End')
		await sees(page, many)
		await page.getByRole('log').press('ArrowUp')
		await page.keyboard.press('ArrowUp')
		t.equal(await page.evaluate('Number(document.activeElement.dataset.sequence)'), many - 1, 'from row to row')
	})

	t.test('a link to a message', async (t) => {
		const { page } = await house.be('ada', '/chat/general/40017')
		const isInTheMiddle = async () => {
			await sees(page, 40_017)
			await isTrue(page, `Math.abs(middleOf(40017)) < 120`)
		}
		await page.evaluate(`window.middleOf = ${middleOf}`)
		await isInTheMiddle()
		t.ok(inOrder((await settled(page)).sequences))
		await page.getByRole('log').press('End')
		await sees(page, many)
		await followLink(page, '/chat/general/40017')
		await isInTheMiddle()
		await followLink(page, '/chat/general/71')
		await sees(page, 71)
		await followLink(page, `/chat/general/${many + 500}`)
		await page.getByText(`There is no message ${many + 500} here.`).waitFor()
		await sees(page, many)
	})

	t.test('days, people, and what is new', async (t) => {
		await room(house, 'days', ['bob'])
		const first = await say(house, 'ada', 'days', 'one')
		await say(house, 'ada', 'days', 'two')
		const bob = await house.be('bob', '/chat/days')
		const log = bob.page.getByRole('log', { name: 'days' })
		await log.getByText('two').waitFor()
		await log.getByText('Today').waitFor()
		t.equal(await log.locator('[data-continued]').count(), 1, 'the second goes on')
		await isRead(house, 'bob', 'days', 2)
		await bob.page.goto(`${house.server.url}/chat/general`)
		await sees(bob.page, many)

		for (let number = 3; number <= 40; number += 1) await say(house, 'ada', 'days', `line ${number}`)
		await bob.page.getByRole('link', { name: /^days/ }).click()
		const line = bob.page.getByRole('separator', { name: 'New messages' })
		await line.waitFor()
		await sees(bob.page, 3)
		t.ok(await isOnScreen(bob.page, 3), 'it begins at what is new')
		await bob.page.getByRole('button', { name: /Jump to latest/ }).click()
		await sees(bob.page, 40)
		await isRead(house, 'bob', 'days', 40)
		await bob.page.getByRole('link', { name: 'general' }).click()
		await sees(bob.page, many)
		await bob.page.getByRole('link', { name: /^days/ }).click()
		await sees(bob.page, 40)
		t.equal(await line.count(), 0, 'nothing is new any more')

		await askJson(house.server.url, '/rooms/days/unread', { sequence: 5 }, { ...as(house, 'bob'), method: 'PUT' })
		const jump = bob.page.getByRole('button', { name: 'Jump to first unread' })
		await jump.waitFor()
		// No hand does that: so a list scrolls whose rows change their heights.
		await bob.page.evaluate(`(async () => {
			const list = document.querySelector('[role=log]')
			for (const top of [list.scrollTop - 40, list.scrollHeight]) {
				list.scrollTop = top
				await new Promise(requestAnimationFrame)
				await new Promise(requestAnimationFrame)
			}
		})()`)
		await say(house, 'ada', 'days', 'while it is held back')
		await sees(bob.page, 41)
		t.equal((await roomOf(house, 'bob', 'days')).read, 4, 'what is to be read again is not read at once')
		await jump.click()
		await sees(bob.page, 5)
		await bob.page.keyboard.press('Escape')
		await sees(bob.page, 41)
		await isRead(house, 'bob', 'days', 41)
		t.equal(first.sequence, 1)
	})

	t.test('what is said first in a room is there in each frame', async (t) => {
		await room(house, 'empty')
		const { page } = await house.be('ada', '/chat/empty')
		await page.getByText('This is the beginning of').waitFor()
		await page.evaluate(`globalThis.frames = []; (function look() {
			frames.push(document.querySelector('[role=log]').textContent.includes('the very first'))
			requestAnimationFrame(look)
		})()`)
		await page.getByRole('textbox', { name: 'Message' }).fill('the very first')
		await page.keyboard.press('Enter')
		await sees(page, 1)
		await isTrue(page, `document.querySelector('.outgoing') === null`)
		t.notOk(await page.evaluate('frames.slice(frames.indexOf(true)).includes(false)'))
	})

	t.test('what is read stays where it is, and the end stays the end', async (t) => {
		await room(house, 'still')
		for (let number = 1; number <= 40; number += 1) await say(house, 'ada', 'still', `line ${number}`)
		await addMember(house.server.url, house.owner, 'still', 'bob')
		const { page } = await house.be('bob', '/chat/still')
		await sees(page, 40)
		await say(house, 'ada', 'still', 'the end of it')
		await sees(page, 41)
		t.ok(await page.evaluate(isAtEnd), 'it follows')
		await page.setViewportSize({ width: 1280, height: 500 })
		await isTrue(page, isAtEnd)
		await page.setViewportSize({ width: 700, height: 800 })
		await isTrue(page, isAtEnd)

		await page.mouse.move(600, 400)
		await page.mouse.wheel(0, -500)
		await isTrue(page, `!(${isAtEnd})`)
		const { sequences } = await settled(page)
		const read = sequences[3] as number
		const before = await topOf(page, read)
		await say(house, 'ada', 'still', 'unseen')
		await page.getByRole('button', { name: 'Jump to latest (1 new)' }).waitFor()
		const messages = await history(house, 'still')
		await edit(house, 'still', messages[read + 2]?.id as string, 'longer '.repeat(60))
		await edit(house, 'still', messages[3]?.id as string, 'longer '.repeat(60))
		await page.getByText('longer longer').first().waitFor()
		t.equal(await topOf(page, read), before)
		const composer = page.getByRole('textbox', { name: 'Message' })
		await composer.fill('my own')
		await composer.press('Enter')
		await sees(page, 43)
		await isTrue(page, isAtEnd)
	})

	t.test('read is what somebody has looked at', async (t) => {
		await room(house, 'look', ['carol'])
		const { page } = await house.be('carol', '/chat/look')
		await page.getByRole('heading', { name: 'This is the beginning of #look' }).waitFor()
		await page.evaluate(`Object.defineProperty(document, 'visibilityState', { value: 'hidden', configurable: true })`)
		await say(house, 'ada', 'look', 'nobody sees it')
		await page.getByRole('log').getByText('nobody sees it').waitFor()
		await page.getByRole('separator', { name: 'New messages' }).waitFor()
		t.equal((await roomOf(house, 'carol', 'look')).unread, 1, 'it is not read')
		await page.evaluate(`delete document.visibilityState; document.dispatchEvent(new Event('visibilitychange'))`)
		await isRead(house, 'carol', 'look', 1)
	})

	t.test('a room that is not there', async (t) => {
		const { page } = await house.be('bob', '/chat/nowhere', { expected: /404/ })
		await page.getByRole('heading', { name: 'There is no #nowhere for you' }).waitFor()
		t.not(await page.evaluate('document.activeElement.tagName'), 'BODY', 'the focus is there')
		await followLink(page, '/chat/@nobody')
		await page.getByRole('heading', { name: 'There is no nobody here' }).waitFor()
		await followLink(page, '/chat/%20')
		await page.getByRole('heading', { name: 'Choose a room to read it.' }).waitFor()
		await followLink(page, '/chat/nowhere')
		await page.getByRole('link', { name: 'Go to #general' }).click()
		await sees(page, many)
	})

	t.test('one long message makes no room for more of its kind', async (t) => {
		await room(house, 'terse', ['bob'])
		await say(house, 'ada', 'terse', 'word\n\n'.repeat(2_000))
		const { page } = await house.be('bob', '/chat/terse')
		await page.getByRole('log').getByText('word').first().waitFor()
		for (let number = 1; number <= 100; number += 1) await say(house, 'ada', 'terse', `line ${number}`)
		await page.getByRole('button', { name: 'Jump to latest' }).waitFor()
		const first = 'document.querySelector(".message-text").offsetHeight'
		await isTrue(page, `document.querySelector('.message-scroller').scrollHeight < ${first} + 100 * 100`)
		t.ok(true)
	})

	t.test('many deleted messages are few lines', async () => {
		await room(house, 'cleared')
		for (let number = 1; number <= 60; number += 1) await say(house, 'ada', 'cleared', `line ${number}`)
		const { page } = await house.be('ada', '/chat/cleared')
		await sees(page, 60)
		await ask(house.server.url, '/rooms/cleared/messages?through=58', { ...as(house, 'ada'), method: 'DELETE' })
		await page.getByText('25 messages were deleted.').first().waitFor()
		await page.getByText('8 messages were deleted.').waitFor()
		await page.getByRole('heading', { name: 'This is the beginning of #cleared' }).waitFor()
		await sees(page, 60)
	})

	t.test('a room that does not keep everything begins where it does', async (t) => {
		await putRoom(house.server.url, house.owner, 'kept', { historyLimit: 3 })
		for (let number = 1; number <= 20; number += 1) await say(house, 'ada', 'kept', `line ${number}`)
		const { page } = await house.be('ada', '/chat/kept')
		await page.getByText('This room keeps its messages for a while only: 17 were here before.').waitFor()
		t.same((await settled(page)).sequences, [18, 19, 20])
		await page.getByRole('log').getByText('Today').waitFor()
	})

	t.test('time travel', async (t) => {
		await room(house, 'past')
		const posted = await say(house, 'ada', 'past', 'soup for all')
		await say(house, 'ada', 'past', 'to be deleted')
		await addMember(house.server.url, house.owner, 'past', 'bob')
		const messages = await history(house, 'past')
		await edit(house, 'past', posted.id, 'bread for all')
		await ask(house.server.url, `/rooms/past/messages/${messages[1]?.id}`, { ...as(house, 'ada'), method: 'DELETE' })
		await say(house, 'ada', 'past', 'the last word')

		const { page } = await house.be('ada', '/chat/past')
		await page.getByText('the last word').waitFor()
		await page.getByRole('button', { name: 'Time travel' }).click()
		const log = page.getByRole('log', { name: 'past, as it was' })
		await log.getByText('the last word').waitFor()
		t.equal(await page.getByRole('textbox').count(), 0, 'nothing is said in the past')
		await page.getByText('Members then: ada, bob').waitFor()
		await log.getByText('bread for all').waitFor()

		const back = page.getByRole('button', { name: 'One step back' })
		await back.click()
		await page.getByText('ada deleted a message').waitFor()
		t.equal(await log.getByText('the last word').count(), 0, 'what was said later is not there')
		await back.click()
		await page.getByText('ada edited a message').waitFor()
		await log.getByText('bread for all').waitFor()
		await page.evaluate(
			'for (let times = 0; times < 2; times++) document.querySelector(\'[aria-label="One step back"]\').click()',
		)
		await page.getByText('ada wrote a message').waitFor()
		await page.getByRole('button', { name: 'One step forward' }).click()
		await page.getByText('bob became a member').waitFor()
		await log.getByText('soup for all').waitFor()
		await log.getByText('Edited later').waitFor()
		await page.getByText('Deleted messages stay deleted').waitFor()
		await back.click()
		await page.getByText('Members then: ada', { exact: true }).waitFor()

		const slider = page.getByRole('slider', { name: 'Position in time' })
		await slider.press('ArrowLeft')
		await isTrue(page, `location.search === '?at=${posted.position}'`)
		await page.reload()
		await log.getByText('soup for all').waitFor()
		t.match(await slider.getAttribute('aria-valuetext'), /, 1 of 3 messages$/, 'the moment is in the address')
		await page.goto(`${page.url()}&thread=${posted.id}`)
		await page.getByRole('complementary', { name: 'Thread' }).getByText('soup for all').waitFor()
		await slider.press('Home')
		await page.getByText('Before the first message').waitFor()
		await isTrue(page, `location.search === '?at=${posted.position - 1}&thread=${posted.id}'`)
		await page.getByRole('button', { name: 'Close thread' }).click()
		t.equal(await log.getByText('soup for all').count(), 0)
		await slider.press('End')
		await log.getByText('the last word').waitFor()
		await page.getByRole('button', { name: 'One step forward' }).click()
		await page.getByText('Nothing has happened here since.').waitFor()
		await page.keyboard.press('Escape')
		await page.getByRole('textbox', { name: 'Message' }).waitFor()
		t.match(page.url(), /\/chat\/past$/)
	})

	t.test('who goes on while the address is written stays where they went', async () => {
		await room(house, 'on')
		const posted: { position: number }[] = []
		for (let number = 1; number <= 5; number += 1) posted.push(await say(house, 'ada', 'on', `line ${number}`))
		const { page } = await house.be('ada', '/chat/on')
		await page.getByRole('button', { name: 'Time travel' }).click()
		await page.getByRole('log', { name: 'on, as it was' }).getByText('line 5').waitFor()
		await page.evaluate(goOnWhileAddressIsWritten)
		await page.waitForURL(`**/chat/on?at=${posted[2]?.position}`)
	})

	t.test('who leaves the past on the way is not brought back', async (t) => {
		await room(house, 'gone')
		for (let number = 1; number <= 5; number += 1) await say(house, 'ada', 'gone', `line ${number}`)
		const { page } = await house.be('ada', '/chat/gone')
		await page.getByRole('button', { name: 'Time travel' }).click()
		await page.getByRole('log', { name: 'gone, as it was' }).getByText('line 5').waitFor()
		const held = Promise.withResolvers<void>()
		const asked = page.waitForRequest(/[?&]at=/)
		await page.route(/[?&]at=/, async (route) => {
			await held.promise
			await route.continue()
		})
		await page.getByRole('slider').press('ArrowLeft')
		await asked
		await page.keyboard.press('Escape')
		await page.getByRole('textbox', { name: 'Message' }).waitFor()
		const answered = page.waitForResponse(/messages\?.*[?&]at=/)
		held.resolve()
		await answered
		// Longer than the address waits for the slider to stand still.
		await page.evaluate('new Promise((resolve) => setTimeout(resolve, 500))')
		t.match(page.url(), /\/chat\/gone$/)
	})
})

function as({ people }: WebHouse, name: string): { headers: { Authorization: string } } {
	const { headers } = people[name] as { headers: { Authorization: string } }
	return { headers }
}

/** A room of ada's, with others in it. */
async function room(house: WebHouse, name: string, members: string[] = []): Promise<void> {
	await putRoom(house.server.url, house.owner, name)
	for (const member of members) await addMember(house.server.url, house.owner, name, member)
}

function say(house: WebHouse, name: string, room: string, content: string) {
	return house.server.post(room, content, as(house, name).headers)
}

async function edit(house: WebHouse, room: string, id: string, content: string): Promise<void> {
	await askJson(
		house.server.url,
		`/rooms/${room}/messages/${id}`,
		{ content },
		{ ...as(house, 'ada'), method: 'PATCH' },
	)
}

async function history(house: WebHouse, room: string): Promise<{ id: string }[]> {
	return (await ask(house.server.url, `/rooms/${room}/messages?limit=500`, as(house, 'ada'))).json.messages
}

async function roomOf(house: WebHouse, name: string, room: string) {
	return (await ask(house.server.url, `/rooms/${room}`, as(house, name))).json
}

async function isRead(house: WebHouse, name: string, room: string, sequence: number): Promise<void> {
	await until(async () => (await roomOf(house, name, room)).read === sequence)
}

/** Waits until an expression is true in the page, whose policy lets nothing but this evaluate. */
async function isTrue(page: Page, expression: string): Promise<void> {
	await until(() => page.evaluate<boolean>(expression))
}

/** A click on a link to an address of the app, such as one in a message. */
async function followLink(page: Page, href: string): Promise<void> {
	await page.evaluate(`(() => {
		const link = document.createElement('a')
		link.href = ${JSON.stringify(href)}
		document.body.append(link)
		link.click()
		link.remove()
	})()`)
}

/** What of the list is on the screen, as a function in the page. */
const onScreen = `(() => {
	const list = document.querySelector('.message-scroller')
	if (list === null) return { sequences: [], rows: 0, waiting: 0 }
	const { top, bottom } = list.getBoundingClientRect()
	const isSeen = (row) => row.getBoundingClientRect().bottom > top + 1 && row.getBoundingClientRect().top < bottom - 1
	const rows = [...list.querySelectorAll('[data-sequence]')]
	return {
		sequences: rows.filter(isSeen).map((row) => Number(row.dataset.sequence)).sort((one, other) => one - other),
		rows: rows.length,
		waiting: [...list.querySelectorAll('.placeholder')].filter(isSeen).length,
		top: list.scrollTop,
	}
})()`

interface OnScreen {
	sequences: number[]
	rows: number
}

/** Waits until nothing moves and nothing is waited for. */
async function settled(page: Page): Promise<OnScreen> {
	return page.evaluate(`new Promise((resolve) => {
		let last = ''
		let still = 0
		const look = () => {
			const seen = ${onScreen}
			const is = JSON.stringify(seen)
			still = is === last && seen.waiting === 0 && seen.sequences.length > 0 ? still + 1 : 0
			last = is
			if (still > 8) resolve(seen)
			else requestAnimationFrame(look)
		}
		look()
	})`)
}

async function sees(page: Page, sequence: number): Promise<void> {
	await isTrue(page, `${onScreen}.sequences.includes(${sequence})`)
}

async function isOnScreen(page: Page, sequence: number): Promise<boolean> {
	return (await settled(page)).sequences.includes(sequence)
}

function topOf(page: Page, sequence: number): Promise<number> {
	return page.evaluate(`document.querySelector('[data-sequence="${sequence}"]').getBoundingClientRect().top`)
}

/** How far from the middle of the list a message is, in pixels. */
const middleOf = `(sequence) => {
	const middle = (element) => {
		const { top, bottom } = element.getBoundingClientRect()
		return (top + bottom) / 2
	}
	const list = document.querySelector('.message-scroller')
	return middle(list.querySelector('[data-sequence="' + sequence + '"]')) - middle(list)
}`

const isAtEnd = `(() => {
	const { scrollHeight, scrollTop, clientHeight } = document.querySelector('.message-scroller')
	return scrollHeight - scrollTop - clientHeight < 2
})()`

function inOrder(sequences: readonly number[]): boolean {
	return (
		sequences.length > 2 && sequences.every((sequence, i) => i === 0 || sequence === (sequences[i - 1] as number) + 1)
	)
}

/** Drags the scrollbar from one part of the whole to another, within so many frames. */
function dragging(from: number, to: number, frames: number): string {
	return `new Promise((resolve) => {
		const list = document.querySelector('.message-scroller')
		let frame = 0
		const move = () => {
			frame += 1
			list.scrollTop = (list.scrollHeight - list.clientHeight) * (${from} + ${to - from} * frame / ${frames})
			if (frame < ${frames}) requestAnimationFrame(move)
			else resolve()
		}
		requestAnimationFrame(move)
	})`
}

/** Measures how long frames take, tasks that are too long, and how far what is on the screen moves from frame to frame. */
const measuring = `(() => {
	let times = []
	let tasks = []
	let moves = []
	let last = performance.now()
	let lastTops = new Map()
	const tick = (now) => {
		times.push(now - last)
		last = now
		const rows = [...document.querySelectorAll('[data-sequence]')]
		const tops = new Map(rows.map((row) => [row.dataset.sequence, row.getBoundingClientRect().top]))
		const seen = [...tops].find(([sequence, top]) => top > 60 && top < 700 && lastTops.has(sequence))
		if (seen) moves.push(seen[1] - lastTops.get(seen[0]))
		lastTops = tops
		requestAnimationFrame(tick)
	}
	requestAnimationFrame(tick)
	new PerformanceObserver((list) => tasks.push(...list.getEntries().map(({ duration }) => duration))).observe({
		entryTypes: ['longtask'],
	})
	window.moves = () => moves
	window.frames = () => {
		times.sort((one, other) => one - other)
		const at = (part) => (times[Math.floor((times.length - 1) * part)] ?? 0).toFixed(1) + ' ms'
		const said = [times.length + ' frames', 'p50 ' + at(0.5), 'p95 ' + at(0.95), 'worst ' + at(1), tasks.length + ' long tasks'].join(', ')
		times = []
		tasks = []
		return said
	}
})()`
