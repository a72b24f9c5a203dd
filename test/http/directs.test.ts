import t from 'tap'
import { startHouse } from '../helpers/house.ts'
import { ask, askJson, isProblem } from '../helpers/http.ts'
import { listen } from '../helpers/listener.ts'
import { type Account, addPerson } from '../helpers/people.ts'

const { url, owner } = await startHouse(t)
let names = 0

/** Somebody new, with an account. */
function somebody(role: 'admin' | 'member' | 'bot' = 'bot'): Promise<Account> {
	names += 1
	return addPerson(url, owner, `person-${names}`, role)
}

function say({ headers }: Account, room: string, content: string) {
	return askJson(url, `/rooms/${room}/messages`, { content }, { headers })
}

async function roomsOf({ headers }: Account): Promise<{ room: string; visibility: string; sequence: number }[]> {
	return (await ask(url, '/rooms', { headers })).json.rooms
}

t.test('each of the two finds in a conversation what both have said, and calls it by the other', async (t) => {
	const [ada, bob] = [await somebody(), await somebody()]
	const first = await say(ada, `@${bob.name}`, 'hello')
	t.match(first, {
		status: 201,
		headers: { location: `/rooms/@${bob.name}/messages/${first.json.id}` },
		json: { room: `@${bob.name}`, sequence: 1, sender: ada.name, content: 'hello' },
	})
	t.match(await say(bob, ` @${ada.name.toUpperCase()} `.replaceAll(' ', '%20'), 'hi'), {
		status: 201,
		json: { room: `@${ada.name}`, sequence: 2, sender: bob.name, content: 'hi' },
	})
	for (const [one, other] of [
		[ada, bob],
		[bob, ada],
	] as const) {
		const room = `@${other.name}`
		const { headers } = one
		const history = await ask(url, `/rooms/${room}/messages`, { headers })
		t.same(
			history.json.messages.map((message: Record<string, unknown>) => [message.room, message.sender, message.content]),
			[
				[room, ada.name, 'hello'],
				[room, bob.name, 'hi'],
			],
		)
		t.match(await ask(url, `/rooms/${room}/messages/${first.json.id}`, { headers }), {
			json: { room, content: 'hello' },
		})
		const described = { room, title: room, topic: '', visibility: 'direct', archived: false, sequence: 2 }
		t.match((await ask(url, `/rooms/${room}`, { headers })).json, described)
		t.match(await roomsOf(one), [{ room: 'general' }, described])
		const people = [ada.name, bob.name].sort()
		const { members } = (await ask(url, `/rooms/${room}/members`, { headers })).json
		t.same(members.map(({ userId }: { userId: string }) => userId).sort(), people)
		const text = await ask(url, `/rooms/${room}/messages`, { headers: { ...headers, Accept: 'text/plain' } })
		t.match(text.text.split('\n')[0], new RegExp(`  ${room}  ${ada.name}: hello$`))
	}
})

t.test('until its first message a conversation is an empty room, and asking does not open it', async (t) => {
	const [ada, bob] = [await somebody(), await somebody()]
	const { headers } = ada
	const room = `@${bob.name}`
	const before = await ask(url, '/rooms', { headers })
	t.match(await ask(url, `/rooms/${room}`, { headers }), {
		status: 200,
		json: { room, visibility: 'direct', sequence: 0 },
	})
	t.match(await ask(url, `/rooms/${room}/messages`, { headers }), { status: 200, json: { messages: [] } })
	t.equal((await ask(url, `/rooms/${room}/members`, { headers })).json.members.length, 2)
	t.match(await ask(url, `/rooms/${room}/presence`, { headers }), { status: 200, json: { users: [] } })
	t.equal((await ask(url, `/rooms/${room}/events?until=head`, { headers })).status, 200)
	t.same((await ask(url, '/rooms', { headers })).json, before.json, 'nothing has happened')
	t.match(await roomsOf(bob), [{ room: 'general' }])
})

t.test('who talks to themselves has a notebook', async (t) => {
	const ada = await somebody()
	const room = `@${ada.name}`
	t.match(await say(ada, '@me', 'one'), { status: 201, json: { room, sequence: 1 } })
	t.match(await say(ada, room, 'two'), { status: 201, json: { room, sequence: 2 } })
	t.match(await roomsOf(ada), [{ room: 'general' }, { room, visibility: 'direct', sequence: 2 }])
	const { members } = (await ask(url, '/rooms/@me/members', ada)).json
	t.same(members, [{ userId: ada.name, role: 'member' }])
})

t.test('two who begin at once begin one conversation', async (t) => {
	const [ada, bob] = [await somebody(), await somebody()]
	const both = await Promise.all([say(ada, `@${bob.name}`, 'hello'), say(bob, `@${ada.name}`, 'hello')])
	t.same(both.map(({ json }) => json.sequence).sort(), [1, 2])
	for (const { headers } of [ada, bob])
		t.match((await ask(url, '/rooms', { headers })).json.rooms, [{}, { sequence: 2 }])
})

t.test('a post to a conversation can be repeated, whatever it is called', async (t) => {
	const [ada, bob] = [await somebody(), await somebody()]
	const post = (room: string, content: string) =>
		askJson(url, `/rooms/${room}/messages`, { content }, { headers: { ...ada.headers, 'Idempotency-Key': 'once' } })
	t.equal((await post('@me', 'hello')).status, 201)
	t.match(await post(`@${ada.name}`, 'hello'), { status: 200, headers: { 'idempotent-replay': 'true' } })
	for (const room of [`@${bob.name}`, 'general', '@nobody']) {
		isProblem(t, await post(room, 'hello'), 422, 'idempotency_key_reused', /something else/)
	}
})

t.test('what is not the name of anybody is no conversation', async (t) => {
	const { headers } = await somebody()
	for (const name of ['@', '@a b', '@-a', `@${'a'.repeat(33)}`, '@@ada', '@ä']) {
		const answer = await ask(url, `/rooms/${encodeURIComponent(name)}`, { headers })
		isProblem(t, answer, 400, 'name_invalid', /"@" and the name/)
	}
})

t.test('nobody changes, joins, moderates or archives a conversation', async (t) => {
	const [ada, bob] = [await somebody('admin'), await somebody()]
	for (const isOpened of [false, true]) {
		if (isOpened) await say(bob, `@${ada.name}`, 'hello')
		for (const { headers, name } of [ada, bob]) {
			const room = `@${name === ada.name ? bob.name : ada.name}`
			for (const [method, path] of [
				['PUT', ''],
				['PUT', '/members/me'],
				['PUT', `/members/${owner.name}`],
				['DELETE', '/members/me'],
				['DELETE', `/members/${ada.name}`],
				['DELETE', ''],
				['DELETE', '/messages'],
				...['bans', 'mutes'].flatMap((kind) => [
					['PUT', `/${kind}/${owner.name}`],
					['DELETE', `/${kind}/${owner.name}`],
				]),
			]) {
				const asked = { method: method as string, headers }
				isProblem(t, await ask(url, `/rooms/${room}${path}`, asked), 403, 'forbidden', /whose it is/)
				isProblem(t, await ask(url, `/rooms/@nobody${path}`, asked), 404, 'not_found', /no room/)
			}
		}
	}
})

t.test('who is deactivated can be read, and is told nothing more', async (t) => {
	const [ada, bob] = [await somebody(), await somebody()]
	const room = `@${bob.name}`
	await say(bob, `@${ada.name}`, 'hello')
	await askJson(url, `/users/${bob.name}`, { active: false }, { method: 'PATCH', headers: owner.headers })
	t.match(await ask(url, `/rooms/${room}/messages`, ada), { status: 200, json: { messages: [{ content: 'hello' }] } })
	t.match(await roomsOf(ada), [{ room: 'general' }, { room }])
	isProblem(t, await say(ada, room, 'are you there?'), 403, 'forbidden', /nobody behind/)
	await askJson(url, `/users/${bob.name}`, { active: true }, { method: 'PATCH', headers: owner.headers })
	t.equal((await say(ada, room, 'are you there?')).status, 201)
})

t.test('who is erased is called by a number, by who has talked to them and by nobody else', async (t) => {
	const [ada, bob, cid] = [await somebody(), await somebody(), await somebody()]
	await say(bob, `@${ada.name}`, 'hello')
	const follower = await listen(t, url, 'ndjson', `/rooms/@${bob.name}/events?after=0`, ada)
	await askJson(url, `/rooms/general/messages`, { content: 'something else' }, { headers: owner.headers })
	t.equal((await ask(url, `/users/${bob.name}`, { method: 'DELETE', headers: owner.headers })).status, 204)
	const [, room] = (await roomsOf(ada)).map(({ room }) => room)
	t.match(room, /^@erased-\d+$/)
	const { messages } = (await ask(url, `/rooms/${room}/messages`, ada)).json
	t.match(messages, [{ room, sender: room?.slice(1), content: 'hello' }])
	isProblem(t, await say(ada, room as string, 'are you there?'), 403, 'forbidden', /nobody behind/)
	for (const [by, called] of [
		[ada, `@${bob.name}`],
		[cid, `@${bob.name}`],
		[cid, room],
	] as const) {
		isProblem(t, await ask(url, `/rooms/${called}/messages`, by), 404, 'not_found', /no room/)
		isProblem(t, await say(by, called as string, 'hello'), 404, 'not_found', /no room/)
	}
	const again = await listen(t, url, 'ndjson', `/rooms/${room}/events?after=0`, ada)
	t.match(await again.untilContent('hello'), { room })
	t.match(await follower.untilContent('hello'), { room: `@${bob.name}` }, 'before')
})
