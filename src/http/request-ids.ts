import type { IncomingMessage } from 'node:http'
import { monotonicFactory } from 'ulid'
import { isIn, networksOf } from './networks.ts'

/** In an answer, so that its reader can say which one it was; from a trusted proxy, which has given the id already. */
export const requestIdHeader = 'x-request-id'

/** What proxies give: 32 hexadecimal digits, a UUID, a ULID. Nothing that could be taken for more than a word. */
const foreignId = /^[A-Za-z0-9._-]{1,64}$/

/**
 * Gives each request the id by which the server's log speaks of it. That of a proxy is taken over, so that its log and this one
 * can be read together; a stranger's is not, for it could be that of somebody else's request.
 */
export function requestIds(trustedProxies: readonly string[] | undefined): (request: IncomingMessage) => string {
	const proxies = networksOf(trustedProxies)
	const newId = monotonicFactory()
	return ({ headers, socket }) => {
		const given = headers[requestIdHeader]
		if (typeof given !== 'string' || !foreignId.test(given)) return newId()
		return isIn(proxies, socket.remoteAddress ?? '') ? given : newId()
	}
}
