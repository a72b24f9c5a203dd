import t from 'tap'
import { type Actor, system } from '../../src/commands/actor.ts'
import type { Command } from '../../src/commands/catalogue.ts'
import type { ApplyRetention, ClearHistory } from '../../src/commands/history.ts'
import { textsErasedMax } from '../../src/commands/limits.ts'
import type { EventShapes, HistoryLimits, NewEvent } from '../../src/events/catalogue.ts'
import { idOf, joined, memberAdded, person, token } from '../helpers/account-events.ts'
import {
	generalId,
	messagePosted,
	privateRoomOpened,
	reactionAdded,
	reactionRemoved,
	roomOpened,
} from '../helpers/events.ts'
import { bob, given } from '../helpers/specification.ts'

const clear = (through: number, room = 'general'): ClearHistory => ({ type: 'ClearHistory', room, through })

type Cleared = EventShapes['HistoryCleared']['data']

const cleared = (after: number, through: number, erases: number[], changes: Partial<Cleared> = {}): NewEvent => ({
	streamId: generalId,
	type: 'HistoryCleared',
	data: { room: 'general', after, through, erases, reason: 'moderator', ...changes },
	body: null,
})

const edited = (sequence: number): NewEvent => ({
	streamId: generalId,
	type: 'MessageEdited',
	data: { room: 'general', messageId: `message-${sequence}`, sequence, userId: 'guest-ada' },
	body: { content: 'hello again' },
})

const deletedOf = (messageId: string, sequence: number, erases: number[]): NewEvent => ({
	streamId: generalId,
	type: 'MessageDeleted',
	data: { room: 'general', messageId, sequence, reason: 'author', erases },
	body: null,
})
const deleted = (sequence: number, erases: number[]) => deletedOf(`message-${sequence}`, sequence, erases)

const ada = { actor: person('ada') }
/** The room, and who moderates it: the first message is at position 3. */
const moderated = [roomOpened(), memberAdded('ada', 'moderator')]

t.test('a moderator clears a room up to a message, and later on from there', async () => {
	const room = [...moderated, messagePosted(1), messagePosted(2), messagePosted(3)]
	given(...room)
		.when(clear(2), ada)
		.thenHappens(cleared(0, 2, [3, 4]))
	given(...room, cleared(0, 2, [3, 4]))
		.when(clear(3), ada)
		.thenHappens(cleared(2, 3, [5]))
})

t.test('every text of a message goes, and none twice', async () => {
	const room = [...moderated, messagePosted(1), messagePosted(2), edited(1), edited(2), edited(1), deleted(2, [4, 6])]
	given(...room, messagePosted(3))
		.when(clear(3), ada)
		.thenHappens(cleared(0, 3, [3, 5, 7, 9]))
	given(...room)
		.when(clear(2), ada)
		.thenHappens(cleared(0, 2, [3, 5, 7]))
})

t.test('with a message go the names of the guests who reacted to it, and who took that back', async () => {
	const room = [
		...moderated,
		messagePosted(1),
		messagePosted(2),
		reactionAdded(1, 'guest-bob', 'bob'),
		reactionAdded(1, idOf('ada')),
		reactionRemoved(1, 'guest-bob', 'bob'),
		reactionAdded(2, 'guest-cid', 'cid'),
		reactionAdded(1, 'guest-bob', 'bob'),
	]
	given(...room)
		.when(clear(1), ada)
		.thenHappens(cleared(0, 1, [3, 5, 7, 9]))
	given(...room)
		.when(clear(2), ada)
		.thenHappens(cleared(0, 2, [3, 5, 7, 9, 4, 8]))
	given(...room)
		.when({ type: 'ApplyRetention', roomId: generalId }, { actor: system, history: { historyLimit: 1 } })
		.thenHappens(cleared(0, 1, [3, 5, 7, 9], { reason: 'retention' }))
	given(...room)
		.when({ type: 'DeleteMessage', room: 'general', messageId: 'message-1' }, ada)
		.thenHappens({
			streamId: generalId,
			type: 'MessageDeleted',
			data: { room: 'general', messageId: 'message-1', sequence: 1, reason: 'moderator', erases: [3, 5, 7, 9] },
			body: null,
		})
})

t.test('a message goes whole, however much there is of it', async () => {
	const many = Array.from({ length: textsErasedMax }, () => edited(1))
	const guests = Array.from({ length: 20 }, (_, index) => reactionAdded(1, `guest-${index}`, `g${index}`))
	const all = [3, ...[...many, ...guests].map((_, index) => index + 5)]
	const large = [...moderated, messagePosted(1), messagePosted(2), ...many, ...guests]
	given(...large)
		.when(clear(2), ada)
		.thenHappens(cleared(0, 1, all))
	given(...large, cleared(0, 1, all))
		.when(clear(2), ada)
		.thenHappens(cleared(1, 2, [4]))
	// Also after one that has nothing left.
	const second = [...moderated, messagePosted(2), messagePosted(1), ...many].map((event) =>
		event.type === 'MessagePosted' || event.type === 'MessageEdited'
			? ({ ...event, data: { ...event.data, sequence: 3 - event.data.sequence } } as NewEvent)
			: event,
	)
	const gone = deletedOf('message-2', 1, [3])
	given(...second, gone)
		.when(clear(2), ada)
		.thenHappens(cleared(0, 2, [4, ...many.map((_, index) => index + 5)]))
})

t.test('to forget who has reacted is work as well', async () => {
	const reacting = (sequence: number) =>
		Array.from({ length: textsErasedMax / 2 }, (_, index) => reactionAdded(sequence, `user-${index}`))
	given(...moderated, messagePosted(1), messagePosted(2), messagePosted(3), ...reacting(1), ...reacting(2))
		.when(clear(3), ada)
		.thenHappens(cleared(0, 1, [3]))
})

t.test('nothing happens where nothing is left', async () => {
	given(...moderated)
		.when(clear(0), ada)
		.thenNothing()
	given(...moderated, messagePosted(1), messagePosted(2))
		.when(clear(0), ada)
		.thenNothing()
	for (const through of [0, 1, 2]) {
		given(...moderated, messagePosted(1), messagePosted(2), cleared(0, 2, [3, 4]))
			.when(clear(through), ada)
			.thenNothing()
	}
})

t.test('what was not said yet is not cleared', async () => {
	for (const through of [2, Number.MAX_SAFE_INTEGER]) {
		given(...moderated, messagePosted(1))
			.when(clear(through), ada)
			.thenRefused('sequence_unknown', 'through')
	}
})

t.test('so many texts go at a time, the oldest first, and a message whole', async () => {
	const many = Array.from({ length: textsErasedMax + 5 }, (_, index) => messagePosted(index + 1))
	const positions = many.map((_, index) => index + 3)
	const first = cleared(0, textsErasedMax, positions.slice(0, textsErasedMax))
	given(...moderated, ...many)
		.when(clear(many.length), ada)
		.thenHappens(first)
	given(...moderated, ...many, first)
		.when(clear(many.length), ada)
		.thenHappens(cleared(textsErasedMax, many.length, positions.slice(textsErasedMax)))
	const last = positions[textsErasedMax - 1] as number
	given(...moderated, ...many, edited(textsErasedMax))
		.when(clear(many.length), ada)
		.thenHappens(
			cleared(
				0,
				textsErasedMax - 1,
				positions.filter((position) => position < last),
			),
		)
})

t.test('messages that have no text count as well: to look at them is work too', async () => {
	const many = Array.from({ length: textsErasedMax + 5 }, (_, index) => messagePosted(index + 1))
	const without = many.map((_, index) => deleted(index + 1, [index + 3]))
	given(...moderated, ...many, ...without)
		.when(clear(many.length), ada)
		.thenHappens(cleared(0, textsErasedMax, []))
})

t.test(
	'moderators clear a room, and administrators who see it; to all others it is forbidden, or nothing',
	async () => {
		const secret = [
			privateRoomOpened('general', generalId),
			memberAdded('ada', 'moderator'),
			memberAdded('bob'),
			messagePosted(1),
		]
		for (const actor of [person('ada'), person('bob', 'admin'), system]) {
			given(...secret)
				.when(clear(1), { actor })
				.thenHappens(cleared(0, 1, [4]))
		}
		for (const actor of [person('bob'), person('ada', 'member', token('write'))]) {
			given(...secret)
				.when(clear(1), { actor })
				.thenRefused('forbidden')
		}
		for (const actor of [person('cid'), person('amy', 'admin'), bob] as Actor[]) {
			for (const through of [0, 1, 2]) {
				given(...secret)
					.when(clear(through), { actor })
					.thenRefused('not_found', 'room')
			}
		}
		given(...secret)
			.when(clear(1, 'nowhere'), { actor: person('cid') })
			.thenRefused('not_found', 'room')
		given(roomOpened()).when(clear(0), { actor: bob }).thenRefused('forbidden')
	},
)

const retain: ApplyRetention = { type: 'ApplyRetention', roomId: generalId }
const retained = (after: number, through: number, erases: number[]) =>
	cleared(after, through, erases, { reason: 'retention' })

/** The messages of a room at the times that are given, the first at position 2. */
const saidAt = (...times: number[]): NewEvent[] => [
	roomOpened(),
	...times.map((recordedAt, index) => ({ ...messagePosted(index + 1), recordedAt })),
]

const limited = (limits: HistoryLimits): NewEvent => ({
	streamId: generalId,
	type: 'RoomChanged',
	data: { room: 'general', visibility: 'open', archived: false, ...limits },
	body: { title: 'general', topic: '' },
})

t.test('of a room with a limit the newest messages are kept', async () => {
	const history = { historyLimit: 2 }
	given(...saidAt(1, 2, 3, 4, 5), edited(2), edited(4))
		.when(retain, { actor: system, history })
		.thenHappens(retained(0, 3, [2, 3, 7, 4]))
	given(...saidAt(1, 2, 3, 4, 5), cleared(0, 2, [2, 3]))
		.when(retain, { actor: system, history })
		.thenHappens(retained(2, 3, [4]))
	for (const times of [[], [1], [1, 2]]) {
		given(...saidAt(...times))
			.when(retain, { actor: system, history })
			.thenNothing()
	}
	given(...saidAt(1, 2, 3), cleared(0, 3, [2, 3, 4]))
		.when(retain, { actor: system, history })
		.thenNothing()
})

t.test('messages are kept for as long as it is said, and not longer', async () => {
	const history = { historyTtlMs: 100 }
	for (const [now, through] of [
		[1_101, 1],
		[1_200, 1],
		[1_201, 2],
		[5_000, 3],
	] as const) {
		given(...saidAt(1_000, 1_100, 1_200))
			.when(retain, { actor: system, history, now })
			.thenHappens(retained(0, through, [2, 3, 4].slice(0, through)))
	}
	given(...saidAt(1_000, 1_100, 1_200))
		.when(retain, { actor: system, history, now: 1_100 })
		.thenNothing()
	given(...saidAt(1_000, 1_100, 1_200))
		.when(retain, { actor: system, history: { historyTtlMs: 100, historyLimit: 1 }, now: 1_150 })
		.thenHappens(retained(0, 2, [2, 3]))
})

t.test('what a room says for itself goes before what the server is told', async () => {
	const house = saidAt(1_000, 1_100, 1_200)
	given(...house, limited({ historyLimit: 1 }))
		.when(retain, { actor: system, history: { historyLimit: 2 } })
		.thenHappens(retained(0, 2, [2, 3]))
	given(...house, limited({ historyLimit: 10 }))
		.when(retain, { actor: system, history: { historyLimit: 2 } })
		.thenNothing()
	given(...house, limited({ historyTtlMs: 1_000 }))
		.when(retain, { actor: system, history: { historyTtlMs: 10 }, now: 1_300 })
		.thenNothing()
	given(...house, limited({ historyLimit: 1 }), limited({}))
		.when(retain, { actor: system })
		.thenNothing()
	given(...house)
		.when(retain, { actor: system })
		.thenNothing()
	given()
		.when(retain, { actor: system, history: { historyLimit: 1 } })
		.thenNothing()
})

t.test('so many texts are erased at a time by a limit too', async () => {
	const many = Array.from({ length: textsErasedMax + 5 }, () => 1_000)
	const positions = many.map((_, index) => index + 2)
	given(...saidAt(...many))
		.when(retain, { actor: system, history: { historyLimit: 1 } })
		.thenHappens(retained(0, textsErasedMax, positions.slice(0, textsErasedMax)))
})

t.test('the limit of the server holds in conversations, which have no name', async () => {
	const roomId = 'direct-ada-bob'
	const said = (sequence: number): NewEvent => ({
		streamId: roomId,
		type: 'MessagePosted',
		data: { messageId: `message-${sequence}`, sequence, userId: idOf('ada') },
		body: { content: 'hello' },
	})
	const opened: NewEvent = {
		streamId: roomId,
		type: 'DirectOpened',
		data: { userIds: [idOf('ada'), idOf('bob')] },
		body: null,
	}
	given(opened, said(1), said(2))
		.when({ type: 'ApplyRetention', roomId }, { actor: system, history: { historyLimit: 1 } })
		.thenHappens({
			streamId: roomId,
			type: 'HistoryCleared',
			data: { after: 0, through: 1, reason: 'retention', erases: [2] },
			body: null,
		})
})

t.test('what is beyond a limit, or cleared, is neither edited nor reacted to, and can still be deleted', async () => {
	const by = (sequence: number): NewEvent => ({
		streamId: generalId,
		type: 'MessagePosted',
		data: { room: 'general', messageId: `message-${sequence}`, sequence, userId: idOf('ada') },
		body: { content: 'hello' },
	})
	const house = [roomOpened(), joined('ada'), by(1), by(2)]
	const named = (sequence: number) => ({ room: 'general', messageId: `message-${sequence}` })
	const editing = (sequence: number): Command => ({ type: 'EditMessage', ...named(sequence), content: 'goodbye' })
	const reacting = (sequence: number): Command => ({ type: 'React', ...named(sequence), emoji: '👍', action: 'add' })
	const limit = { ...ada, history: { historyLimit: 1 } }
	for (const command of [editing(1), reacting(1)]) {
		given(...house)
			.when(command, limit)
			.thenRefused('message_erased')
		given(...house, cleared(0, 1, [3]))
			.when(command, ada)
			.thenRefused('message_erased')
	}
	given(...house)
		.when(editing(2), limit)
		.thenHappens({
			streamId: generalId,
			type: 'MessageEdited',
			data: { ...named(2), sequence: 2, userId: idOf('ada') },
			body: { content: 'goodbye' },
		})
	given(...house)
		.when({ type: 'DeleteMessage', ...named(1) }, limit)
		.thenHappens({
			streamId: generalId,
			type: 'MessageDeleted',
			data: { ...named(1), sequence: 1, reason: 'author', erases: [3] },
			body: null,
		})
})
