import { Agent, type IncomingHttpHeaders, request } from 'node:http'

export interface Answer {
	status: number
	headers: IncomingHttpHeaders
	body: string
}

/** Asks once over a connection that is kept. Rejects only if no answer comes. */
export function ask(
	url: string,
	options: { agent?: Agent; method?: string; headers?: Record<string, string>; body?: string } = {},
): Promise<Answer> {
	const { agent = keptConnections, method = 'GET', headers = {}, body } = options
	return new Promise((resolve, reject) => {
		const asked = request(url, { agent, method, headers }, (response) => {
			const chunks: Buffer[] = []
			response.on('data', (chunk: Buffer) => chunks.push(chunk))
			response.on('end', () => {
				resolve({
					status: response.statusCode as number,
					headers: response.headers,
					body: Buffer.concat(chunks).toString(),
				})
			})
			response.on('error', reject)
			response.on('close', () => {
				if (!response.complete) reject(new Error('the answer broke off'))
			})
		})
		asked.on('error', reject)
		asked.end(body)
	})
}

/** As many connections as there are askers at once. */
const keptConnections = new Agent({ keepAlive: true })

/** Posts a text under a key. */
export function post(
	url: string,
	message: { room: string; content: string; sender: string; key?: string },
	agent?: Agent,
): Promise<Answer> {
	const { room, content, sender, key } = message
	return ask(`${url}/rooms/${room}/messages`, {
		...(agent === undefined ? {} : { agent }),
		method: 'POST',
		headers: {
			'Content-Type': 'text/plain',
			'Tailroom-User': sender,
			...(key === undefined ? {} : { 'Idempotency-Key': key }),
		},
		body: content,
	})
}

/** Counts what has happened, and wakes those who wait for it. */
export class Progress {
	count = 0
	#waiting: { count: number; wake: () => void }[] = []

	add(): void {
		this.count += 1
		if (this.#waiting.length === 0) return
		const due = this.#waiting.filter(({ count }) => count <= this.count)
		this.#waiting = this.#waiting.filter(({ count }) => count > this.count)
		for (const { wake } of due) wake()
	}

	/** Resolves when that many more have happened. */
	more(count: number): Promise<void> {
		if (count <= 0) return Promise.resolve()
		return new Promise((wake) => this.#waiting.push({ count: this.count + count, wake }))
	}

	/** Nobody waits any longer. */
	finish(): void {
		for (const { wake } of this.#waiting.splice(0)) wake()
	}
}

/** What never comes fails by its name, long before the test does. */
export async function inTime<Result>(promise: Promise<Result>, who: string, seconds = 30): Promise<Result> {
	const late = Promise.withResolvers<never>()
	const timer = setTimeout(() => late.reject(new Error(`${who} has not got what it waits for`)), seconds * 1_000)
	try {
		return await Promise.race([promise, late.promise])
	} finally {
		clearTimeout(timer)
	}
}
