import type { LookupAddress } from 'node:dns'
import t from 'tap'
import { AddressRefused, PublicAddresses, type Resolve } from '../../../src/http/webhooks/public-addresses.ts'

const isRefused = (hostname: string, addresses = new PublicAddresses()) => {
	try {
		addresses.checkHost(hostname)
		return false
	} catch (error) {
		return error instanceof AddressRefused
	}
}

for (const hostname of [
	'0.0.0.0',
	'10.1.2.3',
	'100.64.0.1',
	'127.0.0.1',
	'127.255.255.254',
	'169.254.169.254',
	'172.16.0.1',
	'172.31.255.255',
	'192.0.0.8',
	'192.168.1.1',
	'198.18.0.1',
	'224.0.0.1',
	'255.255.255.255',
	'[::]',
	'[::1]',
	'[::ffff:127.0.0.1]',
	'[::ffff:a00:1]',
	'[64:ff9b::7f00:1]',
	'[64:ff9b:1::1]',
	'[100::1]',
	'[2001::1]',
	'[2001:db8::1]',
	'[2002:7f00:1::]',
	'[fc00::1]',
	'[fd12:3456::1]',
	'[fe80::1]',
	'[fec0::1]',
	'[ff02::1]',
]) {
	t.test(`nobody is reached at ${hostname}`, async (t) => {
		t.ok(isRefused(hostname))
		// As it stands in an URL, however it was written there.
		t.ok(isRefused(new URL(`http://${hostname}/`).hostname))
	})
}

for (const written of ['2130706433', '0x7f.1', '0177.0.0.1', '127.1', '0']) {
	t.test(`${written} is what a URL makes of it`, async (t) => t.ok(isRefused(new URL(`http://${written}/`).hostname)))
}

for (const hostname of [
	'1.1.1.1',
	'8.8.8.8',
	'172.32.0.1',
	'[2606:4700:4700::1111]',
	'[::ffff:8.8.8.8]',
	'example.org',
]) {
	t.test(`${hostname} may be reached, or has to be looked up`, async (t) => t.notOk(isRefused(hostname)))
}

t.test('what the operator allows may be reached, and no more', async (t) => {
	const addresses = new PublicAddresses(['10.0.0.0/8', '127.0.0.1', 'fd00::/8', '::1'])
	for (const hostname of ['10.9.9.9', '127.0.0.1', '[fd00::7]', '[::1]'])
		t.notOk(isRefused(hostname, addresses), hostname)
	for (const hostname of ['127.0.0.2', '192.168.0.1', '[fc00::1]', '[::2]'])
		t.ok(isRefused(hostname, addresses), hostname)
})

/** What a name means, another thing each time that it is asked. */
function resolving(...answers: (LookupAddress[] | Error)[]): Resolve {
	return (_hostname, _options, done) => {
		const answer = answers.shift() ?? []
		if (answer instanceof Error) done(answer, [])
		else done(null, answer)
	}
}

const address = (text: string) => ({ address: text, family: text.includes(':') ? 6 : 4 })

function lookUp(resolve: Resolve, all = true): Promise<LookupAddress[]> {
	const addresses = new PublicAddresses([], resolve)
	return new Promise((resolve, reject) => {
		addresses.lookup('name.example.org', { all }, (error, found, family) => {
			if (error !== null) reject(error)
			else resolve(typeof found === 'string' ? [{ address: found, family: family as number }] : found)
		})
	})
}

t.test('a name leads to those of its addresses that may be reached', async (t) => {
	const mixed = () => resolving([address('127.0.0.1'), address('8.8.8.8'), address('::1'), address('2606:4700::1')])
	t.same(await lookUp(mixed()), [address('8.8.8.8'), address('2606:4700::1')])
	t.same(await lookUp(mixed(), false), [address('8.8.8.8')])
})

t.test('a name that leads nowhere else than inside is refused, whatever it meant a moment before', async (t) => {
	const resolve = resolving([address('8.8.8.8')], [address('169.254.169.254')])
	t.same(await lookUp(resolve), [address('8.8.8.8')])
	await t.rejects(lookUp(resolve), { message: /169\.254\.169\.254 is no public address/ })
	await t.rejects(lookUp(resolving([])), { message: /is no public address/ })
	await t.rejects(lookUp(resolving(new Error('no such name'))), { message: 'no such name' })
})
