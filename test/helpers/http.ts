import { once } from 'node:events'
import { type IncomingMessage, request as send } from 'node:http'
import { connect } from 'node:net'
import type { Test } from 'tap'

export interface Answer {
	status: number
	headers: IncomingMessage['headers']
	text: string
	// biome-ignore lint/suspicious/noExplicitAny: a test looks at what it expects
	json: any
}

export interface AnswerRequest {
	method?: string
	/** Sent as they are: fetch would add some of its own, and forbid others. */
	headers?: Record<string, string | string[]>
	body?: string | Buffer
	/** A Unix socket to ask at, instead of the origin's port. */
	socketPath?: string
}

/** One request, its headers and its path just as they are given. */
export async function ask(origin: string, path: string, asked: AnswerRequest = {}): Promise<Answer> {
	const { hostname, port } = new URL(origin)
	const { method = asked.body === undefined ? 'GET' : 'POST', headers = {}, body, socketPath } = asked
	const at = socketPath === undefined ? { hostname: hostname.replace(/^\[|\]$/g, ''), port } : { socketPath }
	// A stream where an answer was expected must fail the test, not hang it.
	const signal = AbortSignal.timeout(30_000)
	const request = send({ ...at, path, method, headers, signal })
	request.end(body)
	const [response] = (await once(request, 'response')) as [IncomingMessage]
	const text = Buffer.concat(await response.toArray()).toString()
	const isJson = /\/(problem\+)?json\b/.test(response.headers['content-type'] ?? '')
	return {
		status: response.statusCode as number,
		headers: response.headers,
		text,
		json: isJson && text !== '' ? JSON.parse(text) : undefined,
	}
}

/** Sends JSON. */
export function askJson(origin: string, path: string, value: unknown, asked: AnswerRequest = {}): Promise<Answer> {
	const headers = { 'Content-Type': 'application/json', ...asked.headers }
	return ask(origin, path, { ...asked, headers, body: JSON.stringify(value) })
}

/** Sends bytes on a socket of their own and returns everything that comes back until it ends. */
export async function askRaw(t: Test, port: number, bytes: string | Buffer): Promise<string> {
	const socket = connect(port, '127.0.0.1')
	t.teardown(() => socket.destroy())
	socket.on('error', () => {})
	socket.write(bytes)
	let text = ''
	socket.on('data', (chunk) => {
		text += chunk
	})
	await once(socket, 'close')
	return text
}

/** Whether that is the error that it should be, with a sentence that says what to do. */
export function isProblem(t: Test, answer: Answer, status: number, code: string, detail: RegExp): void {
	const { type, title, ...told } = answer.json ?? {}
	t.match(
		{ status: answer.status, contentType: answer.headers['content-type'], told, title: typeof title, type },
		{
			status,
			contentType: /^application\/problem\+json$/,
			told: { status, code, detail },
			title: 'string',
			type: 'about:blank',
		},
		`${status} ${code}: ${answer.json?.detail}`,
	)
}
