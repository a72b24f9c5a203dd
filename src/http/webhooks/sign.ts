import { createHmac } from 'node:crypto'

/**
 * What proves to who is posted to that it comes from here and is of now, as Standard Webhooks has it: an HMAC with
 * SHA-256 over `<id>.<seconds>.<body>`, whose key is what follows `whsec_`, decoded. `id` is the same however often
 * it is tried.
 */
export function signedHeaders(secret: string, id: string, body: string, now: number): Record<string, string> {
	const seconds = Math.floor(now / 1_000)
	const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64')
	const signature = createHmac('sha256', key).update(`${id}.${seconds}.${body}`).digest('base64')
	return { 'webhook-id': id, 'webhook-timestamp': String(seconds), 'webhook-signature': `v1,${signature}` }
}
