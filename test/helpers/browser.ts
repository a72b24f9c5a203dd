import { spawn } from 'node:child_process'
import { once } from 'node:events'
import type { Test } from 'tap'
import { WebSocket } from 'ws'
import { chromiumPath } from './chromium.ts'
import { temporaryDirectory } from './directory.ts'
import { Lines } from './lines.ts'

/** Of what happens in a page, what is looked at here. */
interface Event {
	entry?: { level: string; text: string; url?: string }
	exceptionDetails?: { exception?: { description?: string } }
	type?: string
	args?: { value?: unknown }[]
}

/** A page of a real browser, driven over its debugging protocol. */
export class Page {
	readonly #socket: WebSocket
	readonly #waiting = new Map<number, PromiseWithResolvers<Record<string, unknown>>>()
	readonly #events = new Map<string, (params: Event) => void>()
	/** What the page's console has said that went wrong. */
	readonly complaints: string[] = []
	#sessionId: string | undefined
	#lastId = 0

	constructor(socket: WebSocket) {
		this.#socket = socket
		socket.on('message', (data) => {
			const { id, method, params, result, error } = JSON.parse(String(data))
			if (method !== undefined) this.#events.get(method)?.(params)
			else if (error !== undefined) this.#waiting.get(id)?.reject(new Error(error.message))
			else this.#waiting.get(id)?.resolve(result)
		})
		this.#events.set('Log.entryAdded', ({ entry }) => {
			if (entry?.level === 'error') this.complaints.push(`${entry.text} ${entry.url ?? ''}`)
		})
		this.#events.set('Runtime.exceptionThrown', ({ exceptionDetails }) => {
			this.complaints.push(exceptionDetails?.exception?.description ?? 'something was thrown')
		})
		this.#events.set('Runtime.consoleAPICalled', ({ type, args }) => {
			if (type === 'error') this.complaints.push(args?.map(({ value }) => value).join(' ') ?? '')
		})
	}

	/** Opens a page at that address. With its policy bypassed, it does not bind what the test runs in it. */
	async open(url: string, policy?: 'policy bypassed'): Promise<void> {
		const { targetId } = await this.call('Target.createTarget', { url: 'about:blank' })
		const { sessionId } = await this.call('Target.attachToTarget', { targetId, flatten: true })
		this.#sessionId = sessionId as string
		for (const domain of ['Page', 'Runtime', 'Log']) await this.call(`${domain}.enable`)
		await this.call('Page.setBypassCSP', { enabled: policy !== undefined })
		await this.navigate(url)
	}

	/** Goes elsewhere in the same tab: what ran in the page is gone, and what it has stored is there. */
	async navigate(url: string): Promise<void> {
		const loaded = new Promise<void>((resolve) => this.#events.set('Page.loadEventFired', () => resolve()))
		await this.call('Page.navigate', { url })
		await loaded
	}

	/** What an expression is in the page; a promise is waited for. */
	async run(expression: string): Promise<unknown> {
		const evaluated = await this.call('Runtime.evaluate', { expression, awaitPromise: true, returnByValue: true })
		const { result, exceptionDetails } = evaluated as {
			result: { value: unknown }
			exceptionDetails?: { exception?: { description?: string } }
		}
		if (exceptionDetails !== undefined) throw new Error(exceptionDetails.exception?.description)
		return result.value
	}

	call(method: string, params: Record<string, unknown> = {}): Promise<Record<string, unknown>> {
		this.#lastId += 1
		const waiter = Promise.withResolvers<Record<string, unknown>>()
		this.#waiting.set(this.#lastId, waiter)
		const session = this.#sessionId === undefined ? {} : { sessionId: this.#sessionId }
		this.#socket.send(JSON.stringify({ id: this.#lastId, method, params, ...session }))
		return waiter.promise
	}
}

/** A browser of the test's own, ended with it. */
export async function startBrowser(t: Test): Promise<Page> {
	const flags = [
		'--headless',
		'--no-sandbox',
		'--disable-gpu',
		'--disable-quic',
		'--no-first-run',
		'--disable-background-networking',
		'--disable-component-update',
		'--disable-sync',
		'--remote-debugging-port=0',
		`--user-data-dir=${temporaryDirectory(t)}`,
	]
	const child = spawn(chromiumPath, flags, { stdio: ['ignore', 'ignore', 'pipe'] })
	t.teardown(async () => {
		child.kill('SIGKILL')
		if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
	})
	const line = await new Lines(child.stderr).until((line) => line.startsWith('DevTools listening on '))
	const socket = new WebSocket(line.replace('DevTools listening on ', ''))
	t.teardown(() => socket.terminate())
	await once(socket, 'open')
	return new Page(socket)
}
