import { isIP } from 'node:net'
import { isLoopbackHost } from '../../http/networks.ts'
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
		if (publicUrl.protocol === 'https:' || isLoopbackHost(publicUrl.hostname))
			return ok(`People come to ${publicUrl.origin}`)
		return warning(
			`Who is between people and ${publicUrl.origin} can read passwords and messages: put a proxy with a certificate ` +
				'before the server, and say --public-url https://…',
		)
	}
	if (host === undefined) return undefined
	if (isLoopbackHost(host)) return ok(`Only this machine reaches the server, at ${host}`)
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
	const broad = trusted.find(isBroad)
	if (broad !== undefined) {
		return problem(
			`--trust-proxy ${broad} believes ${broad.endsWith('/0') ? 'everybody' : 'a large part of the world'}, so that each can give another address and no limit holds: name the ` +
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

/** Broader than any network is that people have for themselves: 10.0.0.0/8, fc00::/7. */
function isBroad(network: string): boolean {
	const [address = '', bits] = network.split('/')
	return bits !== undefined && Number(bits) < (isIP(address) === 4 ? 8 : 7)
}

export const limitsCheck: Check = {
	name: 'strangers',
	look: ({ settings }) => limitsFinding(settings),
}

/** What is well on a machine of one's own, and seldom meant where others come. */
export function limitsFinding(settings: Installation['settings']): Finding | undefined {
	const { host, 'public-url': publicUrl, guests, 'rate-limit': rateLimit } = settings
	const address = [publicUrl?.hostname, host].find((name) => name !== undefined && !isLoopbackHost(name))
	if (address === undefined) return undefined
	const says = [
		...(guests === true ? ['can read and post in open rooms without an account (--guests)'] : []),
		...(rateLimit === 0 ? ['is held back by no limit (--rate-limit 0)'] : []),
	]
	if (says.length === 0) return undefined
	return warning(`Whoever reaches ${address} ${says.join(', and ')}: leave it out unless that is meant`)
}

export const keepingCheck: Check = {
	name: 'history',
	look: ({ settings }) => keepingFinding(settings['history-ttl']),
}

const hourMs = 60 * 60 * 1_000

/** `ttlMs` of 0 keeps all. */
export function keepingFinding(ttlMs: number | undefined): Finding | undefined {
	if (ttlMs === undefined || ttlMs === 0 || ttlMs >= hourMs) return undefined
	return warning(
		`Messages are erased for good after ${Math.round(ttlMs / 1_000)} s (--history-ttl), also those that nobody has read: ` +
			'say a longer time, such as 30d, unless that is meant',
	)
}
