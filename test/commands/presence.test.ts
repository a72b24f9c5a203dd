import t from 'tap'
import { type Somebody, system } from '../../src/commands/actor.ts'
import type { Command } from '../../src/commands/catalogue.ts'
import type { NewEvent, PresenceState } from '../../src/events/catalogue.ts'
import { deactivated, idOf, joined, memberAdded, memberRemoved, now, userErased } from '../helpers/account-events.ts'
import { generalId, privateRoomOpened, roomOpened } from '../helpers/events.ts'
import { personBanned } from '../helpers/sanction-events.ts'
import { ada, bob, given } from '../helpers/specification.ts'

const change = (state: PresenceState, person = ada): Command => ({ type: 'ChangePresence', person, state })
const join = (roomId = generalId, person: Somebody = ada): Command => ({ type: 'JoinRoom', person, roomId })
const leave = (roomId = generalId, person: Somebody = ada): Command => ({ type: 'LeaveRoom', person, roomId })

const changed = (state: PresenceState, { userId, name } = ada): NewEvent => ({
	streamId: userId,
	type: 'PresenceChanged',
	data: { userId, state },
	body: { name },
})
const visit = (
	type: 'VisitorJoined' | 'VisitorLeft',
	state: PresenceState,
	{ userId, name }: Somebody = ada,
): NewEvent => ({
	streamId: generalId,
	type,
	data: { room: 'general', userId, state },
	body: { name },
})
const asked = { actor: system }

t.test('who comes, goes away and leaves is heard each time', (t) => {
	given().when(change('online'), asked).thenHappens(changed('online'))
	given(changed('online')).when(change('away'), asked).thenHappens(changed('away'))
	given(changed('online'), changed('away')).when(change('online'), asked).thenHappens(changed('online'))
	given(changed('away')).when(change('offline'), asked).thenHappens(changed('offline'))
	t.end()
})

t.test('a state that is one’s own already gives no event', (t) => {
	given(changed('online')).when(change('online'), asked).thenNothing()
	given(changed('away')).when(change('away'), asked).thenNothing()
	given().when(change('offline'), asked).thenNothing()
	given(changed('online'), changed('offline')).when(change('offline'), asked).thenNothing()
	t.end()
})

t.test('who is away for doing nothing is not away by choice', (t) => {
	const idle = { ...change('away'), idle: true } as Command
	const becameIdle = { ...changed('away'), data: { userId: ada.userId, state: 'away', idle: true } } as NewEvent
	given(changed('online')).when(idle, asked).thenHappens(becameIdle)
	given(becameIdle).when(idle, asked).thenNothing()
	given(becameIdle).when(change('online'), asked).thenHappens(changed('online'))
	given(becameIdle).when(change('away'), asked).thenHappens(changed('away'))
	given(becameIdle, changed('away')).when(change('away'), asked).thenNothing()
	t.end()
})

t.test('one person’s state is not another’s', (t) => {
	given(changed('online', bob)).when(change('online'), asked).thenHappens(changed('online'))
	given(changed('online', bob)).when(change('offline'), asked).thenNothing()
	t.end()
})

t.test('who joins a room is heard once, with the state of then', (t) => {
	given(roomOpened()).when(join(), asked).thenHappens(visit('VisitorJoined', 'offline'))
	given(roomOpened(), changed('online')).when(join(), asked).thenHappens(visit('VisitorJoined', 'online'))
	given(roomOpened(), changed('away')).when(join(), asked).thenHappens(visit('VisitorJoined', 'away'))
	given(roomOpened(), visit('VisitorJoined', 'online')).when(join(), asked).thenNothing()
	given(roomOpened(), visit('VisitorJoined', 'online', bob))
		.when(join(), asked)
		.thenHappens(visit('VisitorJoined', 'offline'))
	t.end()
})

t.test('who leaves a room is heard once, and may come again', (t) => {
	const joined = [roomOpened(), changed('online'), visit('VisitorJoined', 'online')]
	given(...joined)
		.when(leave(), asked)
		.thenHappens(visit('VisitorLeft', 'online'))
	given(...joined, visit('VisitorLeft', 'online'))
		.when(leave(), asked)
		.thenNothing()
	given(...joined, visit('VisitorLeft', 'online'))
		.when(join(), asked)
		.thenHappens(visit('VisitorJoined', 'online'))
	given(...joined)
		.when(leave(generalId, bob), asked)
		.thenNothing()
	t.end()
})

t.test('nobody joins who may not read the room by then', (t) => {
	const zed = { kind: 'user', userId: idOf('zed'), name: 'zed' } as const
	const joins = { ...join(), person: zed } as Command
	const { data } = visit('VisitorJoined', 'offline', zed as never)
	const visited = { streamId: generalId, type: 'VisitorJoined', data, body: null } as NewEvent
	given(roomOpened(), joined('zed')).when(joins, asked).thenHappens(visited)
	for (const house of [
		[roomOpened(), joined('zed'), personBanned(idOf('zed'))],
		[privateRoomOpened('general', generalId), joined('zed')],
		[roomOpened(), joined('zed'), deactivated('zed')],
		[roomOpened(), joined('zed'), userErased('zed', 1)],
		[roomOpened()],
	]) {
		given(...house)
			.when(joins, asked)
			.thenNothing()
	}
	given(roomOpened(), joined('zed'), personBanned(idOf('zed'), { untilMs: now }))
		.when(joins, asked)
		.thenHappens(visited)
	given(roomOpened(), personBanned(ada.userId, { guest: 'ada' }))
		.when(join(), asked)
		.thenNothing()
	given(privateRoomOpened('general', generalId)).when(join(), asked).thenNothing()
	given(roomOpened(), joined('ada')).when(join(), asked).thenNothing()
	// Who was there leaves, also by being banned.
	given(roomOpened(), visit('VisitorJoined', 'online'), personBanned(ada.userId, { guest: 'ada' }))
		.when(leave(), asked)
		.thenHappens(visit('VisitorLeft', 'offline'))
	t.end()
})

t.test('a visitor who becomes a member does not leave, and one who was a member joins', (t) => {
	const visitor = { kind: 'user', userId: idOf('bob'), name: 'bob' } as const
	const visited = { ...visit('VisitorJoined', 'offline', visitor), body: null } as NewEvent
	const became = [roomOpened(), joined('bob'), visited, memberAdded('bob')]
	given(...became)
		.when(leave(generalId, visitor), asked)
		.thenNothing()
	given(...became)
		.when(join(generalId, visitor), asked)
		.thenNothing()
	given(...became, memberRemoved('bob'))
		.when(join(generalId, visitor), asked)
		.thenHappens(visited)
	t.end()
})

t.test('nobody joins or leaves a room that does not exist', (t) => {
	given(roomOpened()).when(join('room-NONE'), asked).thenNothing()
	given(roomOpened(), visit('VisitorJoined', 'online')).when(leave('room-NONE'), asked).thenNothing()
	t.end()
})
