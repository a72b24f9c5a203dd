import type { IncomingHttpHeaders } from 'node:http'
import { decodeUtf8, parseJson } from '../bodies.ts'
import { payloadDepthMax } from '../limits.ts'
import type { Delivery } from './sender.ts'

/**
 * What has arrived, by the type that it says it has. Throws `malformed` for what is not UTF-8, and for JSON that is none.
 */
export function readDelivery(headers: IncomingHttpHeaders, body: Buffer): Delivery {
	const text = decodeUtf8(body)
	const [type = ''] = (headers['content-type'] ?? '').toLowerCase().split(';', 1)
	switch (kindOf(type.trim())) {
		case 'json':
			return ofJson(headers, text)
		case 'message':
			return asJson(headers, text) ?? { headers, kind: 'message', text, json: undefined }
		case 'form':
			return ofForm(headers, text)
		case 'document':
			return { headers, kind: 'document', text, json: undefined }
	}
}

function kindOf(type: string): 'json' | 'message' | 'form' | 'document' {
	if (/^(application|text)\/([\w.+-]+\+)?json$/.test(type)) return 'json'
	if (type === 'application/x-www-form-urlencoded') return 'form'
	return type === '' || type === 'text/plain' || type === 'text/markdown' ? 'message' : 'document'
}

function ofJson(headers: IncomingHttpHeaders, given: string): Delivery {
	// Some programs begin with a byte order mark.
	const text = given.replace(/^\ufeff/, '')
	const value = parseJson(text)
	return { headers, kind: 'json', text, json: isDeeper(value, payloadDepthMax) ? undefined : value }
}

/** Many send JSON and do not say so: an object that is complete is nothing that somebody wrote. */
function asJson(headers: IncomingHttpHeaders, text: string): Delivery | undefined {
	if (!/^\s*\{/.test(text)) return undefined
	try {
		return ofJson(headers, text)
	} catch {
		return undefined
	}
}

/** Its `payload`, as Slack, Mattermost and GitHub have it; its fields; or, as curl sends it, no form but a message. */
function ofForm(headers: IncomingHttpHeaders, text: string): Delivery {
	// A single one is more often a text that somebody writes: 1+1=2.
	const isForm = /^[\w.[\]-]+=[^\s&]*(&[\w.[\]-]+=[^\s&]*)+$/.test(text)
	// By hand it is often written without escaping what is in it.
	const fields = new URLSearchParams(isForm ? text : text.split('&', 1)[0])
	const payload = isForm || text.startsWith('payload=') ? fields.get('payload') : null
	if (payload !== null) return ofJson(headers, payload)
	if (!isForm) return asJson(headers, text) ?? { headers, kind: 'message', text, json: undefined }
	const lines = [...fields].map(([name, value]) => `${name}: ${value}`)
	return { headers, kind: 'document', text: lines.join('\n'), json: undefined }
}

function isDeeper(value: unknown, depth: number): boolean {
	if (typeof value !== 'object' || value === null) return false
	return depth === 0 || Object.values(value).some((part) => isDeeper(part, depth - 1))
}
