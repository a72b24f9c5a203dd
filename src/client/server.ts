import { errorIn, neverAnswered, parsed, TailroomError } from './error.ts'

/** Where a server is, and who asks it. */
export interface ServerOptions {
	/** Its address, for example `https://chat.example.org`. */
	url: string
	/** An access token. Absent: the browser's session, or a guest. */
	token?: string | undefined
	/** The name of a guest, where guests are let in. */
	guest?: string | undefined
}

export interface AskOptions {
	/** Sent as JSON. */
	body?: unknown
	/** Makes a post safe to repeat. */
	key?: string
	signal?: AbortSignal
}

/** Of a line on which nothing arrives: a page that trickles in is waited for, however long it takes. */
const silenceMsMax = 20_000
/** A post that is on its way gives no sign of it: half a kilobyte a second must do. */
const msPerByteSent = 2
/** The largest answer, `/sync` of thousands of rooms, is a tenth of it. */
const answerCharsMax = 64 * 1024 * 1024

/** Asks a server over HTTP. */
export class Server {
	readonly #options: ServerOptions
	readonly #base: string

	constructor(options: ServerOptions) {
		this.#options = options
		this.#base = new URL(options.url).href.replace(/\/$/, '')
	}

	/** The address of a path, such as `/sync`. */
	urlOf(path: string): string {
		return this.#base + path
	}

	get headers(): Record<string, string> {
		const { token, guest } = this.#options
		return {
			...(token === undefined ? {} : { Authorization: `Bearer ${token}` }),
			...(guest === undefined ? {} : { 'Tailroom-User': guest }),
		}
	}

	get token(): string | undefined {
		return this.#options.token
	}

	get guest(): string | undefined {
		return this.#options.guest
	}

	/** The JSON of an answer, undefined where it has none. Rejects with a TailroomError. */
	async ask<Answer>(method: string, path: string, { body, key, signal }: AskOptions = {}): Promise<Answer> {
		const json = body === undefined ? undefined : JSON.stringify(body)
		const headers = {
			...this.headers,
			Accept: 'application/json',
			...(json === undefined ? {} : { 'Content-Type': 'application/json' }),
			...(key === undefined ? {} : { 'Idempotency-Key': key }),
		}
		const request = { method, headers, ...(json === undefined ? {} : { body: json }) }
		return await this.#fetch(path, request, signal, async (response, readText) => {
			if (response.status === 204) return undefined as Answer
			if (response.ok && response.headers.get('content-type')?.includes('json') === true) {
				const answer = parsed<Answer>(await readText())
				if (answer !== undefined) return answer
			}
			throw await errorIn(this.urlOf(path), response, readText)
		})
	}

	/** Why a stream cannot be had: a browser tells nobody what it was refused with. Resolves if it can. */
	async probe(streamPath: string, signal?: AbortSignal): Promise<void> {
		const headers = { ...this.headers, Accept: 'text/event-stream' }
		// One that ends by itself makes nobody present.
		const path = `${streamPath}${streamPath.includes('?') ? '&' : '?'}until=head`
		await this.#fetch(path, { headers }, signal, async (response, readText) => {
			const isStream = response.headers.get('content-type')?.startsWith('text/event-stream') === true
			if (!response.ok || !isStream) throw await errorIn(this.urlOf(path), response, readText)
		})
	}

	async #fetch<Answer>(
		path: string,
		request: RequestInit & { body?: string },
		signal: AbortSignal | undefined,
		read: (response: Response, readText: () => Promise<string>) => Promise<Answer>,
	): Promise<Answer> {
		const url = this.urlOf(path)
		const abort = new AbortController()
		const giveUp = () => abort.abort()
		signal?.addEventListener('abort', giveUp)
		const bytes = request.body?.length ?? 0
		let timer = setTimeout(giveUp, silenceMsMax + bytes * msPerByteSent)
		const isAlive = () => {
			clearTimeout(timer)
			timer = setTimeout(giveUp, silenceMsMax)
		}
		try {
			if (signal?.aborted === true) giveUp()
			const response = await fetch(url, { ...request, cache: 'no-store', signal: abort.signal })
			isAlive()
			return await read(response, () => textOf(url, response, isAlive))
		} catch (error) {
			throw neverAnswered(url, error)
		} finally {
			clearTimeout(timer)
			signal?.removeEventListener('abort', giveUp)
			// What was not read is not wanted.
			abort.abort()
		}
	}
}

async function textOf(url: string, { body }: Response, isAlive: () => void): Promise<string> {
	if (body === null) return ''
	const decoder = new TextDecoder()
	const reader = body.getReader()
	let text = ''
	for (;;) {
		const { done, value } = await reader.read()
		if (done) return text + decoder.decode()
		isAlive()
		text += decoder.decode(value, { stream: true })
		if (text.length > answerCharsMax) {
			throw new TailroomError('not_tailroom', `${url} answers more than any Tailroom server does.`)
		}
	}
}
