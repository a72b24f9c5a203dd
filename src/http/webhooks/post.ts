import { type IncomingMessage, request as overHttp } from 'node:http'
import { request as overHttps } from 'node:https'
import { webhookAnswerBytesMax, webhookMsMax } from '../limits.ts'
import { Turns } from '../turns.ts'
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
	/** There are no more waiting than there are webhooks. */
	readonly #turns: Turns

	constructor(addresses: PublicAddresses, atOnceMax: number) {
		this.#addresses = addresses
		this.#turns = new Turns(atOnceMax, Number.POSITIVE_INFINITY)
	}

	/** Gives what `work` gives when so few others are at it that it may begin; rejects where it is stopped before. */
	inTurn<Result>(work: () => Result | Promise<Result>, stopped: AbortSignal): Promise<Result> {
		return this.#turns.run(async () => await work(), stopped)
	}

	/**
	 * Resolves with what is answered, whatever it is: a redirection is not followed. Rejects where nothing is, with
	 * AddressRefused where it may not be asked for.
	 */
	async post(url: URL, headers: Record<string, string>, body: string, stopped: AbortSignal): Promise<WebhookAnswer> {
		this.#addresses.checkHost(url.hostname)
		const signal = AbortSignal.any([stopped, AbortSignal.timeout(webhookMsMax)])
		const request = (url.protocol === 'https:' ? overHttps : overHttp)(url, {
			method: 'POST',
			headers: { ...headers, 'Content-Length': Buffer.byteLength(body) },
			// A connection that is kept would be kept to an address that its name may not mean any more.
			agent: false,
			lookup: this.#addresses.lookup,
			signal,
		})
		const answered = new Promise<IncomingMessage>((resolve, reject) => {
			request.once('response', resolve)
			request.on('error', reject)
			// Where it was answered before, this changes nothing.
			request.once('close', () => reject(new Error('it was not answered')))
		})
		request.end(body)
		try {
			const response = await answered
			const read = await readAtMost(response, webhookAnswerBytesMax)
			return { status: response.statusCode as number, contentType: response.headers['content-type'] ?? '', body: read }
		} catch (error) {
			throw signal.reason?.name === 'TimeoutError' ? new Error(`it took more than ${webhookMsMax / 1_000} s`) : error
		}
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
