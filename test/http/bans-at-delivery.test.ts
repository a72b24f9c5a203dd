import t from 'tap'
import { guestNamed } from '../../src/commands/actor.ts'
import type { NewEvent } from '../../src/events/catalogue.ts'
import { Rights } from '../../src/http/delivery/scope.ts'
import { project } from '../../src/projections/projector.ts'
import { openViewsForWriting } from '../../src/projections/views.ts'
import { idOf, joined, memberAdded, now, person } from '../helpers/account-events.ts'
import { generalId, recorded, roomOpened } from '../helpers/events.ts'
import { banLifted, personBanned } from '../helpers/sanction-events.ts'

/** Rights at a time that can be set, over views that events can be added to. */
function setting() {
	const views = openViewsForWriting(':memory:', 'a log', '')
	t.teardown(() => views.close())
	const clock = { now }
	const rights = new Rights(views, () => clock.now)
	let position = 0
	const happens = (event: NewEvent) => {
		position += 1
		project(views, recorded(event, position))
		rights.changedBy(recorded(event, position))
	}
	for (const event of [roomOpened(), joined('ada'), memberAdded('ada')]) happens(event)
	return { views, rights, clock, happens }
}

const inGeneral = { kind: 'room', streamId: generalId } as const
const everywhere = { kind: 'all' } as const
const guest = guestNamed('zed', 'a log')

for (const reader of [person('ada'), guest]) {
	t.test(`a ${reader.kind} who is banned hears nothing until the end of the ban, and then again`, async (t) => {
		const { rights, clock, happens } = setting()
		const hears = () => [inGeneral, everywhere].map((scope) => rights.mayHear(reader, scope, generalId))
		t.same(hears(), [true, true])
		happens(personBanned(reader.userId, { untilMs: now + 10 }))
		t.same(hears(), [false, false])
		t.notOk(rights.mayHearSome(reader, inGeneral))
		clock.now = now + 9
		t.same(hears(), [false, false])
		clock.now = now + 10
		t.same(hears(), [true, true], 'without an event')
		t.ok(rights.mayHearSome(reader, inGeneral))
		happens(personBanned(reader.userId))
		t.same(hears(), [false, false])
		happens(banLifted(reader.userId))
		t.same(hears(), [true, true])
	})
}

t.test('a ban hides one room from one person', async (t) => {
	const { rights, happens } = setting()
	happens(roomOpened('den', 'room-D'))
	happens(personBanned(idOf('ada'), { room: 'den', roomId: 'room-D' }))
	const both = { kind: 'rooms', streamIds: new Set([generalId, 'room-D']) } as const
	t.ok(rights.mayHear(person('ada'), both, generalId))
	t.notOk(rights.mayHear(person('ada'), both, 'room-D'))
	t.ok(rights.mayHearSome(person('ada'), both))
	t.ok(rights.mayHear(guest, both, 'room-D'))
})

t.test('who is banned is read once a room, however many hear how much', async (t) => {
	const { views, rights, happens } = setting()
	happens(personBanned(idOf('ada')))
	const read: string[] = []
	const { prepare } = views
	views.prepare = (sql) => {
		read.push(sql)
		return prepare.call(views, sql)
	}
	for (let frame = 0; frame < 100; frame++) {
		for (const reader of [person('ada'), person('bob'), guest]) rights.mayHear(reader, inGeneral, generalId)
	}
	t.equal(read.filter((sql) => sql.includes('sanctions')).length, 1)
})
