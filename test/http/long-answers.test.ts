import { join } from 'node:path'
import Fastify, { type FastifyInstance } from 'fastify'
import t from 'tap'
import type { Actor } from '../../src/commands/actor.ts'
import type { NewEvent } from '../../src/events/catalogue.ts'
import { openLogForWriting } from '../../src/events/sqlite-log.ts'
import { ReadMarkers } from '../../src/http/read-markers.ts'
import { memberRoutes } from '../../src/http/routes/members.ts'
import { roomRoutes } from '../../src/http/routes/rooms.ts'
import { sanctionRoutes } from '../../src/http/routes/sanctions.ts'
import { syncRoutes } from '../../src/http/routes/sync.ts'
import type { Services } from '../../src/http/services.ts'
import { Names } from '../../src/projections/names.ts'
import { catchUp } from '../../src/projections/projector.ts'
import { joined, memberAdded, person } from '../helpers/account-events.ts'
import { temporaryDirectory } from '../helpers/directory.ts'
import { appendable, roomOpened } from '../helpers/events.ts'
import { personBanned } from '../helpers/sanction-events.ts'
import { startWriting } from '../helpers/sequencer.ts'
import { ada } from '../helpers/specification.ts'

const long = 1_000

const titled = (index: number): NewEvent => {
	const opened = roomOpened(`room-${index}`, `room-${index}`)
	const body = { title: `Room ${index}`, topic: '' }
	return { ...opened, data: { ...opened.data, described: true }, body } as NewEvent
}
const numbers = Array.from({ length: long }, (_, index) => index)

const writing = startWriting(t, openLogForWriting(':memory:'), join(temporaryDirectory(t), 'views.db'))
const { log, views } = writing
const happened: NewEvent[] = [
	...[joined('bob'), roomOpened(), memberAdded('bob', 'moderator')],
	...numbers.flatMap((index) => [titled(index), memberAdded('bob', 'member', `room-${index}`, `room-${index}`)]),
	...numbers.flatMap((index) => [joined(`p${index}`), memberAdded(`p${index}`)]),
	...numbers.map((index) => personBanned(`guest-${index}`, { guest: `g${index}` })),
]
await log.append(
	0,
	happened.map((event) => appendable(event)),
)
catchUp(views, log)

/** Events of the log that were read in one turn of the loop, at most. */
let readAtOnce = 0
let readNow = 0
const counting = {
	at(position: number) {
		if (readNow === 0) setImmediate(() => (readNow = 0))
		readNow += 1
		readAtOnce = Math.max(readAtOnce, readNow)
		return log.at(position)
	},
}

function server(actor: Actor, readMarkers: Partial<ReadMarkers>): FastifyInstance {
	const { of: nameOf } = new Names(views, counting as never)
	const services = { log: counting, views, nameOf, readMarkers, delivery: { heartbeatMs: 1 }, config: { guests: true } }
	const app = Fastify()
	app.decorateRequest('actor')
	app.addHook('onRequest', async (request) => {
		request.actor = actor
	})
	for (const routes of [roomRoutes, syncRoutes, memberRoutes, sanctionRoutes]) {
		routes(app, services as unknown as Services)
	}
	return app
}

t.test('long answers are made in parts, and others have their turn meanwhile', async (t) => {
	const writer = { submit: () => Promise.reject() }
	const bob = server(person('bob', 'owner'), new ReadMarkers({ views, floorIn: () => 0, writer, failed() {} }))
	const lists: [string, string, number, object][] = [
		['/rooms', 'rooms', long + 1, { room: 'room-7', title: 'Room 7', role: 'member', unread: 0 }],
		['/sync', 'rooms', long + 1, { room: 'room-7', title: 'Room 7', memberCount: 1, members: [{ userId: 'bob' }] }],
		['/rooms/general/members', 'members', long + 1, { userId: 'p7', role: 'member' }],
		['/rooms/general/bans', 'bans', long, { userId: 'g7' }],
	]
	for (const [path, list, count, one] of lists) {
		readAtOnce = 0
		const all: Record<string, unknown>[] = (await bob.inject(path)).json()[list]
		t.equal(all.length, count, path)
		const [key, value] = Object.entries(one)[0] as [string, unknown]
		t.match(
			all.find((row) => row[key] === value),
			one,
			path,
		)
		t.ok(readAtOnce > 0 && readAtOnce < long / 2, `${path}: ${readAtOnce} events of the log in one turn`)
	}
})

t.test('of guests, who follow nothing that is unread, nothing is asked', async (t) => {
	const guest = server(ada, {})
	for (const path of ['/rooms', '/sync']) {
		const { rooms } = (await guest.inject(path)).json()
		t.equal(rooms.length, long + 1)
		t.ok(
			rooms.every(({ unread, mentions }: Record<string, unknown>) => unread === 0 && mentions === 0),
			path,
		)
	}
})
