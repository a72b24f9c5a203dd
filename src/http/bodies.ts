import type { FastifyInstance, FastifyRequest } from 'fastify'
import { RequestError } from './errors.ts'
import { bodyBytesMax, jsonBytesMax } from './limits.ts'

declare module 'fastify' {
	interface FastifyContextConfig {
		/** The body may be the text of a message itself. */
		acceptsText?: true
		/** How large it may be, whatever type it has. */
		bodyBytesMax?: number
	}
}

/**
 * JSON for every route. Where a message is posted also the text itself, as it is: as text/plain,
 * or as what `curl -d` and curl's uploads send, which is a form type or none. But only JSON from a
 * caller with a cookie: everything else a page of another site can make a browser send with it.
 */
export function bodyParsers(app: FastifyInstance): void {
	app.removeAllContentTypeParsers()
	app.addContentTypeParser(
		'application/json',
		{ parseAs: 'buffer', bodyLimit: jsonBytesMax },
		async (_request: FastifyRequest, body: Buffer) => {
			// Clients set the type always, also where there is nothing to send.
			if (body.length === 0) return undefined
			// "__proto__" becomes a field like any other, and the schemas know no such field.
			return parseJson(decodeUtf8(body))
		},
	)
	app.addContentTypeParser('text/plain', { parseAs: 'buffer' }, async (request: FastifyRequest, body: Buffer) =>
		textOf(request, body),
	)
	const form = 'application/x-www-form-urlencoded'
	for (const type of [form, '*']) {
		app.addContentTypeParser(type, { parseAs: 'buffer' }, async (request: FastifyRequest, body: Buffer) => {
			const given = request.headers['content-type']
			if (given !== undefined && given !== '' && type === '*') throw unsupported(request)
			return textOf(request, body)
		})
	}
}

/** How many bytes the body of a request may have: by its route where that says so, else by its type. */
export function bytesMaxOf({ routeOptions, headers }: FastifyRequest): number {
	if (routeOptions.config.bodyBytesMax !== undefined) return routeOptions.config.bodyBytesMax
	return headers['content-type']?.toLowerCase().startsWith('application/json') === true ? jsonBytesMax : bodyBytesMax
}

function textOf(request: FastifyRequest, body: Buffer): { content: string } {
	if (!takesText(request)) throw unsupported(request)
	return { content: decodeUtf8(body) }
}

function takesText({ routeOptions, headers }: FastifyRequest): boolean {
	return routeOptions.config.acceptsText === true && headers.cookie === undefined
}

export function parseJson(text: string): unknown {
	try {
		return JSON.parse(text)
	} catch (error) {
		throw new RequestError('malformed', `The body is not JSON: ${(error as Error).message}.`)
	}
}

export function decodeUtf8(bytes: Buffer): string {
	try {
		return utf8.decode(bytes)
	} catch {
		throw new RequestError('malformed', 'The body is not UTF-8.')
	}
}

/** Strict, and leaves a byte order mark where it is: the text is kept as it was sent. */
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

function unsupported(request: FastifyRequest): RequestError {
	const given = JSON.stringify(request.headers['content-type'] ?? '')
	const text = takesText(request) ? ', or the text itself as text/plain' : ''
	return new RequestError(
		'media_type_unsupported',
		`Send JSON with "Content-Type: application/json"${text}; this was ${given}.`,
	)
}
