import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { Page } from 'playwright-core'
import type { Test } from 'tap'

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

/** What axe finds: what is wrong, and where. */
async function violations(page: Page): Promise<string[]> {
	// What is on its way, as a colour, is not there yet.
	await page.evaluate('Promise.allSettled(document.getAnimations().map((animation) => animation.finished))')
	if (!(await page.evaluate('"axe" in globalThis'))) await page.evaluate(axe)
	return page.evaluate(`axe.run({ resultTypes: ['violations'] }).then(({ violations }) => violations.flatMap(({ id, nodes }) =>
		nodes.map(({ target, failureSummary }) => id + ' at ' + target.join(' ') + ': ' + failureSummary)
	))`)
}

/** What of the app is looked at. */
export interface Screen {
	name: string
	path: string
	/** Of what is not to be seen on a phone. */
	isWide?: true
	/** Brings it there; resolves when it is. */
	show(page: Page): Promise<unknown>
}

/** Sizes and colours; what is shown has to suit each of them. */
export const looks = [
	{ look: 'desktop, light', size: { width: 1280, height: 800 }, colorScheme: 'light' },
	{ look: 'desktop, dark', size: { width: 1280, height: 800 }, colorScheme: 'dark' },
	{ look: 'phone, dark', size: { width: 390, height: 800 }, colorScheme: 'dark' },
	{ look: 'phone, light', size: { width: 390, height: 800 }, colorScheme: 'light' },
] as const
export type Look = (typeof looks)[number]

/** That of a screen or a part of it is there. */
export const heading = (name: string) => (page: Page) => page.getByRole('heading', { name }).waitFor()

/** Whether axe finds nothing wrong with a screen, in each of these sizes and colours. */
export async function check(
	t: Test,
	page: Page,
	{ name, path, show }: Screen,
	url: string,
	wanted: readonly Look[] = looks,
): Promise<void> {
	await page.setViewportSize(looks[0].size)
	await open(page, url + path)
	await show(page)
	for (const { look, size, colorScheme } of wanted) {
		await page.setViewportSize(size)
		await page.emulateMedia({ colorScheme })
		t.same(await violations(page), [], `${name}: ${look}`)
	}
}

/** A new page, also where only another fragment is asked for. One from elsewhere would take twice as long: a process of its own. */
async function open(page: Page, address: string): Promise<void> {
	const isThere = page.url().split('#')[0] === address.split('#')[0]
	await page.goto(address)
	if (isThere) await page.reload()
}
