import { errorIn, neverAnswered, nonsense, parsed, TailroomError } from './error.ts'

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

interface Request {
	method?: string
	headers: Record<string, string>
	body?: string
}

/** Asks a server over HTTP. */
export class Server {
	readonly token: string | undefined
	readonly guest: string | undefined
	/** Of every request: who asks. */
	readonly headers: Record<string, string> = {}
	readonly #base: string

	constructor({ url, token, guest }: ServerOptions) {
		this.#base = new URL(url).href.replace(/\/$/, '')
		this.token = token
		this.guest = guest
		if (token !== undefined) this.headers.Authorization = `Bearer ${token}`
		if (guest !== undefined) this.headers['Tailroom-User'] = guest
	}

	/** The address of a path, such as `/sync`. */
	urlOf(path: string): string {
		return this.#base + path
	}

	/** The JSON of an answer, undefined where it has none. Rejects with a TailroomError. */
	async ask<Answer>(method: string, path: string, { body, key, signal }: AskOptions = {}): Promise<Answer> {
		const headers: Record<string, string> = { ...this.headers, Accept: 'application/json' }
		const request: Request = { method, headers }
		if (body !== undefined) {
			headers['Content-Type'] = 'application/json'
			request.body = JSON.stringify(body)
		}
		if (key !== undefined) headers['Idempotency-Key'] = key
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
		request: Request,
		signal: AbortSignal | undefined,
		read: (response: Response, readText: () => Promise<string>) => Promise<Answer>,
	): Promise<Answer> {
		const url = this.urlOf(path)
		const abort = new AbortController()
		const giveUp = () => abort.abort()
		const both = signal === undefined ? abort.signal : AbortSignal.any([abort.signal, signal])
		const bytes = request.body?.length ?? 0
		let timer = setTimeout(giveUp, silenceMsMax + bytes * msPerByteSent)
		const isAlive = () => {
			clearTimeout(timer)
			timer = setTimeout(giveUp, silenceMsMax)
		}
		try {
			const response = await fetch(url, { ...request, cache: 'no-store', signal: both })
			isAlive()
			return await read(response, () => textOf(url, response, isAlive))
		} catch (error) {
			throw neverAnswered(url, error)
		} finally {
			clearTimeout(timer)
			// What was not read is not wanted.
			abort.abort()
		}
	}
}

/** The path of a room, or of something in it. */
export function pathOf(room: string, ...parts: string[]): string {
	// However they are written, an address loses them.
	if ([room, ...parts].some((part) => /^\.\.?$/.test(part)))
		throw new TailroomError('malformed', 'Nothing is called so.')
	return `/rooms/${[room, ...parts].map(encodeURIComponent).join('/')}`
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
			throw nonsense(url)
		}
	}
}
