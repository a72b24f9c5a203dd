import assert from 'node:assert/strict'
import fc from 'fast-check'
import t from 'tap'
import type { RecordedEvent } from '../../src/events/log.ts'
import { openLogForWriting } from '../../src/events/sqlite-log.ts'
import { frameOf } from '../../src/http/delivery/frame.ts'
import { erasedName, Names } from '../../src/projections/names.ts'
import { listUsers } from '../../src/projections/users.ts'
import type { Frame } from '../../src/protocol/frames.ts'
import { allEvents } from '../helpers/all-events.ts'
import { type ClientModel, hear, snapshot } from '../helpers/client-model.ts'
import { anyLife, Happened, type Life, live } from '../helpers/life.ts'
import { emptyViewsOf, Writing } from '../helpers/sequencer.ts'
import { sourcesOf } from '../helpers/sources.ts'

t.test('a snapshot and the frames after it are the snapshot of later, from every place to every other', async (t) => {
	const happened = new Happened()
	await fc.assert(
		fc.asyncProperty(anyLife, async (life) => {
			const log = openLogForWriting(':memory:')
			const writing = new Writing(log, emptyViewsOf(log))
			try {
				await everyPlaceToEveryOther(writing, life)
				happened.note(writing)
			} finally {
				writing.views.close()
				log.close()
			}
		}),
		{ numRuns: 150 },
	)
	t.same(happened.missing(), [], 'in these lives there was everything that can happen')
})

/** What a client has that asks for everything at a position. */
interface Place {
	position: number
	model: ClientModel
}

async function everyPlaceToEveryOther(writing: Writing, life: Life): Promise<void> {
	const { views, log } = writing
	const places: Place[] = []
	const names = new Map<string, string>()
	/** What was told of who is here: it is not replayed, and names guests whom nobody can name later. */
	const told = new Map<number, Frame>()
	const look = () => {
		const { of } = new Names(views, log)
		for (const { userId } of listUsers(views)) names.set(userId, of(userId))
		for (const { position, frame } of framesAfter(places.at(-1)?.position ?? 0, writing)) {
			if (frame.type === 'presence') told.set(position, frame)
		}
		places.push({ position: log.head().position, model: snapshot(views, log) })
	}
	look()
	for (const batch of life) {
		await live(writing, batch)
		look()
	}

	const nameOf = new Names(views, log).of
	for (const place of places) place.model = renamed(place.model, names, nameOf)
	const { model: last } = places.at(-1) as Place
	const frames = framesAfter(0, writing).map(({ position, frame }) => {
		return { position, frame: renamed(told.get(position) ?? frame, names, nameOf) }
	})
	const untitled = new Set(allEvents(log).flatMap(titleErasedIn))
	const comparable = (known: ClientModel) => withErased(known, last, untitled)
	for (const [index, from] of places.entries()) {
		const model = structuredClone(from.model)
		let { position } = from
		for (const later of places.slice(index + 1)) {
			for (const one of frames) if (one.position > position && one.position <= later.position) hear(model, one.frame)
			position = later.position
			// It throws, so that fast-check shrinks the life and prints its seed.
			assert.deepEqual(comparable(model), comparable(later.model))
		}
	}
}

/** What a client that hears everything is told of what happened after a position. */
function framesAfter(after: number, { views, log }: Writing): { position: number; frame: Frame }[] {
	const sources = sourcesOf(views, log)
	return allEvents(log, { after }).flatMap((event) => {
		const frame = frameOf(event, sources, '')
		return frame === undefined ? [] : [{ position: event.position, frame }]
	})
}

/** What a client knows or is told, with the names of now: who meets one that belongs to somebody erased reads again. */
function renamed<Known extends ClientModel | Frame>(
	known: Known,
	names: ReadonlyMap<string, string>,
	nameOf: (userId: string) => string,
): Known {
	let json = JSON.stringify(known)
	for (const [userId, name] of names) json = json.replaceAll(JSON.stringify(name), JSON.stringify(nameOf(userId)))
	return JSON.parse(json) as Known
}

/** The room in which an event would say what that is about, but for being erased. */
function titleErasedIn(event: RecordedEvent): string[] {
	const isTitled = event.type === 'RoomChanged' || (event.type === 'RoomOpened' && event.data.described === true)
	return isTitled && event.body === null ? [event.data.room] : []
}

/** What a client knows, with what was erased in the end: no frame says any more what it was. */
function withErased(model: ClientModel, last: ClientModel, untitled: ReadonlySet<string>): ClientModel {
	const rooms = Object.entries(model.rooms).map(([name, room]) => {
		const messages = room.messages.map((message) => {
			const now = last.rooms[name]?.messages.find(({ id }) => id === message.id)
			return now?.erased === undefined || message.erased !== undefined ? message : now
		})
		// Whoever is erased reads nothing any more, which nobody else is told.
		const read = Object.fromEntries(Object.entries(room.read).filter(([reader]) => !reader.startsWith(erasedName)))
		const description = untitled.has(name) ? { title: '', topic: '' } : {}
		return [name, { ...room, ...description, messages, read, visitors: room.visitors.toSorted() }] as const
	})
	return { ...model, rooms: Object.fromEntries(rooms) }
}
