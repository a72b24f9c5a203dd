import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core'
import type { Test } from 'tap'
import { chromiumPath, windowlessPath } from './chromium.ts'
import { type Account, addPerson, password, setUp } from './people.ts'
import { type Server, type ServerOptions, startServer } from './server.ts'

/** What the console says by itself where a test has cut the line, or has stopped the server. */
export const brokenLine = /net::ERR_|WebSocket connection to|when fetching the script|status of 503/

/** What the console says where a test has no service worker. */
const noWorker = 'Service Worker registration blocked by Playwright'

/** How long something may take to show, on a machine that is busy. */
const patienceMs = 30_000

/** A server with an owner and some people, and a browser to be them in. */
export interface WebHouse {
	server: Server
	owner: Account
	people: Record<string, Account>
	browser: Browser
	/** Somebody's own browser window, signed in, at an address of the app. */
	be(name: string, path?: string, options?: WindowOptions): Promise<Window>
}

interface BrowserOptions {
	/** As people have it, for what is done by the browser itself: notifications, installing, starting without a line. */
	isWhole?: boolean | undefined
}

export interface WindowOptions {
	phone?: boolean
	dark?: boolean
	/**
	 * With the service worker. It loads the whole app beside what a test is about, and of a page that has one playwright
	 * does not promise to hold back every request.
	 */
	worker?: boolean
	/** What this test makes fail itself, as the console says it. */
	expected?: RegExp
}

/** A window of a browser: its page, and what went wrong in it. */
export interface Window {
	page: Page
	context: BrowserContext
	/** What the console said that went wrong, what was thrown, and requests to other hosts. */
	complaints: string[]
}

/** Starts a server, its owner `ada` and members of those names, and a browser. All end with the test. */
export async function startWebHouse(
	t: Test,
	{
		members = ['bob'],
		isWhole,
		...options
	}: { members?: string[] } & BrowserOptions & Pick<ServerOptions, 'directory' | 'flags'> = {},
): Promise<WebHouse> {
	const server = await startServer(t, { guests: false, ...options })
	const owner = await setUp(server, 'ada')
	const people: Record<string, Account> = { ada: owner }
	for (const name of members) people[name] = await addPerson(server.url, owner, name)
	const browser = await startWebBrowser(t, { isWhole })
	const be = async (name: string, path = '/', options: WindowOptions = {}) => {
		const window = await openWindow(t, browser, server.url, options)
		const answer = await window.context.request.post(`${server.url}/sessions`, { data: { name, password } })
		if (!answer.ok()) throw new Error(await answer.text())
		await window.page.goto(`${server.url}${path}`)
		return window
	}
	return { server, owner, people, browser, be }
}

/** A browser of the test's own. */
export async function startWebBrowser(t: Test, { isWhole = false }: BrowserOptions = {}): Promise<Browser> {
	const browser = await chromium.launch({
		executablePath: isWhole ? chromiumPath : windowlessPath,
		args: ['--no-sandbox', '--disable-gpu'],
	})
	t.teardown(() => browser.close())
	return browser
}

/** A window in which nobody is signed in. At the end of the test nothing must have gone wrong in it. */
export async function openWindow(
	t: Test,
	browser: Browser,
	url: string,
	{ phone = false, dark = false, worker = false, expected = /$^/ }: WindowOptions = {},
): Promise<Window> {
	const context = await browser.newContext({
		viewport: phone ? { width: 390, height: 800 } : { width: 1280, height: 800 },
		colorScheme: dark ? 'dark' : 'light',
		hasTouch: phone,
		serviceWorkers: worker ? 'allow' : 'block',
	})
	const page = await context.newPage()
	page.setDefaultTimeout(patienceMs)
	const complaints: string[] = []
	const complain = (text: string) => {
		if (!expected.test(text) && text !== noWorker) complaints.push(text)
	}
	page.on('console', (message) => {
		if (message.type() === 'error' || message.type() === 'warning') complain(message.text())
	})
	page.on('pageerror', (error) => complain(String(error.stack)))
	page.on('request', (request) => {
		if (new URL(request.url()).host !== new URL(url).host) complain(`a request to ${request.url()}`)
	})
	t.teardown(async () => {
		await context.close()
		// Thrown by itself it would leave out what else has to end.
		if (complaints.length > 0) t.threw(new Error(`in the page went wrong: ${complaints.join('\n')}`))
	})
	return { page, context, complaints }
}
