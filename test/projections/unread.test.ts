import assert from 'node:assert/strict'
import fc from 'fast-check'
import t from 'tap'
import type { Mentions, NewEvent } from '../../src/events/catalogue.ts'
import { mentionsOf } from '../../src/projections/mentions.ts'
import { erasedOfOthers } from '../../src/projections/messages.ts'
import { project } from '../../src/projections/projector.ts'
import { findReadMarker } from '../../src/projections/read-markers.ts'
import { findRoomById, type Room } from '../../src/projections/rooms.ts'
import { countUnread, type Unread, unreadMax } from '../../src/projections/unread.ts'
import { openViewsForWriting, type Views } from '../../src/projections/views.ts'
import { idOf, joined, memberAdded, memberRemoved, readMarkerMoved } from '../helpers/account-events.ts'
import { generalId, messagePosted, recorded, roomOpened } from '../helpers/events.ts'

const rooms = { A: 'room-A', B: 'room-B' } as const
type Place = keyof typeof rooms
const names = ['ada', 'bob', 'cid']
const authors = [...names.map(idOf), 'guest-gus']

const place = fc.constantFrom<Place>('A', 'B')
const who = fc.constantFrom(...names)
/** Which message or sequence, among those that there are then. */
const which = fc.nat(1_000)
const mentions = fc.record({ ids: fc.subarray(authors.slice(0, 3)), everybody: fc.boolean() })

const deed = fc.oneof(
	{
		weight: 8,
		arbitrary: fc.record({ kind: fc.constant('post' as const), place, by: fc.constantFrom(...authors), mentions }),
	},
	{ weight: 2, arbitrary: fc.record({ kind: fc.constant('edit' as const), place, which, mentions }) },
	{ weight: 2, arbitrary: fc.record({ kind: fc.constant('delete' as const), place, which }) },
	{ weight: 1, arbitrary: fc.record({ kind: fc.constant('clear' as const), place, which }) },
	{ weight: 3, arbitrary: fc.record({ kind: fc.constant('mark' as const), place, who, which }) },
	{ weight: 2, arbitrary: fc.record({ kind: fc.constantFrom('join' as const, 'leave' as const), place, who }) },
)
type Deed = typeof deed extends fc.Arbitrary<infer Some> ? Some : never

/** Up to where nothing is shown; mostly all is. */
const floor = fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.nat(12) })

t.test('what is older than the newest so many messages counts as read, however much calls upon somebody there', (t) => {
	const events: NewEvent[] = [roomOpened(), joined('bob'), memberAdded('bob')]
	const count = unreadMax + 5
	for (let sequence = 1; sequence <= count; sequence++)
		events.push(messagePosted(sequence, undefined, { mentionsRoom: true }))
	const views = viewsOf(events)
	const room = findRoomById(views, generalId) as Room
	t.same(countUnread(views, room, idOf('bob'), 0, 0), { unread: unreadMax, mentions: unreadMax })
	t.same(countUnread(views, room, idOf('bob'), 6, 0), { unread: unreadMax - 1, mentions: unreadMax - 1 })
	views.close()
	t.end()
})

t.test('what is unread is what is counted by looking through everything', async () => {
	fc.assert(
		fc.property(fc.array(deed, { maxLength: 80, size: 'max' }), floor, (deeds, floor) => {
			const events = eventsOf(deeds)
			const views = viewsOf(events)
			try {
				for (const roomId of Object.values(rooms)) {
					for (const userId of authors) {
						const marker = findReadMarker(views, roomId, userId)
						const counted = countUnread(views, findRoomById(views, roomId) as Room, userId, marker, floor)
						assert.deepEqual(counted, countedNaively(events, roomId, userId, floor), `${userId} in ${roomId}`)
					}
				}
			} finally {
				views.close()
			}
		}),
		{ numRuns: 300 },
	)
})

t.test('what lies before is not looked at', async (t) => {
	const views = viewsOf([])
	t.teardown(() => views.close())
	const plan = (sql: string) =>
		views
			.all<{ detail: string }>(`EXPLAIN QUERY PLAN ${sql.replaceAll('?', "'1'")}`)
			.map(({ detail }) => detail)
			.join('; ')
	t.match(plan(erasedOfOthers), 'SEARCH messages USING INDEX messages_erased (room_id=? AND sequence>?)')
	const byPerson = /sqlite_autoindex_mentions_1 \(room_id=\? AND user_id=\? AND sequence>\?\)/g
	t.equal(plan(mentionsOf).match(byPerson)?.length, 2, plan(mentionsOf))
	t.notMatch(plan(mentionsOf), /TEMP B-TREE|SCAN mentions/)
})

function viewsOf(events: readonly NewEvent[]): Views {
	const views = openViewsForWriting(':memory:', 'a log', '')
	for (const [index, event] of events.entries()) project(views, recorded(event, index + 1))
	return views
}

interface Message {
	sequence: number
	author: string
	isErased: boolean
	mentions: Mentions
}

/** What happens, given that: nobody edits what is erased, or clears what is cleared. */
function eventsOf(deeds: readonly Deed[]): NewEvent[] {
	const messages: Record<Place, Message[]> = { A: [], B: [] }
	const cleared: Record<Place, number> = { A: 0, B: 0 }
	const members = new Map<string, boolean>()
	const events = [roomOpened('A', rooms.A), roomOpened('B', rooms.B), ...names.map((name) => joined(name))]
	for (const deed of deeds) {
		const { kind, place } = deed
		const roomId = rooms[place]
		const here = messages[place]
		const chosen = 'which' in deed ? here[deed.which % here.length] : undefined
		const data = { room: place, messageId: `${place}-${chosen?.sequence}`, sequence: chosen?.sequence ?? 0 }
		if (kind === 'post') {
			const sequence = here.length + 1
			here.push({ sequence, author: deed.by, isErased: false, mentions: {} })
			const said = { room: place, roomId, messageId: `${place}-${sequence}`, userId: deed.by }
			events.push(messagePosted(sequence, undefined, { ...said, ...mentionsIn(deed.mentions) }))
		} else if (kind === 'join' || kind === 'leave') {
			const key = `${place} ${deed.who}`
			if ((members.get(key) ?? false) === (kind === 'join')) continue
			members.set(key, kind === 'join')
			const change = kind === 'join' ? memberAdded : memberRemoved
			events.push(change(deed.who, 'member', place, roomId))
		} else if (kind === 'mark') {
			events.push(readMarkerMoved(deed.who, deed.which % (here.length + 1), place, roomId))
		} else if (kind === 'clear') {
			const through = deed.which % (here.length + 1)
			if (through <= cleared[place]) continue
			const range = { room: place, after: cleared[place], through, reason: 'moderator', erases: [] } as const
			events.push({ streamId: roomId, type: 'HistoryCleared', data: range, body: null })
			cleared[place] = through
			for (const message of here) if (message.sequence <= through) message.isErased = true
		} else if (chosen !== undefined && !chosen.isErased) {
			if (kind === 'edit') {
				const edited = { ...data, userId: chosen.author, ...mentionsIn(deed.mentions) }
				events.push({ streamId: roomId, type: 'MessageEdited', data: edited, body: { content: 'better' } })
			} else {
				chosen.isErased = true
				const deleted = { ...data, reason: 'author', erases: [] } as const
				events.push({ streamId: roomId, type: 'MessageDeleted', data: deleted, body: null })
			}
		}
	}
	return events
}

function mentionsIn({ ids, everybody }: { ids: string[]; everybody: boolean }): Mentions {
	return { ...(ids.length > 0 ? { mentions: ids } : {}), ...(everybody ? { mentionsRoom: true } : {}) }
}

/** By the rules as they are written for people. */
function countedNaively(events: readonly NewEvent[], roomId: string, userId: string, floor: number): Unread {
	const messages: Message[] = []
	let marker: number | undefined
	const erase = (isMeant: (message: Message) => boolean) => {
		for (const message of messages) if (isMeant(message)) message.isErased = true
	}
	for (const event of events) {
		if (event.type === 'ReadMarkerMoved') {
			if (event.data.roomId === roomId && event.data.userId === userId) marker = event.data.sequence
		}
		if (event.streamId !== roomId) continue
		if (event.type === 'MemberAdded' && event.data.userId === userId) marker ??= messages.length
		if (event.type === 'MemberRemoved' && event.data.userId === userId) marker = undefined
		if (event.type === 'MessagePosted') {
			const { sequence, userId: author } = event.data
			messages.push({ sequence, author, isErased: false, mentions: event.data })
		}
		if (event.type === 'MessageEdited') (messages[event.data.sequence - 1] as Message).mentions = event.data
		if (event.type === 'MessageDeleted') erase(({ sequence }) => sequence === event.data.sequence)
		if (event.type === 'HistoryCleared') erase(({ sequence }) => sequence <= event.data.through)
	}
	if (marker === undefined) return { unread: 0, mentions: 0 }
	const after = Math.max(marker, floor)
	const unread = messages.filter(({ sequence, author, isErased }) => {
		return sequence > after && author !== userId && !isErased
	})
	const calling = unread.filter(({ mentions }) => mentions.mentionsRoom || mentions.mentions?.includes(userId))
	return { unread: unread.length, mentions: calling.length }
}
