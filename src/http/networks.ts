import { BlockList, isIP } from 'node:net'

/** Addresses and networks, as CIDR, to ask whether an address is among them: see `isIn`. */
export function networksOf(list: readonly string[] = []): BlockList {
	const networks = new BlockList()
	for (const network of list) {
		const [address = '', prefix] = network.split('/')
		const family = familyOf(address)
		networks.addSubnet(address, prefix === undefined ? (family === 'ipv6' ? 128 : 32) : Number(prefix), family)
	}
	return networks
}

/** Whether an address is one of those. An IPv4 address that is written as IPv6 is found among those of IPv4. */
export function isIn(networks: BlockList, address: string): boolean {
	return networks.check(address, familyOf(address))
}

export function familyOf(address: string): 'ipv4' | 'ipv6' {
	return isIP(address) === 6 ? 'ipv6' : 'ipv4'
}

const loopback = networksOf(['127.0.0.0/8', '::1'])

/** Whether it is this machine that has that address. */
export function isLoopback(address: string): boolean {
	return isIn(loopback, address)
}

/** As isLoopback, of a host as it is named: `localhost`, or an address, which of IPv6 may stand in brackets. */
export function isLoopbackHost(host: string): boolean {
	const name = host.replace(/^\[(.*)\]$/, '$1')
	return name === 'localhost' || isLoopback(name)
}
