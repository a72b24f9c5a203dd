import { argon2Sync } from 'node:crypto'
import t from 'tap'
import { hashPassword, verifyPassword } from '../../../src/http/auth/passwords.ts'
import { RequestError } from '../../../src/http/errors.ts'

const unfit = (detail: RegExp) => ({ code: 'password_unfit', detail, fields: [{ field: '/password' }] })

t.test('a password is stored as a PHC string of argon2id, with a salt of its own', async (t) => {
	const [once, again] = await Promise.all([hashPassword('correct horse'), hashPassword('correct horse')])
	t.match(once, /^\$argon2id\$v=19\$m=19456,t=2,p=1\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$/)
	t.not(once, again)
	t.equal(await verifyPassword('correct horse', once), true)
	t.equal(await verifyPassword('correct horse', again), true)
	t.equal(await verifyPassword('correct hors', once), false)
	t.equal(await verifyPassword('Correct horse', once), false)
})

t.test('a hash says itself what it cost', async (t) => {
	// The reference implementation: echo -n password | argon2 somesalt -id -t 2 -m 16 -p 1 -l 32
	const known = '$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc'
	t.equal(await verifyPassword('password', known), true)
	t.equal(await verifyPassword('passwork', known), false)
	const shorter = {
		message: 'long ago',
		nonce: Buffer.alloc(16, 7),
		parallelism: 2,
		tagLength: 16,
		memory: 64,
		passes: 1,
	}
	const tag = argon2Sync('argon2id', shorter).toString('base64').replace(/=+$/, '')
	const salt = shorter.nonce.toString('base64').replace(/=+$/, '')
	t.equal(await verifyPassword('long ago', `$argon2id$v=19$m=64,t=1,p=2$${salt}$${tag}`), true)
})

t.test('without an account the answer is no, after the same work', async (t) => {
	t.equal(await verifyPassword('correct horse', undefined), false)
	const stored = await hashPassword('correct horse')
	const cpuOf = async (phc: string | undefined) => {
		const before = process.cpuUsage()
		for (let i = 0; i < 4; i++) await verifyPassword('something else', phc)
		const { user, system } = process.cpuUsage(before)
		return user + system
	}
	const [known, unknown] = [await cpuOf(stored), await cpuOf(undefined)]
	t.ok(unknown > known / 4, `${unknown} µs of CPU for no account, ${known} for one`)
})

t.test('a password is the same on every keyboard', async (t) => {
	const composed = await hashPassword('Crème brûlée №1')
	t.equal(await verifyPassword('Cre\u0300me bru\u0302le\u0301e No1', composed), true)
	t.equal(await verifyPassword('Creme brulee No1', composed), false)
})

t.test('what is too short, too long or no text is refused', async (t) => {
	await t.rejects(hashPassword('seven77'), unfit(/at least 8/))
	await t.rejects(hashPassword(''), unfit(/at least 8/))
	await t.rejects(hashPassword('x'.repeat(1_025)), unfit(/at most 1024/))
	await t.rejects(hashPassword('é'.repeat(513)), unfit(/at most 1024/))
	await t.rejects(hashPassword('half a pair \ud83d'), unfit(/surrogate/))
	for (const fit of ['eight888', 'éééé', 'x'.repeat(1_024), 'a\u0000zero inside', '😀😀']) {
		t.equal(await verifyPassword(fit, await hashPassword(fit)), true, JSON.stringify(fit.slice(0, 20)))
	}
})

t.test('to sign in, a password that is too short is merely wrong', async (t) => {
	t.equal(await verifyPassword('short', undefined), false)
	t.equal(await verifyPassword('', await hashPassword('eight888')), false)
	await t.rejects(verifyPassword('x'.repeat(1_025), undefined), unfit(/at most 1024/))
	await t.rejects(verifyPassword('half a pair \udc00', undefined), unfit(/surrogate/))
})

t.test('a stored hash that is damaged is our failure, not a wrong password', async (t) => {
	const stored = await hashPassword('correct horse')
	for (const phc of ['', 'correct horse', stored.slice(0, 30), stored.replace('argon2id', 'argon2i'), `${stored}!`]) {
		await t.rejects(verifyPassword('correct horse', phc), /form that is not known/)
	}
})

t.test('who comes when too many wait is told to come back', async (t) => {
	const cheap = `$argon2id$v=19$m=8,t=1,p=1$${'A'.repeat(22)}$${'A'.repeat(43)}`
	const tries = Array.from({ length: 515 }, () => verifyPassword('correct horse', cheap))
	const refused = await Promise.race(
		tries.map((one) =>
			one.then(
				() => new Error('answered'),
				(error) => error,
			),
		),
	)
	t.type(refused, RequestError)
	t.equal(refused.code, 'overloaded')
	t.equal((await Promise.allSettled(tries)).filter(({ status }) => status === 'rejected').length, 1)
})
