import { join } from 'node:path'
import t from 'tap'
import { startInProcess } from '../helpers/app.ts'
import { temporaryDirectory } from '../helpers/directory.ts'
import { startHouse } from '../helpers/house.ts'
import { type Answer, ask, askJson, isProblem } from '../helpers/http.ts'
import { type Account, addMember, addPerson, putRoom, removeMember, setUp, signIn } from '../helpers/people.ts'
import { allIndexed, found, search } from '../helpers/searching.ts'

async function say(url: string, { headers }: { headers: Record<string, string> }, room: string, content: string) {
	const answer = await askJson(url, `/rooms/${room}/messages`, { content }, { headers })
	if (answer.status !== 201) throw new Error(`${answer.status} ${answer.text}`)
	return answer.json
}

/** Everything that a caller is told, but for the time and the room's name. */
function shown({ status, headers: { date, 'x-request-id': _id, ...headers }, text }: Answer, name: string): string {
	return JSON.stringify({ status, headers, text }).replaceAll(name, 'ROOM')
}

t.test('with accounts', async (t) => {
	const { url, directory, owner } = await startHouse(t)
	const [ada, bob, carl] = (await Promise.all(['ada', 'bob', 'carl'].map((name) => addPerson(url, owner, name)))) as [
		Account,
		Account,
		Account,
	]
	await putRoom(url, ada, 'secret', { visibility: 'private' })
	await addMember(url, ada, 'secret', 'bob')
	await putRoom(url, owner, 'open')
	await say(url, ada, 'general', 'treasure in general')
	await say(url, ada, 'open', 'treasure in open')
	await say(url, ada, 'secret', 'treasure in secret')
	await say(url, ada, '@bob', 'treasure for bob')
	await say(url, ada, '@me', 'treasure of ada')
	await say(url, carl, '@bob', 'treasure of carl')
	await allIndexed(url, owner.headers)
	const seen = async ({ headers }: { headers: Record<string, string> }, q = 'treasure') => {
		return (await found(url, q, headers)).map((content) => content.replace('treasure ', ''))
	}

	t.test('everybody finds what they may read, and nothing else', async (t) => {
		t.same(await seen(ada), ['of ada', 'for bob', 'in secret', 'in open', 'in general'])
		t.same(await seen(bob), ['of carl', 'for bob', 'in secret', 'in open', 'in general'])
		t.same(await seen(carl), ['of carl', 'in open', 'in general'])
		t.same(await seen(owner), ['in open', 'in general'], 'who administers is no member')
		t.same(await seen(bob, 'from:ada'), ['for bob', 'in secret', 'in open', 'in general'])
		t.same(await seen(carl, 'from:ada treasure'), ['in open', 'in general'])
		t.same(await seen(ada, 'from:me in:@me'), ['of ada'])
		const socketPath = join(directory, 'control.sock')
		const { json } = await ask(url, '/search?q=treasure', { socketPath })
		t.same(
			json.messages.map(({ room }: { room: string }) => room),
			['secret', 'open', 'general'],
			'the administration of the machine sees rooms, and no conversations',
		)
	})

	t.test('a conversation has the name that it has for who asks', async (t) => {
		const roomsOf = async ({ headers }: Account, q: string) => {
			const { json } = await search(url, q, headers)
			return json.messages.map(({ room }: { room: string }) => room)
		}
		t.same(await roomsOf(ada, 'in:@bob'), ['@bob'])
		t.same(await roomsOf(bob, 'in:@ada'), ['@ada'])
		t.same(await roomsOf(bob, '"treasure for"'), ['@ada'])
		t.same(await roomsOf(carl, 'in:@ada treasure'), [])
	})

	t.test('a room that one may not see answers as one that there is not', async (t) => {
		for (const { headers } of [carl, owner]) {
			const hidden = await search(url, 'in:secret treasure', headers)
			isProblem(t, hidden, 404, 'not_found', /There is no room/)
			t.equal(shown(hidden, 'secret'), shown(await search(url, 'in:nowher treasure', headers), 'nowher'))
		}
		isProblem(t, await search(url, 'treasure', {}), 401, 'not_authenticated', /./)
	})

	t.test('a token for some rooms finds what is in them, and a session what its person may', async (t) => {
		const socketPath = join(directory, 'control.sock')
		const issued = await askJson(url, '/tokens', { user: 'ada', scope: 'read', rooms: ['secret'] }, { socketPath })
		const headers = { Authorization: `Bearer ${issued.json.token}` }
		t.same(await found(url, 'treasure', headers), ['treasure in secret'])
		isProblem(t, await search(url, 'in:general x', headers), 404, 'not_found', /There is no room/)
		t.equal((await found(url, 'treasure', await signIn(url, 'ada'))).length, 5)
	})

	t.test('who is removed, banned, or added finds what they may read from then on', async (t) => {
		await removeMember(url, ada, 'secret', 'bob')
		t.same(await seen(bob), ['of carl', 'for bob', 'in open', 'in general'])
		await addMember(url, ada, 'secret', 'carl')
		t.same(await seen(carl), ['of carl', 'in secret', 'in open', 'in general'])
		const ban = '/rooms/open/bans/carl'
		t.equal((await askJson(url, ban, {}, { method: 'PUT', headers: owner.headers })).status, 200)
		t.same(await seen(carl), ['of carl', 'in secret', 'in general'])
		isProblem(t, await search(url, 'in:open x', carl.headers), 404, 'not_found', /There is no room/)
		t.equal((await ask(url, ban, { method: 'DELETE', headers: owner.headers })).status, 204)
		t.same(await seen(carl), ['of carl', 'in secret', 'in open', 'in general'])
		await putRoom(url, owner, 'open', { visibility: 'private' })
		t.same(await seen(carl), ['of carl', 'in secret', 'in general'])
	})

	t.test('who is erased and leaves what they wrote is found by the name that is left', async (t) => {
		const dora = await addPerson(url, owner, 'dora')
		await say(url, dora, 'general', 'a heritage')
		await say(url, dora, '@ada', 'a heritage for ada')
		await allIndexed(url, owner.headers)
		t.equal((await ask(url, '/users/dora', { method: 'DELETE', headers: owner.headers })).status, 204)
		t.same(await found(url, 'from:dora', ada.headers), [])
		const { json } = await search(url, 'from:erased-1', ada.headers)
		t.match(json.messages, [
			{ sender: 'erased-1', room: '@erased-1' },
			{ sender: 'erased-1', room: 'general' },
		])
		t.same(await found(url, 'from:erased-9', ada.headers), [])
	})
})

t.test('guests find what is in open rooms', async (t) => {
	const directory = join(temporaryDirectory(t), 'data')
	const { url } = await startInProcess(t, { directory })
	const owner = await setUp({ url, directory })
	await putRoom(url, owner, 'secret', { visibility: 'private' })
	await say(url, owner, 'secret', 'treasure in secret')
	await say(url, owner, '@me', 'treasure of the owner')
	const guest = { headers: { 'Tailroom-User': 'zoe' } }
	await say(url, guest, 'harbour', 'treasure of zoe')
	await say(url, { headers: { 'Tailroom-User': 'yan' } }, 'harbour', 'treasure of yan')
	await allIndexed(url)
	t.same(await found(url, 'treasure', guest.headers), ['treasure of yan', 'treasure of zoe'])
	t.same(await found(url, 'from:zoe'), ['treasure of zoe'])
	t.same(await found(url, 'from:me', guest.headers), ['treasure of zoe'])
	t.match((await search(url, 'from:zoe')).json.messages, [{ guest: true, sender: 'zoe' }])
	isProblem(t, await search(url, 'in:secret x'), 404, 'not_found', /There is no room/)
	const ban = '/rooms/harbour/bans/zoe'
	t.equal((await askJson(url, ban, {}, { method: 'PUT', headers: owner.headers })).status, 200)
	t.same(await found(url, 'treasure', guest.headers), [])
	t.equal((await found(url, 'treasure')).length, 2)

	// The name becomes an account's: what was said under it before is found by it too.
	const zoe = await addPerson(url, owner, 'zoe')
	await say(url, zoe, 'general', 'treasure of an account')
	await allIndexed(url)
	t.same(await found(url, 'from:zoe', owner.headers), ['treasure of an account', 'treasure of zoe'])
})
