import assert from 'node:assert/strict'
import fc from 'fast-check'
import t from 'tap'
import { hashSecret, isWellFormed, newSecret, type SecretKind } from '../../../src/http/auth/secrets.ts'

const kinds: readonly SecretKind[] = ['token', 'session', 'invite', 'setup']
const base62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'
const kindArbitrary = fc.constantFrom(...kinds)

t.test('a secret is of its kind and of no other', async (t) => {
	const begin = { token: 'trt_', session: 'trs_', invite: 'tri_', setup: 'tru_' }
	for (const kind of kinds) {
		const secret = newSecret(kind)
		t.match(secret, new RegExp(`^${begin[kind]}[0-9A-Za-z]{38}$`))
		for (const other of kinds) t.equal(isWellFormed(other, secret), other === kind, `${secret} as ${other}`)
	}
})

t.test('the checksum is CRC-32 of what stands before it, in base 62', async (t) => {
	// CRC-32 of the text before is 0xdea68040, worked out by another program.
	t.ok(isWellFormed('token', `trt_${'0'.repeat(32)}44naAC`))
	t.notOk(isWellFormed('token', `trt_${'0'.repeat(33)}2OZ8zZ`), 'and the length is that of every other')
})

t.test('any single character that is changed, lost or added is noticed', (t) => {
	const character = fc.oneof(
		fc.constantFrom(...base62, '_', '-', ' ', '\n', 'é'),
		fc.string({ minLength: 1, maxLength: 1 }),
	)
	fc.assert(
		fc.property(kindArbitrary, fc.nat(41), character, (kind, at, replaced) => {
			const secret = newSecret(kind)
			const [before, after] = [secret.slice(0, at), secret.slice(at + 1)]
			assert.equal(isWellFormed(kind, before + replaced + after), replaced === secret[at])
			assert.equal(isWellFormed(kind, before + after), false)
			assert.equal(isWellFormed(kind, before + replaced + secret[at] + after), false)
		}),
		{ numRuns: 2_000 },
	)
	t.end()
})

t.test('two neighbours that changed places are noticed', (t) => {
	fc.assert(
		fc.property(kindArbitrary, fc.nat(40), (kind, at) => {
			const secret = newSecret(kind)
			const [a, b] = [secret[at], secret[at + 1]]
			assert.equal(isWellFormed(kind, `${secret.slice(0, at)}${b}${a}${secret.slice(at + 2)}`), a === b)
		}),
	)
	t.end()
})

t.test('what is no secret is not well-formed, whatever it is', (t) => {
	fc.assert(
		fc.property(kindArbitrary, fc.string({ unit: 'binary', maxLength: 60 }), (kind, text) => !isWellFormed(kind, text)),
	)
	for (const text of ['', 'trt_', 'token', `${newSecret('token')}\n`, ` ${newSecret('token')}`]) {
		t.equal(isWellFormed('token', text), false, JSON.stringify(text))
	}
	t.end()
})

t.test('every character is as likely as any other, and no secret comes twice', async (t) => {
	const secrets = Array.from({ length: 2_000 }, () => newSecret('session'))
	t.equal(new Set(secrets).size, secrets.length)
	const counts = new Map<string, number>()
	for (const character of secrets.flatMap((secret) => [...secret.slice(4, 36)])) {
		counts.set(character, (counts.get(character) ?? 0) + 1)
	}
	t.equal(counts.size, base62.length)
	// 64,000 characters, each 1,032 times on average with a deviation of 32: eight of them is no chance.
	for (const [character, count] of counts) t.ok(Math.abs(count - 1_032) < 256, `${character}: ${count}`)
})

t.test('what is stored is SHA-256 in hex', async (t) => {
	t.equal(hashSecret('abc'), 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad')
})
