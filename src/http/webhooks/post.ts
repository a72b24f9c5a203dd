import { Agent as HttpAgent, type IncomingMessage, request as overHttp } from 'node:http'
import { Agent as HttpsAgent, request as overHttps } from 'node:https'
import { webhookAnswerBytesMax, webhookMsMax, webhookSocketsMax } from '../limits.ts'
import type { PublicAddresses } from './public-addresses.ts'

/** What somebody's server has answered. */
export interface WebhookAnswer {
	status: number
	contentType: string
	/** Undefined where it was larger than anything that can be said. */
	body: Buffer | undefined
}

/** Posts to addresses that are others' word: where it may go, how long it may take, and how much may come back. */
export class Poster {
	readonly #addresses: PublicAddresses
	readonly #agents

	constructor(addresses: PublicAddresses) {
		this.#addresses = addresses
		const options = { keepAlive: true, maxTotalSockets: webhookSocketsMax, timeout: webhookMsMax }
		this.#agents = { http: new HttpAgent(options), https: new HttpsAgent(options) }
	}

	/**
	 * Resolves with what is answered, whatever it is: a redirection is not followed. Rejects where nothing is, with
	 * AddressRefused where it may not be asked for.
	 */
	async post(url: URL, headers: Record<string, string>, body: string, stopped: AbortSignal): Promise<WebhookAnswer> {
		this.#addresses.checkHost(url.hostname)
		const signal = AbortSignal.any([stopped, AbortSignal.timeout(webhookMsMax)])
		const isSecure = url.protocol === 'https:'
		const request = (isSecure ? overHttps : overHttp)(url, {
			method: 'POST',
			headers: { ...headers, 'Content-Length': Buffer.byteLength(body) },
			agent: isSecure ? this.#agents.https : this.#agents.http,
			lookup: this.#addresses.lookup,
			signal,
		})
		const answered = new Promise<IncomingMessage>((resolve, reject) => {
			request.once('response', resolve)
			request.on('error', reject)
		})
		request.end(body)
		const response = await answered
		const read = await readAtMost(response, webhookAnswerBytesMax)
		return { status: response.statusCode as number, contentType: response.headers['content-type'] ?? '', body: read }
	}

	close(): void {
		this.#agents.http.destroy()
		this.#agents.https.destroy()
	}
}

/** Undefined where it is more: nothing further of it is read. */
async function readAtMost(response: IncomingMessage, bytesMax: number): Promise<Buffer | undefined> {
	const chunks: Buffer[] = []
	let bytes = 0
	// Leaving the loop destroys what is not read.
	for await (const chunk of response as AsyncIterable<Buffer>) {
		chunks.push(chunk)
		bytes += chunk.length
		if (bytes > bytesMax) return undefined
	}
	return Buffer.concat(chunks)
}
