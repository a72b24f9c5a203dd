import assert from 'node:assert/strict'
import fc from 'fast-check'
import t from 'tap'
import type { NewEvent } from '../../src/events/catalogue.ts'
import { project } from '../../src/projections/projector.ts'
import { listReactions, standingReactions } from '../../src/projections/reactions.ts'
import { openViewsForWriting, type Views } from '../../src/projections/views.ts'
import { generalId, messagePosted, recorded, roomOpened } from '../helpers/events.ts'

interface Change {
	messageId: string
	userId: string
	emoji: string
}

const anyChanges = fc.array(
	fc.record({
		messageId: fc.constantFrom('message-1', 'message-2'),
		userId: fc.constantFrom('user-ada', 'user-bob', 'user-cid'),
		emoji: fc.constantFrom('👍', '🎉', '👀'),
	}),
	{ maxLength: 40, size: 'max' },
)

/** What somebody knows who hears of one change after the other: names by their emoji, in order. */
type Heard = [emoji: string, userIds: string[]][]

function hear(heard: Heard, { emoji, userId }: Change): { heard: Heard; isThere: boolean } {
	const own = heard.find(([other]) => other === emoji)
	if (own === undefined) return { heard: [...heard, [emoji, [userId]]], isThere: true }
	const isThere = !own[1].includes(userId)
	const userIds = isThere ? [...own[1], userId] : own[1].filter((other) => other !== userId)
	const changed = heard.map((other): Heard[number] => (other === own ? [emoji, userIds] : other))
	return { heard: changed.filter(([, { length }]) => length > 0), isThere }
}

function read(views: Views, messageId: string, at?: number): Heard {
	const standing = standingReactions(listReactions(views, messageId, at), at)
	return [...standing].map(([emoji, reactions]) => [emoji, [...reactions].map(({ userId }) => userId)])
}

t.test('what a message had at every position is what was heard of until then, in that order', async () => {
	fc.assert(
		fc.property(anyChanges, (changes) => {
			const views = openViewsForWriting(':memory:', 'a log', '')
			let now: Record<string, Heard> = { 'message-1': [], 'message-2': [] }
			const then: Record<string, Heard>[] = [now]
			for (const [index, change] of changes.entries()) {
				const { heard, isThere } = hear(now[change.messageId] as Heard, change)
				now = { ...now, [change.messageId]: heard }
				then.push(now)
				const type = isThere ? 'ReactionAdded' : 'ReactionRemoved'
				project(views, recorded({ streamId: generalId, type, data: change, body: null }, index + 1))
			}
			for (const messageId of ['message-1', 'message-2']) {
				assert.deepEqual(read(views, messageId), now[messageId])
				for (const [at, known] of then.entries()) assert.deepEqual(read(views, messageId, at), known[messageId])
			}
			views.close()
		}),
		{ numRuns: 60 },
	)
})

t.test('a message that is erased takes its reactions with it, and no others', (t) => {
	const where = { room: 'general', messageId: 'message-2', sequence: 2 }
	const erasures: NewEvent[] = [
		{
			streamId: generalId,
			type: 'MessageDeleted',
			data: { ...where, reason: 'author', erases: [3] },
			body: null,
		},
		{
			streamId: generalId,
			type: 'HistoryCleared',
			data: { room: 'general', after: 1, through: 2, reason: 'moderator', erases: [3] },
			body: null,
		},
	]
	for (const erasure of erasures) {
		const views = openViewsForWriting(':memory:', 'a log', '')
		const reactions = [1, 2, 3].map((number): NewEvent => {
			const data = { room: 'general', messageId: `message-${number}`, userId: 'user-ada', emoji: '👍' }
			return { streamId: generalId, type: 'ReactionAdded', data, body: null }
		})
		const events = [roomOpened(), messagePosted(1), messagePosted(2), messagePosted(3), ...reactions, erasure]
		for (const [index, event] of events.entries()) project(views, recorded(event, index + 1))
		t.same(read(views, 'message-1'), [['👍', ['user-ada']]], erasure.type)
		t.same(read(views, 'message-2'), [], erasure.type)
		t.same(read(views, 'message-2', 7), [], `${erasure.type}: also where it is asked how it was`)
		t.same(read(views, 'message-3'), [['👍', ['user-ada']]], erasure.type)
		views.close()
	}
	t.end()
})
