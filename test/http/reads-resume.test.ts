import fc from 'fast-check'
import t from 'tap'
import { Follower } from '../helpers/follower.ts'
import { startHouse } from '../helpers/house.ts'
import { type Answer, askJson } from '../helpers/http.ts'
import { type Account, addMember, addPerson, putRoom } from '../helpers/people.ts'
import { sameFrames, visibleFrames } from '../helpers/record.ts'
import { inTime, Progress } from '../helpers/writer.ts'

const { url, directory, owner } = await startHouse(t, { readMarkerEveryMs: 0 })
const rooms = ['den', 'hall']
const [bob, eve] = [await addPerson(url, owner, 'bob'), await addPerson(url, owner, 'eve')]
for (const room of rooms) {
	await putRoom(url, owner, room, { visibility: room === 'den' ? 'private' : 'open' })
	for (const { name } of [bob, eve]) await addMember(url, owner, room, name)
}

/** A run ends even if a cut lies behind more than there will be. */
const deedsMax = 1_500

const follower = fc.record({
	transport: fc.constantFrom('sse' as const, 'websocket' as const),
	rooms: fc.constantFrom(undefined, ['den'], ['hall'], ['den', 'hall']),
	after: fc.constantFrom(undefined, '0'),
	cuts: fc.array(
		fc.record({
			bytes: fc.oneof(fc.integer({ min: 1, max: 900 }), fc.integer({ min: 900, max: 20_000 })),
			/** So much happens until it comes back. */
			away: fc.integer({ min: 0, max: 60 }),
		}),
		{ minLength: 2, maxLength: 5 },
	),
})
const deed = fc.record({
	kind: fc.constantFrom('post' as const, 'read' as const, 'unread' as const),
	by: fc.constantFrom('bob' as const, 'eve' as const),
	room: fc.constantFrom(...rooms),
})

type Deed = typeof deed extends fc.Arbitrary<infer Some> ? Some : never
const atOnce = 4

t.test(
	'whoever is cut off and comes back has heard what they read and what was said, exactly, and nothing of others’ reading',
	async (t) => {
		const followers = fc.array(follower, { minLength: 4, maxLength: 8 })
		const deeds = fc.array(deed, { minLength: 5, maxLength: 30 })
		const property = fc.asyncProperty(followers, deeds, async (plans, deeds) => {
			const done = new Progress()
			let cutting = plans.length
			let isOver = false
			const bobs = plans.map(({ transport, rooms, after }, i) => {
				const where = { ...(rooms === undefined ? {} : { rooms }), ...(after === undefined ? {} : { after }) }
				return new Follower({ name: `bob-${i}`, token: bob.token, transport, ...where })
			})
			const following = bobs.map(async (follower, i) => {
				for (const { bytes, away } of plans[i]?.cuts ?? []) {
					await follower.follow(url, { cutAfterBytes: bytes, enough: () => isOver })
					if (isOver) break
					await done.more(away)
				}
				cutting -= 1
			})
			for (let i = 0; cutting > 0 && i < deedsMax; i += atOnce) {
				// Together, so that they are also told in one turn.
				await Promise.all(Array.from({ length: atOnce }, (_, n) => does(deeds[(i + n) % deeds.length] as Deed)))
				for (let n = 0; n < atOnce; n += 1) done.add()
			}
			// Recorded at once, after which nothing waits to be recorded later.
			for (const room of rooms) for (const account of [bob, eve]) await mark(account, room, 'unread', 1)
			isOver = true
			done.finish()
			const lasts = new Map<string, number>()
			for (const room of rooms) lasts.set(room, await say(room, owner))
			await Promise.all(following)
			for (const follower of bobs) {
				if (follower.hasReached(lasts)) continue
				await inTime(follower.follow(url, { enough: () => follower.hasReached(lasts) }), follower.name)
			}
			const end = Math.max(...lasts.values())
			const all = visibleFrames(directory).filter(({ json, position }) => position <= end && !isReadOf(eve, json))
			for (const { tracks } of bobs) {
				for (const track of tracks) {
					sameFrames(t, track.frames, track.expected(all), track.name)
					if (!t.passing()) throw new Error(`${track.name} has not heard the same`)
				}
			}
		})
		await fc.assert(property, { numRuns: 4, endOnFailure: true })
		t.ok(visibleFrames(directory).filter(({ json }) => isReadOf(eve, json)).length > 0)
	},
)

async function say(room: string, { headers }: Account): Promise<number> {
	const { status, text, json } = await askJson(url, `/rooms/${room}/messages`, { content: 'a word' }, { headers })
	if (status !== 201) throw new Error(text)
	return json.position
}

async function does({ kind, by, room }: Deed): Promise<void> {
	const account = by === 'bob' ? bob : eve
	if (kind === 'post') return void (await say(room, account))
	const { headers } = account
	const { json } = await askJson(url, `/rooms/${room}/messages`, { content: 'something to read' }, { headers })
	await mark(account, room, kind, json.sequence)
}

function mark({ headers }: Account, room: string, how: 'read' | 'unread', sequence: number): Promise<Answer> {
	return askJson(url, `/rooms/${room}/${how}`, { sequence }, { method: 'PUT', headers })
}

function isReadOf({ name }: Account, json: string): boolean {
	const { type, userId } = JSON.parse(json)
	return type === 'read' && userId === name
}
