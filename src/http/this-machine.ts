import type { IncomingMessage } from 'node:http'
import type { HttpConfig } from './config.ts'
import { isIn, isLoopback, isLoopbackHost, networksOf } from './networks.ts'

/**
 * Whether a request comes from a program on this machine, and from nobody behind it.
 *
 * A reverse proxy on this machine asks from here for everybody. Proxies say for whom, but some have to be told to: so where
 * people come under another address than the server's own there is a proxy, and that nobody is behind a request is only
 * believed if that proxy is one that is trusted to say it.
 */
export function isOfThisMachine(
	{ headers, socket }: Pick<IncomingMessage, 'headers' | 'socket'>,
	{ publicUrl, trustedProxies }: Pick<HttpConfig, 'publicUrl' | 'trustedProxies'>,
): boolean {
	const address = socket.remoteAddress ?? ''
	if (!isLoopback(address) || !isLocalHost(headers.host)) return false
	if (Object.keys(headers).some((name) => forwarding.test(name))) return false
	return publicUrl === undefined || isIn(networksOf(trustedProxies), address)
}

/** What proxies, tunnels and gateways say of whom they ask for. */
const forwarding = /^(via|forwarded|x-forwarded-.*|x-real-ip|x-client-ip|true-client-ip|cf-.*)$/

/** The name by which it was asked, where a tunnel leaves the one that people know. */
function isLocalHost(host: string | undefined): boolean {
	return isLoopbackHost(URL.parse(`http://${host}`)?.hostname ?? '')
}
