import { isIP } from 'node:net'
import { type Check, type Finding, type Installation, ok, problem, warning } from './check.ts'

export const settingsCheck: Check = {
	name: 'configuration',
	look: ({ mistakes }) =>
		mistakes.length === 0
			? ok('What a server is told here can be understood; tailroom config prints it')
			: problem(`A server that is told this does not start: ${mistakes.join('; ')}`),
}

export const publicUrlCheck: Check = {
	name: 'address',
	look: ({ settings: { host, 'public-url': publicUrl } }) => addressFinding(host, publicUrl),
}

/** How people reach the server, and whether others can read along. */
export function addressFinding(host: string | undefined, publicUrl: URL | undefined): Finding | undefined {
	if (publicUrl !== undefined) {
		if (publicUrl.protocol === 'https:' || isLoopback(publicUrl.hostname))
			return ok(`People come to ${publicUrl.origin}`)
		return warning(
			`Who is between people and ${publicUrl.origin} can read passwords and messages: put a proxy with a certificate ` +
				'before the server, and say --public-url https://…',
		)
	}
	if (host === undefined) return undefined
	if (isLoopback(host)) return ok(`Only this machine reaches the server, at ${host}`)
	return warning(
		`The server listens on ${host} without --public-url: links do not lead to it, and whoever comes by a name instead of ` +
			'a number is refused; say under which address people come',
	)
}

export const proxyCheck: Check = {
	name: 'proxy',
	look: ({ settings }) => proxyFinding(settings),
}

export function proxyFinding(settings: Installation['settings']): Finding | undefined {
	const { 'public-url': publicUrl, 'trust-proxy': trusted = [] } = settings
	const everybody = trusted.find((network) => /\/0$/.test(network))
	if (everybody !== undefined) {
		return problem(
			`--trust-proxy ${everybody} believes everybody, so that each can give another address and no limit holds: name the ` +
				'addresses of your proxies alone',
		)
	}
	if (publicUrl?.protocol !== 'https:') return undefined
	if (trusted.length > 0) return ok(`X-Forwarded-For is believed from ${trusted.join(', ')} alone`)
	return warning(
		'--public-url is https, so there is a proxy, but none is trusted: everybody seems to come from its address, and who ' +
			'guesses passwords keeps all from signing in; say --trust-proxy',
	)
}

function isLoopback(host: string): boolean {
	const name = host.replace(/^\[(.*)\]$/, '$1')
	return name === 'localhost' || name === '::1' || (isIP(name) === 4 && name.startsWith('127.'))
}
