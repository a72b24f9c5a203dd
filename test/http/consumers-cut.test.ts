import fc from 'fast-check'
import t from 'tap'
import { ask, askJson } from '../helpers/http.ts'
import { type Account, addPerson, setUp } from '../helpers/people.ts'
import { type Server, startServer } from '../helpers/server.ts'
import { openSse } from '../helpers/sse.ts'
import { openWebSocket, type Received } from '../helpers/websocket.ts'

/*
 * A reader that keeps nothing itself: it takes what comes, acknowledges some of it, is cut off, and the server is
 * killed meanwhile. In the end it has taken all that was said at least once, and what was acknowledged once.
 */

interface Round {
	/** What is said while it follows. */
	says: number
	/** Of what came it acknowledges every so-manieth. */
	every: number
	/** It goes away after so many frames, or when it has them all. */
	takes: number
	end: 'cut' | 'kill' | 'goodbye'
	transport: 'sse' | 'websocket'
}

const round: fc.Arbitrary<Round> = fc.record({
	says: fc.integer({ min: 0, max: 12 }),
	every: fc.integer({ min: 1, max: 5 }),
	takes: fc.integer({ min: 0, max: 15 }),
	end: fc.constantFrom('cut', 'cut', 'kill', 'goodbye'),
	transport: fc.constantFrom('sse', 'websocket'),
})

let server: Server
let owner: Account
let readers = 0

t.test('what is acknowledged comes no more, and all else until it is', async (t) => {
	server = await startServer(t, { guests: false })
	owner = await setUp(server)
	const property = fc.asyncProperty(fc.array(round, { minLength: 3, maxLength: 6 }), async (rounds) => {
		const reader = await addPerson(server.url, owner, `reader-${readers++}`)
		const begins = await put(reader, (await sync(reader)).cursor)
		const said: number[] = []
		const taken: number[] = []
		let acknowledged: number = begins.position
		for (const { says, every, takes, end, transport } of rounds) {
			const first = acknowledged
			const link = await openLink(t, transport, reader)
			for (let i = 0; i < says; i++) said.push(await say(`${said.length}`))
			const due = said.filter((position) => position > first)
			const wanted = due.slice(0, takes)
			for (let i = 0; i < wanted.length; i++) {
				const { position, cursor } = await link.next()
				t.equal(position, wanted[i], 'in order, from after the last that was acknowledged')
				taken.push(position)
				if (i % every !== 0) continue
				await link.acknowledge(cursor)
				acknowledged = position
			}
			if (end === 'kill') {
				await server.stop('SIGKILL')
				server = await startServer(t, { guests: false, directory: server.directory })
			} else link.close(end)
			t.equal((await ask(server.url, '/consumers/job', reader)).json.position, acknowledged)
			if (!t.passing()) throw new Error('not what was acknowledged')
		}
		const last = await openLink(t, 'websocket', reader)
		for (const position of said.filter((position) => position > acknowledged)) {
			t.equal((await last.next()).position, position)
			taken.push(position)
		}
		last.close('goodbye')
		t.same(
			[...new Set(taken)].sort((a, b) => a - b),
			said,
			'who drops what it has seen has all of it once',
		)
		if (!t.passing()) throw new Error('not all that was said')
	})
	await fc.assert(property, { numRuns: 4, endOnFailure: true })
})

interface Link {
	/** The next message. */
	next(): Promise<{ position: number; cursor: string }>
	/** Resolves when the server says that it has it. */
	acknowledge(cursor: string): Promise<void>
	close(how: 'cut' | 'goodbye'): void
}

type Test = Parameters<typeof openSse>[0]

async function openLink(t: Test, transport: Round['transport'], reader: Account): Promise<Link> {
	if (transport === 'sse') {
		const stream = await openSse(t, `${server.url}/rooms/general/events?consumer=job`, reader.headers)
		return {
			next: async () => (await stream.untilType('message')).data,
			acknowledge: async (cursor) => void (await put(reader, cursor)),
			close: () => stream.close(),
		}
	}
	const socket = await openWebSocket(t, server.webSocketUrl, reader.headers)
	await socket.ask({ type: 'subscribe', room: 'general', consumer: 'job' }, 'subscribed')
	const missed: Received[] = []
	return {
		next: async () => missed.shift() ?? (await socket.untilType('message')),
		async acknowledge(cursor) {
			socket.send({ type: 'ack', room: 'general', cursor })
			for (;;) {
				const received = await socket.next()
				if (received.type === 'acked') return
				if (received.type === 'message') missed.push(received)
			}
		},
		close: (how) => (how === 'cut' ? socket.socket.terminate() : socket.socket.close()),
	}
}

async function put({ headers }: Account, cursor: string) {
	const { json, status, text } = await askJson(server.url, '/consumers/job', { cursor }, { method: 'PUT', headers })
	if (status >= 300) throw new Error(text)
	return json
}

const sync = async (reader: Account) => (await ask(server.url, '/sync', reader)).json

async function say(content: string): Promise<number> {
	const { json } = await askJson(server.url, '/rooms/general/messages', { content }, { headers: owner.headers })
	return json.position
}
