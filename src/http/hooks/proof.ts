import { createHmac, hash, timingSafeEqual } from 'node:crypto'
import type { IncomingHttpHeaders } from 'node:http'
import { signatureAgeSMax } from '../limits.ts'

/** What a sender has sent along to prove that it knows a hook's secret. */
export interface Proof {
	headers: IncomingHttpHeaders
	/** As it came: a signature is over these very bytes. */
	body: Buffer
	/** What stands in the address where the hook allows for that. */
	inUrl: string | undefined
	/** Unix milliseconds. */
	now: number
}

/** How it was proved: by what only its sender and the server know, or by a signature over the body, or over the id too. */
export type Way = 'secret' | 'body' | 'id and body'

/**
 * By which of the ways to prove it that are there and right: the secret itself, as Bearer, as a password, or in the
 * address; or a signature by it, as GitHub's or as Standard Webhooks has it, no older than some minutes.
 */
export function provenBy(secret: string, { headers, body, inUrl, now }: Proof): Way | undefined {
	if (isSame(secretIn(headers.authorization), secret) || isSame(inUrl, secret)) return 'secret'
	if (isSigned(secret, headers, body, now)) return 'id and body'
	return isSignedAsGitHub(secret, headerOf(headers, 'x-hub-signature-256'), body) ? 'body' : undefined
}

/** `Bearer <secret>`, or as the password of anybody. */
function secretIn(authorization = ''): string | undefined {
	const [scheme = '', value = ''] = authorization.trim().split(/ +(.*)/s)
	if (scheme.toLowerCase() === 'bearer') return value
	if (scheme.toLowerCase() !== 'basic') return undefined
	return Buffer.from(value, 'base64').toString().split(/:(.*)/s)[1]
}

function isSignedAsGitHub(secret: string, signature: string | undefined, body: Buffer): boolean {
	if (signature === undefined) return false
	return isSame(signature, `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`)
}

/** Standard Webhooks: the key is what follows `whsec_`, decoded; several signatures may stand there. */
function isSigned(secret: string, headers: IncomingHttpHeaders, body: Buffer, now: number): boolean {
	const [id, time, signatures] = ['webhook-id', 'webhook-timestamp', 'webhook-signature'].map((name) =>
		headerOf(headers, name),
	)
	if (id === undefined || time === undefined || signatures === undefined || !/^\d{1,15}$/.test(time)) return false
	if (Math.abs(now / 1_000 - Number(time)) > signatureAgeSMax) return false
	const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64')
	const signed = createHmac('sha256', key).update(`${id}.${time}.`, 'latin1').update(body).digest('base64')
	return signatures.split(' ').some((one) => isSame(one, `v1,${signed}`))
}

function headerOf(headers: IncomingHttpHeaders, name: string): string | undefined {
	return headers[name]?.toString()
}

/** In a time that does not depend on what is given. */
function isSame(given: string | undefined, right: string): boolean {
	return timingSafeEqual(digest(given ?? ''), digest(right))
}

function digest(text: string): Buffer {
	return hash('sha256', text, 'buffer')
}
