import t, { type Test } from 'tap'
import { type Credential, system, type User } from '../../src/commands/actor.ts'
import type { Command } from '../../src/commands/catalogue.ts'
import type { UserRole } from '../../src/events/catalogue.ts'
import { startWriting, type Writing } from '../helpers/sequencer.ts'
import { connectionOf } from '../helpers/sqlite.ts'

/*
 * A command is decided with the rights of its turn, not with those of when it was asked for.
 */

const signedOut = { done: false, code: 'not_authenticated' }

interface House {
	writing: Writing
	/** The owner, and a member: by their first tokens. */
	olga: User
	ada: User
	/** Ada again, by a session. */
	adaHere: User
	passwordPosition: number
	ask(command: Command, actor?: User): ReturnType<Writing['submit']>
}

async function openHouse(t: Test): Promise<House> {
	const writing = startWriting(t)
	const ask = (command: Command, actor?: User) => writing.submit(command, { actor: actor ?? system })
	await writing.run(ask({ type: 'OpenRoom', room: 'general' }))
	const olga = await joins('olga', 'owner')
	const ada = await joins('ada', 'member')
	const { position: passwordPosition } = eventOf('PasswordSet')
	const opening = {
		type: 'OpenSession',
		userId: ada.userId,
		passwordPosition,
		secretHash: 's',
		address: '',
		agent: '',
	} as const
	await writing.run(ask(opening))
	const { sessionId: id, expiresAtMs } = eventOf('SessionOpened').data as { sessionId: string; expiresAtMs: number }
	const adaHere: User = { ...ada, credential: { kind: 'session', id, expiresAtMs } }
	return { writing, olga, ada, adaHere, passwordPosition, ask }

	async function joins(name: string, role: UserRole): Promise<User> {
		const hashes = { passwordHash: `the hash of ${name}’s password`, tokenHash: `of ${name}’s token` }
		const added = ask({ type: 'AddUser', name, role, ...hashes })
		await writing.run(added)
		const credential: Credential = { kind: 'token', id: added.id, scope: 'full' }
		return { kind: 'user', userId: `user-${added.id}`, name, role, credential }
	}

	function eventOf(type: string) {
		return writing.events().findLast((event) => event.type === type) as ReturnType<Writing['events']>[number]
	}
}

const change = (name: string, what: object): Command => ({ type: 'ChangeUser', name, ...what })
const post: Command = { type: 'PostMessage', room: 'general', content: 'hello' }

t.test('who is in good standing speaks', async (t) => {
	const { writing, ada, adaHere, ask } = await openHouse(t)
	t.match(await writing.run(ask(post, ada), ask(post, adaHere)), [{ done: true }, { done: true }])
})

t.test('who was deactivated earlier in the batch does nothing more', async (t) => {
	const { writing, olga, ada, adaHere, ask } = await openHouse(t)
	const batch = [ask(post, ada), ask(change('ada', { active: false }), olga), ask(post, ada), ask(post, adaHere)]
	t.match(await writing.run(...batch), [{ done: true }, { done: true }, signedOut, signedOut])
	t.same(writing.texts(), ['hello'])
	// Whoever comes back begins anew.
	await writing.run(ask(change('ada', { active: true }), olga))
	t.match(await writing.run(ask(post, ada), ask(post, adaHere)), [signedOut, signedOut])
})

t.test('whose session ended earlier in the batch does nothing more with it', async (t) => {
	const { writing, ada, adaHere, ask } = await openHouse(t)
	const { userId, credential } = adaHere
	const end: Command = { type: 'EndSessions', userId, sessionId: credential.id }
	t.match(await writing.run(ask(end, adaHere), ask(post, adaHere), ask(end, adaHere), ask(post, ada)), [
		{ done: true },
		signedOut,
		signedOut,
		{ done: true },
	])
})

t.test('whose sessions all ended earlier in the batch does nothing more with one', async (t) => {
	const { writing, ada, adaHere, ask } = await openHouse(t)
	const end: Command = { type: 'EndSessions', userId: ada.userId }
	t.match(await writing.run(ask(end, ada), ask(post, adaHere), ask(post, ada)), [
		{ done: true },
		signedOut,
		{ done: true },
	])
})

t.test('whose token was revoked earlier in the batch does nothing more with it', async (t) => {
	const { writing, ada, adaHere, ask } = await openHouse(t)
	const revoke: Command = { type: 'RevokeToken', tokenId: ada.credential.id }
	t.match(await writing.run(ask(revoke, ada), ask(post, ada), ask(post, adaHere)), [
		{ done: true },
		signedOut,
		{ done: true },
	])
})

t.test('whose password was changed earlier in the batch signs in again', async (t) => {
	const { writing, ada, adaHere, ask, passwordPosition } = await openHouse(t)
	const opening: Command = {
		type: 'OpenSession',
		userId: ada.userId,
		passwordPosition,
		secretHash: 'x',
		address: '',
		agent: '',
	}
	const batch = [ask(change('ada', { passwordHash: 'new' }), adaHere), ask(post, ada), ask(post, adaHere), ask(opening)]
	t.match(await writing.run(...batch), [{ done: true }, signedOut, signedOut, signedOut])
})

t.test('whose role was taken earlier in the batch has the rights of the new one', async (t) => {
	const { writing, olga, ada, ask } = await openHouse(t)
	const open = (room: string, actor: User) =>
		ask({ type: 'IssueInvitation', codeHash: room, role: 'member', rooms: [] }, actor)
	await writing.run(ask(change('ada', { role: 'owner' })))
	const batch = [
		open('a', ada),
		ask(change('ada', { role: 'member' }), olga),
		open('b', ada),
		ask(change('olga', { role: 'member' }), ada),
	]
	t.match(await writing.run(...batch), [{ done: true }, { done: true }, { code: 'forbidden' }, { code: 'forbidden' }])
})

t.test('of two who demote each other at once, one is an owner still', async (t) => {
	const { writing, olga, ada, ask } = await openHouse(t)
	await writing.run(ask(change('ada', { role: 'owner' })))
	const each = [ask(change('ada', { role: 'member' }), olga), ask(change('olga', { role: 'member' }), ada)]
	t.match(await writing.run(...each), [{ done: true }, { code: 'forbidden' }])
})

t.test('a token that has come to its end is over, and so is what never was one', async (t) => {
	const { writing, ada, ask } = await openHouse(t)
	const issue = ask(
		{ type: 'IssueToken', name: 'ada', secretHash: 'x', label: '', scope: 'full', expiresAtMs: soon(writing) },
		ada,
	)
	t.match(await writing.run(issue), [{ done: true }])
	const short: User = { ...ada, credential: { kind: 'token', id: issue.id, scope: 'full' } }
	const answers = await writing.run(ask(post, short), ask(post, short), ask(post, short), ask(post, short))
	t.match(answers, [{ done: true }, { done: true }, signedOut, signedOut])
	const forged: User = { ...ada, credential: { kind: 'token', id: 'made-up', scope: 'full' } }
	t.match(await writing.run(ask(post, forged)), [signedOut])
})

/** Three commands from now, as the clock of these tests goes. */
function soon(writing: Writing): number {
	return (writing.events().at(-1)?.recordedAt ?? 0) + 4
}

t.test('a key that was known answers nobody who is signed out', async (t) => {
	const { writing, ada } = await openHouse(t)
	const keyed = () => writing.submit(post, { actor: ada, key: 'k' })
	await writing.run(keyed())
	const revoke = writing.submit({ type: 'RevokeToken', tokenId: ada.credential.id }, { actor: ada })
	t.match(await writing.run(keyed(), revoke, keyed()), [{ done: true, replayed: true }, { done: true }, signedOut])
})

t.test('two who use one invitation, or one name, at once: one has it', async (t) => {
	const { writing, ask } = await openHouse(t)
	const accept = (name: string): Command => ({
		type: 'AcceptInvitation',
		codeHash: 'c',
		name,
		passwordHash: 'p',
		tokenHash: name,
	})
	await writing.run(ask({ type: 'IssueInvitation', codeHash: 'c', role: 'member', rooms: [] }))
	const [taken, first, second] = await writing.run(ask(accept('olga')), ask(accept('eve')), ask(accept('eva')))
	t.match([taken, first, second], [{ code: 'name_taken' }, { done: true }, { code: 'not_found' }])
	const add = ask({ type: 'AddUser', name: 'robot', role: 'bot', tokenHash: 'r1' })
	const again = ask({ type: 'AddUser', name: 'robot', role: 'bot', tokenHash: 'r2' })
	t.match(await writing.run(add, again), [{ done: true }, { code: 'name_taken' }])
})

t.test('a new password erases the hash of the old one', async (t) => {
	const { writing, adaHere, ask, passwordPosition } = await openHouse(t)
	t.match(writing.log.at(passwordPosition), { body: { passwordHash: 'the hash of ada’s password' } })
	await writing.run(ask(change('ada', { passwordHash: 'second' }), adaHere))
	t.equal(writing.log.at(passwordPosition)?.body, null)
	t.match(passwordsOf(writing, adaHere), [null, 'second'])
	t.equal(texts(writing).includes('the hash of ada’s password'), false, 'nowhere in the log')
	t.ok(texts(writing).includes('the hash of olga’s password'), 'another’s stays')
})

t.test('also where both are set in one batch', async (t) => {
	const { writing, ada, ask } = await openHouse(t)
	await writing.run(
		ask(change('ada', { passwordHash: 'second' })),
		ask(change('ada', { passwordHash: 'third', displayName: 'Ada' })),
		ask(change('ada', { displayName: 'Ada L.' })),
		ask(change('ada', { displayName: 'Ada' })),
	)
	t.match(passwordsOf(writing, ada), [null, null, 'third'])
	const names = writing.events().filter(({ type }) => type === 'DisplayNameChanged')
	t.match(
		names.map(({ body }) => body),
		[null, null, { displayName: 'Ada' }],
	)
	for (const gone of ['second', 'Ada L.', 'the hash of ada’s password']) t.notOk(texts(writing).includes(gone), gone)
	t.same(saltsOfErased(writing), [null], 'and nothing is left to guess them by')
})

t.test('what is refused erases nothing', async (t) => {
	const { writing, ada, olga, ask, passwordPosition } = await openHouse(t)
	t.match(await writing.run(ask(change('ada', { passwordHash: 'x', displayName: '\n' }), olga)), [
		{ code: 'text_unfit' },
	])
	t.match(await writing.run(ask(change('olga', { passwordHash: 'x' }), ada)), [{ code: 'forbidden' }])
	t.not(writing.log.at(passwordPosition)?.body, null)
})

function passwordsOf(writing: Writing, { userId }: User): (string | null)[] {
	return writing.events().flatMap((event) => {
		if (event.type !== 'PasswordSet' || event.data.userId !== userId) return []
		return [(event.body as { passwordHash: string } | null)?.passwordHash ?? null]
	})
}

/** Everything that the rows of the log hold. */
function texts(writing: Writing): string {
	return JSON.stringify(connectionOf(writing.log).prepare('SELECT * FROM events').all())
}

function saltsOfErased(writing: Writing): unknown[] {
	const sql = "SELECT DISTINCT salt FROM events WHERE body IS NULL AND type IN ('PasswordSet', 'DisplayNameChanged')"
	return connectionOf(writing.log).prepare(sql).pluck().all()
}
