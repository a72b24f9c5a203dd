import { once } from 'node:events'
import { type IncomingMessage, request } from 'node:http'
import type { Test } from 'tap'
import { openWebSocket, type Received } from './websocket.ts'
import { inTime } from './writer.ts'

/** How a listener's connection ended. */
export interface Over {
	/** By the clock of `performance.now()`. */
	at: number
	/** Of `bye`, over HTTP. */
	reason?: string
	/** Over HTTP: whether the body was complete. */
	isWhole?: boolean
	/** Over WebSocket. */
	code?: number
}

/** Somebody who follows in one of the ways that there are, and keeps what comes, in order. */
export class Listener {
	readonly name: string
	readonly heard: Received[] = []
	readonly over: Promise<Over>
	/** Reads on, for one that was opened to hold. */
	readonly read: () => void
	/** Goes away. */
	readonly close: () => void
	/** Over WebSocket. */
	readonly send: (message: unknown) => void
	#isOver = false
	#wake: () => void = () => {}

	constructor(
		name: string,
		transport: {
			hear(listen: (frame: Received) => void): void
			over: Promise<Over>
			read(): void
			close(): void
			send?(message: unknown): void
		},
	) {
		this.name = name
		this.read = transport.read
		this.close = transport.close
		this.send = transport.send ?? (() => {})
		transport.hear((frame) => {
			this.heard.push(frame)
			this.#wake()
		})
		this.over = transport.over.then((over) => {
			this.#isOver = true
			this.#wake()
			return over
		})
	}

	get isOver(): boolean {
		return this.#isOver
	}

	/** The texts of the messages that have come. */
	get contents(): string[] {
		return this.heard.filter(({ type }) => type === 'message').map(({ content }) => content)
	}

	/** Resolves with the first frame for which that is true, also one that has come already. */
	until(isWanted: (frame: Received) => boolean): Promise<Received> {
		return inTime(this.#until(isWanted), this.name, 10)
	}

	untilContent(content: string): Promise<Received> {
		return this.until((frame) => frame.type === 'message' && frame.content === content)
	}

	untilType(type: string): Promise<Received> {
		return this.until((frame) => frame.type === type)
	}

	async #until(isWanted: (frame: Received) => boolean): Promise<Received> {
		for (let next = 0; ; ) {
			for (; next < this.heard.length; next += 1) if (isWanted(this.heard[next])) return this.heard[next]
			if (this.#isOver) throw new Error(`${this.name} ended after ${JSON.stringify(this.heard.at(-1))}`)
			await new Promise<void>((resolve) => {
				this.#wake = resolve
			})
		}
	}
}

export interface ListenOptions {
	name?: string
	headers?: Record<string, string>
	/** Reads nothing until it is told to. */
	holds?: boolean
}

export type Form = 'sse' | 'ndjson' | 'text'

/** Opens a stream over HTTP, and resolves when its answer begins; closed with the test. */
export async function listen(
	t: Test,
	url: string,
	form: Form,
	path: string,
	{ name = `${form} of ${path}`, headers = {}, holds = false }: ListenOptions = {},
): Promise<Listener> {
	const { accept, parse } = forms[form]
	const asked = request(`${url}${path}`, { agent: false, headers: { Accept: accept, ...headers } })
	t.teardown(() => asked.destroy())
	asked.on('error', () => {})
	asked.end()
	const [response] = (await once(asked, 'response')) as [IncomingMessage]
	if (response.statusCode !== 200) throw new Error(`${name}: ${response.statusCode}`)
	const over = Promise.withResolvers<Over>()
	let reason: string | undefined
	response.on('error', () => {})
	response.on('close', () => {
		over.resolve({
			at: performance.now(),
			...(reason === undefined ? {} : { reason }),
			isWhole: response.complete,
		})
	})
	return new Listener(name, {
		over: over.promise,
		read: () => void response.resume(),
		close: () => void asked.destroy(),
		hear(listen) {
			let text = ''
			response.setEncoding('utf8')
			response.on('data', (chunk: string) => {
				const parts = (text + chunk).split(form === 'sse' ? '\n\n' : '\n')
				text = parts.pop() as string
				for (const frame of parts.flatMap(parse)) {
					if (frame.type === 'bye') reason = frame.reason
					listen(frame)
				}
			})
			if (holds) response.pause()
		},
	})
}

const forms: { readonly [Name in Form]: { accept: string; parse(part: string): Received[] } } = {
	sse: {
		accept: 'text/event-stream',
		parse: (block) => {
			const data = /^data: (.*)$/m.exec(block)?.[1]
			return data === undefined ? [] : [JSON.parse(data)]
		},
	},
	ndjson: { accept: 'application/x-ndjson', parse: (line) => [JSON.parse(line)] },
	text: {
		accept: 'text/plain',
		parse: (line) => {
			const bye = /^# the server ends this stream: (\w+)$/.exec(line)?.[1]
			if (bye !== undefined) return [{ type: 'bye', reason: bye }]
			const [, room, sender, content] = /^\S+ \S+ {2}#(\S+) {2}(\S+): (.*)$/.exec(line) ?? []
			return room === undefined ? [] : [{ type: 'message', room, sender, content }]
		},
	},
}

/** Opens a WebSocket, says what it is to say, and resolves when that is answered; closed with the test. */
export async function listenByWebSocket(
	t: Test,
	url: string,
	messages: readonly Record<string, unknown>[],
	{ name = `WebSocket with ${JSON.stringify(messages)}`, headers = {}, holds = false }: ListenOptions = {},
): Promise<Listener> {
	const reader = await openWebSocket(t, `${url.replace('http', 'ws')}/ws`, headers)
	const { socket, received, closed } = reader
	for (const message of messages) {
		if (holds && message.type === 'subscribe') {
			socket.pause()
			reader.send(message)
		} else {
			await inTime(reader.ask(message, message.type === 'subscribe' ? 'live' : 'hello'), name, 10)
		}
	}
	return new Listener(name, {
		over: closed.then(({ code }) => ({ at: performance.now(), code })),
		read: () => socket.resume(),
		close: () => socket.close(),
		send: (message) => reader.send(message),
		hear(listen) {
			for (const message of received) listen(message)
			socket.on('message', (data) => listen(JSON.parse(String(data))))
		},
	})
}
