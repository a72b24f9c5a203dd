import assert from 'node:assert/strict'
import fc from 'fast-check'
import t from 'tap'
import {
	findMessage,
	type MessagePlace,
	type PageRequest,
	pageOfMessages,
	positionBeforeLast,
	sequenceAt,
} from '../../src/projections/messages.ts'
import { project } from '../../src/projections/projector.ts'
import { openViewsForWriting, type Views } from '../../src/projections/views.ts'
import { messagePosted, recorded, roomOpened } from '../helpers/events.ts'

const rooms = ['room-A', 'room-B', 'room-C']

/** Messages one after the other, each in the room that is given; the first is at position 4. */
function viewsWith(inRooms: readonly number[]): { views: Views; places: MessagePlace[] } {
	const views = openViewsForWriting(':memory:', 'a log', '')
	for (const [index, roomId] of rooms.entries()) project(views, recorded(roomOpened(roomId, roomId), index + 1))
	const places: MessagePlace[] = []
	for (const [index, room] of inRooms.entries()) {
		const roomId = rooms[room] as string
		const sequence = places.filter((place) => place.roomId === roomId).length + 1
		const messageId = `message ${index}`
		const position = rooms.length + 1 + index
		const event = recorded(messagePosted(sequence, undefined, { room: roomId, roomId, messageId }), position)
		project(views, event)
		const said = { authorId: 'guest-ada', recordedAt: event.recordedAt, editedPosition: null, erased: null }
		places.push({ roomId, sequence, messageId, position, ...said })
	}
	return { views, places }
}

const anyMessages = fc.array(fc.nat(2), { maxLength: 40 })

/** What the page must be, by looking through everything. */
function expectedPage(places: readonly MessagePlace[], { limit, before, after, around }: PageRequest): MessagePlace[] {
	if (after !== undefined) return places.filter(({ sequence }) => sequence > after).slice(0, limit)
	if (around !== undefined) {
		const earlier = places.filter(({ sequence }) => sequence < around).slice(-Math.floor(limit / 2) || places.length)
		const later = places.filter(({ sequence }) => sequence >= around)
		return [...earlier, ...later.slice(0, limit - earlier.length)]
	}
	return places.filter(({ sequence }) => before === undefined || sequence < before).slice(-limit)
}

t.test('a page of a room is the part of its messages that was asked for, oldest first', async () => {
	const where = fc.constantFrom('before' as const, 'after' as const, 'around' as const, undefined)
	fc.assert(
		fc.property(anyMessages, where, fc.integer({ min: 1, max: 12 }), fc.nat(42), (inRooms, where, limit, sequence) => {
			const { views, places } = viewsWith(inRooms)
			const request = { limit, ...(where === undefined ? {} : { [where]: sequence }) }
			for (const roomId of rooms) {
				const ofRoom = places.filter((place) => place.roomId === roomId)
				assert.deepEqual(pageOfMessages(views, roomId, request), expectedPage(ofRoom, request))
			}
			views.close()
		}),
		{ numRuns: 60 },
	)
})

t.test('the number of a room’s last message is known for every position', async () => {
	fc.assert(
		fc.property(anyMessages, (inRooms) => {
			const { views, places } = viewsWith(inRooms)
			for (let position = 0; position <= places.length + 5; position++) {
				const earlier = places.filter((place) => place.roomId === 'room-A' && place.position <= position)
				assert.equal(sequenceAt(views, 'room-A', position), earlier.length)
			}
			views.close()
		}),
		{ numRuns: 20 },
	)
})

t.test('after the position before the last messages, exactly those follow', async () => {
	fc.assert(
		fc.property(
			anyMessages,
			fc.subarray(rooms),
			fc.integer({ min: 1, max: 12 }),
			fc.nat(45),
			(inRooms, chosen, count, through) => {
				const { views, places } = viewsWith(inRooms)
				const heard = places.filter(({ roomId, position }) => chosen.includes(roomId) && position <= through)
				const position = positionBeforeLast(views, chosen, count, through)
				if (heard.length === 0) assert.equal(position, undefined)
				else {
					const following = heard.filter((place) => place.position > (position as number))
					assert.deepEqual(following, heard.slice(-count))
				}
				views.close()
			},
		),
		{ numRuns: 60 },
	)
})

t.test('a message is found by its id', (t) => {
	const { views, places } = viewsWith([0, 1, 0])
	t.same(findMessage(views, 'message 2'), places[2])
	t.equal(findMessage(views, 'message 3'), undefined)
	views.close()
	t.end()
})
