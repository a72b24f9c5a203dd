import { request } from 'node:http'
import t, { type Test } from 'tap'
import { connect, type StreamFrame } from '../../src/client/node.ts'
import { startBadServer } from '../helpers/bad-servers.ts'
import { openChat, openRoom, sameAsServer } from '../helpers/chats.ts'
import { startHouse } from '../helpers/house.ts'
import { ask, askJson } from '../helpers/http.ts'
import { addMember, addPerson, putRoom, removeMember, signIn } from '../helpers/people.ts'
import { until } from '../helpers/until.ts'

/* What happens while a client waits for an answer, or for somebody. */

const times = { heartbeatMs: 300, readMarkerEveryMs: 50 }

/** Holds back the answers to what is asked for at that path, until they are let go. */
function holdAnswers(t: Test, isHeld: (path: string, method: string) => boolean) {
	const real = globalThis.fetch
	const held: (() => void)[] = []
	let holds = true
	globalThis.fetch = async (input, init) => {
		const response = await real(input, init)
		const { pathname } = new URL(String(input))
		if (holds && isHeld(pathname, init?.method ?? 'GET')) await new Promise<void>((resolve) => held.push(resolve))
		return response
	}
	const letGo = () => {
		holds = false
		for (const resolve of held.splice(0)) resolve()
	}
	t.teardown(() => {
		letGo()
		globalThis.fetch = real
	})
	return { held, letGo }
}

t.test('who reads on while it is told how far they have read has read on', async (t) => {
	const { url, owner } = await startHouse(t, times)
	const bob = await addPerson(url, owner, 'bob')
	const chat = await openChat(t, { url, token: bob.token })
	for (const content of ['1', '2', '3']) await askJson(url, '/rooms/general/messages', { content }, owner)
	await until(() => chat.rooms.get('general')?.sequence === 3)
	const answers = holdAnswers(t, (path) => path.endsWith('/read'))
	chat.markRead('general', 2)
	await until(() => answers.held.length === 1)
	chat.markRead('general', 3)
	answers.letGo()
	await until(async () => (await ask(url, '/rooms/general', bob)).json.read === 3)
	await sameAsServer(t, url, bob, chat)
})

t.test('who wants to read again what is just being told as read is heard second', async (t) => {
	const { url, owner } = await startHouse(t, times)
	const bob = await addPerson(url, owner, 'bob')
	const chat = await openChat(t, { url, token: bob.token })
	for (const content of ['1', '2', '3']) await askJson(url, '/rooms/general/messages', { content }, owner)
	await until(() => chat.rooms.get('general')?.sequence === 3)
	const real = globalThis.fetch
	t.teardown(() => {
		globalThis.fetch = real
	})
	const late = Promise.withResolvers<void>()
	const asked: string[] = []
	globalThis.fetch = async (input, init) => {
		const { pathname } = new URL(String(input))
		if (pathname.endsWith('/read')) await late.promise
		if (init?.method === 'PUT') asked.push(pathname)
		return await real(input, init)
	}
	chat.markRead('general', 3)
	const isUnread = chat.markUnread('general', 3)
	setImmediate(late.resolve)
	await isUnread
	await until(() => asked.length === 2)
	t.same(asked, ['/rooms/general/read', '/rooms/general/unread'])
	await until(() => chat.rooms.get('general')?.unread === 1)
})

t.test('who wants to read again what the server never heard of as read, reads it again', async (t) => {
	const { url, owner } = await startHouse(t, times)
	const bob = await addPerson(url, owner, 'bob')
	const chat = await openChat(t, { url, token: bob.token })
	for (const content of ['1', '2', '3']) await askJson(url, '/rooms/general/messages', { content }, owner)
	await until(() => chat.rooms.get('general')?.sequence === 3)
	await askJson(url, '/rooms/general/read', { sequence: 2 }, { ...bob, method: 'PUT' })
	await until(() => chat.rooms.get('general')?.read === 2)
	const real = globalThis.fetch
	t.teardown(() => {
		globalThis.fetch = real
	})
	const isAsked = Promise.withResolvers<void>()
	globalThis.fetch = async (input, init) => {
		if (!new URL(String(input)).pathname.endsWith('/read')) return await real(input, init)
		isAsked.resolve()
		return new Response('{"error":{"code":"overloaded","message":"Not now.","retryable":true}}', { status: 503 })
	}
	chat.markRead('general', 3)
	await isAsked.promise
	t.equal(chat.rooms.get('general')?.unread, 0)
	await chat.markUnread('general', 3)
	await until(() => chat.rooms.get('general')?.unread === 1)
})

t.test('a room that was lost while it was asked for does not come back', async (t) => {
	const { url, owner } = await startHouse(t, times)
	const bob = await addPerson(url, owner, 'bob')
	await putRoom(url, owner, 'den', { visibility: 'private' })
	const chat = await openChat(t, { url, token: bob.token })
	const answers = holdAnswers(t, (path) => path === '/rooms/den')
	await addMember(url, owner, 'den', bob.name)
	await until(() => answers.held.length === 1)
	const heard: StreamFrame[] = []
	chat.listen({ frame: (frame) => heard.push(frame) })
	await removeMember(url, owner, 'den', bob.name)
	await until(() => heard.some((frame) => frame.type === 'member' && frame.action === 'remove'))
	const answered = new Promise<void>((resolve) => {
		chat.listen({ change: (changes) => changes.has('rooms') && resolve() })
	})
	answers.letGo()
	await answered
	t.same([...chat.rooms.keys()], ['general'])
	await sameAsServer(t, url, bob, chat)
})

t.test('what was erased before its answer came is not waited for', async (t) => {
	const { url, owner } = await startHouse(t, times)
	const bob = await addPerson(url, owner, 'bob')
	const chat = await openChat(t, { url, token: bob.token })
	const general = await openRoom(chat, 'general')
	const answers = holdAnswers(t, (path, method) => method === 'POST' && path.endsWith('/messages'))
	void chat.send('general', 'gone before it is answered')
	await until(() => general.messages.length === 1)
	const { id } = general.messages[0] ?? {}
	await ask(url, `/rooms/general/messages/${id}`, { method: 'DELETE', headers: bob.headers })
	await until(() => general.messages[0]?.erased === 'author')
	answers.letGo()
	await until(() => chat.outbox.length === 0)
	await sameAsServer(t, url, bob, chat, [general])
})

t.test('what one person has written waits for them, whoever signs in next', async (t) => {
	const { url, owner } = await startHouse(t, times)
	await addPerson(url, owner, 'ada')
	await addPerson(url, owner, 'bob')
	// A browser: it sends the cookie that it has.
	let cookie = (await signIn(url, 'ada')).Cookie
	const browser = await startBadServer(t, (asked, answer) => {
		const headers = { ...asked.headers, host: new URL(url).host, cookie }
		const passed = request(url + asked.url, { method: asked.method, headers }, (response) => {
			answer.writeHead(response.statusCode ?? 500, response.headers)
			response.pipe(answer)
		})
		passed.on('error', () => answer.destroy())
		answer.on('close', () => passed.destroy())
		asked.pipe(passed)
	})
	const chat = connect({ url: browser })
	t.teardown(() => chat.close())
	await chat.untilLive()
	await ask(url, '/sessions/current', { method: 'DELETE', headers: { Cookie: cookie } })
	await until(() => chat.status.state === 'stopped')
	const sent = chat.send('general', 'by ada')
	cookie = (await signIn(url, 'bob')).Cookie
	chat.reconnect()
	await chat.untilLive()
	t.equal(chat.user?.name, 'bob')
	await t.rejects(sent, { code: 'closed' })
	await chat.send('general', 'by bob')
	const { messages } = (await ask(url, '/rooms/general/messages', owner)).json
	t.match(messages, [{ sender: 'bob', content: 'by bob' }])
	t.equal(messages.length, 1)
})
