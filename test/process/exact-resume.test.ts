import { join } from 'node:path'
import fc from 'fast-check'
import t, { type Test } from 'tap'
import { formatCursor } from '../../src/events/cursor.ts'
import { temporaryDirectory } from '../helpers/directory.ts'
import { Follower } from '../helpers/follower.ts'
import { fillLog, readLog, recordedEvents, sameFrames, visibleFrames } from '../helpers/record.ts'
import { type Server, startServer } from '../helpers/server.ts'
import { openWebSocket } from '../helpers/websocket.ts'
import { ask, inTime, Progress, post } from '../helpers/writer.ts'

const rooms = ['general', 'harbour', 'kitchen']

/** So deep that a reader from the beginning does not get all of it in one turn. */
const filledMessages = 6_000

/** A run ends even if a cut lies behind more bytes than there will be. */
const postsMax = 2_500

t.test('every follower sees what the log holds, exactly, however it was cut and by whatever way', async (t) => {
	const directory = join(temporaryDirectory(t), 'data')
	await fillLog(directory, rooms, filledMessages)
	const server = await startServer(t, { directory })

	const property = fc.asyncProperty(plan(), async ({ followers, writers }) => {
		await run(t, server, followers, writers)
	})
	await fc.assert(property, { numRuns: 3, endOnFailure: true })
	checkSequences(t, directory)
	t.equal(await server.stop(), 0)
	t.equal(server.errors(), '')
})

type FollowerPlan = ReturnType<typeof followerPlan> extends fc.Arbitrary<infer Plan> ? Plan : never
type WriterPlan = ReturnType<typeof writerPlan> extends fc.Arbitrary<infer Plan> ? Plan : never

function plan() {
	return fc.record({
		followers: fc.array(followerPlan(), { minLength: 10, maxLength: 14 }),
		writers: fc.array(writerPlan(), { minLength: 5, maxLength: 8 }),
	})
}

function followerPlan() {
	return fc.record({
		transport: fc.constantFrom('sse', 'websocket'),
		rooms: fc.constantFrom(undefined, ['general'], ['harbour'], ['kitchen', 'general'], rooms),
		start: fc.constantFrom('live', 'zero', 'middle', 'snapshot'),
		cuts: fc.array(
			fc.record({
				bytes: fc.oneof(
					// In the headers, or in the first words of the stream.
					fc.integer({ min: 1, max: 700 }),
					fc.integer({ min: 700, max: 20_000 }),
					// Behind a catch-up, while others post.
					fc.integer({ min: 20_000, max: 200_000 }),
				),
				/** Posts of others until it comes back. */
				away: fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 300 })),
			}),
			{ minLength: 3, maxLength: 6 },
		),
	})
}

function writerPlan() {
	return fc.record({
		transport: fc.constantFrom('http', 'websocket'),
		rooms: fc.array(fc.constantFrom(...rooms), { minLength: 1, maxLength: 6 }),
		contents: fc.array(fc.string({ unit: 'binary', minLength: 1, maxLength: 600 }).map(postable), {
			minLength: 1,
			maxLength: 10,
		}),
	})
}

function postable(text: string): string {
	return `${text.replaceAll('\0', '\n')}.`
}

async function run(t: Test, server: Server, followerPlans: FollowerPlan[], writerPlans: WriterPlan[]): Promise<void> {
	const posted = new Progress()
	let cutting = followerPlans.length
	let writersAreDone = false
	const followers = await Promise.all(followerPlans.map((plan, i) => follower(server, plan, i)))

	const writing = Promise.all(
		writerPlans.map((plan, i) => {
			const write =
				plan.transport === 'http' ? httpWriter(server, `writer-${i}`) : webSocketWriter(t, server, `writer-${i}`)
			return writeWhile(() => cutting > 0 && posted.count < postsMax, write, plan, posted)
		}),
	).finally(() => posted.finish())
	const following = followerPlans.map(async ({ cuts }, i) => {
		const { follower } = followers[i] as Planned
		for (const { bytes, away } of cuts) {
			const end = await follower.follow(server.url, { cutAfterBytes: bytes, enough: () => writersAreDone })
			if (end !== 'cut') throw new Error(`${follower.name} was left: ${follower.farewells}`)
			if (writersAreDone) break
			await posted.more(away)
		}
		cutting -= 1
	})
	// The last message of each room: whoever has it has all that was posted before.
	const lasts = writing.then(async () => {
		writersAreDone = true
		const lastPositions = new Map<string, number>()
		for (const room of rooms) lastPositions.set(room, (await server.post(room, 'the last one')).position)
		return lastPositions
	})
	await Promise.all(following)
	const lastPositions = await lasts

	await Promise.all(followers.map(({ follower }) => inTime(toTheEnd(follower, server, lastPositions), follower.name)))
	const all = visibleFrames(server.directory)
	const end = Math.max(...lastPositions.values())
	for (const { follower, history } of followers) {
		for (const track of follower.tracks) {
			const expected = track.expected(all).filter(({ position }) => position <= end)
			sameFrames(t, track.frames, expected, `${track.name} from ${track.startPosition}`)
			if (track.frames.length !== expected.length) throw new Error(`${track.name} has not seen the same`)
		}
		if (history !== undefined) checkSnapshot(t, follower, history, all)
	}
	if (!t.passing()) throw new Error('a follower has not seen the same')
}

async function toTheEnd(follower: Follower, server: Server, lastPositions: Map<string, number>): Promise<void> {
	if (follower.hasReached(lastPositions)) return
	await follower.follow(server.url, { enough: () => follower.hasReached(lastPositions) })
}

interface Planned {
	follower: Follower
	/** The page of history that it begins with. */
	history?: { messages: { position: number }[]; position: number }
}

async function follower(server: Server, plan: FollowerPlan, i: number): Promise<Planned> {
	const { transport, start, rooms: followed } = plan
	const options = { name: `follower-${i}`, transport, ...(followed === undefined ? {} : { rooms: followed }) } as const
	if (start === 'live') return { follower: new Follower(options) }
	if (start === 'zero') return { follower: new Follower({ ...options, after: '0' }) }
	if (start === 'snapshot' && followed?.length === 1) {
		const answer = await ask(`${server.url}/rooms/${followed[0]}/messages?limit=20`)
		const history = JSON.parse(answer.body)
		return { follower: new Follower({ ...options, after: history.cursor }), history }
	}
	const after = readLog(server.directory, (log) => {
		const position = Math.floor(log.head().position / 2)
		return formatCursor({ position, fingerprint: log.fingerprintAt(position) as string })
	})
	return { follower: new Follower({ ...options, after }) }
}

/** A snapshot and what is streamed after its cursor are together what the log holds. */
function checkSnapshot(
	t: Test,
	{ tracks }: Follower,
	history: NonNullable<Planned['history']>,
	all: ReturnType<typeof visibleFrames>,
) {
	const [track] = tracks as [(typeof tracks)[number]]
	const seen = [...history.messages.map((frame) => JSON.stringify(frame)), ...track.frames.map(({ json }) => json)]
	const first = history.messages[0]?.position ?? 0
	const last = track.frames.at(-1)?.position ?? history.position
	const held = all.filter(({ position, room }) => position >= first && position <= last && track.rooms?.includes(room))
	t.same(
		seen,
		held.map(({ json }) => json),
		'a snapshot and the stream after it fit together',
	)
}

/** Posts, and answers with the position under which it was acknowledged. */
type Write = (room: string, content: string) => Promise<number>

async function writeWhile(goesOn: () => boolean, write: Write, plan: WriterPlan, posted: Progress): Promise<void> {
	for (let i = 0; goesOn(); i++) {
		const room = plan.rooms[i % plan.rooms.length] as string
		await write(room, `${i} ${plan.contents[i % plan.contents.length]}`)
		posted.add()
	}
}

function httpWriter(server: Server, sender: string): Write {
	let count = 0
	return async (room, content) => {
		const { status, body } = await post(server.url, { room, content, sender })
		if (status !== 201) throw new Error(`${status} ${body}`)
		const { position, id } = JSON.parse(body)
		count += 1
		if (count % 10 === 0) await readBack(server, room, position, id)
		return position
	}
}

/** Who was answered sees what it was answered with. */
async function readBack(server: Server, room: string, position: number, id: string): Promise<void> {
	const { body } = await ask(`${server.url}/rooms/${room}/messages?limit=100`)
	const history = JSON.parse(body)
	const isThere = history.messages.some((message: { id: string }) => message.id === id)
	if (history.position < position || !isThere) {
		throw new Error(`the message at ${position} is not in the history of ${history.position}`)
	}
}

function webSocketWriter(t: Test, server: Server, sender: string): Write {
	const opening = openWebSocket(t, server.webSocketUrl)
	return async (room, content) => {
		const socket = await opening
		const answer = socket.until(({ type }) => type === 'published' || type === 'error')
		socket.send({ type: 'publish', room, sender, content })
		const message = await answer
		if (message.type === 'error') throw new Error(JSON.stringify(message))
		return message.position
	}
}

/** The numbers of the messages of each room are 1, 2, 3 … without holes. */
function checkSequences(t: Test, directory: string): void {
	const last = new Map<string, number>()
	let holes = 0
	for (const event of recordedEvents(directory)) {
		if (event.type !== 'MessagePosted') continue
		const { sequence } = event.data
		const room = event.streamId
		if (sequence !== (last.get(room) ?? 0) + 1) holes += 1
		last.set(room, sequence)
	}
	t.equal(holes, 0, 'the messages of every room are numbered without holes')
}
