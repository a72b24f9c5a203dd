import type { IncomingHttpHeaders } from 'node:http'
import cookiePlugin from '@fastify/cookie'
import Fastify from 'fastify'
import t, { type Test } from 'tap'
import { system } from '../../../src/commands/actor.ts'
import type { Command } from '../../../src/commands/catalogue.ts'
import { Identities } from '../../../src/http/auth/identities.ts'
import { hashSecret, newSecret } from '../../../src/http/auth/secrets.ts'
import { Uses } from '../../../src/http/auth/uses.ts'
import { Names } from '../../../src/projections/names.ts'
import { startWriting } from '../../helpers/sequencer.ts'

// What reads cookies is there when a server is built.
await Fastify().register(cookiePlugin, { hook: false })

const day = 24 * 60 * 60 * 1_000

/** A house with Ada in it, and a clock that stands still until it is moved. */
async function openHouse(t: Test, { guests = false } = {}) {
	const writing = startWriting(t)
	const { log, views } = writing
	const ask = (command: Command) => writing.run(writing.submit(command, { actor: system }))
	await ask({ type: 'OpenRoom', room: 'general' })
	await ask({ type: 'AddUser', name: 'ada', role: 'owner', passwordHash: 'p', tokenHash: 'first' })
	const userId = 'user-command2'
	const password = writing.events().find(({ type }) => type === 'PasswordSet')
	const clock = { now: 0 }
	let keeps = true
	const start = () => {
		const uses = new Uses(log, { recordUses: (them) => void (keeps && log.recordUses(them)) })
		t.teardown(() => uses.stop())
		const nameOf = new Names(views, log).of
		const config = { guests, publicUrl: undefined }
		return { uses, identities: new Identities({ log, views, nameOf, uses, config, now: () => clock.now }) }
	}
	const last = () => writing.events().at(-1)
	return {
		ask,
		clock,
		userId,
		start,
		/** The disk is full, so it is not written down when something was used. */
		losesUses: () => {
			keeps = false
		},
		async signIn(): Promise<IncomingHttpHeaders> {
			const secret = newSecret('session')
			const where = { passwordPosition: password?.position ?? 0, address: '', agent: '' }
			await ask({ type: 'OpenSession', userId, secretHash: hashSecret(secret), ...where })
			clock.now = last()?.recordedAt ?? 0
			return { cookie: `tailroom=${secret}` }
		},
		async issue(livesMs?: number): Promise<string> {
			const secret = newSecret('token')
			const now = (last()?.recordedAt ?? 0) + 1
			const ends = livesMs === undefined ? {} : { expiresAtMs: now + livesMs }
			await ask({ type: 'IssueToken', name: 'ada', secretHash: hashSecret(secret), label: '', scope: 'full', ...ends })
			clock.now = last()?.recordedAt ?? 0
			return secret
		},
	}
}

const signedOut = { code: 'not_authenticated' }

t.test('a session is over when nobody used it for two weeks', async (t) => {
	const { clock, signIn, start } = await openHouse(t)
	const headers = await signIn()
	const { identities } = start()
	for (let i = 0; i < 3; i++) {
		clock.now += 14 * day
		t.match(identities.authenticate(headers), { name: 'ada', credential: { kind: 'session' } })
	}
	const actor = identities.authenticate(headers)
	clock.now += 14 * day + 1
	t.throws(() => identities.authenticate(headers), signedOut)
	t.equal(identities.renew(actor), 'expired')
	t.throws(() => start().identities.authenticate(headers), signedOut, 'also where nothing is known of it yet')
})

t.test('a stream that stays open is a use', async (t) => {
	const { clock, signIn, start } = await openHouse(t)
	const headers = await signIn()
	const { identities } = start()
	const actor = identities.authenticate(headers)
	for (let i = 0; i < 30; i++) {
		clock.now += 2 * day
		t.match(identities.renew(actor), { name: 'ada' })
	}
	t.match(identities.authenticate(headers), { name: 'ada' })
})

t.test('a session is over after ninety days, however much it is used', async (t) => {
	const { clock, signIn, start } = await openHouse(t)
	const headers = await signIn()
	const { identities } = start()
	const actor = identities.authenticate(headers)
	const opened = clock.now
	for (clock.now = opened; clock.now < opened + 90 * day; clock.now += 9 * day) identities.authenticate(headers)
	clock.now = opened + 90 * day - 1
	t.match(identities.authenticate(headers), { name: 'ada' })
	clock.now += 1
	t.throws(() => identities.authenticate(headers), signedOut)
	t.equal(identities.renew(actor), 'expired')
})

t.test('what was used is known after a restart', async (t) => {
	const { clock, signIn, start } = await openHouse(t)
	const headers = await signIn()
	const first = start()
	clock.now += 13 * day
	first.identities.authenticate(headers)
	first.uses.stop()
	clock.now += 13 * day
	t.match(start().identities.authenticate(headers), { name: 'ada' })
})

t.test('a session that was just opened holds, also where its use could not be written down', async (t) => {
	const { clock, losesUses, signIn, start } = await openHouse(t)
	losesUses()
	const headers = await signIn()
	const { identities, uses } = start()
	identities.authenticate(headers)
	for (let i = 0; i < 3; i++) {
		clock.now += 60_000
		uses.write()
	}
	t.match(identities.authenticate(headers), { name: 'ada' })
})

t.test('a token ends when it says, and one that says nothing does not', async (t) => {
	const { clock, issue, start } = await openHouse(t)
	const ending = await issue(day)
	const lasting = await issue()
	const { identities } = start()
	const headers = { authorization: `Bearer ${ending}` }
	const actor = identities.authenticate(headers)
	t.match(actor, { name: 'ada', credential: { kind: 'token', scope: 'full' } })
	const { expiresAtMs } = (actor as { credential: { expiresAtMs: number } }).credential
	clock.now = expiresAtMs - 1
	t.match(identities.authenticate(headers), { name: 'ada' })
	t.match(identities.renew(actor), { name: 'ada' })
	clock.now = expiresAtMs
	t.throws(() => identities.authenticate(headers), signedOut)
	t.throws(() => identities.byToken(ending), signedOut)
	t.equal(identities.renew(actor), 'expired')
	clock.now += 10 * 365 * day
	t.match(identities.byToken(lasting), { name: 'ada' })
})

t.test('what has ended is not valid as soon as what was known is forgotten', async (t) => {
	const { ask, issue, signIn, start, userId } = await openHouse(t)
	const headers = await signIn()
	const token = await issue()
	const { identities } = start()
	const bySession = identities.authenticate(headers)
	const byToken = identities.byToken(token)
	await ask({ type: 'EndSessions', userId })
	identities.forget([userId])
	t.throws(() => identities.authenticate(headers), signedOut)
	t.equal(identities.renew(bySession), 'rights_lost')
	t.match(identities.renew(byToken), { name: 'ada' })
	await ask({ type: 'ChangeUser', name: 'ada', passwordHash: 'another' })
	identities.forget([userId])
	t.equal(identities.renew(byToken), 'rights_lost')
})

t.test('a guest is one only until the name is an account’s', async (t) => {
	const { ask, start } = await openHouse(t, { guests: true })
	const { identities } = start()
	const guest = identities.authenticate({ 'tailroom-user': 'Bob' })
	t.match(guest, { kind: 'guest', name: 'bob' })
	t.match(identities.renew(guest), { name: 'bob' })
	t.throws(() => identities.authenticate({ 'tailroom-user': 'ada' }), { code: 'name_taken' })
	await ask({ type: 'AddUser', name: 'bob', role: 'bot', tokenHash: 'b' })
	identities.forget(['user-command3'])
	t.equal(identities.renew(guest), 'rights_lost')
	t.throws(() => start().identities.authenticate({ 'tailroom-user': 'Zoë' }), { code: 'name_invalid' })
	t.throws(() => identities.authenticate({ authorization: 'Bearer wrong', 'tailroom-user': 'eve' }), signedOut)
})
