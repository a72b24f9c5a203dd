/**
 * Whom an address stands for, where tries are counted. Whoever has one IPv6 address has its whole /64,
 * so that is counted as one; an IPv4 address that is written as IPv6 is itself.
 */
export function callerAt(address: string): string {
	const canonical = URL.parse(`http://[${address.split('%', 1)[0]}]`)?.hostname.slice(1, -1)
	if (canonical === undefined) return address
	const groups = groupsOf(canonical)
	if (groups.slice(0, 5).every((group) => group === '0') && groups[5] === 'ffff') return ipv4Of(groups.slice(6))
	return `${groups.slice(0, 4).join(':')}::/64`
}

/** All eight, from the one short form that URL gives an address. */
function groupsOf(canonical: string): string[] {
	const [left = '', right] = canonical.split('::')
	const [first, last] = [left, right ?? ''].map((part) => (part === '' ? [] : part.split(':'))) as [string[], string[]]
	return [...first, ...Array<string>(8 - first.length - last.length).fill('0'), ...last]
}

function ipv4Of(groups: readonly string[]): string {
	return groups
		.map((group) => Number.parseInt(group, 16))
		.flatMap((bits) => [bits >> 8, bits & 0xff])
		.join('.')
}
