import { type LookupAddress, lookup as lookupName } from 'node:dns'
import { BlockList, isIP, type LookupFunction } from 'node:net'
import { familyOf, isIn, networksOf } from '../networks.ts'

/** Gives all addresses of a name, as `dns.lookup` with `all` does. */
export type Resolve = (
	hostname: string,
	options: { all: true },
	done: (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void,
) => void

/** The address of a webhook is one that is not to be reached from here. */
export class AddressRefused extends Error {}

/**
 * Which addresses webhooks may reach: those of the public internet, and those that the operator has allowed. What
 * listens on the server's own machine and in its network trusts whoever can reach it, and a webhook's address is
 * somebody else's word.
 */
export class PublicAddresses {
	readonly #allowed: BlockList
	readonly #resolve: Resolve

	/** `allowed`: addresses and networks, as CIDR, that may be reached though they are not public. */
	constructor(allowed: readonly string[] = [], resolve: Resolve = lookupName) {
		this.#resolve = resolve
		this.#allowed = networksOf(allowed)
	}

	/** Throws AddressRefused for an address that stands in an URL as such and may not be reached. */
	checkHost(hostname: string): void {
		const address = hostname.replace(/^\[(.*)\]$/, '$1')
		if (isIP(address) !== 0 && !this.#mayReach(address)) throw refused(address)
	}

	/**
	 * Looks a name up for a connection, which then goes to one of just these addresses: what the name means a moment
	 * later makes no difference.
	 */
	readonly lookup: LookupFunction = (hostname, { all }, done) => {
		this.#resolve(hostname, { all: true }, (error, addresses) => {
			if (error !== null) return done(error, [])
			const reachable = addresses.filter(({ address }) => this.#mayReach(address))
			const [first] = reachable
			if (first === undefined) return done(refused(addresses[0]?.address ?? hostname), [])
			if (all === true) done(null, reachable)
			else done(null, first.address, first.family)
		})
	}

	#mayReach(address: string): boolean {
		if (isIn(this.#allowed, address)) return true
		return !isIn(special, address) && (familyOf(address) === 'ipv4' || isIn(global, address))
	}
}

function refused(address: string): AddressRefused {
	return new AddressRefused(`${address} is no public address, and --webhook-networks does not allow for it`)
}

/** What the registries of special-purpose addresses (RFC 6890) keep from the public internet. */
const special = new BlockList()
for (const [address, prefix] of [
	['0.0.0.0', 8],
	['10.0.0.0', 8],
	['100.64.0.0', 10],
	['127.0.0.0', 8],
	['169.254.0.0', 16],
	['172.16.0.0', 12],
	['192.0.0.0', 24],
	['192.0.2.0', 24],
	['192.88.99.0', 24],
	['192.168.0.0', 16],
	['198.18.0.0', 15],
	['198.51.100.0', 24],
	['203.0.113.0', 24],
	['224.0.0.0', 4],
	['240.0.0.0', 4],
] as const) {
	special.addSubnet(address, prefix, 'ipv4')
}
for (const [address, prefix] of [
	// Teredo, benchmarks, ORCHID: tunnels, and what is nobody's.
	['2001::', 23],
	['2001:db8::', 32],
	// 6to4, in which any IPv4 address can be written.
	['2002::', 16],
	['3fff::', 20],
] as const) {
	special.addSubnet(address, prefix, 'ipv6')
}

/** All that is given out of IPv6 so far; what is translated into IPv4 lies outside of it. */
const global = new BlockList()
global.addSubnet('2000::', 3, 'ipv6')
global.addSubnet('::ffff:0:0', 96, 'ipv6')
