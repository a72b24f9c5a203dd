import type { IncomingMessage } from 'node:http'
import { isIP } from 'node:net'
import type { HttpConfig } from './config.ts'
import { RequestError } from './errors.ts'
import { isAppPath } from './page/addresses.ts'

/**
 * Refuses what a page of another site made a browser send, and hosts that are not this server's:
 * a name that a stranger's DNS points here could otherwise be used to read along.
 */
export function guard(
	{ headers, method, url = '' }: IncomingMessage,
	{ publicUrl }: Pick<HttpConfig, 'publicUrl'>,
): void {
	const host = headers.host ?? ''
	if (!isKnownHost(host, publicUrl)) {
		const detail = `This server is not known as ${JSON.stringify(host)}. Use its address, or start it with --public-url.`
		throw new RequestError('host_unknown', detail)
	}
	const { origin } = headers
	if (origin !== undefined && !isOwn(origin, host, publicUrl)) {
		throw new RequestError('origin_foreign', 'A page of another site cannot use this server. Open its own address.')
	}
	const site = headers['sec-fetch-site']
	const isNavigation = headers['sec-fetch-mode'] === 'navigate' && headers['sec-fetch-dest'] === 'document'
	// Another site may link to what is shown, and to nothing that is answered.
	const isToPage = method === 'GET' && isAppPath(url.split('?', 1)[0] as string)
	if ((site === 'cross-site' || site === 'same-site') && !(isNavigation && isToPage)) {
		throw new RequestError('origin_foreign', 'A page of another site cannot use this server. Open its own address.')
	}
}

function isKnownHost(host: string, publicUrl: URL | undefined): boolean {
	if (publicUrl !== undefined && URL.parse(`${publicUrl.protocol}//${host}`)?.host === publicUrl.host) return true
	const url = URL.parse(`http://${host}`)
	if (url === null || host === '' || url.href !== `http://${url.host}/`) return false
	const name = url.hostname.replace(/^\[(.*)\]$/, '$1')
	return name === 'localhost' || isIP(name) !== 0
}

function isOwn(origin: string, host: string, publicUrl: URL | undefined): boolean {
	if (origin === publicUrl?.origin) return true
	const url = URL.parse(origin)
	// An origin is a scheme and a host alone; a page of a file has none.
	if (url === null || url.origin !== origin) return false
	const own = URL.parse(`${url.protocol}//${host}`)
	return own !== null && url.host === own.host && own.host !== publicUrl?.host
}
