import t from 'tap'
import { type Actor, system } from '../../src/commands/actor.ts'
import type { ClearHistory } from '../../src/commands/history.ts'
import { textsErasedMax } from '../../src/commands/limits.ts'
import type { EventShapes, NewEvent } from '../../src/events/catalogue.ts'
import { memberAdded, person, token } from '../helpers/account-events.ts'
import { generalId, messagePosted, privateRoomOpened, roomOpened } from '../helpers/events.ts'
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

const deleted = (sequence: number, erases: number[]): NewEvent => ({
	streamId: generalId,
	type: 'MessageDeleted',
	data: { room: 'general', messageId: `message-${sequence}`, sequence, reason: 'author', erases },
	body: null,
})

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
