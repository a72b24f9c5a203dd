import t from 'tap'
import type { NewEvent, PresenceState } from '../../src/events/catalogue.ts'
import { countPresent, listPresent } from '../../src/projections/presence.ts'
import { project } from '../../src/projections/projector.ts'
import { openViewsForWriting } from '../../src/projections/views.ts'
import { appendable, generalId, roomOpened } from '../helpers/events.ts'

const changed = (userId: string, state: PresenceState): NewEvent => ({
	streamId: userId,
	type: 'PresenceChanged',
	data: { userId, state },
	body: null,
})
const visited = (userId: string, roomId = generalId): NewEvent => ({
	streamId: roomId,
	type: 'VisitorJoined',
	data: { room: 'general', userId, state: 'online' },
	body: null,
})
const memberAdded = (userId: string): NewEvent => ({
	streamId: generalId,
	type: 'MemberAdded',
	data: { room: 'general', userId, role: 'member' },
	body: null,
})
const memberRemoved = (userId: string): NewEvent => ({ ...memberAdded(userId), type: 'MemberRemoved' }) as NewEvent

t.test('who is present is listed once, with the state that they are in and since when, and counted', async (t) => {
	const views = openViewsForWriting(':memory:', 'a log', '')
	t.teardown(() => views.close())
	const happened: NewEvent[] = [
		roomOpened(),
		...[memberAdded('user-online'), memberAdded('user-offline'), memberAdded('user-gone')],
		...[changed('user-online', 'online'), changed('user-elsewhere', 'online')],
		...[changed('user-gone', 'online'), changed('user-gone', 'offline')],
		...[visited('guest-away'), changed('guest-away', 'away')],
		...[visited('guest-quick'), visited('guest-other', 'room-OTHER')],
		...[visited('user-joins'), changed('user-joins', 'online'), memberAdded('user-joins')],
		...[visited('user-joins-offline'), memberAdded('user-joins-offline')],
		...[visited('user-joined'), memberAdded('user-joined'), memberRemoved('user-joined')],
	]
	for (const [index, event] of happened.entries()) {
		project(views, { ...appendable(event), recordedAt: index + 1, position: index + 1, fingerprint: '' } as never)
	}
	const at = (event: NewEvent) => happened.findIndex((one) => JSON.stringify(one) === JSON.stringify(event)) + 1
	const present = (userId: string, state: string, since: NewEvent, position = since) => ({
		...{ userId, state, since: at(since), position: at(position) },
	})
	t.same(listPresent(views, generalId), [
		present('user-online', 'online', changed('user-online', 'online')),
		present('guest-away', 'away', changed('guest-away', 'away'), visited('guest-away')),
		present('guest-quick', 'online', visited('guest-quick')),
		present('user-joins', 'online', changed('user-joins', 'online')),
	])
	t.equal(countPresent(views, generalId), 4)
	t.equal(countPresent(views, 'room-OTHER'), 1)
	t.equal(countPresent(views, 'room-NONE'), 0)
})
