import { randomInt } from 'node:crypto'
import { once } from 'node:events'
import { mkdirSync, readdirSync, rmSync, watch } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { temporaryDirectory } from '../helpers/directory.ts'
import { Follower, type FollowerOptions } from '../helpers/follower.ts'
import { fillLog, recordedEvents, sameFrames, visibleFrames } from '../helpers/record.ts'
import { launchServer, type PostedFrame, type Server, startServer } from '../helpers/server.ts'
import { inTime, Progress, post } from '../helpers/writer.ts'

const rounds = 6
const writers = 8
const rooms = ['general', 'harbour']

/** The server of now. Who has lost one waits for the next. */
class World {
	server: Server
	#next = Promise.withResolvers<void>()

	constructor(server: Server) {
		this.server = server
	}

	replace(server: Server): void {
		this.server = server
		this.#next.resolve()
		this.#next = Promise.withResolvers()
	}

	async after(lost: Server): Promise<void> {
		if (this.server === lost) await this.#next.promise
	}
}

t.test(
	'a server that is killed again and again under load loses nothing, repeats nothing, shows nothing that is not',
	async (t) => {
		const directory = join(temporaryDirectory(t), 'data')
		const world = new World(await startServer(t, { directory }))
		// A stream that names a room which is not there yet does without it.
		const acknowledged: PostedFrame[] = [await world.server.post('harbour', 'the first one')]
		const posted = new Progress()
		let writing = true

		const writersDone = Promise.all(
			Array.from({ length: writers }, async (_, i) => {
				for (let n = 0; writing; n++) {
					acknowledged.push(await postUntilAcknowledged(world, rooms[n % 2] as string, `writer-${i}`, n))
					posted.add()
				}
			}),
		)
		const followers = everyKind().map((options) => new Follower(options))
		let lastPositions: Map<string, number> | undefined
		const isThrough = (follower: Follower) => lastPositions !== undefined && follower.hasReached(lastPositions)
		const followersDone = Promise.all(
			followers.map(async (follower) => {
				while (!isThrough(follower)) {
					const { server } = world
					const end = await follower.follow(server.url, { enough: () => isThrough(follower) })
					if (end === 'ended') await world.after(server)
				}
			}),
		)

		for (let round = 0; round < rounds; round++) {
			await Promise.race([posted.more(randomInt(1, 100)), writersDone, followersDone])
			await world.server.stop('SIGKILL')
			world.replace(await startServer(t, { directory }))
		}
		await posted.more(100)
		writing = false
		await writersDone
		const last = new Map<string, number>()
		for (const room of rooms) last.set(room, (await world.server.post(room, 'the last one')).position)
		lastPositions = last
		await inTime(followersDone, 'a follower')

		t.equal(await world.server.stop(), 0)
		checkAcknowledged(t, directory, acknowledged)
		const all = visibleFrames(directory)
		for (const track of followers.flatMap((follower) => follower.tracks)) {
			sameFrames(t, track.frames, track.expected(all), track.name)
		}
	},
)

function everyKind(): FollowerOptions[] {
	const places: Pick<FollowerOptions, 'rooms' | 'after'>[] = [
		{ rooms: ['general'] },
		{ rooms: ['general', 'harbour'], after: '0' },
		{},
		{ after: '0' },
	]
	return places.flatMap((place, i) => [
		{ ...place, transport: 'sse', name: `sse-${i}` },
		{ ...place, transport: 'websocket', name: `websocket-${i}` },
	])
}

async function postUntilAcknowledged(world: World, room: string, sender: string, n: number): Promise<PostedFrame> {
	const key = `key-${n}`
	for (;;) {
		const { server } = world
		try {
			const { status, body } = await post(server.url, { room, content: `${sender} says ${n}`, sender, key })
			if (status === 200 || status === 201) return JSON.parse(body)
			throw new Error(`${status} ${body}`)
		} catch (error) {
			if ((error as { code?: string }).code === undefined && !/broke off|hang up/.test((error as Error).message))
				throw error
			await world.after(server)
		}
	}
}

function checkAcknowledged(t: Test, directory: string, acknowledged: readonly PostedFrame[]): void {
	const held = new Map(visibleFrames(directory).map(({ position, json }) => [position, json]))
	const lost = acknowledged.filter((frame) => held.get(frame.position) !== JSON.stringify(frame))
	t.same(lost, [], `all ${acknowledged.length} acknowledged messages are where they were acknowledged, as they were`)
	const said = recordedEvents(directory).flatMap((event) =>
		event.type === 'MessagePosted' ? [`${event.body?.name} ${event.body?.content}`] : [],
	)
	t.equal(new Set(said).size, said.length - (rooms.length - 1), 'nothing is said twice, but for the last ones')
}

t.test('a server that is killed while it starts or replays is whole at the next start', async (t) => {
	const directory = join(temporaryDirectory(t), 'data')
	mkdirSync(directory, { recursive: true })
	// At the first start everything is made, so a kill can come between any two of these steps.
	for (const step of [1, 6, 9, 12, 15, 20]) await killAtStep(t, directory, step)
	await (await startServer(t, { directory })).stop('SIGKILL')
	t.same(
		recordedEvents(directory).map(({ type }) => type),
		['RoomOpened'],
		'the first room is opened once',
	)

	const filled = join(temporaryDirectory(t), 'data')
	await fillLog(filled, rooms, 4_000)
	for (const step of [8, 13, 16, 20]) await killAtStep(t, filled, step)
	const server = await startServer(t, { directory: filled })
	const history = await (await fetch(`${server.url}/rooms/harbour/messages?limit=1`)).json()
	t.match(history, { position: 4_002, messages: [{ sequence: 2_000, position: 4_002 }] })
	const follower = new Follower({ name: 'reader', transport: 'sse', after: '0' })
	const lastPositions = new Map([['harbour', (await server.post('harbour', 'the last one')).position]])
	await follower.follow(server.url, { enough: () => follower.hasReached(lastPositions) })
	sameFrames(t, follower.tracks[0]?.frames ?? [], visibleFrames(filled), 'a reader from the beginning')
})

/** Starts a server and kills it when that many things have happened in its directory, or when it listens. */
async function killAtStep(t: Test, directory: string, step: number): Promise<void> {
	const watcher = watch(directory)
	let steps = 0
	const reached = new Promise<void>((resolve) => {
		watcher.on('change', () => {
			steps += 1
			if (steps === step) resolve()
		})
	})
	const { child, listening } = launchServer(t, { directory })
	const exited = once(child, 'exit')
	await Promise.race([reached, listening])
	child.kill('SIGKILL')
	await exited
	watcher.close()
	t.comment(`killed after ${steps} steps, with ${readdirSync(directory)}`)
	// As after an update: what was replayed so far does not count.
	if (step % 2 === 0) for (const name of readdirSync(directory)) if (/^views-/.test(name)) rmSync(join(directory, name))
}
