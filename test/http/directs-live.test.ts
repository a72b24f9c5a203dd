import t, { type Test } from 'tap'
import { startHouse } from '../helpers/house.ts'
import { askJson } from '../helpers/http.ts'
import { type Listener, listen, listenByWebSocket } from '../helpers/listener.ts'
import { type Account, addPerson } from '../helpers/people.ts'
import { openWebSocket, type Received } from '../helpers/websocket.ts'

const { url, owner } = await startHouse(t, { presenceGraceMs: 0 })
let names = 0

function somebody(role: 'admin' | 'bot' = 'bot'): Promise<Account> {
	names += 1
	return addPerson(url, owner, `person-${names}`, role)
}

async function say({ headers }: Account, room: string, content: string): Promise<void> {
	const { status, text } = await askJson(url, `/rooms/${room}/messages`, { content }, { headers })
	if (status !== 201) throw new Error(`${status} ${text}`)
}

/** Every way to hear a conversation, from a cursor or from now on. */
function followEveryWay(t: Test, { headers }: Account, room: string, after?: string): Promise<Listener[]> {
	const query = after === undefined ? '' : `after=${after}`
	const from = after === undefined ? {} : { after }
	return Promise.all([
		listen(t, url, 'sse', `/events?${query}`, { headers }),
		listen(t, url, 'ndjson', `/events?room=general&room=${room}&${query}`, { headers }),
		listen(t, url, 'sse', `/rooms/${room}/events?${query}`, { headers }),
		listenByWebSocket(t, url, [{ type: 'subscribe', ...from }], { headers }),
		listenByWebSocket(t, url, [{ type: 'subscribe', room, ...from }], { headers }),
	])
}

/** What came of a conversation. */
function messagesIn({ heard }: Listener): Received[] {
	return heard.filter(({ type, room }) => type === 'message' && room !== 'general')
}

t.test(
	'both hear a conversation by every way, opened or not, live and resumed, each by the name of the other',
	async (t) => {
		const [ada, bob] = [await somebody(), await somebody()]
		const pairs = [
			[ada, bob],
			[bob, ada],
		] as const
		const live = await Promise.all(pairs.map(([one, other]) => followEveryWay(t, one, `@${other.name}`)))
		await say(ada, `@${bob.name}`, 'hello')
		await say(owner, 'general', `something else ${names}`)
		await say(bob, `@${ada.name}`, 'the end')
		const resumed = await Promise.all(pairs.map(([one, other]) => followEveryWay(t, one, `@${other.name}`, '0')))
		const seen: unknown[] = []
		for (const [side, [, other]] of pairs.entries()) {
			for (const listener of [...(live[side] as Listener[]), ...(resumed[side] as Listener[])]) {
				await listener.untilContent('the end')
				const frames = messagesIn(listener)
				for (const { room } of frames) t.equal(room, `@${other.name}`, listener.name)
				seen.push(frames.map(({ room, ...frame }) => frame))
			}
		}
		t.equal(new Set(seen.map((frames) => JSON.stringify(frames))).size, 1, 'all else is the same, cursors too')
		t.match(seen[0], [
			{ sender: ada.name, content: 'hello' },
			{ sender: bob.name, content: 'the end' },
		])
	},
)

t.test('a stream of all rooms begins with what was said last, in conversations too', async (t) => {
	const [ada, bob, cid] = [await somebody(), await somebody(), await somebody()]
	await say(ada, `@${bob.name}`, 'one')
	await say(cid, `@${bob.name}`, 'two')
	await say(ada, `@${cid.name}`, 'not for bob')
	const tail = await listen(t, url, 'sse', '/events?tail=2&until=head', bob)
	await tail.over
	t.same(
		messagesIn(tail).map(({ room, content }) => [room, content]),
		[
			[`@${ada.name}`, 'one'],
			[`@${cid.name}`, 'two'],
		],
	)
})

t.test('over WebSocket a topic @name is a conversation, and the sender is who is authenticated', async (t) => {
	const [ada, bob] = [await somebody(), await somebody()]
	const [socket, other] = await Promise.all(
		[ada, bob].map(async ({ token }) => {
			const socket = await openWebSocket(t, `${url.replace('http', 'ws')}/ws`)
			await socket.ask({ type: 'hello', token }, 'hello')
			return socket
		}),
	)
	const [toBob, toAda] = [`@${bob.name}`, `@${ada.name}`]
	t.match(await other?.ask({ type: 'subscribe', room: toAda }, 'subscribed'), { room: toAda, sequence: 0 })
	t.match(await other?.untilType('live'), { room: toAda })
	t.match(await socket?.ask({ type: 'subscribe', room: toBob }, 'live'), { room: toBob })
	const publish = { type: 'publish', room: toBob, content: 'hello', sender: bob.name }
	t.match(await socket?.ask(publish, 'published'), { room: toBob, sequence: 1 })
	t.match(await other?.untilType('message'), { room: toAda, sender: ada.name, content: 'hello' })
	t.match(await socket?.ask({ type: 'get_history', room: toBob }, 'history'), {
		room: toBob,
		messages: [{ room: toBob, sender: ada.name }],
	})
	socket?.send({ type: 'typing', room: toBob })
	t.match(await other?.untilType('typing'), { room: toAda, userId: ada.name })
	t.same(await socket?.ask({ type: 'unsubscribe', room: toBob }, 'unsubscribed'), { type: 'unsubscribed', room: toBob })
	t.notOk(
		[socket, other].some((one) => one?.received.some(({ type, action }) => type === 'presence' && action !== 'state')),
		'and nobody visits it',
	)
})
