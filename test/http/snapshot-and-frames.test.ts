import assert from 'node:assert/strict'
import fc from 'fast-check'
import t from 'tap'
import { openLogForWriting } from '../../src/events/sqlite-log.ts'
import { Erasures } from '../../src/http/delivery/erasures.ts'
import { frameOf } from '../../src/http/delivery/frame.ts'
import { Names } from '../../src/projections/names.ts'
import { listUsers } from '../../src/projections/users.ts'
import { allEvents } from '../helpers/all-events.ts'
import { type ClientModel, hear, snapshot } from '../helpers/client-model.ts'
import { anyLife, live } from '../helpers/life.ts'
import { emptyViewsOf, Writing } from '../helpers/sequencer.ts'

t.test('a snapshot and the frames after it are the snapshot of later, from every place to every other', async () => {
	await fc.assert(
		fc.asyncProperty(anyLife, async (life) => {
			const log = openLogForWriting(':memory:')
			const writing = new Writing(log, emptyViewsOf(log))
			const snapshots: { position: number; model: ClientModel }[] = []
			const names = new Map<string, string>()
			const look = () => {
				const { of } = new Names(writing.views, log)
				for (const { userId } of listUsers(writing.views)) names.set(userId, of(userId))
				snapshots.push({ position: log.head().position, model: snapshot(writing.views, log) })
			}
			look()
			for (const batch of life) {
				await live(writing, batch)
				look()
			}
			const { of } = new Names(writing.views, log)
			for (const one of snapshots) one.model = renamed(one.model, names, of)
			const { model: last } = snapshots.at(-1) as { model: ClientModel }
			for (const [index, from] of snapshots.entries()) {
				const model = structuredClone(from.model)
				let { position } = from
				for (const later of snapshots.slice(index + 1)) {
					for (const event of allEvents(log, { after: position, through: later.position })) {
						const sources = {
							nameOf: new Names(writing.views, log).of,
							erasureOf: new Erasures(writing.views).of,
						}
						const frame = frameOf(event, sources, '')
						if (frame !== undefined) hear(model, frame)
					}
					position = later.position
					// It throws, so that fast-check shrinks the life and prints its seed.
					assert.deepEqual(withErased(model, last), withErased(later.model, last))
				}
			}
			writing.views.close()
			log.close()
		}),
		{ numRuns: 25 },
	)
})

/** What a client knows, with the names of now: who meets one that belongs to somebody erased reads again. */
function renamed(
	model: ClientModel,
	names: ReadonlyMap<string, string>,
	nameOf: (userId: string) => string,
): ClientModel {
	let json = JSON.stringify(model)
	for (const [userId, name] of names) json = json.replaceAll(JSON.stringify(name), JSON.stringify(nameOf(userId)))
	const after = JSON.parse(json) as ClientModel
	for (const room of Object.values(after.rooms)) room.visitors.sort()
	return after
}

/** What a client knows, with what was erased in the end: no frame says any more what it was. */
function withErased(model: ClientModel, last: ClientModel): ClientModel {
	const rooms = Object.entries(model.rooms).map(([name, room]) => {
		const messages = room.messages.map((message) => {
			const now = last.rooms[name]?.messages.find(({ id }) => id === message.id)
			return now?.erased === undefined ? message : now
		})
		return [name, { ...room, messages }] as const
	})
	return { ...model, rooms: Object.fromEntries(rooms) }
}
