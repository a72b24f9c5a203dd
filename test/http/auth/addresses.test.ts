import t from 'tap'
import { callerAt } from '../../../src/http/auth/addresses.ts'

const callers: [string, string][] = [
	['192.0.2.7', '192.0.2.7'],
	['::ffff:192.0.2.7', '192.0.2.7'],
	['::FFFF:c000:0207', '192.0.2.7'],
	['0:0:0:0:0:ffff:192.0.2.7', '192.0.2.7'],
	['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
	['2001:DB8:1:2::', '2001:db8:1:2::/64'],
	['2001:0db8:0001:0002::9', '2001:db8:1:2::/64'],
	['2001:db8::1', '2001:db8:0:0::/64'],
	['2001:db8::1:0:0:1', '2001:db8:0:0::/64'],
	['::1', '0:0:0:0::/64'],
	['::', '0:0:0:0::/64'],
	['fe80::1%eth0', 'fe80:0:0:0::/64'],
	['64:ff9b::192.0.2.7', '64:ff9b:0:0::/64'],
	['', ''],
	['a socket of its own', 'a socket of its own'],
]

t.test('an IPv6 address counts by its /64, an IPv4 address as itself, however it is written', async (t) => {
	for (const [address, caller] of callers) t.equal(callerAt(address), caller, address)
})
