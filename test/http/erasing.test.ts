import t from 'tap'
import { messagesErasedMax } from '../../src/commands/limits.ts'
import { startHouse } from '../helpers/house.ts'
import { type Answer, ask, askJson, isProblem } from '../helpers/http.ts'
import { listen, listenByWebSocket } from '../helpers/listener.ts'
import { addMember, addPerson, password, putRoom, signIn } from '../helpers/people.ts'
import { openWebSocket, type Received } from '../helpers/websocket.ts'

const { url, owner } = await startHouse(t, { guests: true })
const witness = await addPerson(url, owner, 'witness')
const administrator = await addPerson(url, owner, 'amy', 'admin')
let erased = 0

type By = { headers: Record<string, string> }
const erase = async (name: string, { headers }: By, query = '') => {
	const answer = await ask(url, `/users/${name}${query}`, { method: 'DELETE', headers })
	if (answer.status === 204) erased += 1
	return answer
}
const say = async (room: string, content: string, { headers }: By) =>
	(await askJson(url, `/rooms/${room}/messages`, { content }, { headers })).json
const look = (path: string, { headers }: By = witness) => ask(url, path, { headers })
/** An answer about somebody, without who it was. */
const shown = ({ status, text }: Answer, name: string) => `${status} ${text.replaceAll(name, 'NAME')}`
const everything = async (by: By) => {
	const stream = await listen(t, url, 'ndjson', '/events?after=0&until=head', by)
	await stream.over
	return stream.heard.filter(({ position }) => position !== undefined)
}

t.test('who is erased is called by a number, everywhere and by everybody', async (t) => {
	await putRoom(url, owner, 'harbour')
	await addMember(url, owner, 'harbour', 'witness')
	const ada = await addPerson(url, owner, 'canary-ada')
	await addMember(url, owner, 'harbour', ada.name, 'moderator')
	const message = await say('harbour', 'hello', ada)
	t.equal(message.sender, 'canary-ada')
	// Whatever is kept of the name is kept by now.
	t.match((await look('/users')).text, /canary-ada/)
	t.match((await look('/rooms/harbour/messages')).text, /canary-ada/)
	t.match((await look('/audit', owner)).text, /canary-ada/)

	const live = await Promise.all([
		listen(t, url, 'ndjson', '/events', witness),
		listen(t, url, 'ndjson', '/rooms/harbour/events', witness),
		listenByWebSocket(t, url, [{ type: 'subscribe', room: 'harbour' }], witness),
	])
	for (const listener of live) if (listener !== live[2]) await listener.untilType('live')
	const number = erased + 1
	t.match(await erase('canary-ada', owner), { status: 204, text: '' })
	const called = `erased-${number}`
	const last = await say('harbour', 'the last', owner)

	for (const path of ['/users', '/rooms/harbour/messages', '/rooms/harbour/members', '/rooms', '/presence']) {
		t.notMatch((await look(path)).text, /canary/, path)
	}
	t.notMatch((await look('/audit?limit=500', owner)).text, /canary/)
	t.match((await look('/audit', owner)).json.entries.slice(0, 3), [
		{ type: 'UserErased', user: called, by: 'owner', number },
		{ type: 'MemberRemoved', user: called, by: 'owner' },
		{ type: 'MemberRemoved', user: called, by: 'owner' },
	])
	t.match((await look('/rooms/harbour/messages')).json.messages, [
		{ sender: called, content: 'hello', id: message.id },
		{ sender: 'owner' },
	])
	t.notMatch((await look('/users')).text, /erased/)

	const replayed = await everything(witness)
	t.notMatch(JSON.stringify(replayed), /canary/)
	const inHarbour = replayed.filter(({ room }) => room === 'harbour')
	t.match(
		inHarbour.filter(({ userId, sender }) => userId === called || sender === called),
		[
			{ type: 'member', userId: called, action: 'add', role: 'moderator' },
			{ type: 'message', sender: called, content: 'hello' },
			{ type: 'member', userId: called, action: 'remove', role: 'moderator' },
		],
	)
	// Who was there, who comes back to where they were, and who begins at the beginning hear the same.
	const resumed = await listen(t, url, 'ndjson', `/events?after=${message.cursor}&until=head`, witness)
	await resumed.over
	const after = (frames: Received[]) =>
		frames.filter(({ type, position, room }) => {
			return /^(member|message)$/.test(type) && position > message.position && room === 'harbour'
		})
	t.equal(after(replayed).length, 2)
	t.same(after(resumed.heard), after(replayed))
	for (const listener of live) {
		await listener.until(({ position }) => position === last.position)
		t.same(after(listener.heard), after(replayed), listener.name)
	}
})

t.test(
	'what somebody reacted to, was called upon in or talked about with another stays, under the number',
	async (t) => {
		const kim = await addPerson(url, owner, 'kim-17')
		const called = `erased-${erased + 1}`
		const { id } = await say('general', 'hello @kim-17', owner)
		const wave = `/rooms/general/messages/${id}/reactions/${encodeURIComponent('👋')}`
		t.equal((await ask(url, wave, { method: 'PUT', headers: kim.headers })).status, 204)
		await say('@witness', 'hello you', kim)
		await say('@kim-17', 'hello', witness)
		const all = await listen(t, url, 'ndjson', '/events', witness)
		const byName = await listen(t, url, 'ndjson', '/rooms/@kim-17/events', witness)
		for (const stream of [all, byName]) await stream.untilType('live')
		const socket = await openWebSocket(t, `${url.replace('http', 'ws')}/ws`, witness.headers)
		await socket.ask({ type: 'subscribe', room: '@kim-17' }, 'live')

		t.equal((await erase('kim-17', owner, '?messages=true')).status, 204)
		const { json } = await look(`/rooms/general/messages/${id}`)
		t.match(json, { content: 'hello @kim-17', mentions: [called], reactions: [{ emoji: '👋', users: [called] }] })
		const conversation = `@${called}`
		t.match((await look(`/rooms/${conversation}/messages`)).json.messages, [
			{ room: conversation, sender: called, content: '', erased: 'person' },
			{ room: conversation, sender: 'witness', content: 'hello' },
		])
		t.ok((await look('/rooms')).json.rooms.some(({ room }: Received) => room === conversation))
		const gone = await look('/rooms/@kim-17/messages')
		t.equal(shown(gone, 'kim-17'), shown(await look('/rooms/@nobody/messages'), 'nobody'))
		isProblem(
			t,
			await askJson(url, `/rooms/${conversation}/messages`, { content: 'x' }, witness),
			403,
			'forbidden',
			/./,
		)
		const later = await say('general', 'hello @kim-17', owner)
		t.equal(later.mentions, undefined)

		const told = { type: 'delete', room: conversation, by: 'system', reason: 'person' }
		t.match(await all.untilType('delete'), told)
		// Under that name there is nothing any more.
		t.match(await byName.over, { reason: 'rights_lost' })
		t.match(await socket.untilType('unsubscribed'), { room: '@kim-17', reason: 'rights_lost' })
		const again = await socket.ask({ type: 'subscribe', room: '@kim-17', ref: 1 }, 'error')
		t.match(again, { code: 'not_found', ref: 1 })
		t.match(await socket.ask({ type: 'subscribe', room: conversation }, 'live'), { room: conversation })
	},
)

t.test('who is erased is as who never was, but that nobody is called so again', async (t) => {
	const { name } = await addPerson(url, owner, 'bea-0')
	const guest = (called: string) => askJson(url, '/rooms/general/messages', { content: 'x' }, named(called))
	const named = (called: string) => ({ headers: { 'Tailroom-User': called } })
	t.equal((await erase(name, administrator)).status, 204)
	const nobody = 'bea-1'
	const tries: ((called: string) => Promise<Answer>)[] = [
		(called) => erase(called, owner),
		(called) => erase(called, witness),
		(called) => erase(called, owner, '?messages=true'),
		(called) => look(`/users/${called}`),
		(called) => askJson(url, `/users/${called}`, { active: true }, { method: 'PATCH', headers: owner.headers }),
		(called) => ask(url, `/users/${called}/sessions`, { method: 'DELETE', headers: owner.headers }),
		(called) => askJson(url, `/rooms/general/members/${called}`, {}, { method: 'PUT', headers: owner.headers }),
		(called) => ask(url, `/rooms/general/members/${called}`, { method: 'DELETE', headers: owner.headers }),
		(called) => look(`/tokens?user=${called}`, owner),
		(called) => askJson(url, '/tokens', { user: called }, { headers: owner.headers }),
		(called) => askJson(url, '/sessions', { name: called, password }),
	]
	for (const attempt of tries) {
		const answer = await attempt(name)
		t.ok([401, 404].includes(answer.status), answer.text)
		t.equal(shown(answer, name), shown(await attempt(nobody), nobody))
	}
	isProblem(t, await askJson(url, '/users', { name }, owner), 409, 'name_taken', /taken/)
	const { code } = (await askJson(url, '/invites', {}, owner)).json
	isProblem(t, await askJson(url, '/invites/accept', { code, name, password }), 409, 'name_taken', /taken/)
	isProblem(t, await guest(name), 409, 'name_taken', /./)
	isProblem(t, await look('/rooms', named(name)), 409, 'name_taken', /./)
	t.equal((await guest(nobody)).status, 201)
	isProblem(t, await askJson(url, '/users', { name: 'erased-1' }, owner), 400, 'name_invalid', /./)
})

t.test('what they wrote goes too where that is asked for, and keeps its place', async (t) => {
	await putRoom(url, owner, 'den', { visibility: 'private' })
	const cid = await addPerson(url, owner, 'cid')
	for (const name of ['witness', 'cid']) await addMember(url, owner, 'den', name)
	const first = await say('den', 'canary one', cid)
	await say('den', 'what the owner says', owner)
	for (let i = 0; i <= messagesErasedMax; i += 1) await say('general', `canary ${i}`, cid)
	const second = await say('den', 'canary two', cid)
	const live = await listen(t, url, 'ndjson', '/events', witness)
	await live.untilType('live')
	const socket = await openWebSocket(t, `${url.replace('http', 'ws')}/ws`, witness.headers)
	await socket.ask({ type: 'subscribe', room: 'den' }, 'live')

	t.equal((await erase('me', cid, '?messages=true')).status, 204)
	const called = `erased-${erased}`
	const gone = { sender: called, content: '', erased: 'person' }
	const { messages } = (await look('/rooms/den/messages')).json
	t.match(messages, [
		{ ...gone, id: first.id, sequence: 1 },
		{ sender: 'owner', content: 'what the owner says', sequence: 2 },
		{ ...gone, id: second.id, sequence: 3 },
	])
	t.notMatch((await look('/rooms/general/messages?limit=500')).text, /canary/)
	t.notMatch(JSON.stringify(await everything(witness)), /canary/)
	t.notMatch((await look('/audit?limit=500', owner)).text, /MessageDeleted/)

	const frame = { type: 'delete', room: 'den', sequence: 3, id: second.id, by: 'system', reason: 'person' }
	const told = await live.until(({ id, type }) => type === 'delete' && id === second.id)
	t.match(told, frame)
	t.same(await socket.until(({ id, type }) => type === 'delete' && id === second.id), told)
	const deletes = live.heard.filter(({ type }) => type === 'delete')
	t.equal(deletes.length, messagesErasedMax + 3, 'each is told of, once')
	t.equal(new Set(deletes.map(({ id }) => id)).size, deletes.length)
})

t.test('what they wrote stays unless it is asked for', async (t) => {
	const dan = await addPerson(url, owner, 'dan')
	const { id } = await say('general', 'to stay', dan)
	for (const query of ['?messages=false', '?messages=', '?messages', '?messages=true&messages=true', '?message=true']) {
		isProblem(t, await erase('dan', owner, query), 400, 'malformed', /query/)
	}
	t.equal((await look('/users/dan')).status, 200, 'nothing has happened')
	t.equal((await erase('dan', owner)).status, 204)
	const { json } = await look(`/rooms/general/messages/${id}`)
	t.match(json, { sender: `erased-${erased}`, content: 'to stay' })
})

t.test('the browser of who erases themselves forgets its cookie', async (t) => {
	await addPerson(url, owner, 'eve')
	const headers = await signIn(url, 'eve')
	const answer = await erase('me', { headers })
	t.equal(answer.status, 204)
	t.match(answer.headers['set-cookie'], [/^tailroom=;.*Expires=Thu, 01 Jan 1970/])
	t.equal((await ask(url, '/users/me', { headers })).status, 401)
	await addPerson(url, owner, 'fay')
	const byOther = await erase('fay', { headers: await signIn(url, 'amy') })
	t.match(byOther, { status: 204, headers: { 'set-cookie': undefined } })
})

t.test('who belongs to no room is gone at once too', async (t) => {
	const gwen = await addPerson(url, owner, 'gwen')
	await ask(url, '/rooms/general/members/me', { method: 'DELETE', headers: gwen.headers })
	const stream = await listen(t, url, 'ndjson', '/rooms/general/events', gwen)
	await stream.untilType('live')
	const socket = await openWebSocket(t, `${url.replace('http', 'ws')}/ws`, gwen.headers)
	await socket.ask({ type: 'hello' }, 'hello')
	t.equal((await erase('gwen', owner)).status, 204)
	t.match(await stream.over, { reason: 'rights_lost' })
	t.equal((await socket.closed).code, 4403)
	t.equal((await ask(url, '/users/me', { headers: gwen.headers })).status, 401)
})

t.test('nobody erases who stands above, and an owner stays', async (t) => {
	isProblem(t, await erase('owner', administrator), 403, 'forbidden', /./)
	isProblem(t, await erase('amy', witness), 403, 'forbidden', /./)
	isProblem(t, await erase('me', owner), 422, 'last_owner', /somebody else/)
	isProblem(t, await erase('me', { headers: {} }), 403, 'forbidden', /./)
	t.equal((await look('/users/me', owner)).status, 200)
})

t.test('their invitations are good for no more', async (t) => {
	const gil = await addPerson(url, owner, 'gil', 'admin')
	const { code, id } = (await askJson(url, '/invites', {}, gil)).json
	const listed = async () => (await look('/invites', owner)).json.invites.map((invite: { id: string }) => invite.id)
	t.ok((await listed()).includes(id))
	t.equal((await erase('gil', owner)).status, 204)
	t.notOk((await listed()).includes(id))
	isProblem(t, await askJson(url, '/invites/accept', { code, name: 'hal', password }), 404, 'not_found', /./)
})

t.test('what they are about to do is not done any more', async (t) => {
	const ida = await addPerson(url, owner, 'ida')
	const posting: Promise<Answer>[] = []
	for (let i = 0; i < 100; i += 1) {
		posting.push(askJson(url, '/rooms/general/messages', { content: `canary ${i}` }, ida))
		if (i === 50) posting.push(erase('ida', owner, '?messages=true'))
	}
	const answers = await Promise.all(posting)
	const { position } = (await look('/audit', owner)).json.entries.find(({ type }: Received) => type === 'UserErased')
	const posted = answers.filter(({ status }) => status === 201)
	t.ok(posted.every(({ json }) => json.position < position))
	t.same([...new Set(answers.map(({ status }) => status))].toSorted(), [201, 204, 401])
	t.notMatch(JSON.stringify(await everything(witness)), /canary/, 'also what was said just before')
	isProblem(t, await askJson(url, '/rooms/general/messages', { content: 'x' }, ida), 401, 'not_authenticated', /./)
})

t.test('twice at once is once', async (t) => {
	await addPerson(url, owner, 'jim')
	const answers = await Promise.all([erase('jim', owner), erase('jim', administrator), erase('jim', owner)])
	t.same(answers.map(({ status }) => status).toSorted(), [204, 404, 404])
	const [first, second] = answers.filter(({ status }) => status === 404)
	t.equal(first?.text, second?.text)
	t.equal(first?.text, (await erase('jim', owner)).text)
})
