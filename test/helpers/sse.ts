import type { Test } from 'tap'

export interface SseEvent {
	/** `message` where the stream names none. */
	event: string
	id: string | undefined
	// biome-ignore lint/suspicious/noExplicitAny: a test looks at what it expects
	data: any
	/** How many bytes of the body were read when this was complete. */
	bytes: number
}

/**
 * A reader of Server-Sent Events that shows everything: also ids alone and the bytes. It is the
 * tests' own, so that a mistake in the server and one in a client cannot hide each other.
 */
export class SseReader {
	readonly response: Response
	retry: number | undefined
	/** All that has come so far. */
	readonly events: SseEvent[] = []
	readonly #abort: AbortController
	readonly #source: AsyncGenerator<SseEvent>

	constructor(response: Response, abort: AbortController) {
		this.response = response
		this.#abort = abort
		this.#source = this.#read()
	}

	/** The next event; undefined when the stream has ended. */
	async next(): Promise<SseEvent | undefined> {
		const { value, done } = await this.#source.next()
		if (done === true) return undefined
		this.events.push(value)
		return value
	}

	/** Reads on until an event for which that is true, and returns it. */
	async until(isWanted: (event: SseEvent) => boolean): Promise<SseEvent> {
		for (;;) {
			const event = await this.next()
			if (event === undefined) throw new Error(`the stream ended after ${JSON.stringify(this.events.at(-1))}`)
			if (isWanted(event)) return event
		}
	}

	untilType(type: string): Promise<SseEvent> {
		return this.until(({ data }) => data.type === type)
	}

	/** Everything to the end of the stream. */
	async rest(): Promise<SseEvent[]> {
		while ((await this.next()) !== undefined);
		return this.events
	}

	close(): void {
		this.#abort.abort()
	}

	async *#read(): AsyncGenerator<SseEvent> {
		const decoder = new TextDecoder()
		let text = ''
		let bytes = 0
		const body = this.response.body as unknown as AsyncIterable<Uint8Array>
		for await (const chunk of body) {
			text += decoder.decode(chunk, { stream: true })
			for (let end = text.indexOf('\n\n'); end >= 0; end = text.indexOf('\n\n')) {
				const block = text.slice(0, end)
				text = text.slice(end + 2)
				bytes += Buffer.byteLength(block) + 2
				const event = this.#parse(block, bytes)
				if (event !== undefined) yield event
			}
		}
	}

	#parse(block: string, bytes: number): SseEvent | undefined {
		const fields = new Map(block.split('\n').map((line) => line.split(/: (.*)/s).slice(0, 2) as [string, string]))
		const retry = fields.get('retry')
		if (retry !== undefined) this.retry = Number(retry)
		const data = fields.get('data')
		if (data === undefined) return undefined
		return { event: fields.get('event') ?? 'message', id: fields.get('id'), data: JSON.parse(data), bytes }
	}
}

/** Opens a stream; closed with the test. */
export async function openSse(t: Test, url: string, headers: Record<string, string> = {}): Promise<SseReader> {
	const abort = new AbortController()
	t.teardown(() => abort.abort())
	const response = await fetch(url, { headers: { Accept: 'text/event-stream', ...headers }, signal: abort.signal })
	return new SseReader(response, abort)
}
