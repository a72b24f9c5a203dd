import t, { type Test } from 'tap'
import type { Change, Chat, StreamFrame } from '../../src/client/node.ts'
import { openChat, openRoom, sameAsServer } from '../helpers/chats.ts'
import { startHouse } from '../helpers/house.ts'
import { ask, askJson } from '../helpers/http.ts'
import { type Account, addMember, addPerson, putRoom, removeMember } from '../helpers/people.ts'
import { until } from '../helpers/until.ts'

const times = { heartbeatMs: 300, readMarkerEveryMs: 50 }

for (const transport of ['sse', 'websocket'] as const) {
	t.test(`over ${transport}`, async (t) => {
		const { url, owner } = await startHouse(t, times)
		const bob = await addPerson(url, owner, 'bob')
		const chatOf = (t: Test, { token }: Account) => openChat(t, { url, token, transport })
		const say = async (room: string, content: string) =>
			(await askJson(url, `/rooms/${encodeURIComponent(room)}/messages`, { content }, owner)).json

		t.test('what people do with messages is seen, and counted', async (t) => {
			const ada = await chatOf(t, owner)
			const ben = await chatOf(t, bob)
			const timelines = [await openRoom(ada, 'general'), await openRoom(ben, 'general')]
			const first = await ada.send('general', 'hello @bob')
			const second = await ada.send('general', 'how is @room?', { replyTo: first.id })
			await until(() => ben.rooms.get('general')?.mentions === 2)
			t.match(ben.rooms.get('general'), { unread: 2, mentions: 2, sequence: second.sequence })
			await ben.react('general', first.id, '👍')
			await ben.react('general', first.id, '🎉')
			await ada.react('general', first.id, '👍')
			await ben.unreact('general', first.id, '👍')
			await ada.edit('general', second.id, 'how are you?')
			await until(() => ben.rooms.get('general')?.mentions === 1)
			const third = await ada.send('general', 'never mind')
			await ada.delete('general', third.id)
			await until(() => ben.rooms.get('general')?.unread === 2)
			for (const [chat, account] of [
				[ada, owner],
				[ben, bob],
			] as const) {
				await sameAsServer(t, url, account, chat, timelines)
			}
			t.match(timelines[0]?.messages, [
				{ content: 'hello @bob', mentions: ['bob'] },
				{ content: 'how are you?', replyTo: first.id, editedAtMs: Number },
				{ content: '', erased: 'author' },
			])
			await ben.clearHistory('general').then(
				() => t.fail('only moderators clear'),
				({ code }) => t.equal(code, 'forbidden'),
			)
			await ada.clearHistory('general', first.sequence)
			await until(() => timelines.every(({ messages }) => messages[0]?.erased === 'moderator'))
			await sameAsServer(t, url, bob, ben, timelines)
		})

		t.test('what is read on one device is read on all', async (t) => {
			const phone = await chatOf(t, bob)
			const laptop = await chatOf(t, bob)
			await say('general', 'one')
			const { sequence } = await say('general', 'two')
			await until(
				() => laptop.rooms.get('general')?.sequence === sequence && phone.rooms.get('general')?.sequence === sequence,
			)
			phone.markRead('general', sequence)
			t.match(phone.rooms.get('general'), { read: sequence, unread: 0, mentions: 0 }, 'at once')
			await until(() => laptop.rooms.get('general')?.unread === 0)
			await laptop.markUnread('general', sequence)
			await until(() => phone.rooms.get('general')?.unread === 1)
			phone.markRead('general', sequence - 1)
			t.equal(phone.rooms.get('general')?.unread, 1, 'it never goes back')
			await sameAsServer(t, url, bob, phone)
			await sameAsServer(t, url, bob, laptop)
		})

		t.test('rooms come and go, and conversations begin', async (t) => {
			const ben = await chatOf(t, bob)
			await putRoom(url, owner, 'den', { visibility: 'private', title: 'The den' })
			await say('den', 'before bob')
			await addMember(url, owner, 'den', 'bob')
			await until(() => ben.rooms.has('den'))
			const den = await openRoom(ben, 'den')
			t.match(den.messages, [{ content: 'before bob' }])
			await putRoom(url, owner, 'den', { topic: 'quiet', historyLimit: 100 })
			await until(() => ben.rooms.get('den')?.historyLimit === 100)
			await removeMember(url, owner, 'den', 'bob')
			await until(() => !ben.rooms.has('den') && den.state === 'lost')
			t.same(den.messages, [], 'nothing is left of it')
			await say('den', 'while bob is away')
			await addMember(url, owner, 'den', 'bob')
			await until(() => den.messages.length === 2)
			await say('den', 'and back')
			await until(() => den.messages.length === 3)
			await putRoom(url, owner, 'yard')
			t.ok((await ben.browse()).some(({ room, role }) => room === 'yard' && role === undefined))
			await ben.join('yard')
			await until(() => ben.rooms.has('yard'))
			await ben.leave('yard')
			await until(() => !ben.rooms.has('yard'))
			await say('@bob', 'psst')
			await until(() => ben.rooms.get(`@${owner.name}`)?.unread === 1)
			t.same((await ben.members('den')).map(({ userId }) => userId).sort(), ['bob', owner.name])
			await sameAsServer(t, url, bob, ben, [den])
		})

		t.test('who is here, and who is typing', async (t) => {
			const ada = await chatOf(t, owner)
			const frames: StreamFrame[] = []
			ada.listen({ frame: (frame) => frames.push(frame) })
			const ben = await openChat(t, { url, token: bob.token, transport })
			await until(() => ada.presence.get('bob')?.state === 'online')
			await ben.setPresence('away')
			await until(() => ada.presence.get('bob')?.state === 'away')
			if (transport === 'websocket') {
				ben.typing('general')
				await until(() => frames.some((frame) => frame.type === 'typing' && frame.userId === 'bob'))
			}
			ben.close()
			await until(() => !ada.presence.has('bob'))
			t.match((await ada.present('general')).users, [{ userId: owner.name }])
		})

		t.test('a search finds what was said', async (t) => {
			const ada = await chatOf(t, owner)
			await ada.send('general', 'a needle in the hay')
			await until(async () => (await ada.search('needle')).messages.length === 1)
			const { messages } = await ada.search('needle', { limit: 1 })
			t.match(messages, [{ content: 'a needle in the hay', highlights: [[2, 8]] }])
		})

		t.test('changes that happen together are told together, and a frame once', async (t) => {
			const ben = await chatOf(t, bob)
			const changes: Change[][] = []
			const stop = ben.listen({ change: (now) => changes.push([...now]) })
			await openRoom(ben, 'general')
			await say('general', 'something')
			await until(() => changes.some((now) => now.includes('rooms') && now.includes('timeline general')))
			stop()
			const count = changes.length
			await say('general', 'something else')
			await until(
				async () => (await ask(url, '/rooms/general', bob)).json.sequence === ben.rooms.get('general')?.sequence,
			)
			t.equal(changes.length, count, 'who has stopped listening hears nothing')
		})
	})
}

t.test('a person who is erased is called something else everywhere', async (t) => {
	const { url, owner } = await startHouse(t, times)
	const eve = await addPerson(url, owner, 'eve')
	await askJson(url, '/rooms/general/messages', { content: 'I was here' }, eve)
	await askJson(url, `/rooms/@${owner.name}/messages`, { content: 'hello' }, eve)
	const ada = await openChat(t, { url, token: owner.token })
	const general = await openRoom(ada, 'general')
	t.match(general.messages, [{ sender: 'eve' }])
	await ask(url, '/users/eve?messages=true', { method: 'DELETE', headers: owner.headers })
	await until(() => general.messages.every(({ sender }) => sender === 'erased-1'))
	t.match(general.messages, [{ sender: 'erased-1', content: '', erased: 'person' }])
	await until(() => ada.rooms.has('@erased-1') && !ada.rooms.has('@eve'))
	await sameAsServer(t, url, owner, ada, [general])
})

t.test('guests', async (t) => {
	const { url, owner } = await startHouse(t, { ...times, guests: true })
	for (const transport of ['sse', 'websocket'] as const) {
		const name = `visitor-${transport}`
		const guest = await openChat(t, { url, guest: name, transport })
		t.match(guest.user, { name, role: 'guest' })
		const general = await openRoom(guest, 'general')
		await guest.send('general', `hello from ${name}`)
		await until(() => general.messages.some(({ sender, guest }) => sender === name && guest === true))
		await until(() => guest.outbox.length === 0)
		const room = `new-${transport}`
		await putRoom(url, owner, room)
		await until(() => guest.rooms.has(room))
		await putRoom(url, owner, room, { visibility: 'private' })
		// No frame tells a guest of it: that would say too much.
		guest.reconnect()
		await until(() => !guest.rooms.has(room))
		await guest.untilLive()
		await sameAsServer(t, url, { headers: { 'Tailroom-User': name } }, guest, [general])
	}
})

t.test('what is not one’s own can be looked at, and is not followed', async (t) => {
	const { url, owner } = await startHouse(t, times)
	const bob = await addPerson(url, owner, 'bob')
	await putRoom(url, owner, 'yard')
	const { json: first } = await askJson(url, '/rooms/yard/messages', { content: 'first' }, owner)
	const ben: Chat = await openChat(t, { url, token: bob.token })
	const yard = await openRoom(ben, 'yard')
	t.match(yard.messages, [{ id: first.id }])
	const posted = await ben.send('Yard', 'may I?')
	t.equal(posted.sequence, 2)
	await until(() => ben.outbox.length === 0 && yard.messages.length === 2)
	await ben.send('@me', 'milk, bread')
	await until(() => ben.rooms.get('@bob')?.sequence === 1 && ben.outbox.length === 0)
	t.match((await openRoom(ben, '@me')).messages, [{ room: '@bob', content: 'milk, bread' }])
	const nowhere = await openRoom(ben, 'nowhere')
	t.match(nowhere, { state: 'lost', problem: { code: 'not_found', status: 404 } })
})
